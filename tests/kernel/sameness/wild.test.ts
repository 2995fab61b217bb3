/**
 * TCP in any order: connections go on over changed ways, gateways that have forgotten them and answers that nobody saw. The
 * kernel's state machine refuses some of it; what arrives nevertheless `decide` must have let pass.
 */
import { testRandomPackets } from './suite.ts';

testRandomPackets('with TCP in any order', { isWild: true }, 0.25);
testRandomPackets('with TCP in any order over gateways', { isWild: true, edges: true }, 0.25);
