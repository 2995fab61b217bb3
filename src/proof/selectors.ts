/** Who a contract speaks of: interfaces by what they carry, addresses, and the internet. */
import { type Family, familyOf } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import { pointOf, stretchOf } from './address-line.ts';
import { routedSpace } from './internet.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { emptyRegion, intersect, type Region, regionOf } from './region.ts';
import { allSpans } from './spans.ts';

export type Selector =
  | { readonly kind: 'group'; readonly groupId: string }
  /** Interfaces with the tag, and those of instances or with groups that have it. */
  | { readonly kind: 'tag'; readonly key: string; readonly value: string }
  | { readonly kind: 'subnet'; readonly subnetId: string }
  | { readonly kind: 'vpc'; readonly vpcId: string }
  | { readonly kind: 'interface'; readonly eniId: string }
  /** Interfaces with an address of the block, and its addresses on the internet. */
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  /** Hosts on the internet. */
  | { readonly kind: 'internet' }
  /** Every interface, and the internet. */
  | { readonly kind: 'any' };

/** Addresses of interfaces, by class; classes of which none is selected are absent. */
export type Selected = ReadonlyMap<PointClass, readonly Member[]>;

/** The addresses of interfaces that a selector means. */
export function selectedIn(index: ReachIndex, selector: Selector): Selected {
  return selected(index, selector, true);
}

/** The addresses of interfaces that a selector does not mean. */
export function selectedOutside(index: ReachIndex, selector: Selector): Selected {
  return selected(index, selector, false);
}

/** Selectors that mean all members of a class, or none. */
const wholeClasses: ReadonlySet<Selector['kind']> = new Set(['group', 'subnet', 'vpc', 'internet', 'any']);

function selected(index: ReachIndex, selector: Selector, isMeant: boolean): Selected {
  const found = new Map<PointClass, readonly Member[]>();
  for (const point of index.classes) {
    const isSelected = (member: Member) => matches(selector, point, member) === isMeant;
    const asked = wholeClasses.has(selector.kind) ? point.members.slice(0, 1) : point.members;
    const members = asked.filter(isSelected);
    if (members.length > 0) found.set(point, asked === point.members ? members : point.members);
  }
  return found;
}

/** Whether the two lists hold addresses of two different interfaces, one each. */
export function areApart(from: readonly Member[], to: readonly Member[]): boolean {
  return from.some(({ eni }) => to.some((other) => other.eni.id !== eni.id));
}

/** Whether a selector means an address of an interface. */
export function matches(selector: Selector, point: PointClass, { eni, ip }: Member): boolean {
  switch (selector.kind) {
    case 'group':
      return eni.groupIds.some((id) => id === selector.groupId);
    case 'tag':
      return hasTag(point, eni, selector.key, selector.value);
    case 'subnet':
      return eni.subnetId === selector.subnetId;
    case 'vpc':
      return eni.vpcId === selector.vpcId;
    case 'interface':
      return eni.id === selector.eniId;
    case 'cidr': {
      if (familyOf(selector.cidr) !== point.family) return false;
      const [{ first, last }, at] = [stretchOf(selector.cidr), pointOf(ip)];
      return first <= at && at <= last;
    }
    case 'internet':
      return false;
    case 'any':
      return true;
    default:
      return selector satisfies never;
  }
}

function hasTag({ policy }: PointClass, eni: Member['eni'], key: string, value: string): boolean {
  const { network } = policy;
  const instance = eni.attachment && network.instance.get(eni.attachment.instanceId);
  const groups = eni.groupIds.map((id) => network.securityGroup.get(id));
  return [eni, instance, ...groups].some((each) => each?.tags[key] === value);
}

/** The internet addresses that a selector means, with every service. */
export function outsideIn(selector: Selector, family: Family): Region {
  switch (selector.kind) {
    case 'internet':
    case 'any':
      return routedSpace[family];
    case 'cidr':
      return familyOf(selector.cidr) === family
        ? intersect(routedSpace[family], regionOf(family, [{ ...stretchOf(selector.cidr), value: allSpans }]))
        : emptyRegion(family);
    case 'group':
    case 'tag':
    case 'subnet':
    case 'vpc':
    case 'interface':
      return emptyRegion(family);
    default:
      return selector satisfies never;
  }
}
