/** What stands in a world and is not followed: every answer names it, so that silence never passes for a no. */
import { locate, type Network, type World } from '#vpc/network.ts';
import { isAttached } from '#vpc/route-state.ts';
import type { RouteTable } from '#vpc/routing.ts';
import { scopeOfKey } from '#vpc/scope.ts';
import { settingsId } from '#vpc/settings.ts';

/** One thing that is not followed. `where` is the resource that brings it in, `what` the one not followed. */
export type Unknown = {
  readonly kind: /** Routes lead to a kind of target that is not modelled; packets there count as lost. */
    | 'routeTarget'
    /** A gateway's own route table may send what comes in elsewhere first. */
    | 'gatewayRouting'
    /** Routes hand packets to an interface, which may forward them. */
    | 'forwarder'
    /** An attachment of a transit gateway that leads to what is not followed. */
    | 'transitAttachment'
    /** In appliance mode the zone by which a flow enters is AWS's choice; answers are for one of them. */
    | 'transitZone'
    /** Something is known by name alone, for want of the command's output. */
    | 'notDescribed'
    /** The VPC at the other side of a peering is not in the world. */
    | 'peerVpc'
    /** The contents of a prefix list are not in the world; it counts as empty. */
    | 'prefixList'
    /** The region blocks public access by its internet gateways; answers are as if it did not. */
    | 'publicAccessBlock'
    /** An interface of a service, which may pass on what it gets. */
    | 'serviceInterface';
  readonly where: string;
  readonly what: string;
};

/** The unknowns of a world, each once. */
export function unknownsOf(world: World): readonly Unknown[] {
  const found = new Map<string, Unknown>();
  for (const [scope, network] of world.entries()) {
    const block = network.settings.get(settingsId)?.publicAccess?.block ?? 'off';
    if (block !== 'off') {
      found.set(scope, { kind: 'publicAccessBlock', where: scopeOfKey(scope).region, what: block });
    }
    for (const unknown of unknownsIn(world, network)) {
      found.set(`${unknown.kind} ${unknown.where} ${unknown.what}`, unknown);
    }
  }
  return [...found.values()];
}

/** Interfaces whose traffic begins and ends with them, or that the engine follows. */
const plainInterfaces: ReadonlySet<string> = new Set([
  'interface',
  'nat_gateway',
  'transit_gateway',
  'efa',
  'trunk',
  'branch',
]);

function* unknownsIn(world: World, network: Network): IterableIterator<Unknown> {
  for (const table of network.routeTable.values()) yield* unknownRoutes(world, table);
  for (const { id, requester, accepter, status } of network.peering.values()) {
    if (status !== 'active') continue;
    for (const { vpcId } of [requester, accepter]) {
      if (!locate(world, 'vpc', vpcId)) yield { kind: 'peerVpc', where: id, what: vpcId };
    }
  }
  yield* unknownTransit(network);
  for (const { id, rules } of network.securityGroup.values()) {
    for (const { peer } of rules) {
      if (peer.kind === 'prefixList' && !locate(world, 'prefixList', peer.prefixListId)) {
        yield { kind: 'prefixList', where: id, what: peer.prefixListId };
      }
    }
  }
  for (const { id, interfaceType } of network.eni.values()) {
    if (!plainInterfaces.has(interfaceType))
      yield { kind: 'serviceInterface', where: id, what: interfaceType };
  }
}

function* unknownTransit(network: Network): IterableIterator<Unknown> {
  for (const { id, resource } of network.transitAttachment.values()) {
    if (resource.kind === 'other') {
      yield { kind: 'transitAttachment', where: id, what: `${resource.type} ${resource.resourceId}` };
    }
    if (resource.kind !== 'vpc') continue;
    if (!resource.subnetIds) {
      yield { kind: 'notDescribed', where: id, what: 'describe-transit-gateway-vpc-attachments' };
    }
    if (resource.applianceMode && (resource.subnetIds?.length ?? 0) > 1) {
      yield { kind: 'transitZone', where: id, what: resource.vpcId };
    }
  }
  for (const { id, routes } of network.transitRouteTable.values()) {
    if (!routes) yield { kind: 'notDescribed', where: id, what: 'search-transit-gateway-routes' };
  }
}

function* unknownRoutes(
  world: World,
  { id, vpcId, routes, associations }: RouteTable,
): IterableIterator<Unknown> {
  for (const { destination, target } of routes) {
    if (target.kind === 'other' || target.kind === 'endpoint') {
      yield { kind: 'routeTarget', where: id, what: target.id };
    }
    if (target.kind === 'transitGateway' && !isAttached(world, vpcId, target.id)) {
      yield { kind: 'notDescribed', where: target.id, what: 'describe-transit-gateway-vpc-attachments' };
    }
    if (target.kind === 'eni') yield { kind: 'forwarder', where: id, what: target.id };
    if (destination.kind === 'prefixList' && !locate(world, 'prefixList', destination.prefixListId)) {
      yield { kind: 'prefixList', where: id, what: destination.prefixListId };
    }
  }
  for (const { subject } of associations) {
    if (subject.kind === 'gateway') yield { kind: 'gatewayRouting', where: id, what: subject.gatewayId };
  }
}
