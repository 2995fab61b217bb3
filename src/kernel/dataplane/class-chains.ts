/**
 * The chains of a class. They ask only the sets that the class has: the kernel finds a set by walking through all sets
 * of the table, so that empty ones made loading quadratic, and asking them costs each new connection.
 */
import { type Family, families } from '#net/address.ts';
import { icmpProtocol } from '#net/protocol.ts';
import { type Direction, directions } from '#vpc/security-group.ts';
import type { Field, NftRule } from '../nft/statement.ts';
import { classChain, classSet } from './names.ts';
import { type Chain, contribution, type Piece } from './piece.ts';
import {
  back,
  ctState,
  goto,
  inSet,
  is,
  jump,
  keepMark,
  markFromMap,
  nfproto,
  notInSet,
  setMark,
} from './statements.ts';
import { identityMask, noClass, vpcSets } from './vpc-sets.ts';

/** Where a chain stands: the class, which way packets cross the interface, and their family. */
type Place = {
  readonly number: number;
  readonly direction: Direction;
  readonly family: Family;
  readonly sets: ReadonlySet<string>;
};

/** The chains of the class with this number, which has the sets named, and the way to them. */
export function classChains(number: number, sets: ReadonlySet<string>): Piece {
  return {
    concern: { kind: 'class', number },
    sets: [],
    chains: directions.flatMap((direction) => [
      entryChain(number, direction),
      ...families.flatMap((family) => familyChains({ number, direction, family, sets })),
    ]),
    contributions: directions.map((direction) =>
      contribution(direction === 'egress' ? vpcSets.classOut : vpcSets.classIn, false, [
        { key: [number], data: { kind: 'goto', chain: classChain.entry(direction, number) } },
      ]),
    ),
  };
}

function entryChain(number: number, direction: Direction): Chain {
  return {
    spec: { name: classChain.entry(direction, number) },
    rules: [
      [is('nfproto', nfproto.ipv4), goto(classChain.ports(direction, number, 'ipv4'))],
      [goto(classChain.ports(direction, number, 'ipv6'))],
    ],
  };
}

function familyChains(place: Place): readonly Chain[] {
  const { number, direction, family } = place;
  const icmp = classChain.icmp(direction, number, family);
  return [
    {
      spec: { name: classChain.ports(direction, number, family) },
      rules: [
        [is('l4proto', icmpProtocol[family]), goto(icmp)],
        ...untrackedRules(place),
        ...trackedRules(admittingRules(place, 'th dport')),
        [goto('rej')],
      ],
    },
    // The first two bytes of ICMP, read as a source port, are type and code.
    { spec: { name: icmp }, rules: [...admittingRules(place, 'th sport'), [goto('rej')]] },
  ];
}

/** A rule opens a tracked flow only for a packet that may open one. */
function trackedRules(admitting: readonly NftRule[]): readonly NftRule[] {
  if (admitting.length === 0) return [];
  return [
    [is('l4proto', 6), jump('tcp_may_open')],
    [is('l4proto', 17), is('ct state', ctState.invalid), goto('rej')],
    ...admitting,
  ];
}

/**
 * A packet's local port is its source on the way out and its destination on the way in. What goes through a NAT or
 * egress-only gateway is always tracked.
 */
function untrackedRules({ number, direction, family, sets }: Place): readonly NftRule[] {
  const [local, remote, far]: readonly Field[] =
    direction === 'egress' ? ['th sport', 'th dport', 'oifname'] : ['th dport', 'th sport', 'iifname'];
  const ports = [
    { port: local, set: classSet.untracked('L', number, family) },
    { port: remote, set: classSet.untracked('R', number, family) },
  ];
  return ports.flatMap(({ port, set }) =>
    port && far && sets.has(set)
      ? [[inSet(['l4proto', port], set), notInSet([far], vpcSets.autotrack.name), goto('ok0')]]
      : [],
  );
}

/** By everybody, by address, by the far end's identity. */
function admittingRules(
  { number, direction, family, sets }: Place,
  service: 'th sport' | 'th dport',
): readonly NftRule[] {
  const address = farAddress(direction, family);
  const everybody = classSet.everybody(direction, number, family);
  const blocks = classSet.addresses(direction, number, family);
  const identities = classSet.identities(direction, number);
  const rules: { readonly set: string; readonly rule: NftRule; readonly before?: NftRule }[] = [
    { set: everybody, rule: [inSet(['l4proto', service], everybody), goto('ok1')] },
    { set: blocks, rule: [inSet([address, 'l4proto', service], blocks), goto('ok1')] },
    {
      set: identities,
      rule: [inSet(['mark', 'l4proto', service], identities), goto('ok1')],
      before: [jump(farIdentity(direction, family))],
    },
  ];
  return rules
    .filter(({ set }) => sets.has(set))
    .flatMap(({ rule, before }) => (before ? [before, rule] : [rule]));
}

function farAddress(direction: Direction, family: Family): Field {
  const end = direction === 'egress' ? 'daddr' : 'saddr';
  return family === 'ipv4' ? `ip ${end}` : `ip6 ${end}`;
}

/** The chain that leaves the far end's identity in the mark. */
const farIdentity = (direction: Direction, family: Family): string =>
  `far_${direction === 'egress' ? 'o' : 'i'}${family === 'ipv4' ? 4 : 6}`;

/**
 * The chains of `farIdentity`, one rule for all classes: for each element that enters a map the kernel walks through
 * all rules that ask it, so that loading 100,000 interfaces of 400 classes took four seconds. A far end that is no
 * interface has no class.
 */
export const farIdentityChains: readonly Chain[] = directions.flatMap((direction) =>
  families.map((family) => ({
    spec: { name: farIdentity(direction, family) },
    rules: [
      [setMark(noClass)],
      ...(family === 'ipv4' ? [vpcSets.id4, vpcSets.prefix4] : [vpcSets.id6, vpcSets.prefix6]).map((map) => [
        markFromMap(
          [direction === 'egress' ? 'oifname' : 'iifname', farAddress(direction, family)],
          map.name,
        ),
        keepMark(identityMask),
        back,
      ]),
    ],
  })),
);
