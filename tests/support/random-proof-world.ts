/** Random worlds with everything the prover follows: two accounts, ACLs, gateways of all kinds, endpoints, balancers. */
import type { Id } from '#vpc/ids.ts';
import {
  type Kind,
  type Kinds,
  kinds,
  type Network,
  networkFrom,
  networkOf,
  put,
  remove,
  type World,
} from '#vpc/network.ts';
import type { RouteTable, RouteTarget } from '#vpc/routing.ts';
import { scopeKey, scopeOfKey } from '#vpc/scope.ts';
import { noTags } from '#vpc/tags.ts';
import { balancerId, withBalancer, withTargetGroup } from './balancers.ts';
import { eniOf, withGatewayTable } from './edges.ts';
import { cidr, eniId, gatewayId, idFor, subnetId, testScope, vpcId, withEntity } from './network.ts';
import { withRandomBlock } from './public-access.ts';
import type { Random } from './random.ts';
import { withEndpoints } from './random-endpoints.ts';
import { randomWorld } from './random-network.ts';
import { regionalNatId, withRegionalNat } from './regional-nat.ts';
import { inZone, transitId, withTransitGateway, withTransitTable, withVpcAttachment } from './transit.ts';

const otherAccount = '210987654321';
const otherVpcId = vpcId.replace('-0', '-1') as Id<'vpc'>;
const peeringId = idFor('pcx', 'p') as Id<'peering'>;

/** A random world of one or two VPCs with some of the gateways. */
export function randomProofWorld(random: Random): World {
  let world = randomWorld(random, { acls: random.chance(0.8) });
  if (random.chance(0.4)) world = withStopped(random, world);
  if (random.chance(0.5)) world = withPeer(random, world);
  if (random.chance(0.4)) world = withNat(random, world);
  if (random.chance(0.3)) world = withEgressOnly(world);
  if (random.chance(0.2)) world = withForwarder(random, world);
  if (random.chance(0.2)) world = withRandomGatewayTable(random, world);
  if (random.chance(0.5)) world = withTransit(random, world);
  if (random.chance(0.4)) world = withBalancers(random, world);
  if (random.chance(0.3)) world = withRandomBlock(random, world);
  if (random.chance(0.4)) world = withEndpoints(random, world);
  if (random.chance(0.2)) world = withServiceInterface(random, world);
  if (random.chance(0.35)) world = withRandomRegional(random, world);
  return world;
}

/** A regional NAT gateway with addresses in some zones, perhaps routes of its own, and the way out of some subnets. */
function withRandomRegional(random: Random, near: World): World {
  const network = networkOf(near, testScope);
  const addresses = random.some(['a=198.18.5.1', 'b=198.18.5.2', 'b=198.18.5.3', 'c=198.18.5.4'], 0.6);
  const forwarder = { kind: 'eni', id: eniId('e') as Id<'eni'> } as const;
  const transit = { kind: 'transitGateway', id: transitId('t') } as const;
  const routes: (readonly [string, RouteTarget])[] = [];
  if (network.eni.has(forwarder.id) && random.chance(0.2)) routes.push(['10.0.1.8/29', forwarder]);
  if (network.transitAttachment.size > 0 && random.chance(0.6)) routes.push(['10.1.0.0/16', transit]);
  const state = random.chance(0.9) ? 'available' : 'deleted';
  let world = withRegionalNat(near, addresses, { routes, state });
  if (random.chance(0.4)) world = inZone(world, random.pick(['s1', 's2']), 'b');
  for (const subnet of random.some(['s1', 's2'], 0.7)) {
    const block = random.pick(['0.0.0.0/0', '0.0.0.0/0', '128.0.0.0/1', '10.0.1.8/29']);
    world = withRoute(world, subnet, block, { kind: 'natGateway', id: regionalNatId });
  }
  return world;
}

/** One of the interfaces becomes a service's own, without groups. */
function withServiceInterface(random: Random, world: World): World {
  const eni = networkOf(world, testScope).eni.get(eniId(random.pick(['b', 'f'])));
  if (!eni) return world;
  const { attachment: _, ...rest } = eni;
  const interfaceType = random.pick(['transit_gateway', 'gateway_load_balancer', 'api_gateway_managed']);
  return withEntity(world, 'eni', { ...rest, interfaceType, requesterManaged: true, groupIds: [] });
}

/** The world with one more route in front of a subnet's others. */
export function withRoute(world: World, subnet: string, block: string, target: RouteTarget): World {
  const table = networkOf(world, testScope).routeTable.get(idFor('rtb', subnet));
  return table ? withEntity(world, 'routeTable', routing(table, block, target)) : world;
}

function routing(table: RouteTable, block: string, target: RouteTarget): RouteTable {
  const route = { destination: { kind: 'cidr', cidr: cidr(block) }, target, origin: 'CreateRoute' } as const;
  return { ...table, routes: [route, ...table.routes] };
}

function withStopped(random: Random, world: World): World {
  const instance = networkOf(world, testScope).instance.get(idFor('i', random.pick(['a', 'b', 'd'])));
  return instance ? withEntity(world, 'instance', { ...instance, state: 'stopped' }) : world;
}

/** `c`, in the first subnet, becomes a NAT gateway and the second subnet's way out. */
function withNat(random: Random, world: World): World {
  const eni = networkOf(world, testScope).eni.get(eniId('c'));
  if (!eni) return world;
  const { attachment: _, ...rest } = eni;
  const id = idFor('nat', 'n') as Id<'natGateway'>;
  const gateway = {
    id,
    vpcId,
    subnetId: subnetId('s1'),
    eniId: eni.id,
    connectivity: 'public',
    state: random.chance(0.9) ? 'available' : 'failed',
    createdAtMs: 0,
    tags: noTags,
  } as const;
  const changed = withEntity(world, 'eni', { ...rest, requesterManaged: true, groupIds: [] });
  const block = random.pick(['0.0.0.0/0', '0.0.0.0/0', '128.0.0.0/1', '10.0.1.8/29']);
  return withRoute(withEntity(changed, 'natGateway', gateway), 's2', block, { kind: 'natGateway', id });
}

function withEgressOnly(world: World): World {
  const id = idFor('eigw', 'e') as Id<'egressOnlyGateway'>;
  const made = withEntity(world, 'egressOnlyGateway', { id, vpcId, tags: noTags });
  return withRoute(made, 's2', '::/0', { kind: 'egressOnlyGateway', id });
}

/** Traffic of the second subnet to part of the first goes to an interface first; or all of the VPC's, or its own. */
function withForwarder(random: Random, world: World): World {
  const eni = networkOf(world, testScope).eni.get(eniId('e'));
  if (!eni) return world;
  const open = withEntity(world, 'eni', { ...eni, sourceDestCheck: false });
  const block = random.pick(['10.0.1.10/32', '10.0.1.10/32', '10.0.2.0/24', '10.0.2.12/30', '10.0.0.0/16']);
  return withRoute(open, 's2', block, { kind: 'eni', id: eni.id });
}

/** The internet gateway sends some of what comes in to an interface first, which may be whose it is. */
function withRandomGatewayTable(random: Random, world: World): World {
  const target = { kind: 'eni', id: eniId(random.pick(['a', 'e'])) as Id<'eni'> } as const;
  const blocks = random.some(['10.0.1.0/24', '10.0.1.10/31', '10.0.2.0/25', '2001:db8:100:1::/64'], 0.5);
  return withGatewayTable(
    world,
    gatewayId,
    blocks.map((block) => [block, target] as const),
  );
}

/** A second VPC in another account, made like the first, and a peering between them. */
function withPeer(random: Random, world: World): World {
  const otherScope = { account: otherAccount, region: random.chance(0.7) ? 'us-east-1' : 'eu-west-1' };
  const copy = renamed(random, networkOf(randomWorld(random, { acls: true }), testScope));
  const peering = {
    id: peeringId,
    requester: { ...testScope, vpcId },
    accepter: { ...otherScope, vpcId: otherVpcId },
    status: random.chance(0.9) ? 'active' : 'deleted',
    createdAtMs: 0,
    statusAtMs: 0,
    tags: noTags,
  } as const;
  const target = { kind: 'peering', id: peeringId } as const;
  let other = put(copy, 'peering', peering);
  for (const table of copy.routeTable.values()) {
    other = put(
      other,
      'routeTable',
      routing(routing(table, '10.0.0.0/16', target), '2001:db8:100::/56', target),
    );
  }
  let own = withEntity(world, 'peering', peering);
  for (const subnet of ['s1', 's2']) {
    own = withRoute(withRoute(own, subnet, '10.1.0.0/16', target), subnet, '2001:db8:200::/56', target);
  }
  return own.set(scopeKey(otherScope), other);
}

/** `a` and `d` become nodes of a load balancer, with some of the others behind it. */
function withBalancers(random: Random, near: World): World {
  const kind = random.pick(['application', 'network', 'network'] as const);
  const ports = [22, 80, 443, 5432] as const;
  let world = withTargetGroup(near, 'g', {
    port: random.pick(ports),
    targets: random.some(['b', 'f', 'e'], 0.7),
    preservesClientIp: random.chance(0.6),
  });
  world = withTargetGroup(world, 'h', {
    kind: 'ip',
    port: random.pick(ports),
    targets: ['10.0.1.11', '10.1.2.13'],
  });
  const protocol = random.pick(['tcp', 'tcp', 'udp', 'tcp+udp']);
  const listeners = [`${protocol}/${random.pick(ports)} g h`, 'tcp/8080 h'];
  const sources = random.chance(0.2) ? { sources: [cidr('203.0.113.0/25'), cidr('10.0.0.0/8')] } : {};
  world = withBalancer(world, 'b', {
    kind,
    nodes: ['a', 'd'],
    crossZone: random.chance(0.7),
    listeners,
    ...sources,
  });
  if (kind === 'network' && random.chance(0.8)) world = withBalancerBehind(random, world, listeners);
  if (kind === 'application' || random.chance(0.5)) return world;
  for (const name of ['a', 'd']) world = withEntity(world, 'eni', { ...eniOf(world, name), groupIds: [] });
  return world;
}

/** `e` becomes the node of an application load balancer that the network load balancer hands connections to. */
function withBalancerBehind(random: Random, near: World, listeners: readonly string[]): World {
  const port = random.pick([80, 443] as const);
  const sources = random.chance(0.3) ? { sources: [cidr('203.0.113.0/26'), cidr('10.0.1.0/24')] } : {};
  let world = withBalancer(near, 'k', {
    nodes: ['e'],
    listeners: [`tcp/${port} g`, 'tcp/8080 h'],
    ...sources,
  });
  world = withTargetGroup(world, 'l', {
    kind: 'alb',
    port,
    targets: [balancerId('k')],
    preservesClientIp: random.chance(0.7),
  });
  const balancer = networkOf(world, testScope).loadBalancer.get(balancerId('b'));
  const crossZone = random.chance(0.7);
  const spec = {
    kind: 'network',
    nodes: ['a', 'd'],
    crossZone,
    listeners: [...listeners, `tcp/${port} l`],
  } as const;
  return balancer ? withBalancer(world, 'b', spec) : world;
}

/** Both VPCs, where there are two, at one transit gateway, with some of the routes that they need. */
function withTransit(random: Random, near: World): World {
  const found = [...near.entries()].find(([, { vpc }]) => vpc.has(otherVpcId));
  if (!found) return near;
  const otherScope = scopeOfKey(found[0]);
  const target = { kind: 'transitGateway', id: transitId('t') } as const;
  const groupReferencing = random.chance(0.7);
  const subnets = ['s1', 's2'] as const;
  let world = withTransitGateway(near, 't', random.chance(0.7));
  if (random.chance(0.3)) world = inZone(world, random.pick(subnets), 'b');
  const own = random.some(subnets, 0.6);
  // A VPC that is not attached can have no routes to the gateway, nor the gateway to it.
  const absent = random.chance(0.2) ? random.pick(['x', 'y'] as const) : undefined;
  // Only the output that tells of subnets tells of this too.
  const told = random.chance(0.95)
    ? { groupReferencing, subnetIds: (own.length > 0 ? own : ['s1']).map(subnetId) }
    : {};
  if (absent !== 'x') world = withVpcAttachment(world, { name: 'x', gateway: 't', vpcId, ...told });
  const [first, second] = subnets.map((name) => subnetId(name).replace('-0', '-1') as Id<'subnet'>);
  const subnetIds = [random.chance(0.5) ? first : second].flatMap((each) => each ?? []);
  const there = { name: 'y', gateway: 't', vpcId: otherVpcId, subnetIds, groupReferencing: true };
  if (absent !== 'y') world = withVpcAttachment(world, there, otherScope);
  const routes = ['10.0.0.0/16 x', '10.1.0.0/16 y', '2001:db8:100::/56 x', '2001:db8:200::/56 y'];
  const more = ['10.1.1.8/29 -', '~10.0.0.0/16 y', '0.0.0.0/0 x', '0.0.0.0/0 y', '~0.0.0.0/0 z'];
  const known = [...random.some(routes, 0.9), ...random.some(more, 0.3)];
  world = withTransitTable(world, 'm', {
    gateway: 't',
    attachments: (random.chance(0.95) ? ['x', 'y'] : ['x']).filter((each) => each !== absent),
    ...(random.chance(0.95) ? { routes: known.filter((each) => each.at(-1) !== absent) } : {}),
  });
  for (const subnet of absent === 'x' ? [] : subnets) {
    const block = random.pick(['10.1.0.0/16', '10.1.1.0/24', '0.0.0.0/0']);
    if (random.chance(0.9)) world = withRoute(world, subnet, block, target);
    if (random.chance(0.8)) world = withRoute(world, subnet, '2001:db8:200::/56', target);
  }
  let other = networkOf(world, otherScope);
  for (const table of absent === 'y' ? [] : other.routeTable.values()) {
    const block = random.pick(['10.0.0.0/16', '10.0.0.0/16', '0.0.0.0/0']);
    other = put(other, 'routeTable', routing(routing(table, block, target), '2001:db8:100::/56', target));
  }
  return world.set(scopeKey(otherScope), other);
}

/** The network with other ids and addresses; some rules go on naming groups of the first. */
function renamed(random: Random, network: Network): Network {
  const entities = new Map<Kind, readonly Kinds[Kind][]>();
  for (const kind of kinds) {
    const texts = [...network[kind].values()].map((entity) => JSON.stringify(entity));
    entities.set(
      kind,
      texts.map((text) => JSON.parse(renamedText(random, text)) as Kinds[Kind]),
    );
  }
  return networkFrom(entities);
}

function renamedText(random: Random, text: string): string {
  return text
    .replaceAll(/-0(?=[0-9a-f]{16}")/g, '-1')
    .replaceAll(/"groupId":"sg-1/g, () => (random.chance(0.4) ? '"groupId":"sg-0' : '"groupId":"sg-1'))
    .replaceAll('"10.0.', '"10.1.')
    .replaceAll('"2001:db8:100:', '"2001:db8:200:')
    .replaceAll('"198.18.0.', '"198.18.1.');
}

/** The world after a change of something around the interfaces: an instance, a route, an address, a list, a gateway. */
export function randomSurroundings(random: Random, world: World): World {
  const network = networkOf(world, testScope);
  const any = <K extends Kind>(kind: K): Kinds[K] | undefined => {
    const all = [...network[kind].values()] as Kinds[K][];
    return all.length > 0 ? random.pick(all) : undefined;
  };
  const kind = random.pick(surroundings);
  switch (kind) {
    case 'instance': {
      const instance = any('instance');
      const state = instance?.state === 'running' ? 'stopped' : 'running';
      return instance ? withEntity(world, 'instance', { ...instance, state }) : world;
    }
    case 'routeTable': {
      const table = any('routeTable');
      if (!table) return world;
      // AWS lets nobody delete a local route.
      const removable = table.routes.filter(({ target }) => target.kind !== 'local');
      const gone = removable.length > 0 ? random.pick(removable) : undefined;
      return withEntity(world, 'routeTable', {
        ...table,
        routes: table.routes.filter((each) => each !== gone),
      });
    }
    case 'address': {
      const address = any('address');
      if (!address) return world;
      const { association: _, ...free } = address;
      return withEntity(world, 'address', free);
    }
    case 'prefixList': {
      const list = any('prefixList');
      const blocks = random.some(['203.0.113.0/25', '10.0.1.12/32', '10.0.2.0/24', '0.0.0.0/0'], 0.5);
      const entries = blocks.map((text) => ({ cidr: cidr(text) }));
      return list ? withEntity(world, 'prefixList', { ...list, entries }) : world;
    }
    case 'peering': {
      const peering = any('peering');
      const status = peering?.status === 'active' ? 'deleted' : 'active';
      return peering ? withEntity(world, 'peering', { ...peering, status }) : world;
    }
    case 'natGateway': {
      const gateway = any('natGateway');
      const state = gateway?.state === 'available' ? 'deleted' : 'available';
      return gateway ? withEntity(world, 'natGateway', { ...gateway, state }) : world;
    }
    case 'endpoint': {
      const endpoint = any('endpoint');
      return endpoint
        ? world.set(scopeKey(testScope), remove(network, 'endpoint', endpoint.id))
        : withEndpoints(random, world);
    }
    case 'transitRouteTable': {
      const table = any('transitRouteTable');
      const routes = table?.routes?.filter(() => random.chance(0.7));
      return table && routes ? withEntity(world, 'transitRouteTable', { ...table, routes }) : world;
    }
    case 'loadBalancer': {
      const balancer = any('loadBalancer');
      const listeners = balancer?.listeners?.filter(() => random.chance(0.5));
      return balancer && listeners ? withEntity(world, 'loadBalancer', { ...balancer, listeners }) : world;
    }
    case 'transitAttachment': {
      const attachment = any('transitAttachment');
      if (!attachment) return world;
      return withEntity(world, 'transitAttachment', { ...attachment, isAvailable: !attachment.isAvailable });
    }
    case 'internetGateway': {
      const gateway = any('internetGateway');
      if (!gateway) return world;
      const { vpcId: attached, ...detached } = gateway;
      return withEntity(world, 'internetGateway', attached ? detached : { ...detached, vpcId });
    }
    case 'publicAccess':
      return withRandomBlock(random, world);
    default:
      return kind satisfies never;
  }
}

const surroundings = [
  'publicAccess',
  'instance',
  'routeTable',
  'address',
  'prefixList',
  'peering',
  'natGateway',
  'internetGateway',
  'transitRouteTable',
  'transitAttachment',
  'loadBalancer',
  'endpoint',
] as const;
