/** What stands in a world and is not followed: every answer names it, so that silence never passes for a no. */
import { placesOf } from '#policy/balancer.ts';
import { publicAccessBlockOf } from '#policy/public-access.ts';
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
    /** A subnet in a Local Zone, where AWS does not say what a block of ingress does; answers are as in a region. */
    | 'publicAccessBlock'
    /** An endpoint's service and policy decide what goes on behind it. */
    | 'endpoint'
    /** Appliances of a Gateway Load Balancer, behind it or its endpoint; they alone decide what goes on. */
    | 'appliances'
    /** A load balancer whose targets are not followed. */
    | 'loadBalancer'
    /** A function that a load balancer invokes. */
    | 'function'
    /** An interface of a service, which may pass on what it gets. */
    | 'serviceInterface';
  readonly where: string;
  readonly what: string;
};

/** The unknowns of a world, each once. */
export function unknownsOf(world: World): readonly Unknown[] {
  const found = new Map<string, Unknown>();
  for (const [scope, network] of world.entries()) {
    const { region } = scopeOfKey(scope);
    for (const unknown of [...unknownsIn(world, network), ...blockedLocalZones(network, region)]) {
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
  // It has no address.
  'efa-only',
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
  yield* unknownBalancers(world, network);
  for (const { id, serviceName, detail } of network.endpoint.values()) {
    const kind = detail.kind === 'gatewayLoadBalancer' ? 'appliances' : 'endpoint';
    yield { kind, where: id, what: serviceName };
  }
  for (const { id, rules } of network.securityGroup.values()) {
    for (const { peer } of rules) {
      if (peer.kind === 'prefixList' && !locate(world, 'prefixList', peer.prefixListId)) {
        yield { kind: 'prefixList', where: id, what: peer.prefixListId };
      }
    }
  }
  const ofEndpoints = new Set(
    [...network.endpoint.values()].flatMap(({ detail }) =>
      detail.kind !== 'gateway' ? detail.places.map(({ eniId }) => eniId) : [],
    ),
  );
  for (const { id, interfaceType } of network.eni.values()) {
    if (plainInterfaces.has(interfaceType)) continue;
    if (network.loadBalancer.countBy('eni', id) === 0 && !ofEndpoints.has(id))
      yield { kind: 'serviceInterface', where: id, what: interfaceType };
  }
}

function* unknownBalancers(world: World, network: Network): IterableIterator<Unknown> {
  for (const balancer of network.loadBalancer.values()) {
    const { id, kind, listeners } = balancer;
    if (kind === 'gateway') yield { kind: 'appliances', where: id, what: balancer.name };
    else if (!listeners) yield { kind: 'notDescribed', where: id, what: 'elbv2 describe-listeners' };
    for (const { targetGroupId } of (listeners ?? []).flatMap(({ forwards }) => forwards)) {
      const group = locate(world, 'targetGroup', targetGroupId)?.entity;
      if (!group) yield { kind: 'notDescribed', where: targetGroupId, what: 'elbv2 describe-target-groups' };
      else if (group.targetKind === 'lambda') {
        // It is invoked and no packet goes to it; what it does then no description tells.
        yield { kind: 'function', where: id, what: group.targets?.[0]?.id ?? group.name };
      } else if (!group.targets) {
        yield { kind: 'notDescribed', where: targetGroupId, what: 'elbv2 describe-target-health' };
      } else if (group.targets.some((target) => placesOf(world, balancer, group, target).length === 0)) {
        yield {
          kind: 'loadBalancer',
          where: id,
          what: `targets of ${group.name} that no known interface is`,
        };
      }
    }
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

/** https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html#security-vpc-bpa-limits */
function* blockedLocalZones(network: Network, region: string): IterableIterator<Unknown> {
  const block = network.settings.get(settingsId)?.publicAccess?.block ?? 'off';
  for (const { id, vpcId, zone } of block === 'off' ? [] : network.subnet.values()) {
    // The zones of a region itself are called like it and a letter.
    const isLocal = zone.length > region.length + 1;
    if (isLocal && publicAccessBlockOf(network, { vpcId, subnetId: id }) === 'block-ingress')
      yield { kind: 'publicAccessBlock', where: id, what: zone };
  }
}

function* unknownRoutes(
  world: World,
  { id, vpcId, routes, associations }: RouteTable,
): IterableIterator<Unknown> {
  for (const { destination, target } of routes) {
    if (target.kind === 'other' || (target.kind === 'endpoint' && !locate(world, 'endpoint', target.id))) {
      yield { kind: 'routeTarget', where: id, what: target.id };
    }
    if (target.kind === 'transitGateway' && !isAttached(world, vpcId, target.id)) {
      yield { kind: 'notDescribed', where: target.id, what: 'describe-transit-gateway-vpc-attachments' };
    }
    // An interface that checks destinations gets only what is its own.
    const isForwarder = target.kind === 'eni' && !locate(world, 'eni', target.id)?.entity.sourceDestCheck;
    if (isForwarder) yield { kind: 'forwarder', where: id, what: target.id };
    if (destination.kind === 'prefixList' && !locate(world, 'prefixList', destination.prefixListId)) {
      yield { kind: 'prefixList', where: id, what: destination.prefixListId };
    }
  }
  for (const { subject } of associations) {
    const isFollowed =
      subject.kind !== 'gateway' ||
      locate(world, 'internetGateway', subject.gatewayId) ||
      locate(world, 'natGateway', subject.gatewayId);
    if (!isFollowed) yield { kind: 'gatewayRouting', where: id, what: subject.gatewayId };
  }
}
