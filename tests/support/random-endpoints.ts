/** Random VPC endpoints of every kind, and routes to those that have any. */
import type { EndpointDetail } from '#vpc/endpoint.ts';
import type { Id } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { RouteDestination } from '#vpc/routing.ts';
import { noTags } from '#vpc/tags.ts';
import { eniOf } from './edges.ts';
import { cidr, eniId, idFor, subnetId, testScope, vpcId, withEntity } from './network.ts';
import type { Random } from './random.ts';

const idOf = (name: string) => idFor('vpce', name) as Id<'endpoint'>;
const listId = idFor('pl', 'service') as Id<'prefixList'>;

/**
 * A gateway endpoint, by the service's prefix list, for some of the subnets; sometimes one in front of appliances, and
 * sometimes `b` as the interface of a third one.
 */
export function withEndpoints(random: Random, near: World): World {
  let world = withService(
    random.some(['203.0.113.0/26', '203.0.113.128/25', '1.0.0.0/8'], 0.6),
    withEndpoint(near, 'g', { kind: 'gateway' }),
  );
  for (const subnet of random.some(['s1', 's2'], 0.7)) {
    world = withRouteTo(world, subnet, 'g', { kind: 'prefixList', prefixListId: listId });
  }
  if (random.chance(0.3)) {
    const places = [{ subnetId: subnetId('s1'), eniId: eniId('b') as Id<'eni'> }];
    world = withEndpoint(world, 'w', { kind: 'gatewayLoadBalancer', places });
    world = withRouteTo(world, 's2', 'w', { kind: 'cidr', cidr: cidr('203.0.113.64/27') });
  } else if (random.chance(0.5)) world = withInterfaceEndpoint(world);
  return world;
}

function withService(blocks: readonly string[], world: World): World {
  return withEntity(world, 'prefixList', {
    id: listId,
    name: 'com.amazonaws.us-east-1.s3',
    family: 'ipv4',
    maxEntries: blocks.length,
    version: 1,
    entries: blocks.map((block) => ({ cidr: cidr(block) })),
    history: [],
    ownerId: 'AWS',
    tags: noTags,
  });
}

function withEndpoint(world: World, name: string, detail: EndpointDetail): World {
  return withEntity(world, 'endpoint', {
    id: idOf(name),
    vpcId,
    serviceName: 'com.amazonaws.us-east-1.s3',
    detail,
    policy: '',
    createdAtMs: 0,
    tags: noTags,
  });
}

function withInterfaceEndpoint(world: World): World {
  const { attachment: _, ...eni } = eniOf(world, 'b');
  const own = { ...eni, interfaceType: 'vpc_endpoint', requesterManaged: true };
  const places = [{ subnetId: eni.subnetId, eniId: eni.id }];
  const { groupIds } = eni;
  const detail = { kind: 'interface', places, groupIds, privateDns: true, ipAddressType: 'ipv4' } as const;
  return withEndpoint(withEntity(world, 'eni', own), 'i', detail);
}

function withRouteTo(world: World, subnet: string, endpoint: string, destination: RouteDestination): World {
  const table = networkOf(world, testScope).routeTable.get(idFor('rtb', subnet));
  const route = {
    destination,
    target: { kind: 'endpoint', id: idOf(endpoint) },
    origin: 'CreateRoute',
  } as const;
  return table ? withEntity(world, 'routeTable', { ...table, routes: [route, ...table.routes] }) : world;
}
