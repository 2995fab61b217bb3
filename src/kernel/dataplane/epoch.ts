/**
 * The epoch: verdicts are remembered per direction in the conntrack mark together with the epoch they were reached
 * in. Moving the epoch forgets them all, at the price of a few small chains. It goes in a batch of its own, after the
 * batch of the change is acknowledged and after a memory barrier: interval sets switch later than rules, and in one
 * batch a removed rule stayed open in 376 of 400 trials under load (docs/decisions/0008).
 *
 * Conntrack mark: bit 0 the originator's side holds an entry, bit 1 the responder's; bit 2 packets in the original
 * direction pass in this epoch, bit 3 in the reply direction; bits 4–31 the epoch.
 */
import type { Command } from '../nft/statement.ts';
import { type Chain, chain } from './piece.ts';
import {
  accept,
  addCtMark,
  goto,
  inSet,
  isMasked,
  isNotMasked,
  notInSet,
  original,
  reply,
  setCtMark,
} from './statements.ts';
import { vpcSets } from './vpc-sets.ts';

/** 28 bits; 0 is the mark of a flow that nothing was ever decided about. */
export const epochMax = 0xfffffff;

/** The epoch after this one. */
export function nextEpoch(epoch: number): number {
  return epoch >= epochMax ? 1 : epoch + 1;
}

const epochMask = 0xfffffff0;
const decidedOriginal = 4;
const decidedReply = 8;

/** Who holds an entry: bit 0 the originator's side, bit 1 the responder's. */
const holders = [0, 1, 2, 3] as const;

/** The chains that hold the epoch. */
export function epochChains(epoch: number): readonly Chain[] {
  const bits = (epoch << 4) >>> 0;
  const decided = (bit: number) => [isMasked('ct mark', (epochMask | bit) >>> 0, (bits | bit) >>> 0), accept];
  return [
    {
      spec: { name: 'fast' },
      rules: [[original, ...decided(decidedOriginal)], [reply, ...decided(decidedReply)], [goto('slow')]],
    },
    // The mark of a flow whose first packet has passed, with who holds an entry from now on.
    ...holders.map((held) =>
      chain(`begin${held}`, [setCtMark(0, (bits | decidedOriginal | held) >>> 0), accept]),
    ),
    {
      spec: { name: 'commit' },
      rules: [
        // What is judged anew each time (`vpc-skeleton.ts`).
        [inSet(['iifname'], vpcSets.autotrack.name), notInSet(['oifname'], vpcSets.outside.name), accept],
        [isNotMasked('ct mark', epochMask, bits), setCtMark(3, bits)],
        [original, addCtMark(decidedOriginal), accept],
        [reply, addCtMark(decidedReply), accept],
        // A packet without a conntrack entry has nothing to remember.
        [accept],
      ],
    },
  ];
}

/** The batch that moves a table to another epoch. */
export function epochCommands(table: string, epoch: number): readonly Command[] {
  return epochChains(epoch).flatMap(({ spec, rules }): readonly Command[] => [
    { kind: 'flushChain', table, chain: spec.name },
    ...rules.map((rule): Command => ({ kind: 'addRule', table, chain: spec.name, rule })),
  ]);
}
