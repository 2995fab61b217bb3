/** Reachability Analyzer's question: where a path begins and ends, what its packets are, and what it must pass. */
import type { Ip } from '#net/address.ts';
import type { HeaderFilter } from '#vpc/insights.ts';

/** Where a path begins or ends. */
export type PathPlace =
  | { readonly kind: 'eni'; readonly eniId: string }
  | { readonly kind: 'internetGateway'; readonly gatewayId: string }
  | { readonly kind: 'peering'; readonly peeringId: string }
  /** An address as the source sends to it. */
  | { readonly kind: 'address'; readonly ip: Ip };

export type PathQuestion = {
  readonly from: PathPlace;
  readonly to: PathPlace;
  readonly protocol: 'tcp' | 'udp';
  readonly atSource: HeaderFilter;
  readonly atDestination: HeaderFilter;
  /** Ids of components that the path must pass, and that it must not. */
  readonly through: readonly string[];
  readonly avoid: readonly string[];
};
