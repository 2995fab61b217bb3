/** Traffic as answers show it: who, where, which services; for people, and as plain values for programs. */

import type { Member } from '#proof/reach-index.ts';
import { type Region, regionSize } from '#proof/region.ts';
import { type Part, partsOf, serviceTexts } from '#proof/rendering.ts';
import { type Spans, serviceCount } from '#proof/spans.ts';
import type { Unknown } from '#proof/unknowns.ts';
import type { Eni } from '#vpc/eni.ts';
import { isPlanAddress } from '#vpc/names.ts';
import { otherTargetType } from '#vpc/routing.ts';

/** Names in a list that people read before the rest becomes a number. */
const namesShown = 5;

/** An interface by its name, where one is set, or by its instance as the plan or AWS calls it. */
export function eniText({ id, attachment, tags, description }: Eni): string {
  const name = tags['Name'] ?? (isPlanAddress(description) ? description : attachment?.instanceId);
  return name ? `${id} (${name})` : id;
}

export const memberText = ({ eni, ip }: Member): string => `${eniText(eni)} ${ip}`;

/** The first few, and how many more. */
export function listText<T>(items: readonly T[], textOf: (item: T) => string = String): string {
  const more = items.length - namesShown;
  const shown = items.slice(0, namesShown).map(textOf).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

export const servicesText = (spans: Spans): string => serviceTexts(spans).join(', ');

/** `tcp/443 · 0.0.0.0/0`, one line a part. */
export function regionLines(region: Region, space?: Region): readonly string[] {
  return partsOf(region, space).map(({ services, cidrs }) => `${services.join(', ')}  ·  ${listText(cidrs)}`);
}

export type RegionView = {
  readonly family: string;
  readonly parts: readonly Part[];
  /** Addresses × services. */
  readonly size: bigint;
};

export const regionView = (region: Region, space?: Region): RegionView => ({
  family: region.family,
  parts: partsOf(region, space),
  size: regionSize(region),
});

export const memberView = ({ eni, ip }: Member) => ({
  interface: eni.id,
  ip,
  instance: eni.attachment?.instanceId,
  groups: eni.groupIds,
});

export const spansView = (spans: Spans) => ({ services: serviceTexts(spans), count: serviceCount(spans) });

/** A missing endpoint is an endpoint all the same. */
const typeText = (target: string): string =>
  target.startsWith('vpce-') ? '' : `: a ${otherTargetType(target)}; nor is what comes in by it`;

/** What the engine did not follow in this network, as a sentence each. */
export function unknownText({ kind, where, what }: Unknown): string {
  switch (kind) {
    case 'routeTarget':
      return `${where} routes to ${what}, which is not followed${typeText(what)}`;
    case 'gatewayRouting':
      return `${where} routes what enters by ${what}, which is not followed`;
    case 'forwarder':
      return `${where} hands packets to ${what}; what it forwards is not known`;
    case 'transitAttachment':
      return `${where} leads to ${what}, which is not followed`;
    case 'transitZone':
      return `${where} keeps flows to one zone of ${what}, chosen by AWS; answers are for the sender’s, else the first`;
    case 'endpoint':
      return `${where} leads to ${what}, which is not followed: its policy and the service decide what goes on`;
    case 'appliances':
      return `${where} hands packets to the appliances of ${what}; what these let through is not in the network`;
    case 'loadBalancer':
      return `${where} passes traffic on to ${what}, which are not followed`;
    case 'function':
      return `${where} invokes ${what}; no packet goes there, and what the function does is not in the network`;
    case 'notDescribed':
      return `${where} is known by name alone: the network has no ${what}`;
    case 'peerVpc':
      return `${where} leads to ${what}, which is not in this network`;
    case 'prefixList':
      return `${where} names ${what}, whose contents are not known; it counts as empty`;
    case 'publicAccessBlock':
      return `${where} is in ${what}, where AWS does not say what a block of ingress does; it is taken as in the region`;
    case 'serviceInterface':
      return `${where} is a ${what}; what it passes on is not known`;
    default:
      return kind satisfies never;
  }
}
