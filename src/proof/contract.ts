/** What a contract says, and what breaks it. */

import type { Family } from '#net/address.ts';
import { lastNode } from '#policy/balancer.ts';
import type { Service } from '#vpc/security-group.ts';
import type { OutsideAnswers } from './outside.ts';
import type { Member, ReachIndex } from './reach-index.ts';
import type { Region } from './region.ts';
import type { RelayReach, RelayWay } from './relay-reach.ts';
import { matches, type Selector } from './selectors.ts';
import { noSpans, type Spans, spansOf, unionSpans } from './spans.ts';

/**
 * `must`: each of `from` can open each of the services to each of `to`. `never`: none can open any. `only`: nobody but
 * `from` can open any of the services to `to`.
 */
export type Contract = {
  readonly name: string;
  readonly kind: 'must' | 'never' | 'only';
  readonly from: Selector;
  readonly to: Selector;
  readonly services: readonly Service[];
  /** Whether it holds too where `from` or `to` means nothing; else a mistyped tag would be a promise kept. */
  readonly mayBeEmpty?: boolean;
};

/**
 * Conversations that are open and may not be, or are not and must be. An interface on both sides is not meant as its own
 * peer.
 */
export type Violation =
  | {
      readonly kind: 'inside';
      readonly family: Family;
      readonly from: readonly Member[];
      readonly to: readonly Member[];
      readonly spans: Spans;
      /** The load balancer that passes them on, by its ARN. */
      readonly through?: string;
      /** Whether they go out to the internet and come back, to the target's public address or its IPv6 address. */
      readonly overInternet?: true;
    }
  /** With the internet: from it (ingress of the interfaces) or to it. */
  | {
      readonly kind: 'internet';
      readonly direction: 'ingress' | 'egress';
      readonly interfaces: readonly Member[];
      readonly region: Region;
      readonly through?: string;
    };

/** A contract on its way through the questions that it asks. */
export type Asked = {
  readonly index: ReachIndex;
  readonly outside: OutsideAnswers;
  readonly relays: RelayReach;
  readonly contract: Contract;
};

/** The services that a contract speaks of, as they exist in a family. */
export function servicesOf({ services }: Contract, family: Family): Spans {
  return services.reduce((spans, service) => unionSpans(spans, spansOf(service, family)), noSpans);
}

/** The ways to a target that a contract is about: what comes by nodes that alone may reach it is as meant. */
export function relaysOpen(
  { index, relays, contract }: Pick<Asked, 'index' | 'relays' | 'contract'>,
  target: Member,
  services: Spans,
): readonly RelayWay[] {
  const ways = relays.to(target, services);
  if (contract.kind !== 'only') return ways;
  const isMeant = ({ relay }: RelayWay) => {
    const { id } = lastNode(relay);
    return (index.byEni().get(id) ?? []).some((point) =>
      point.members.some((member) => member.eni.id === id && matches(contract.from, point, member)),
    );
  };
  return ways.filter((way) => !isMeant(way));
}
