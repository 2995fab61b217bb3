/**
 * A class is a combination of groups; interfaces with the same groups share its chains and sets. Three pieces, which
 * change for different reasons: the chains (never), the rules by address (with the groups and prefix lists), the
 * rules by group (also with the classes there are).
 */
import type { Family } from '#net/address.ts';
import { families } from '#net/address.ts';
import { everybody, rangeOf } from '#net/cidr.ts';
import { icmpProtocol } from '#net/protocol.ts';
import { paintAddresses, type ServiceBox, type Span, serviceBoxes, spanOf, unionOf } from '#policy/boxes.ts';
import { coversAllPorts, type EffectiveRule, type Place, peerCidrs, rulesOf } from '#policy/rules.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { type Direction, directions, type Service } from '#vpc/security-group.ts';
import type { Element, KeyPart, NftRule, SetSpec } from '../nft/statement.ts';
import { classChain, classSet, type PortSide } from './names.ts';
import { type Chain, type Contribution, contribution, type Piece } from './piece.ts';
import { ctState, goto, inSet, is, jump, keepMark, markFromMap, nfproto } from './statements.ts';
import { identityMask, vpcSets } from './vpc-sets.ts';

/** A combination of groups (sorted) and its number, which is the identity of its interfaces. */
export type PolicyClass = { readonly number: number; readonly groupIds: readonly SecurityGroupId[] };

const portSides: readonly PortSide[] = ['L', 'R'];
const addressType = { ipv4: 'ipv4_addr', ipv6: 'ipv6_addr' } as const;

const services = (name: string): SetSpec => ({ name, key: ['inet_proto', 'inet_service'], interval: true });
const addresses = (name: string, family: Family): SetSpec => ({
  name,
  key: [addressType[family], 'inet_proto', 'inet_service'],
  interval: true,
});
const identities = (name: string): SetSpec => ({
  name,
  key: ['mark', 'inet_proto', 'inet_service'],
  interval: true,
});

/** The chains and the (still empty) sets of a class. */
export function classStructure({ number }: PolicyClass): Piece {
  return {
    concern: { kind: 'class', number },
    sets: [
      ...families.flatMap((family) => [
        ...portSides.map((side) => services(classSet.untracked(side, number, family))),
        ...directions.flatMap((direction) => [
          services(classSet.everybody(direction, number, family)),
          addresses(classSet.addresses(direction, number, family), family),
        ]),
      ]),
      ...directions.map((direction) => identities(classSet.identities(direction, number))),
    ],
    chains: directions.flatMap((direction) => classChains(number, direction)),
    contributions: directions.map((direction) =>
      contribution(direction === 'egress' ? vpcSets.classOut : vpcSets.classIn, false, [
        { key: [number], data: { kind: 'goto', chain: classChain.entry(direction, number) } },
      ]),
    ),
  };
}

function classChains(number: number, direction: Direction): readonly Chain[] {
  const { entry, ports, icmp } = classChain;
  return [
    {
      spec: { name: entry(direction, number) },
      rules: [
        [is('nfproto', nfproto.ipv4), goto(ports(direction, number, 'ipv4'))],
        [goto(ports(direction, number, 'ipv6'))],
      ],
    },
    ...families.flatMap((family): readonly Chain[] => [
      {
        spec: { name: ports(direction, number, family) },
        rules: [
          [is('l4proto', icmpProtocol[family]), goto(icmp(direction, number, family))],
          ...untrackedRules(number, direction, family),
          [is('l4proto', 6), jump('tcp_may_open')],
          [is('l4proto', 17), is('ct state', ctState.invalid), goto('rej')],
          ...admittingRules(number, direction, family, 'th dport'),
          [goto('rej')],
        ],
      },
      {
        spec: { name: icmp(direction, number, family) },
        // The first two bytes of ICMP, read as a source port, are type and code.
        rules: [...admittingRules(number, direction, family, 'th sport'), [goto('rej')]],
      },
    ]),
  ];
}

/** A packet's local port is its source on the way out and its destination on the way in. */
function untrackedRules(number: number, direction: Direction, family: Family): readonly NftRule[] {
  const [local, remote] =
    direction === 'egress' ? (['th sport', 'th dport'] as const) : (['th dport', 'th sport'] as const);
  return [
    [inSet(['l4proto', local], classSet.untracked('L', number, family)), goto('ok0')],
    [inSet(['l4proto', remote], classSet.untracked('R', number, family)), goto('ok0')],
  ];
}

function admittingRules(
  number: number,
  direction: Direction,
  family: Family,
  service: 'th sport' | 'th dport',
): readonly NftRule[] {
  const [far, end] =
    direction === 'egress' ? (['oifname', 'daddr'] as const) : (['iifname', 'saddr'] as const);
  const address = family === 'ipv4' ? (`ip ${end}` as const) : (`ip6 ${end}` as const);
  return [
    [inSet(['l4proto', service], classSet.everybody(direction, number, family)), goto('ok1')],
    [inSet([address, 'l4proto', service], classSet.addresses(direction, number, family)), goto('ok1')],
    // A far end that is no interface has no identity, which ends the rule.
    [
      markFromMap([far, address], family === 'ipv4' ? vpcSets.id4.name : vpcSets.id6.name),
      keepMark(identityMask),
      inSet(['mark', 'l4proto', service], classSet.identities(direction, number)),
      goto('ok1'),
    ],
  ];
}

/** What the rules of a class admit by address: everybody, blocks, and what is untracked. */
export function classRules({ number, groupIds }: PolicyClass, place: Place): Piece {
  const rules = {
    ingress: rulesOf(place, groupIds, 'ingress'),
    egress: rulesOf(place, groupIds, 'egress'),
  };
  const contributions = families.flatMap((family) => {
    const open = {
      ingress: openRules(place, rules.ingress, family),
      egress: openRules(place, rules.egress, family),
    };
    return [
      ...portSides.map((side) => untrackedOf(number, side, family, open)),
      ...directions.flatMap((direction) => [
        contribution(
          services(classSet.everybody(direction, number, family)),
          false,
          serviceElements([], unionOf(open[direction].map(spanOf))),
        ),
        blocksOf(number, direction, family, place, rules[direction]),
      ]),
    ];
  });
  return { concern: { kind: 'class', number }, sets: [], chains: [], contributions };
}

/** Services of the rules that admit everybody of a family. */
function openRules(place: Place, rules: readonly EffectiveRule[], family: Family): readonly Service[] {
  return rules
    .filter(({ rule }) => peerCidrs(place, rule.peer).includes(everybody[family]))
    .map(({ rule }) => rule.service);
}

/**
 * TCP and UDP ports at which flows are untracked. `L`: local ports open to everybody inbound while everybody is open
 * on all ports outbound; `R`: the mirror image with remote ports.
 */
function untrackedOf(
  number: number,
  side: PortSide,
  family: Family,
  open: Readonly<Record<Direction, readonly Service[]>>,
): Contribution {
  const [near, far] = side === 'L' ? [open.ingress, open.egress] : [open.egress, open.ingress];
  const spans = ([6, 17] as const)
    .filter((protocol) => far.some((service) => coversAllPorts(service, protocol)))
    .flatMap((protocol) =>
      near.flatMap((service): readonly Span[] => {
        if (service.kind === 'all') return [{ first: protocol << 16, last: (protocol << 16) | 0xffff }];
        return service.kind === 'ports' && service.protocol === protocol ? [spanOf(service)] : [];
      }),
    );
  return contribution(
    services(classSet.untracked(side, number, family)),
    true,
    serviceElements([], unionOf(spans)),
  );
}

function blocksOf(
  number: number,
  direction: Direction,
  family: Family,
  place: Place,
  rules: readonly EffectiveRule[],
): Contribution {
  const items = rules.flatMap(({ rule }) =>
    peerCidrs(place, rule.peer)
      .filter((cidr) => cidr !== everybody[family])
      .map((cidr) => ({ range: rangeOf(cidr), value: spanOf(rule.service) }))
      .filter(({ range }) => range.family === family),
  );
  const set = addresses(classSet.addresses(direction, number, family), family);
  return contribution(
    set,
    false,
    paintAddresses(items, unionOf).flatMap(({ range, spans }) =>
      serviceElements([{ first: range.first, last: range.last }], spans),
    ),
  );
}

/** The groups that the rules of a class name as peers, per direction, with what is open to them. */
export type GroupPeers = Readonly<Record<Direction, ReadonlyMap<SecurityGroupId, readonly Span[]>>>;

/** See `GroupPeers`. */
export function groupPeersOf({ groupIds }: PolicyClass, place: Place): GroupPeers {
  const peersIn = (direction: Direction) => {
    const found = new Map<SecurityGroupId, Span[]>();
    for (const { rule } of rulesOf(place, groupIds, direction)) {
      if (rule.peer.kind !== 'group') continue;
      const spans = found.get(rule.peer.groupId) ?? [];
      found.set(rule.peer.groupId, [...spans, spanOf(rule.service)]);
    }
    return found;
  };
  return { ingress: peersIn('ingress'), egress: peersIn('egress') };
}

/** What the rules of a class admit by group: the identities of the classes that contain a peer group. */
export function classPeers(
  { number }: PolicyClass,
  peers: GroupPeers,
  classesWith: (groupId: SecurityGroupId) => Iterable<PolicyClass>,
): Piece {
  const contributions = directions.map((direction) => {
    const spansOf = new Map<number, Span[]>();
    for (const [groupId, spans] of peers[direction]) {
      for (const far of classesWith(groupId)) {
        spansOf.set(far.number, [...(spansOf.get(far.number) ?? []), ...spans]);
      }
    }
    const elements = [...spansOf].flatMap(([far, spans]) => serviceElements([far], unionOf(spans)));
    return contribution(identities(classSet.identities(direction, number)), false, elements);
  });
  return { concern: { kind: 'class', number }, sets: [], chains: [], contributions };
}

/** Elements of a prefix and each protocol-and-service box of the spans. */
export function serviceElements(prefix: readonly KeyPart[], spans: readonly Span[]): readonly Element[] {
  return serviceBoxes(spans).map(({ protocols, services: ports }: ServiceBox) => ({
    key: [...prefix, protocols, ports],
  }));
}
