/** What the small worlds of tests may have besides one VPC: gateways, peerings, middleboxes, and routes to them. */
import type { Eni } from '#vpc/eni.ts';
import type { Id, VpcId } from '#vpc/ids.ts';
import { emptyNetwork, type Kind, type Kinds, networkOf, put, type World } from '#vpc/network.ts';
import type { NatGatewayState, PeeringStatus, RouteTarget } from '#vpc/routing.ts';
import { type Scope, scopeKey } from '#vpc/scope.ts';
import { noTags } from '#vpc/tags.ts';
import {
  buildWorld,
  cidr,
  eniId,
  gatewayId,
  idFor,
  ip,
  type NetworkSpec,
  testScope,
  vpcId,
} from './network.ts';

/** The world with one entity of a scope replaced. */
export function putIn<K extends Kind>(world: World, scope: Scope, kind: K, entity: Kinds[K]): World {
  return world.set(scopeKey(scope), put(networkOf(world, scope), kind, entity));
}

/** The world with one more route in a subnet's table; it takes the place of one to the same block. */
export function withRoute(
  world: World,
  subnet: string,
  block: string,
  target: RouteTarget,
  scope: Scope = testScope,
): World {
  const table = networkOf(world, scope).routeTable.get(idFor('rtb', subnet));
  if (!table) throw new Error(`no table for ${subnet}`);
  const destination = cidr(block);
  const others = table.routes.filter(
    (route) => !(route.destination.kind === 'cidr' && route.destination.cidr === destination),
  );
  const route = { destination: { kind: 'cidr', cidr: destination }, target, origin: 'CreateRoute' } as const;
  return putIn(world, scope, 'routeTable', { ...table, routes: [...others, route] });
}

export function eniOf(world: World, name: string, scope: Scope = testScope): Eni {
  const eni = networkOf(world, scope).eni.get(eniId(name));
  if (!eni) throw new Error(`no interface ${name}`);
  return eni;
}

/** The world where the interface forwards for others. */
export function asMiddlebox(world: World, name: string): World {
  return putIn(world, testScope, 'eni', { ...eniOf(world, name), sourceDestCheck: false });
}

export const natId = (name: string) => idFor('nat', name) as Id<'natGateway'>;

/** The world where the interface is a NAT gateway's. */
export function asNatGateway(world: World, name: string, state: NatGatewayState = 'available'): World {
  const { attachment: _, ...eni } = eniOf(world, name);
  const entity: Eni = {
    ...eni,
    groupIds: [],
    requesterManaged: true,
    sourceDestCheck: false,
    interfaceType: 'nat_gateway',
  };
  return putIn(putIn(world, testScope, 'eni', entity), testScope, 'natGateway', {
    id: natId(name),
    vpcId,
    subnetId: eni.subnetId,
    eniId: eni.id,
    connectivity: 'public',
    state,
    createdAtMs: 0,
    tags: noTags,
  });
}

export const egressOnlyId = idFor('eigw', 'e') as Id<'egressOnlyGateway'>;

/** The world with an egress-only gateway. */
export function withEgressOnly(world: World): World {
  return putIn(world, testScope, 'egressOnlyGateway', { id: egressOnlyId, vpcId, tags: noTags });
}

/** The world whose internet gateway is detached. */
export function withoutInternet(world: World): World {
  return putIn(world, testScope, 'internetGateway', { id: gatewayId, tags: noTags });
}

/** The world with a second VPC, in the scope, of its own spec; names of subnets, groups and interfaces must be new. */
export function withOtherVpc(world: World, other: VpcId, spec: NetworkSpec, scope: Scope): World {
  const built = networkOf(buildWorld(spec), testScope);
  const kinds = [
    'vpc',
    'subnet',
    'eni',
    'instance',
    'securityGroup',
    'networkAcl',
    'routeTable',
    'prefixList',
  ] as const;
  let network = world.get(scopeKey(scope)) ?? emptyNetwork;
  for (const kind of kinds) {
    for (const entity of built[kind].values()) {
      const renamed = JSON.parse(JSON.stringify(entity).replaceAll(vpcId, other));
      network = put(network, kind, renamed as never);
    }
  }
  return world.set(scopeKey(scope), network);
}

export const peeringId = (name: string) => idFor('pcx', name) as Id<'peering'>;

export type PeerEnd = Scope & { readonly vpcId: VpcId };

/** The world with a peering, as both sides see it. */
export function withPeering(
  world: World,
  name: string,
  [requester, accepter]: readonly [PeerEnd, PeerEnd],
  status: PeeringStatus = 'active',
): World {
  const peering = {
    id: peeringId(name),
    requester,
    accepter,
    status,
    createdAtMs: 0,
    statusAtMs: 0,
    tags: noTags,
  } as const;
  return putIn(putIn(world, requester, 'peering', peering), accepter, 'peering', peering);
}

/** The other VPC with an internet gateway, and a NAT gateway that its transit subnet `t2` routes the internet to. */
export function withNatGatewayFor(near: World, other: VpcId): World {
  const gateway = { id: idFor('igw', 'o') as Id<'internetGateway'>, vpcId: other, tags: noTags };
  const eni = eniOf(near, 'f');
  const own: Eni = {
    ...eni,
    id: eniId('n') as Eni['id'],
    privateIps: [{ address: ip('10.9.1.5'), isPrimary: true, launchPublicIp: ip('198.18.0.5') }],
    ipv6Addresses: [],
    groupIds: [],
    requesterManaged: true,
    sourceDestCheck: false,
    interfaceType: 'nat_gateway',
  };
  const { attachment: _, ...bare } = own;
  let world = putIn(putIn(near, testScope, 'internetGateway', gateway), testScope, 'eni', bare);
  world = putIn(world, testScope, 'natGateway', {
    id: natId('n'),
    vpcId: other,
    subnetId: eni.subnetId,
    eniId: own.id,
    connectivity: 'public',
    state: 'available',
    createdAtMs: 0,
    tags: noTags,
  });
  world = withRoute(world, 'far', '0.0.0.0/0', { kind: 'internetGateway', id: gateway.id });
  return withRoute(world, 't2', '0.0.0.0/0', { kind: 'natGateway', id: natId('n') });
}

/** The world where a gateway has a route table of its own, by this name; the rest of what comes in goes where it is addressed. */
export function withGatewayTable(
  world: World,
  gateway: string,
  routes: readonly (readonly [block: string, target: RouteTarget])[],
  name = 'gateway',
): World {
  const blocks = [...(networkOf(world, testScope).vpc.get(vpcId)?.cidrBlocks ?? [])];
  const blocks6 = networkOf(world, testScope).vpc.get(vpcId)?.ipv6Blocks ?? [];
  const local = [...blocks, ...blocks6].map(({ cidr: block }) => [block, { kind: 'local' }] as const);
  return putIn(world, testScope, 'routeTable', {
    id: idFor('rtb', name) as Id<'routeTable'>,
    vpcId,
    routes: [...local, ...routes].map(([block, target]) => ({
      destination: { kind: 'cidr', cidr: cidr(block) },
      target,
      origin: 'CreateRoute',
    })),
    associations: [
      {
        id: idFor('rtbassoc', name) as Id<'routeTableAssociation'>,
        subject: { kind: 'gateway', gatewayId: gateway },
      },
    ],
    tags: noTags,
  });
}
