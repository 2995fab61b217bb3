/**
 * `Network`: everything one account owns in one region, as immutable indexed tables; `World`: all networks. What
 * Rampart enforces, proves and reports are functions of these values.
 */
import { IndexedTable, type IndexSpec } from '#table/indexed-table.ts';
import { PersistentMap } from '#table/persistent-map.ts';
import type { EncryptionControl } from './encryption-control.ts';
import type { Endpoint } from './endpoint.ts';
import { type Address, attachmentIdOf, type Eni } from './eni.ts';
import type { AccessScope, AccessScopeAnalysis, InsightsAnalysis, InsightsPath } from './insights.ts';
import type { Instance } from './instance.ts';
import type { KeyPair } from './key-pair.ts';
import type { LaunchTemplate } from './launch-template.ts';
import type { LoadBalancer, TargetGroup } from './load-balancer.ts';
import type { NetworkAcl } from './network-acl.ts';
import type { PrefixList } from './prefix-list.ts';
import type { PublicAccessExclusion } from './public-access.ts';
import type { EgressOnlyGateway, InternetGateway, NatGateway, Peering, RouteTable } from './routing.ts';
import { type Scope, scopeKey, scopeOfKey } from './scope.ts';
import { referencedGroups, referencedPrefixLists, type SecurityGroup } from './security-group.ts';
import type { ClientToken, Settings } from './settings.ts';
import type { SpotRequest } from './spot-request.ts';
import type { Tags } from './tags.ts';
import type { TransitAttachment, TransitGateway, TransitRouteTable } from './transit.ts';
import { attachmentsOf, type Snapshot, type Volume } from './volume.ts';
import type { DhcpOptions, Subnet, SubnetReservation, Vpc } from './vpc.ts';

/** Kind of resource → its entity. Adding a kind adds a row here and in `indexes`. */
export type Kinds = {
  vpc: Vpc;
  subnet: Subnet;
  subnetReservation: SubnetReservation;
  dhcpOptions: DhcpOptions;
  eni: Eni;
  instance: Instance;
  address: Address;
  volume: Volume;
  snapshot: Snapshot;
  keyPair: KeyPair;
  launchTemplate: LaunchTemplate;
  spotRequest: SpotRequest;
  securityGroup: SecurityGroup;
  networkAcl: NetworkAcl;
  prefixList: PrefixList;
  routeTable: RouteTable;
  internetGateway: InternetGateway;
  egressOnlyGateway: EgressOnlyGateway;
  natGateway: NatGateway;
  peering: Peering;
  insightsPath: InsightsPath;
  insightsAnalysis: InsightsAnalysis;
  accessScope: AccessScope;
  accessScopeAnalysis: AccessScopeAnalysis;
  publicAccessExclusion: PublicAccessExclusion;
  encryptionControl: EncryptionControl;
  endpoint: Endpoint;
  loadBalancer: LoadBalancer;
  targetGroup: TargetGroup;
  transitGateway: TransitGateway;
  transitAttachment: TransitAttachment;
  transitRouteTable: TransitRouteTable;
  settings: Settings;
  clientToken: ClientToken;
};

export type Kind = keyof Kinds;

/**
 * Key of the `nameInVpc` index: group names differ within a VPC whatever their case.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function groupNameKey(vpcId: string, name: string): string {
  return `${vpcId} ${name.toLowerCase()}`;
}

const dayMs = 86_400_000;

/** Key of the `day` index: days since 1970. */
export function dayKey(timeMs: number): string {
  return String(Math.floor(timeMs / dayMs));
}

/** Key of the `tag` indexes. */
export function tagIndexKey(key: string, value: string): string {
  return `${key}\0${value}`;
}

const byTag = ({ tags }: { readonly tags: Tags }): readonly string[] =>
  Object.entries(tags).map(([key, value]) => tagIndexKey(key, value));

const optional = (key: string | undefined): readonly string[] => (key === undefined ? [] : [key]);

/** The secondary indexes of each kind: what a lookup other than by id may use. */
const indexes = {
  vpc: {
    default: (vpc: Vpc) => (vpc.isDefault ? ['default'] : []),
    dhcpOptions: (vpc: Vpc) => [vpc.dhcpOptionsId],
    cidrAssociation: (vpc: Vpc) =>
      [...vpc.cidrBlocks, ...vpc.ipv6Blocks].map(({ associationId }) => associationId),
  },
  subnet: {
    vpc: (subnet: Subnet) => [subnet.vpcId],
    cidrAssociation: (subnet: Subnet) => subnet.ipv6Blocks.map(({ associationId }) => associationId),
  },
  subnetReservation: { subnet: (reservation: SubnetReservation) => [reservation.subnetId] },
  dhcpOptions: {},
  eni: {
    vpc: (eni: Eni) => [eni.vpcId],
    subnet: (eni: Eni) => [eni.subnetId],
    group: (eni: Eni) => eni.groupIds,
    instance: (eni: Eni) => optional(eni.attachment?.instanceId),
    /** Every private and IPv6 address; equal addresses may stand in several VPCs. */
    ip: (eni: Eni) => [...eni.privateIps.map(({ address }) => address), ...eni.ipv6Addresses],
    prefix: (eni: Eni) => eni.prefixes ?? [],
    attachment: (eni: Eni) => optional(attachmentIdOf(eni)),
    mac: (eni: Eni) => [eni.macAddress],
    publicIp: (eni: Eni) => eni.privateIps.flatMap(({ launchPublicIp }) => optional(launchPublicIp)),
    tag: byTag,
  },
  instance: {
    vpc: (instance: Instance) => [instance.vpcId],
    reservation: (instance: Instance) => [instance.reservationId],
    terminated: ({ state }: Instance) => (state === 'terminated' ? ['terminated'] : []),
    tag: byTag,
  },
  address: {
    eni: (address: Address) => optional(address.association?.eniId),
    publicIp: (address: Address) => [address.publicIp],
    association: (address: Address) => optional(address.association?.id),
    serviceManaged: (address: Address) => optional(address.serviceManaged),
  },
  volume: { instance: (volume: Volume) => attachmentsOf(volume).map(({ instanceId }) => instanceId) },
  keyPair: { name: ({ name }: KeyPair) => [name] },
  launchTemplate: { name: ({ name }: LaunchTemplate) => [name] },
  spotRequest: {},
  snapshot: { volume: (snapshot: Snapshot) => [snapshot.volumeId] },
  securityGroup: {
    vpc: (group: SecurityGroup) => [group.vpcId],
    name: (group: SecurityGroup) => [group.name],
    nameInVpc: (group: SecurityGroup) => [groupNameKey(group.vpcId, group.name)],
    rule: (group: SecurityGroup) => group.rules.map(({ id }) => id),
    associatedVpc: (group: SecurityGroup) => group.associatedVpcs ?? [],
    /** Groups whose rules name a group, by the named group. */
    peerGroup: (group: SecurityGroup) => referencedGroups(group),
    peerPrefixList: (group: SecurityGroup) => referencedPrefixLists(group),
    tag: byTag,
  },
  networkAcl: {
    vpc: (acl: NetworkAcl) => [acl.vpcId],
    subnet: (acl: NetworkAcl) => acl.associations.map(({ subnetId }) => subnetId),
    association: (acl: NetworkAcl) => acl.associations.map(({ id }) => id),
  },
  prefixList: { name: (list: PrefixList) => [list.name] },
  routeTable: {
    vpc: (table: RouteTable) => [table.vpcId],
    subnet: (table: RouteTable) =>
      table.associations.flatMap(({ subject }) => (subject.kind === 'subnet' ? [subject.subnetId] : [])),
    /** The main table of a VPC, by VPC. */
    mainOf: (table: RouteTable) =>
      table.associations.some(({ subject }) => subject.kind === 'main') ? [table.vpcId] : [],
    association: (table: RouteTable) => table.associations.map(({ id }) => id),
    gateway: (table: RouteTable) =>
      table.associations.flatMap(({ subject }) => (subject.kind === 'gateway' ? [subject.gatewayId] : [])),
  },
  internetGateway: { vpc: (gateway: InternetGateway) => optional(gateway.vpcId) },
  egressOnlyGateway: { vpc: (gateway: EgressOnlyGateway) => [gateway.vpcId] },
  natGateway: {
    vpc: (gateway: NatGateway) => [gateway.vpcId],
    subnet: (gateway: NatGateway) => (gateway.availability === 'regional' ? [] : [gateway.subnetId]),
    eni: (gateway: NatGateway) => (gateway.availability === 'regional' ? [] : [gateway.eniId]),
    /** The elastic addresses of regional gateways, which have no interface. */
    publicIp: (gateway: NatGateway) =>
      gateway.availability === 'regional' ? gateway.addresses.map(({ publicIp }) => publicIp) : [],
  },
  endpoint: { vpc: (endpoint: Endpoint) => [endpoint.vpcId] },
  loadBalancer: { eni: ({ eniIds }: LoadBalancer) => eniIds },
  targetGroup: {},
  transitGateway: {},
  transitAttachment: {
    vpc: ({ resource }: TransitAttachment) => (resource.kind === 'vpc' ? [resource.vpcId] : []),
    gateway: ({ gatewayIds }: TransitAttachment) => gatewayIds,
  },
  transitRouteTable: {
    gateway: ({ gatewayId }: TransitRouteTable) => [gatewayId],
    attachment: ({ attachmentIds }: TransitRouteTable) => attachmentIds,
  },
  peering: { vpc: (peering: Peering) => [peering.requester.vpcId, peering.accepter.vpcId] },
  insightsPath: {},
  insightsAnalysis: { path: ({ pathId }: InsightsAnalysis) => [pathId] },
  accessScope: {},
  accessScopeAnalysis: { scope: ({ accessScopeId }: AccessScopeAnalysis) => [accessScopeId] },
  encryptionControl: { vpc: (control: EncryptionControl) => [control.vpcId] },
  publicAccessExclusion: {
    /** The VPC or subnet that an exclusion in force leaves out. */
    subject: ({ subject, deletedAtMs }: PublicAccessExclusion) =>
      deletedAtMs === undefined ? [subject.kind === 'vpc' ? subject.vpcId : subject.subnetId] : [],
  },
  settings: {},
  clientToken: { day: (token: ClientToken) => [dayKey(token.createdAtMs)] },
} satisfies { [K in Kind]: IndexSpec<Kinds[K], string> };

export type IndexName<K extends Kind> = keyof (typeof indexes)[K] & string;
export type TableOf<K extends Kind> = IndexedTable<Kinds[K], IndexName<K>>;
export type Network = { readonly [K in Kind]: TableOf<K> };

export const kinds = Object.keys(indexes) as readonly Kind[];

/** A network without any resource. */
export const emptyNetwork = Object.fromEntries(
  kinds.map((kind) => [
    kind,
    IndexedTable.empty(indexes[kind] as unknown as IndexSpec<{ readonly id: string }, string>),
  ]),
) as unknown as Network;

/** The network that holds these entities and no others, built at once. */
export function networkFrom(entities: ReadonlyMap<Kind, readonly Kinds[Kind][]>): Network {
  const tables = kinds.map((kind) => {
    const spec = indexes[kind] as unknown as IndexSpec<{ readonly id: string }, string>;
    return [kind, IndexedTable.from(spec, entities.get(kind) ?? [])];
  });
  return Object.fromEntries(tables) as Network;
}

/** The network in which the entity stands under its id. */
export function put<K extends Kind>(network: Network, kind: K, entity: Kinds[K]): Network {
  const table = network[kind] as IndexedTable<Kinds[K], IndexName<K>>;
  return { ...network, [kind]: table.put(entity) };
}

/** The network without the entity. */
export function remove<K extends Kind>(network: Network, kind: K, id: string): Network {
  return { ...network, [kind]: network[kind].remove(id) };
}

/** All networks by scope key. */
export type World = PersistentMap<Network>;

export const emptyWorld: World = PersistentMap.empty<Network>();

/** The network of a scope; an empty one where nothing was ever made. */
export function networkOf(world: World, scope: Scope): Network {
  return world.get(scopeKey(scope)) ?? emptyNetwork;
}

export type Located<T> = { readonly scope: Scope; readonly network: Network; readonly entity: T };

/** The entity with this id in any account and region: ids are unique in the world. */
export function locate<K extends Kind>(world: World, kind: K, id: string): Located<Kinds[K]> | undefined {
  for (const [key, network] of world.entries()) {
    const entity = (network[kind] as IndexedTable<Kinds[K], IndexName<K>>).get(id);
    if (entity) return { scope: scopeOfKey(key), network, entity };
  }
  return undefined;
}
