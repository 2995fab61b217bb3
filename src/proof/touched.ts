/** The interfaces whose access may differ between two worlds: only what changed is looked at. */
import type { Change } from '#table/persistent-map.ts';
import type { EniId, VpcId } from '#vpc/ids.ts';
import { emptyNetwork, type Kind, type Kinds, type Network, type TableOf, type World } from '#vpc/network.ts';
import type { RouteTable } from '#vpc/routing.ts';
import { settingsId } from '#vpc/settings.ts';
import { type TransitGroups, transitGroupsOf } from './transit-groups.ts';

/** Ids of interfaces of either world. The cost follows the changes and the interfaces they concern. */
export function touchedInterfaces(before: World, after: World): ReadonlySet<EniId> {
  const links = [before, after].map(transitGroupsOf);
  const touched = new Set<EniId>();
  const keys = new Set([...before.entries(), ...after.entries()].map(([key]) => key));
  const note = (enis: Iterable<{ readonly id: EniId }>) => {
    for (const { id } of enis) touched.add(id);
  };
  for (const key of keys) {
    const [old, now] = [before.get(key) ?? emptyNetwork, after.get(key) ?? emptyNetwork];
    if (old === now) continue;
    for (const network of [old, now]) for (const enis of touchedIn(old, now, network)) note(enis);
    for (const [at, world] of [before, after].entries()) {
      for (const enis of linkedInterfaces(old, now, world, links[at] ?? new Map())) note(enis);
    }
    if (differ(old.prefixList, now.prefixList)) {
      for (const world of [before, after]) for (const enis of prefixListUsers(old, now, world)) note(enis);
    }
    if (differ(old.peering, now.peering)) {
      for (const world of [before, after]) for (const enis of peeredInterfaces(old, now, world)) note(enis);
    }
  }
  return touched;
}

type Enis = Iterable<{ readonly id: EniId }>;

const differ = <K extends Kind>(old: TableOf<K>, now: TableOf<K>): boolean => !changes(old, now).next().done;

/** Both sides of each change of a table. */
function* changes<K extends Kind>(old: TableOf<K>, now: TableOf<K>): IterableIterator<Kinds[K]> {
  const found = (now as unknown as { changesSince(older: unknown): Iterable<Change<Kinds[K]>> }).changesSince(
    old,
  );
  for (const change of found) {
    if (change.before) yield change.before;
    if (change.after) yield change.after;
  }
}

/** The interfaces of one of the two networks that a change between them concerns. */
function* touchedIn(
  old: Network,
  now: Network,
  { eni, natGateway, subnet }: Network,
): IterableIterator<Enis> {
  yield changes<'eni'>(old.eni, now.eni);
  for (const { id } of changes<'securityGroup'>(old.securityGroup, now.securityGroup))
    yield eni.by('group', id);
  for (const { associations } of changes<'networkAcl'>(old.networkAcl, now.networkAcl)) {
    for (const { subnetId } of associations) {
      yield eni.by('subnet', subnetId);
      // What leaves through a NAT gateway crosses the ACL of its subnet.
      if (natGateway.countBy('subnet', subnetId) > 0) yield eni.by('vpc', subnet.get(subnetId)?.vpcId ?? '');
    }
  }
  for (const table of changes<'routeTable'>(old.routeTable, now.routeTable)) yield eni.by('vpc', table.vpcId);
  for (const { id } of changes<'instance'>(old.instance, now.instance)) yield eni.by('instance', id);
  for (const { association } of changes<'address'>(old.address, now.address)) {
    const holder = association?.eniId && eni.get(association.eniId);
    if (!holder) continue;
    yield natGateway.countBy('eni', holder.id) > 0 ? eni.by('vpc', holder.vpcId) : [holder];
  }
  for (const { vpcId } of changes<'internetGateway'>(old.internetGateway, now.internetGateway)) {
    if (vpcId) yield eni.by('vpc', vpcId);
  }
  for (const { vpcId } of changes<'egressOnlyGateway'>(old.egressOnlyGateway, now.egressOnlyGateway)) {
    yield eni.by('vpc', vpcId);
  }
  for (const { vpcId } of changes<'natGateway'>(old.natGateway, now.natGateway)) yield eni.by('vpc', vpcId);
  for (const { vpcId } of changes<'endpoint'>(old.endpoint, now.endpoint)) yield eni.by('vpc', vpcId);
  for (const { eniIds } of changes<'loadBalancer'>(old.loadBalancer, now.loadBalancer)) {
    yield eniIds.flatMap((id) => eni.get(id) ?? []);
  }
  for (const { id } of changes<'vpc'>(old.vpc, now.vpc)) yield eni.by('vpc', id);
  for (const vpcId of blockedVpcs(old, now)) yield eni.by('vpc', vpcId);
  for (const { id } of changes<'subnet'>(old.subnet, now.subnet)) yield eni.by('subnet', id);
}

/**
 * What is linked with a VPC by transit gateways may pass through its subnets and gateways, so that changes there
 * concern all of them; a change of a transit gateway concerns everything that is attached.
 */
function* linkedInterfaces(
  old: Network,
  now: Network,
  world: World,
  links: TransitGroups,
): IterableIterator<Enis> {
  if (links.size === 0) return;
  const vpcs = new Set<VpcId>();
  const transit = [
    differ<'transitGateway'>(old.transitGateway, now.transitGateway),
    differ<'transitAttachment'>(old.transitAttachment, now.transitAttachment),
    differ<'transitRouteTable'>(old.transitRouteTable, now.transitRouteTable),
  ];
  for (const vpcId of transit.some(Boolean) ? links.keys() : changedVpcs(old, now)) {
    for (const each of links.get(vpcId) ?? []) vpcs.add(each);
  }
  for (const vpcId of vpcs) for (const { eni } of world.values()) yield eni.by('vpc', vpcId);
}

/** The VPCs whose routes, ACLs or gateways changed. */
function* changedVpcs(old: Network, now: Network): IterableIterator<VpcId> {
  for (const { vpcId } of changes<'routeTable'>(old.routeTable, now.routeTable)) yield vpcId;
  for (const { vpcId } of changes<'networkAcl'>(old.networkAcl, now.networkAcl)) yield vpcId;
  for (const { vpcId } of changes<'natGateway'>(old.natGateway, now.natGateway)) yield vpcId;
  for (const { vpcId } of changes<'endpoint'>(old.endpoint, now.endpoint)) yield vpcId;
  for (const { id } of changes<'vpc'>(old.vpc, now.vpc)) yield id;
  for (const { vpcId } of changes<'subnet'>(old.subnet, now.subnet)) yield vpcId;
  for (const { vpcId } of changes<'internetGateway'>(old.internetGateway, now.internetGateway)) {
    if (vpcId) yield vpcId;
  }
  for (const { association } of changes<'address'>(old.address, now.address)) {
    const { eniId } = association ?? {};
    const holder = eniId && (now.eni.get(eniId) ?? old.eni.get(eniId));
    if (holder) yield holder.vpcId;
  }
  yield* blockedVpcs(old, now);
}

/** VPCs whose public access is blocked otherwise; what leaves by a NAT gateway has to do with the gateway's subnet. */
function* blockedVpcs(old: Network, now: Network): IterableIterator<VpcId> {
  const blockOf = ({ settings }: Network) => settings.get(settingsId)?.publicAccess?.block ?? 'off';
  if (blockOf(old) !== blockOf(now))
    for (const { vpc } of [old, now]) for (const { id } of vpc.values()) yield id;
  const found = changes<'publicAccessExclusion'>(old.publicAccessExclusion, now.publicAccessExclusion);
  for (const { subject } of found) {
    if (subject.kind === 'vpc') yield subject.vpcId;
    const subnet =
      subject.kind === 'subnet' && (now.subnet.get(subject.subnetId) ?? old.subnet.get(subject.subnetId));
    if (subnet) yield subnet.vpcId;
  }
}

/** Members of groups, and interfaces of VPCs with routes, that name a changed list. Lists are shared by accounts. */
function* prefixListUsers(old: Network, now: Network, world: World): IterableIterator<Enis> {
  for (const { id } of changes<'prefixList'>(old.prefixList, now.prefixList)) {
    for (const { securityGroup, routeTable, eni } of world.values()) {
      for (const group of securityGroup.by('peerPrefixList', id)) yield eni.by('group', group.id);
      for (const table of routeTable.values()) if (routesBy(table, id)) yield eni.by('vpc', table.vpcId);
    }
  }
}

function routesBy({ routes }: RouteTable, id: string): boolean {
  return routes.some(
    ({ destination }) => destination.kind === 'prefixList' && destination.prefixListId === id,
  );
}

function* peeredInterfaces(old: Network, now: Network, world: World): IterableIterator<Enis> {
  for (const { requester, accepter } of changes<'peering'>(old.peering, now.peering)) {
    for (const { eni } of world.values()) {
      yield eni.by('vpc', requester.vpcId);
      yield eni.by('vpc', accepter.vpcId);
    }
  }
}
