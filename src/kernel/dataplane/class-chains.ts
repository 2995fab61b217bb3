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
  goto,
  inSet,
  is,
  isNot,
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
  const protocol = icmpProtocol[family];
  // A rule opens a tracked flow only for a packet that may open one; asked last, as most may.
  const [first, ...others] = admittingRules(place, 'th dport', 'opening');
  return [
    {
      spec: { name: classChain.ports(direction, number, family) },
      rules: [
        // TCP and UDP alone.
        ...untrackedRules(place),
        // The first set admits most packets, so they are spared a rule.
        ...(first ? [[isNot('l4proto', protocol), ...first]] : []),
        [is('l4proto', protocol), goto(icmp)],
        ...others,
        [goto('rej')],
      ],
    },
    // The first two bytes of ICMP, read as a source port, are type and code.
    { spec: { name: icmp }, rules: [...admittingRules(place, 'th sport', 'ok1'), [goto('rej')]] },
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

/** By address, and by the far end's identity: what is admitted goes to the chain `admitted`. */
function admittingRules(
  { number, direction, family, sets }: Place,
  service: 'th sport' | 'th dport',
  admitted: string,
): readonly NftRule[] {
  const address = farAddress(direction, family);
  const asked: readonly (readonly [set: string, fields: readonly Field[]])[] = [
    [classSet.mixed(direction, number, family), [service, 'l4proto', address]],
    [classSet.everybody(direction, number, family), ['l4proto', service]],
    [classSet.addresses(direction, number, family), [address, 'l4proto', service]],
  ];
  const identities = classSet.identities(direction, number);
  const byIdentity: NftRule = [inSet(['mark', 'l4proto', service], identities), goto(admitted)];
  return [
    ...asked.flatMap(([set, fields]) => (sets.has(set) ? [[inSet(fields, set), goto(admitted)]] : [])),
    ...(sets.has(identities) ? [[jump(farIdentity(direction, family))], byIdentity] : []),
  ];
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
