/**
 * The table of the namespace of a VPC's internet and egress-only gateways. The internet gateway: one-to-one translation of
 * IPv4 both ways (also for traffic that turns round here to a public address of the same VPC), none of IPv6. Before
 * translating it drops inside sources without a public address, outside packets with an inside or own public source, what
 * is not for a public address, and whatever has an address outside that is not routed on the internet.
 */
import type { Ip } from '#net/address.ts';
import { type Cidr, rangeOf } from '#net/cidr.ts';
import { icmpProtocol } from '#net/protocol.ts';
import { routedIpv6, unroutedIpv4 } from '#vpc/internet-space.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { Element, SetSpec } from '../nft/statement.ts';
import { contribution, type Piece } from './piece.ts';
import { beforeReassembly } from './priority.ts';
import {
  accept,
  addCtMark,
  ctState,
  drop,
  goto,
  inSet,
  is,
  isMasked,
  isNot,
  nfproto,
  notInSet,
  reply,
  setMark,
} from './statements.ts';

/** The devices towards the VPC, of the internet and of the egress-only gateway, and the one towards the internet. */
export const gatewayDevices = { inside: 'vpc0', egressOnly: 'eig0', outside: 'wan0' } as const;

const sets = {
  vpc4: { name: 'vpc4', key: ['ipv4_addr'], interval: true },
  vpc6: { name: 'vpc6', key: ['ipv6_addr'], interval: true },
  unrouted4: { name: 'unrouted4', key: ['ipv4_addr'], interval: true },
  publics: { name: 'eips', key: ['ipv4_addr'], interval: false },
  privates: { name: 'privs', key: ['ipv4_addr'], interval: false },
  toPrivate: { name: 'dn', key: ['ipv4_addr'], data: 'ipv4_addr', interval: false },
  toPublic: { name: 'sn', key: ['ipv4_addr'], data: 'ipv4_addr', interval: false },
} as const satisfies Record<string, SetSpec>;

const inside = is('iifname', gatewayDevices.inside);
const egressOnly = is('iifname', gatewayDevices.egressOnly);
const outside = is('iifname', gatewayDevices.outside);
/** Conntrack mark of flows that have left through the egress-only gateway. */
const passage = 1;
const isPassage = isMasked('ct mark', passage, passage);

/** Packet mark of answers to such flows, by which they are routed back to the egress-only gateway's own port. */
export const passageMark = 1;

/** The one ICMPv6 message that opens a flow. */
const echoRequest = 128;

/** Packets that belong to no flow that connection tracking knows. */
const untracked = is('ct state', ctState.invalid);

const opensPassage = addCtMark(passage);
const isAnswer = [isPassage, is('ct state', ctState.established | ctState.related), reply];

/**
 * What comes from outside. Answers to what left through the egress-only gateway go back by it. Everything else goes
 * inside by the internet gateway or nowhere: an untranslatable packet must not bounce.
 */
export function enteringPiece(hasInternetGateway: boolean): Piece {
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [
      {
        spec: { name: 'enter' },
        rules: [
          [is('oifname', gatewayDevices.egressOnly), ...isAnswer, accept],
          ...(hasInternetGateway ? [[is('oifname', gatewayDevices.inside), accept]] : []),
          [drop],
        ],
      },
    ],
    contributions: [],
  };
}

function rangesOf(blocks: readonly Cidr[]): readonly Element[] {
  return blocks.map((block) => {
    const { first, last } = rangeOf(block);
    return { key: [{ first, last }] };
  });
}

/** The fixed part of the table of a VPC's gateways. */
export const gatewaySkeleton: Piece = {
  concern: { kind: 'everybody' },
  sets: Object.values(sets),
  chains: [
    {
      spec: {
        name: 'pre',
        hook: { type: 'filter', hook: 'prerouting', priority: beforeReassembly, policy: 'accept' },
      },
      rules: [
        [inside, notInSet(['ip saddr'], sets.privates.name), drop],
        [egressOnly, is('nfproto', nfproto.ipv4), drop],
        [outside, inSet(['ip saddr'], sets.unrouted4.name), drop],
        [isNot('iifname', gatewayDevices.outside), inSet(['ip daddr'], sets.unrouted4.name), drop],
        [isNot('ip6 saddr', routedIpv6), drop],
        [isNot('ip6 daddr', routedIpv6), drop],
        // A VPC may have blocks that are routed elsewhere.
        [outside, inSet(['ip saddr'], sets.vpc4.name), drop],
        [outside, inSet(['ip6 saddr'], sets.vpc6.name), drop],
        [outside, inSet(['ip saddr'], sets.publics.name), drop],
        [outside, notInSet(['ip daddr'], sets.publics.name), drop],
      ],
    },
    {
      // With connection tracking, before routing.
      spec: {
        name: 'answer',
        hook: { type: 'filter', hook: 'prerouting', priority: -150, policy: 'accept' },
      },
      rules: [[outside, ...isAnswer, setMark(passageMark)]],
    },
    {
      spec: { name: 'dst_nat', hook: { type: 'nat', hook: 'prerouting', priority: -100, policy: 'accept' } },
      rules: [[{ kind: 'nat', type: 'dnat', family: 'ipv4', field: 'ip daddr', map: sets.toPrivate.name }]],
    },
    {
      // AWS's translation has no memory. What connection tracking calls invalid (an answer nobody asked for, a
      // handshake whose middle a router dropped) it leaves alone; the addresses are exchanged all the same.
      spec: {
        name: 'dst_plain',
        hook: { type: 'filter', hook: 'prerouting', priority: -90, policy: 'accept' },
      },
      rules: [[untracked, { kind: 'rewrite', field: 'ip daddr', map: sets.toPrivate.name }]],
    },
    {
      spec: { name: 'forw', hook: { type: 'filter', hook: 'forward', priority: 0, policy: 'accept' } },
      rules: [
        [egressOnly, goto('leave')],
        [outside, goto('enter')],
      ],
    },
    {
      // Through the egress-only gateway goes what opens a conversation, and what belongs to one that left there.
      spec: { name: 'leave' },
      rules: [
        [
          is('l4proto', 6),
          { kind: 'match', field: 'tcp flags', mask: 0x17, value: 0x02 },
          opensPassage,
          accept,
        ],
        [isPassage, accept],
        [is('l4proto', 6), drop],
        // Asked again, where the first question left by the internet gateway.
        [is('icmpv6 type', echoRequest), opensPassage, accept],
        [is('l4proto', icmpProtocol.ipv6), drop],
        [opensPassage, accept],
      ],
    },
    {
      spec: { name: 'inp', hook: { type: 'filter', hook: 'input', priority: 0, policy: 'drop' } },
      rules: [[is('iifname', 'lo'), accept]],
    },
    {
      spec: { name: 'src_nat', hook: { type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept' } },
      rules: [[{ kind: 'nat', type: 'snat', family: 'ipv4', field: 'ip saddr', map: sets.toPublic.name }]],
    },
    {
      spec: {
        name: 'src_plain',
        hook: { type: 'filter', hook: 'postrouting', priority: 110, policy: 'accept' },
      },
      rules: [[untracked, { kind: 'rewrite', field: 'ip saddr', map: sets.toPublic.name }]],
    },
    {
      // Whatever happened before, private sources must not leave.
      spec: { name: 'post', hook: { type: 'filter', hook: 'postrouting', priority: 200, policy: 'accept' } },
      rules: [[is('oifname', gatewayDevices.outside), inSet(['ip saddr'], sets.vpc4.name), drop]],
    },
  ],
  contributions: [contribution(sets.unrouted4, false, rangesOf(unroutedIpv4))],
};

/** The blocks of the VPC behind the gateway. */
export function gatewayBlocks(vpc: Vpc): Piece {
  return blocksPiece(vpc, sets.vpc4, sets.vpc6);
}

/** A VPC's blocks as elements of an IPv4 and an IPv6 set. */
export function blocksPiece(vpc: Vpc, ipv4: SetSpec, ipv6: SetSpec): Piece {
  const elements = (blocks: Vpc['cidrBlocks']) => rangesOf(blocks.map(({ cidr }) => cidr));
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [
      contribution(ipv4, false, elements(vpc.cidrBlocks)),
      contribution(ipv6, false, elements(vpc.ipv6Blocks)),
    ],
  };
}

/** A private IPv4 address and the public one that stands for it. */
export type PublicPair = { readonly privateIp: Ip; readonly publicIp: Ip };

/** The public addresses of an interface. */
export function publicPairs(pairs: readonly PublicPair[]): Piece {
  const map = (set: SetSpec, from: keyof PublicPair, to: keyof PublicPair) =>
    contribution(
      set,
      true,
      pairs.map((pair) => ({ key: [pair[from]], data: { kind: 'value', value: pair[to] } })),
    );
  const list = (set: SetSpec, end: keyof PublicPair) =>
    contribution(
      set,
      true,
      pairs.map((pair) => ({ key: [pair[end]] })),
    );
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [
      list(sets.publics, 'publicIp'),
      list(sets.privates, 'privateIp'),
      map(sets.toPrivate, 'publicIp', 'privateIp'),
      map(sets.toPublic, 'privateIp', 'publicIp'),
    ],
  };
}
