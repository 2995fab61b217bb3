/** Reachability Analyzer's paths and Network Access Analyzer's scopes, with the results of their analyses. */
import type { Ip } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import type { Id } from './ids.ts';
import type { AclEntry } from './network-acl.ts';
import type { Route } from './routing.ts';
import type { Direction, Peer, SecurityGroup, Service } from './security-group.ts';
import type { Tags } from './tags.ts';
import { isUnderWay } from './under-way.ts';

/** Ports, both inclusive. */
export type PortSpan = { readonly from: number; readonly to: number };

/** What the header of a packet must be at one end of a path; what is absent may be anything. */
export type HeaderFilter = {
  readonly sourceAddress?: Ip;
  readonly sourcePorts?: PortSpan;
  readonly destinationAddress?: Ip;
  readonly destinationPorts?: PortSpan;
};

/** A resource at an end of a path, and whose it is. */
export type PathEnd = { readonly id: string; readonly account: string; readonly region: string };

export type InsightsPath = {
  readonly id: Id<'insightsPath'>;
  readonly createdAtMs: number;
  readonly source: PathEnd;
  /** Absent where the path leads to an address. */
  readonly destination?: PathEnd;
  readonly sourceIp?: Ip;
  readonly destinationIp?: Ip;
  readonly protocol: 'tcp' | 'udp';
  readonly destinationPort?: number;
  readonly filterAtSource?: HeaderFilter;
  readonly filterAtDestination?: HeaderFilter;
  readonly tags: Tags;
};

/** A resource on a path as it was called when the analysis ran. */
export type ComponentRef = PathEnd & { readonly name?: string };

/** The header of the packet that shows a path. */
export type PathHeader = {
  readonly source: Ip;
  readonly destination: Ip;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
};

export type PathRule = {
  readonly groupId: SecurityGroup['id'];
  readonly direction: Direction;
  readonly service: Service;
  readonly peer: Peer;
};

/** One component that a packet passes, and what of it lets the packet pass. */
export type PathHop = {
  readonly component: ComponentRef;
  readonly attachedTo?: ComponentRef;
  readonly subnet?: ComponentRef;
  readonly vpc?: ComponentRef;
  readonly sourceVpc?: ComponentRef;
  readonly destinationVpc?: ComponentRef;
  readonly inbound?: PathHeader;
  readonly outbound?: PathHeader;
  readonly rule?: PathRule;
  readonly entry?: AclEntry;
  readonly route?: Route;
  /** The listener of a load balancer that takes the packet; a classic one has none that could be named. */
  readonly listener?: ComponentRef;
};

/** A target of a load balancer as explanations show it. */
export type PathTarget = {
  readonly address: Ip;
  readonly port: number;
  readonly zone?: string;
  readonly instance?: ComponentRef;
};

/** Why there is no path: an explanation code of AWS, and what it is about. */
export type PathExplanation = {
  readonly code: string;
  readonly direction?: Direction;
  readonly address?: string;
  readonly acl?: ComponentRef;
  readonly entry?: AclEntry;
  readonly component?: ComponentRef;
  readonly destination?: ComponentRef;
  readonly eni?: ComponentRef;
  readonly groups?: readonly ComponentRef[];
  readonly internetGateway?: ComponentRef;
  readonly natGateway?: ComponentRef;
  readonly peering?: ComponentRef;
  readonly transitGateway?: ComponentRef;
  readonly transitAttachment?: ComponentRef;
  readonly transitRouteTable?: ComponentRef;
  readonly loadBalancerArn?: string;
  readonly listener?: ComponentRef;
  /** The ports of a classic load balancer's listener. */
  readonly classicListener?: { readonly port: number; readonly instancePort: number };
  readonly listenerPort?: number;
  readonly target?: PathTarget;
  readonly targetGroup?: ComponentRef;
  readonly targetGroups?: readonly ComponentRef[];
  readonly targetPort?: number;
  readonly routeTable?: ComponentRef;
  readonly route?: Route;
  readonly subnet?: ComponentRef;
  readonly vpc?: ComponentRef;
};

export type PathResult =
  | { readonly kind: 'found'; readonly forward: readonly PathHop[]; readonly back: readonly PathHop[] }
  | { readonly kind: 'notFound'; readonly explanations: readonly PathExplanation[] }
  /** The question is about something that is not modelled; the sentence says what. */
  | { readonly kind: 'failed'; readonly message: string };

export type InsightsAnalysis = {
  readonly id: Id<'insightsAnalysis'>;
  readonly pathId: Id<'insightsPath'>;
  readonly startedAtMs: number;
  readonly filterInArns: readonly string[];
  readonly filterOutArns: readonly string[];
  /** Known at the start, so that later changes do not alter it; shown when the analysis is over. */
  readonly result: PathResult;
  /** What the answer does not take into account, as a sentence. */
  readonly warning?: string;
  readonly tags: Tags;
};

/** Resources by id or ARN, or by type as CloudFormation names it. */
export type ResourceStatement = {
  readonly resources: readonly string[];
  readonly resourceTypes: readonly string[];
};

/** Headers; an empty list says nothing. */
export type HeaderStatement = {
  readonly sourceAddresses: readonly Cidr[];
  readonly destinationAddresses: readonly Cidr[];
  readonly sourcePorts: readonly PortSpan[];
  readonly destinationPorts: readonly PortSpan[];
  readonly sourcePrefixLists: readonly string[];
  readonly destinationPrefixLists: readonly string[];
  readonly protocols: readonly ('tcp' | 'udp')[];
};

export type EndStatement = { readonly header?: HeaderStatement; readonly resource?: ResourceStatement };

export type ScopePath = {
  readonly source?: EndStatement;
  readonly destination?: EndStatement;
  readonly through: readonly ResourceStatement[];
};

export type AccessScope = {
  readonly id: Id<'accessScope'>;
  readonly createdAtMs: number;
  readonly matchPaths: readonly ScopePath[];
  readonly excludePaths: readonly ScopePath[];
  readonly tags: Tags;
};

export type ScopeFinding = { readonly id: string; readonly hops: readonly PathHop[] };

export type AccessScopeAnalysis = {
  readonly id: Id<'accessScopeAnalysis'>;
  readonly accessScopeId: Id<'accessScope'>;
  readonly startedAtMs: number;
  readonly findings: readonly ScopeFinding[];
  /** Interfaces that were looked at. */
  readonly interfaceCount: number;
  readonly warning?: string;
  readonly tags: Tags;
};

/** How long an analysis is shown as running; its result is there at once (docs/decisions/0010). */
export const analysisMs = 1000;

/** Whether an analysis is still shown as running. */
export const isRunning = ({ startedAtMs }: { readonly startedAtMs: number }, nowMs: number): boolean =>
  isUnderWay(startedAtMs, analysisMs, nowMs);
