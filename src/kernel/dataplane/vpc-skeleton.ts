/**
 * The chains of a VPC's table that are there whatever the VPC holds: the walk of a packet.
 *
 * prerouting: who sends (port and address → identity and route table, else reject), before reassembly and conntrack,
 * so that a spoofed packet cannot touch a flow → forward: a packet whose direction was decided in this epoch → accept;
 * the first of a flow → `first`; an ICMP error → `rel`; else `slow` asks who holds an entry and lets the rest be judged:
 * the sender's groups, the ACLs, the receiver's groups. Only what passed everything is written into the conntrack mark
 * (`begin`, `commit`). Every dispatch that misses is a reject. (docs/decisions/0008)
 */
import type { Element, NftRule } from '../nft/statement.ts';
import { farIdentityChains } from './class-chains.ts';
import { judgingChains } from './judging-chains.ts';
import { type Chain, chain, contribution, type Piece } from './piece.ts';
import { beforeReassembly } from './priority.ts';
import { discoveryMessages, sourceChains } from './source-chains.ts';
import {
  accept,
  addCtMark,
  back,
  ctState,
  goto,
  inSet,
  is,
  isMasked,
  isNot,
  jump,
  markFromMap,
  original,
  reply,
  setMark,
  zoneFromMap,
} from './statements.ts';
import {
  heldElements,
  identityMask,
  linkScopeElements,
  noClass,
  outsideSubnet,
  portNumber,
  vpcSets,
} from './vpc-sets.ts';

const s = vpcSets;
/** The mark of an ICMP error whose flow the sending interface holds. */
const owned = 0xffffffff;

const verdict = (key: number, target: string): Element => ({
  key: [key],
  data: { kind: 'goto', chain: target },
});

const entryOfReceiver: NftRule = [is('mark', 1), jump('setD')];

/** The first packet of a flow: nobody holds an entry, and what was decided is written at once (`epochChains`). */
const firstChains: readonly Chain[] = [
  chain('new', [is('ct mark', 0), goto('first')], [goto('fast')]),
  chain(
    'first',
    [jump('timeouts')],
    [jump('egress')],
    [is('mark', 1), goto('first_held')],
    [jump('acl')],
    [jump('ingress')],
    [is('mark', 1), goto('begin2')],
    [goto('begin0')],
  ),
  // What NAT and egress-only gateways bring back may come by the internet gateway too, with the same addresses and ports,
  // past other ACLs and another block of public access: what is decided about the one says nothing about the other, and
  // `commit` does not remember it.
  chain(
    'anew',
    [is('ct state', ctState.related), goto('rel')],
    [is('ct state', ctState.new), is('ct mark', 0), jump('timeouts')],
    [goto('slow')],
  ),
  chain('first_held', [jump('acl')], [jump('ingress')], [is('mark', 1), goto('begin3')], [goto('begin1')]),
];

const slowChains: readonly Chain[] = [
  chain('setS', [original, addCtMark(1), back], [reply, addCtMark(2)]),
  chain('setD', [original, addCtMark(2), back], [reply, addCtMark(1)]),
  chain('s11', [jump('acl')], [goto('commit')]),
  chain('s10', [jump('acl')], [jump('ingress')], entryOfReceiver, [goto('commit')]),
  chain('s01', [jump('egress')], [is('mark', 1), goto('s01_1')], [jump('acl')], [goto('commit')]),
  chain('s01_1', [jump('acl')], [jump('setS')], [goto('commit')]),
  chain(
    's00',
    [jump('egress')],
    [is('mark', 1), goto('s00_1')],
    [jump('acl')],
    [jump('ingress')],
    entryOfReceiver,
    [goto('commit')],
  ),
  chain('s00_1', [jump('acl')], [jump('ingress')], entryOfReceiver, [jump('setS')], [goto('commit')]),
  chain(
    'slow',
    // Most packets that come here: both hold an entry.
    [isMasked('ct mark', 3, 3), goto('s11')],
    [original, { kind: 'dispatch', fields: ['ct mark'], map: s.heldOriginal.name, mask: 3 }],
    [reply, { kind: 'dispatch', fields: ['ct mark'], map: s.heldReply.name, mask: 3 }],
    [goto('s00')],
  ),
];

/** Whether the sending port is that end of the parent flow. */
function owner(name: string, end: 'original' | 'reply'): Chain {
  return chain(
    name,
    // A middlebox forwards for others: what is its own, the zone it shares with the far end says.
    [inSet(['iifname'], s.boxes.name), isNot('ct zone', 0), setMark(owned), back],
    ...[s.id4, s.prefix4].map(({ name: map }) => [
      markFromMap(['iifname', `ct ${end} ip saddr`], map),
      setMark(owned),
    ]),
    ...[s.id6, s.prefix6].map(({ name: map }) => [
      markFromMap(['iifname', `ct ${end} ip6 saddr`], map),
      setMark(owned),
    ]),
  );
}

/**
 * ICMP errors carry their parent's conntrack entry: an entry of the parent at this very interface, or a rule; ACLs
 * always; the parent's mark is never written.
 */
const relatedChains: readonly Chain[] = [
  chain(
    'relS',
    [reply, isMasked('ct mark', 2, 2), jump('ownR')],
    [original, isMasked('ct mark', 1, 1), jump('ownO')],
    [is('mark', owned), back],
    [goto('egress')],
  ),
  owner('ownR', 'reply'),
  owner('ownO', 'original'),
  chain(
    'relD',
    [reply, isMasked('ct mark', 1, 1), back],
    [original, isMasked('ct mark', 2, 2), back],
    [goto('ingress')],
  ),
  chain('rel', [setMark(0)], [jump('relS')], [jump('acl')], [jump('relD')], [accept]),
];

/** The first chain after connection tracking. Only VPCs with a gateway that remembers flows pay for `anew`. */
export function forwardPiece(hasRemembering: boolean): Piece {
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [
      {
        spec: { name: 'forw', hook: { type: 'filter', hook: 'forward', priority: 0, policy: 'drop' } },
        rules: [
          ...(hasRemembering ? [[isMasked('mark', identityMask, noClass), goto('anew')]] : []),
          [is('ct state', ctState.established), goto('fast')],
          [is('ct state', ctState.new), goto('new')],
          [is('ct state', ctState.related), goto('rel')],
          [goto('slow')],
        ],
      },
    ],
    contributions: [],
  };
}

const baseChains: readonly Chain[] = [
  {
    spec: { name: 'inp', hook: { type: 'filter', hook: 'input', priority: 0, policy: 'drop' } },
    rules: [
      [is('iifname', 'lo'), accept],
      ...discoveryMessages.map((type) => [is('icmpv6 type', type), jump('discovery')]),
      // Every packet, also of what is established: the services' rate and switches hold for all (services-piece.ts).
      [jump('services')],
      [is('ct state', ctState.related), accept],
    ],
  },
];

/**
 * The first chain, and the zones: a flow that a middlebox forwards passes the router twice with one tuple, so each
 * middlebox has a conntrack zone with every other port, chosen before connection tracking from the port a packet comes
 * by and the one it will leave by. Only VPCs with a middlebox pay for that.
 */
export function preroutingPiece(hasBoxes: boolean): Piece {
  const leaving = 'fib daddr . mark oifname';
  const zoned = chain(
    'zone',
    [inSet(['iifname'], s.boxes.name), goto('zone_of')],
    [inSet([leaving], s.boxes.name), goto('zone_of')],
  );
  const zoneOf = chain(
    'zone_of',
    [zoneFromMap(['iifname', leaving], s.zones.name), back],
    [inSet(['iifname', leaving], s.unzoned.name), goto('rej_src')],
  );
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [
      {
        spec: {
          name: 'pre',
          hook: { type: 'filter', hook: 'prerouting', priority: beforeReassembly, policy: 'accept' },
        },
        rules: [
          // What nearly all packets ask, before all else.
          ...(hasBoxes ? [] : [[markFromMap(['iifname', 'ip saddr'], s.id4.name), accept]]),
          [is('iifname', 'lo'), accept],
          [jump('src')],
          ...(hasBoxes ? [[jump('zone')]] : []),
        ],
      },
      ...(hasBoxes ? [zoned, zoneOf] : []),
    ],
    contributions: [],
  };
}

/** The fixed part of a VPC's table: all but the chains of the epoch, the first chain, and the first after tracking. */
export const vpcSkeleton: Piece = {
  concern: { kind: 'everybody' },
  sets: Object.values(vpcSets),
  chains: [
    ...sourceChains,
    ...judgingChains,
    ...farIdentityChains,
    ...firstChains,
    ...slowChains,
    ...relatedChains,
    ...baseChains,
  ],
  contributions: [
    // Class 0 and the outside are always there.
    contribution(s.classOut, false, [verdict(0, 'o0')]),
    contribution(s.classIn, false, [verdict(0, 'i0')]),
    contribution(s.aclOut, false, [verdict(portNumber(outsideSubnet, 0), 'acl_none_o')]),
    contribution(s.aclIn, false, [verdict(portNumber(outsideSubnet, 0), 'acl_none_i')]),
    contribution(s.heldOriginal, true, heldElements.original),
    contribution(s.heldReply, true, heldElements.reply),
    contribution(s.linkScope, true, linkScopeElements),
  ],
};
