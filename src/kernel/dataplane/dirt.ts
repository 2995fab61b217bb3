/** What a difference of two worlds touches, per VPC: the cost follows the change, not the world. */
import { tableOfSubnet } from '#policy/route.ts';
import type { Place } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import type { EniId, RouteTableId, SecurityGroupId, SubnetId, VpcId } from '#vpc/ids.ts';
import { emptyNetwork, type Kind, type Kinds, type Network, type World } from '#vpc/network.ts';
import type { Peering } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import { settingsId } from '#vpc/settings.ts';
import { regionalNatsOf } from './regional-nats.ts';
import { ownViews, viewKey } from './route-views.ts';

/** What to look at again in one VPC; everything named may be gone by now. */
export type VpcDirt = {
  /** Key of the scope whose network holds the VPC. */
  readonly scope: string;
  /** The VPC itself, its gateways, or its peerings. */
  vpc: boolean;
  readonly enis: Set<EniId>;
  /** Interfaces of VPCs that are, or were, peered with it. */
  readonly peerEnis: Set<EniId>;
  readonly subnets: Set<SubnetId>;
  readonly tables: Set<RouteTableId>;
};

/** Nothing to look at in a VPC of the scope. */
export function noDirt(scope: string): VpcDirt {
  return { scope, vpc: false, enis: new Set(), peerEnis: new Set(), subnets: new Set(), tables: new Set() };
}

export type Dirt = {
  /** VPC id → what to look at. */
  readonly vpcs: ReadonlyMap<VpcId, VpcDirt>;
  /** Groups whose rules may mean something else now, wherever they are used. */
  readonly groups: ReadonlySet<SecurityGroupId>;
};

type Found = {
  /** Key of the scope that is being looked at. */
  scope: string;
  readonly vpcs: Map<VpcId, VpcDirt>;
  readonly groups: Set<SecurityGroupId>;
};

/** What differs between two worlds. */
export function dirtBetween(before: World, after: World): Dirt {
  const found: Found = { scope: '', vpcs: new Map(), groups: new Set() };
  for (const change of after.changesSince(before)) {
    found.scope = change.key;
    const [old, now] = [change.before ?? emptyNetwork, change.after ?? emptyNetwork];
    if (change.before) markNetwork(found, old, now, { before, after });
    else markWhole(found, now, { before, after });
  }
  markTargets(found, after);
  markViews(found, { before, after });
  spreadOverPeerings(found, { before, after });
  return found;
}

type Worlds = { readonly before: World; readonly after: World };

/** A network that was not there: all it holds, each once, where `markNetwork` would come to an interface several times. */
function markWhole(found: Found, network: Network, worlds: Worlds): void {
  for (const { id } of network.vpc.values()) vpcDirt(found, id).vpc = true;
  for (const { id, vpcId } of network.subnet.values()) vpcDirt(found, vpcId).subnets.add(id);
  markEnis(found, network.eni.values());
  for (const { id, vpcId } of network.routeTable.values()) vpcDirt(found, vpcId).tables.add(id);
  for (const { id } of network.securityGroup.values()) found.groups.add(id);
  for (const { id } of network.prefixList.values()) markPrefixList(found, id, worlds);
  for (const peering of network.peering.values()) markPeering(found, peering);
}

function markNetwork(found: Found, before: Network, after: Network, worlds: Worlds): void {
  const networks = [before, after];
  for (const vpc of changed('vpc', before, after)) vpcDirt(found, vpc.id).vpc = true;
  for (const subnet of changed('subnet', before, after)) {
    const dirt = vpcDirt(found, subnet.vpcId);
    dirt.subnets.add(subnet.id);
    for (const network of networks) {
      const table = tableOfSubnet(network, subnet.vpcId, subnet.id);
      if (table) dirt.tables.add(table.id);
    }
  }
  markEnis(found, changed('eni', before, after));
  for (const { id } of changed('instance', before, after)) {
    for (const network of networks) markEnis(found, network.eni.by('instance', id));
  }
  for (const { association } of changed('address', before, after)) {
    for (const network of association ? networks : []) {
      const eni = network.eni.get(association?.eniId ?? '');
      if (eni) markEnis(found, [eni]);
    }
  }
  for (const { id } of changed('securityGroup', before, after)) found.groups.add(id);
  for (const { id } of changed('prefixList', before, after)) markPrefixList(found, id, worlds);
  for (const acl of changed('networkAcl', before, after)) {
    for (const { subnetId } of acl.associations) vpcDirt(found, acl.vpcId).subnets.add(subnetId);
  }
  for (const gateway of changed('internetGateway', before, after)) {
    if (gateway.vpcId) markGateway(found, gateway.vpcId, networks);
  }
  for (const { vpcId } of changed('egressOnlyGateway', before, after)) {
    vpcDirt(found, vpcId).vpc = true;
    for (const network of networks) {
      markTables(found, network, vpcId);
      markSubnets(found, network, vpcId);
    }
  }
  markPublicAccess(found, before, after);
  for (const gateway of changed('natGateway', before, after)) {
    for (const network of networks) {
      const eni = gateway.availability === 'regional' ? undefined : network.eni.get(gateway.eniId);
      if (eni) markEnis(found, [eni]);
      if (gateway.availability === 'regional') vpcDirt(found, gateway.vpcId).vpc = true;
      markTables(found, network, gateway.vpcId);
    }
  }
  for (const peering of changed('peering', before, after)) markPeering(found, peering);
  markRouteTables(found, before, after);
}

function markPeering(found: Found, { requester, accepter }: Peering): void {
  for (const side of [requester, accepter]) vpcDirt(found, side.vpcId, scopeKey(side)).vpc = true;
}

function markTables(found: Found, network: Network, vpcId: VpcId): void {
  for (const table of network.routeTable.by('vpc', vpcId)) vpcDirt(found, vpcId).tables.add(table.id);
}

/** The borders of a VPC's subnets name the gateways that are closed to them. */
function markSubnets(found: Found, network: Network, vpcId: VpcId): void {
  for (const subnet of network.subnet.by('vpc', vpcId)) vpcDirt(found, vpcId).subnets.add(subnet.id);
}

/** Regional NAT gateways have a border of their own. */
function markRegionalNats(found: Found, network: Network, vpcId: VpcId): void {
  if (regionalNatsOf(network, vpcId).length > 0) vpcDirt(found, vpcId).vpc = true;
}

function markPublicAccess(found: Found, before: Network, after: Network): void {
  const blockOf = ({ settings }: Network) => settings.get(settingsId)?.publicAccess?.block ?? 'off';
  if (blockOf(before) !== blockOf(after)) {
    for (const { id } of after.vpc.values()) {
      markSubnets(found, after, id);
      markRegionalNats(found, after, id);
    }
  }
  for (const { subject } of changed('publicAccessExclusion', before, after)) {
    if (subject.kind === 'vpc') {
      markSubnets(found, after, subject.vpcId);
      markRegionalNats(found, after, subject.vpcId);
    }
    const subnet = subject.kind === 'subnet' && after.subnet.get(subject.subnetId);
    if (subnet) vpcDirt(found, subnet.vpcId).subnets.add(subnet.id);
  }
}

/** What subnets see of their tables depends on the VPC's blocks and on theirs; their ports say which view they have. */
function markViews(found: Found, { before, after }: Worlds): void {
  for (const [vpcId, dirt] of found.vpcs) {
    const places = [before, after].map((world) => ({
      world,
      network: world.get(dirt.scope) ?? emptyNetwork,
    }));
    const tables = new Set(dirt.tables);
    for (const { network } of dirt.vpc ? places : []) {
      for (const { id } of network.routeTable.by('vpc', vpcId)) tables.add(id);
    }
    const [had = noViews, have = noViews] = places.map((place) => new Map(viewsAmong(place, tables)));
    for (const subnetId of new Set([...had.keys(), ...have.keys()])) {
      if (had.get(subnetId) === have.get(subnetId)) continue;
      for (const { network } of places) markEnis(found, network.eni.by('subnet', subnetId));
    }
  }
}

const noViews: ReadonlyMap<SubnetId, string> = new Map();

/** Subnets that see one of the tables apart, and what tells their views from others. */
function* viewsAmong(
  place: Place,
  tables: ReadonlySet<RouteTableId>,
): Generator<readonly [SubnetId, string]> {
  for (const tableId of tables) {
    const table = place.network.routeTable.get(tableId);
    for (const [id, view] of table ? ownViews(place, table) : []) yield [id, viewKey(view)];
  }
}

/** Where a route to an interface leads depends on the interface. */
function markTargets(found: Found, after: World): void {
  for (const [vpcId, { scope, enis, tables }] of found.vpcs) {
    if (enis.size === 0) continue;
    for (const table of (after.get(scope) ?? emptyNetwork).routeTable.by('vpc', vpcId)) {
      const leadsThere = table.routes.some(({ target }) => target.kind === 'eni' && enis.has(target.id));
      if (leadsThere) tables.add(table.id);
    }
  }
}

/** A VPC's blocks and interfaces concern the VPCs it is peered with. */
function spreadOverPeerings(found: Found, { before, after }: Worlds): void {
  for (const [vpcId, dirt] of [...found.vpcs]) {
    if (!dirt.vpc && dirt.enis.size === 0) continue;
    const isChanged = dirt.vpc;
    for (const world of [before, after]) {
      for (const network of world.values()) {
        for (const { requester, accepter } of network.peering.by('vpc', vpcId)) {
          const side = requester.vpcId === vpcId ? accepter : requester;
          const other = vpcDirt(found, side.vpcId, scopeKey(side));
          other.vpc ||= isChanged;
          for (const eniId of dirt.enis) other.peerEnis.add(eniId);
        }
      }
    }
  }
}

/** Entities that differ, in both versions. */
function* changed<K extends Kind>(kind: K, before: Network, after: Network): Generator<Kinds[K]> {
  // The table of a kind holds entities of that kind; the union of all tables does not say so by itself.
  const changes = after[kind].changesSince(before[kind] as never);
  for (const { before: old, after: now } of changes as Iterable<{ before?: Kinds[K]; after?: Kinds[K] }>) {
    if (old) yield old;
    if (now) yield now;
  }
}

function vpcDirt(found: Found, vpcId: VpcId, scope = found.scope): VpcDirt {
  const known = found.vpcs.get(vpcId);
  if (known) return known;
  const fresh = noDirt(scope);
  found.vpcs.set(vpcId, fresh);
  return fresh;
}

function markEnis(found: Found, enis: Iterable<Eni>): void {
  for (const { id, vpcId } of enis) vpcDirt(found, vpcId).enis.add(id);
}

/** Routes to a gateway and public addresses behind it come and go with its attachment. */
function markGateway(found: Found, vpcId: VpcId, networks: readonly Network[]): void {
  const dirt = vpcDirt(found, vpcId);
  dirt.vpc = true;
  for (const network of networks) {
    markTables(found, network, vpcId);
    markSubnets(found, network, vpcId);
    markEnis(found, network.eni.by('vpc', vpcId));
  }
}

function markRouteTables(found: Found, before: Network, after: Network): void {
  for (const { before: old, after: now } of after.routeTable.changesSince(before.routeTable)) {
    const table = now ?? old;
    if (!table) continue;
    vpcDirt(found, table.vpcId).tables.add(table.id);
    if (old?.associations === now?.associations) continue;
    // What a gateway brings in may be routed by another table now.
    vpcDirt(found, table.vpcId).vpc = true;
    const subjects = [...(old?.associations ?? []), ...(now?.associations ?? [])].map(
      ({ subject }) => subject,
    );
    for (const network of [before, after]) {
      for (const subject of subjects) {
        if (subject.kind === 'subnet') markEnis(found, network.eni.by('subnet', subject.subnetId));
        // Any subnet without a table of its own may be concerned.
        if (subject.kind === 'main') markEnis(found, network.eni.by('vpc', table.vpcId));
      }
    }
  }
}

/** A list may be named by groups and routes of any network. */
function markPrefixList(found: Found, id: string, { before, after }: Worlds): void {
  for (const world of [before, after]) {
    for (const [scope, network] of world.entries()) {
      for (const group of network.securityGroup.by('peerPrefixList', id)) found.groups.add(group.id);
      for (const table of network.routeTable.values()) {
        const names = table.routes.some(
          ({ destination }) => destination.kind === 'prefixList' && destination.prefixListId === id,
        );
        if (names) vpcDirt(found, table.vpcId, scope).tables.add(table.id);
      }
    }
  }
}
