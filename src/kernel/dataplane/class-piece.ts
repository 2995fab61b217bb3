/**
 * A class is a combination of groups; interfaces with the same groups share its chains and sets. Its rules
 * are two pieces, which change for different reasons: by address, with the groups and prefix lists; by group, also
 * with the classes there are. A set that would be empty is not made.
 */
import { type Family, families } from '#net/address.ts';
import { type Cidr, everybody, type IpRange, rangeOf } from '#net/cidr.ts';
import {
  paintAddresses,
  paintServices,
  type ServiceBox,
  type Span,
  serviceBoxes,
  spanOf,
  unionOf,
} from '#policy/boxes.ts';
import { coversAllPorts, type EffectiveRule, type Place, peerCidrs, rulesOf } from '#policy/rules.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { type Direction, directions, type Rule, type Service } from '#vpc/security-group.ts';
import type { Element, KeyPart, SetSpec } from '../nft/statement.ts';
import { classSet, type PortSide } from './names.ts';
import { type Contribution, contribution, type Piece } from './piece.ts';

/** A combination of groups (sorted) and its number, which is the identity of its interfaces. */
export type PolicyClass = { readonly number: number; readonly groupIds: readonly SecurityGroupId[] };

/** The most blocks of one service with which a class has a single set. */
const blocksOfServiceMax = 8;

const portSides: readonly PortSide[] = ['L', 'R'];
const addressType = { ipv4: 'ipv4_addr', ipv6: 'ipv6_addr' } as const;

const services = (name: string): SetSpec => ({ name, key: ['inet_proto', 'inet_service'], interval: true });
const addresses = (name: string, family: Family): SetSpec => ({
  name,
  key: [addressType[family], 'inet_proto', 'inet_service'],
  interval: true,
});
const mixed = (name: string, family: Family): SetSpec => ({
  name,
  key: ['inet_service', 'inet_proto', addressType[family]],
  interval: true,
});
const identities = (name: string): SetSpec => ({
  name,
  key: ['mark', 'inet_proto', 'inet_service'],
  interval: true,
});

/** A piece that owns the sets it has elements for. */
function ownSets(number: number, contributions: readonly Contribution[]): Piece {
  const filled = contributions.filter(({ elements }) => elements.size > 0);
  const sets = filled.map(({ set }) => set);
  const concern = { kind: 'class', number } as const;
  return { concern, sets, askedBy: `class ${number}`, chains: [], contributions: filled };
}

/** What a class admitted by address when it was last painted, by direction and family. */
export type Painted = Map<
  string,
  { readonly items: readonly Item[]; readonly made: readonly Contribution[] }
>;

/**
 * What the rules of a class admit by address: everybody, blocks, and what is untracked.
 * @param painted of the class; taken up where nothing has changed, and brought up to date
 */
export function classRules({ number, groupIds }: PolicyClass, place: Place, painted: Painted): Piece {
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
      ...directions.flatMap((direction) => {
        const items = itemsOf(place, rules[direction], family);
        const known = painted.get(`${direction} ${family}`);
        if (known && areSame(known.items, items)) return known.made;
        const made = admittedByAddress(number, direction, family, items);
        painted.set(`${direction} ${family}`, { items, made });
        return made;
      }),
    ];
  });
  return ownSets(number, contributions);
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

/** Who is let in to what: a block, which may be everybody, and services. */
type Item = { readonly cidr: Cidr; readonly range: IpRange; readonly span: Span };

const areSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((each, at) => each === b[at]);

function itemsOf(place: Place, rules: readonly EffectiveRule[], family: Family): readonly Item[] {
  const items: Item[] = [];
  for (const { rule } of rules)
    for (const item of itemsOfRule(place, rule)) if (item.range.family === family) items.push(item);
  return items;
}

/** Of rules that name a block: the same rule stands in many classes, and stays when its group gets another one. */
const itemsByRule = new WeakMap<Rule, readonly Item[]>();

function itemsOfRule(place: Place, rule: Rule): readonly Item[] {
  const known = itemsByRule.get(rule);
  if (known) return known;
  const span = spanOf(rule.service);
  const items = peerCidrs(place, rule.peer).map((cidr) => ({ cidr, range: rangeOf(cidr), span }));
  // What a prefix list holds may change without the rule.
  if (rule.peer.kind !== 'prefixList') itemsByRule.set(rule, items);
  return items;
}

/**
 * What is open to everybody and to blocks. The kernel's effort for a packet follows how many elements match the first
 * part of the key. Mostly a service is open to few blocks: then one set holds all, and the service comes first. A long
 * list of blocks (a prefix list) has the address first, and needs another set for everybody, who would match it always.
 */
function admittedByAddress(
  number: number,
  direction: Direction,
  family: Family,
  items: readonly Item[],
): readonly Contribution[] {
  const few = paintServices(items, blocksOfServiceMax);
  if (few) {
    const elements = few.flatMap(({ span, ranges }) =>
      serviceBoxes([span]).flatMap(({ protocols, services: ports }) =>
        ranges.map(({ first, last }): Element => ({ key: [ports, protocols, { first, last }] })),
      ),
    );
    return [contribution(mixed(classSet.mixed(direction, number, family), family), false, elements)];
  }
  const all = items.filter(({ cidr }) => cidr === everybody[family]);
  const blocks = items.filter(({ cidr }) => cidr !== everybody[family]);
  const painted = paintAddresses(
    blocks.map(({ range, span }) => ({ range, value: span })),
    unionOf,
  );
  return [
    contribution(
      services(classSet.everybody(direction, number, family)),
      false,
      serviceElements([], unionOf(all.map(({ span }) => span))),
    ),
    contribution(
      addresses(classSet.addresses(direction, number, family), family),
      false,
      painted.flatMap(({ range, spans }) =>
        serviceElements([{ first: range.first, last: range.last }], spans),
      ),
    ),
  ];
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
  return ownSets(number, contributions);
}

/** Elements of a prefix and each protocol-and-service box of the spans. */
export function serviceElements(prefix: readonly KeyPart[], spans: readonly Span[]): readonly Element[] {
  return serviceBoxes(spans).map(({ protocols, services: ports }: ServiceBox) => ({
    key: [...prefix, protocols, ports],
  }));
}
