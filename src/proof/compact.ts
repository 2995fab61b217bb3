/** `compact`: the same admission in fewer rules. What it answers is proved equal before it is given. */
import { type Family, families } from '#net/address.ts';
import { type Cidr, cidrOf, prefixLength } from '#net/cidr.ts';
import { serviceBoxes } from '#policy/boxes.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import { type RuleSubstance, ruleKey } from '#vpc/group-rules.ts';
import type { Id } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import { type Direction, directions, type Peer, type Rule, type Service } from '#vpc/security-group.ts';
import { noTags } from '#vpc/tags.ts';
import { stretchOf } from './address-line.ts';
import { admissionOf, normalized } from './admission.ts';
import { redundantIn } from './redundant.ts';
import { covers, intersect, isEmpty, type Region, regionOf, regionSize, subtract } from './region.ts';
import { sameRules } from './same.ts';
import { allSpans, coversSpans, noSpans, type Spans, spansOf, subtractSpans, unionSpans } from './spans.ts';

export type Compacted = {
  /** Rules that stay as they are. */
  readonly kept: readonly Rule[];
  readonly removed: readonly Rule[];
  readonly added: readonly RuleSubstance[];
};

/** Above this many rules of a direction and family no wider rules are sought, since the search is cubic. */
const searchedMax = 300;

/** A shorter list for a group, or undefined where the group is unknown. Nothing removed: it is as short as we can. */
export function compactGroup(world: World, groupId: string): Compacted | undefined {
  const found = locate(world, 'securityGroup', groupId);
  return found && compactRules({ world, network: found.network }, found.entity.rules);
}

/** A list that admits the same in at most as many rules. Throws if the proof of that fails, which would be a bug. */
export function compactRules(place: Place, rules: readonly Rule[]): Compacted {
  const gone = new Set(redundantIn(place, rules).map(({ rule }) => rule));
  const left = rules.filter((rule) => !gone.has(rule));
  const added: RuleSubstance[] = [];
  for (const direction of directions) {
    for (const family of families) {
      const better = shorter(place, left, direction, family);
      for (const rule of better?.replaced ?? []) gone.add(rule);
      added.push(...(better?.added ?? []));
    }
    const merged = mergedGroups(
      place,
      left.filter((rule) => !gone.has(rule)),
      direction,
    );
    for (const rule of merged.replaced) gone.add(rule);
    added.push(...merged.added);
  }
  const kept = rules.filter((rule) => !gone.has(rule));
  const wanted = added.filter((each) => !kept.some((rule) => ruleKey(rule) === ruleKey(each)));
  if (!sameRules(place, rules, [...kept, ...wanted.map(asRule)]))
    throw new Error('compaction changed what is admitted');
  return { kept, removed: [...gone], added: wanted };
}

type Rewrite = { readonly replaced: readonly Rule[]; readonly added: readonly RuleSubstance[] };

/** Covers the region of block rules of one family anew, where that takes fewer rules. Prefix lists stay as they are. */
function shorter(
  place: Place,
  rules: readonly Rule[],
  direction: Direction,
  family: Family,
): Rewrite | undefined {
  const own = rules.filter((rule) => {
    const isBlock = rule.direction === direction && rule.peer.kind === 'cidr';
    return isBlock && rule.peer.kind === 'cidr' && rule.peer.cidr.includes(':') === (family === 'ipv6');
  });
  if (own.length < 2 || own.length > searchedMax) return undefined;
  const { region } = admissionOf(place, own, direction, family);
  const candidates = own.flatMap((rule) => grown(place, rule, region));
  const chosen = chooseCover(region, candidates);
  if (!chosen || chosen.length >= own.length) return undefined;
  const peer = ({ cidr }: Block): Peer => ({ kind: 'cidr', cidr });
  return {
    replaced: own,
    added: chosen.map((block) => ({ direction, service: block.service, peer: peer(block) })),
  };
}

/** A rule as a rectangle. */
type Block = { readonly cidr: Cidr; readonly service: Service; readonly region: Region };

function block(family: Family, cidr: Cidr, service: Service): Block {
  return {
    cidr,
    service,
    region: regionOf(family, [{ ...stretchOf(cidr), value: spansOf(service, family) }]),
  };
}

/** The rule as wide as the region lets it grow: addresses first, services first. */
function grown(place: Place, rule: Rule, region: Region): readonly Block[] {
  const { family } = region;
  return peerCidrs(place, rule.peer).flatMap((cidr) => {
    const { service } = rule;
    const wideFirst = widest(region, cidr, service);
    const deepFirst = deepest(region, cidr, service);
    return [
      block(family, wideFirst, deepest(region, wideFirst, service)),
      block(family, widest(region, cidr, deepFirst), deepFirst),
    ];
  });
}

/** The longest block around one whose every address has the service. */
function widest(region: Region, cidr: Cidr, service: Service): Cidr {
  const { family } = region;
  let best = cidr;
  for (let length = prefixLength(cidr) - 1; length >= 0; length--) {
    const parent = cidrOf({ family, value: BigInt(stretchOf(cidr).first) }, length);
    if (!covers(region, block(family, parent, service).region)) break;
    best = parent;
  }
  return best;
}

/** The widest service that every address of the block has around the given one. */
function deepest(region: Region, cidr: Cidr, service: Service): Service {
  const { family } = region;
  const common = openToAll(region, cidr);
  const wanted = spansOf(service, family);
  for (const each of servicesOf(common)) if (coversSpans(spansOf(each, family), wanted)) return each;
  return service;
}

/** The services that a region opens to all of a block. */
function openToAll(region: Region, cidr: Cidr): Spans {
  const { family } = region;
  const whole = regionOf(family, [{ ...stretchOf(cidr), value: spansOf({ kind: 'all' }, family) }]);
  const missing = subtract(whole, region).boxes.reduce((lost, { spans }) => unionSpans(lost, spans), noSpans);
  return subtractSpans(allSpans, missing);
}

/** A set of services as the services that rules can name. */
function servicesOf(spans: Spans): readonly Service[] {
  return serviceBoxes(spans).flatMap(({ protocols, services }): readonly Service[] => {
    if (protocols.first === 0 && protocols.last === 255) return [{ kind: 'all' }];
    const { first, last } = services;
    return Array.from({ length: protocols.last - protocols.first + 1 }, (_, offset): readonly Service[] => {
      const protocol = protocols.first + offset;
      if (protocol === 6 || protocol === 17) return [{ kind: 'ports', protocol, from: first, to: last }];
      if (protocol === 1 || protocol === 58) return icmpServices(protocol, first, last);
      return [{ kind: 'protocol', protocol }];
    }).flat();
  });
}

function icmpServices(protocol: 1 | 58, first: number, last: number): readonly Service[] {
  if (first === 0 && last === 0xffff) return [{ kind: 'icmp', protocol, type: -1, code: -1 }];
  const services: Service[] = [];
  for (let at = first; at <= last; ) {
    const type = at >>> 8;
    const isWhole = (at & 255) === 0 && (at | 255) <= last;
    services.push({ kind: 'icmp', protocol, type, code: isWhole ? -1 : at & 255 });
    at = isWhole ? (at | 255) + 1 : at + 1;
  }
  return services;
}

/** Greedily the rectangle that adds most, then without those that the others cover. */
function chooseCover(region: Region, candidates: readonly Block[]): readonly Block[] | undefined {
  let open = region;
  const chosen: Block[] = [];
  while (!isEmpty(open)) {
    let best: { readonly block: Block; readonly gain: bigint } | undefined;
    for (const each of candidates) {
      const gain = regionSize(intersect(open, each.region));
      if (gain > (best?.gain ?? 0n)) best = { block: each, gain };
    }
    if (!best) return undefined;
    chosen.push(best.block);
    open = subtract(open, best.block.region);
  }
  let left: readonly Block[] = chosen;
  for (const each of chosen) {
    const others = left.filter((other) => other !== each);
    if (covers(unionOf(region.family, others), each.region)) left = others;
  }
  return left;
}

function unionOf(family: Family, blocks: readonly Block[]): Region {
  const boxes = blocks.flatMap(({ region }) => region.boxes);
  return regionOf(
    family,
    boxes.map((box) => ({ ...box, value: box.spans })),
  );
}

/** Services that name the same group, joined. */
function mergedGroups(place: Place, rules: readonly Rule[], direction: Direction): Rewrite {
  const byPeer = Map.groupBy(
    rules.filter((rule) => rule.direction === direction && rule.peer.kind === 'group'),
    ({ peer }) => (peer.kind === 'group' ? peer.groupId : ''),
  );
  const replaced: Rule[] = [];
  const added: RuleSubstance[] = [];
  for (const own of byPeer.values()) {
    const [first] = own;
    if (!first || own.length < 2) continue;
    const spans = families.map((family) => {
      const { byGroup } = normalized(place.world, admissionOf(place, own, direction, family));
      return [...byGroup.values()][0] ?? [];
    });
    const services = servicesOf(spans.reduce(unionSpans, noSpans));
    if (services.length >= own.length) continue;
    replaced.push(...own);
    added.push(...services.map((service) => ({ direction, service, peer: first.peer })));
  }
  return { replaced, added };
}

const asRule = (substance: RuleSubstance, at: number): Rule => ({
  ...substance,
  id: `sgr-${at.toString(16).padStart(17, '0')}` as Id<'rule'>,
  tags: noTags,
});
