import { testRandomPackets } from './suite.ts';

testRandomPackets('in one VPC', { edges: false });
