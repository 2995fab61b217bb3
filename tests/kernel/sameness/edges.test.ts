import { testRandomPackets, testSeed } from './suite.ts';

testRandomPackets('with peering, gateways and a middlebox', { edges: true });

testSeed('public access that is blocked stops flows that were decided before', {
  seed: 917_207,
  edges: true,
  isCalm: true,
});
