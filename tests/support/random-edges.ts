/**
 * Random networks with what lies beyond one VPC: a peered VPC of another account, a NAT gateway, an egress-only gateway,
 * and an interface that forwards between two subnets.
 */
import type { Id } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import {
  asMiddlebox,
  asNatGateway,
  egressOnlyId,
  eniOf,
  natId,
  peeringId,
  putIn,
  withEgressOnly,
  withGatewayTable,
  withOtherVpc,
  withoutInternet,
  withPeering,
  withRoute,
} from './edges.ts';
import { gatewayId, groupId, idFor, securityGroup, testScope, vpcId } from './network.ts';
import { withRandomBlock } from './public-access.ts';
import type { Random } from './random.ts';
import { groupNames, groupRules, type Host, hosts, randomChange, randomWorld } from './random-network.ts';

export const otherScope = { account: '210987654321', region: 'us-east-1' } as const;
const otherVpc = idFor('vpc', 'o') as Id<'vpc'>;
const otherGroups = ['gx', 'gy'] as const;
const sides = [
  { ...testScope, vpcId },
  { ...otherScope, vpcId: otherVpc },
] as const;
/** What rules here and there may name besides the usual. */
const morePeers = [
  ...otherGroups,
  ...otherGroups,
  '10.9.0.0/16',
  '2001:db8:200::/56',
  '10.0.3.9/32',
] as const;

/** The interface that forwards between the subnets s1 and s2. */
export const box: Host = {
  name: 'm',
  subnet: 's3',
  ipv4: '10.0.3.9',
  ipv6: '2001:db8:100:3::9',
  publicIp: '198.18.0.9',
};
export const natPublicIp = '198.18.0.5';

const otherHosts: readonly Host[] = ['f', 'h'].map((name, index) => ({
  name,
  subnet: 'far',
  ipv4: `10.9.1.${50 + index}`,
  ipv6: `2001:db8:200:1::${50 + index}`,
  publicIp: `198.18.1.${50 + index}`,
}));

export const edgeHosts: readonly Host[] = [...hosts, box, ...otherHosts];

/** A world with all of it, or with some. */
export function randomEdges(random: Random, options: { readonly acls: boolean }): World {
  const nearGroups = Object.fromEntries(groupNames.map((name) => [name, groupRules(random, morePeers)]));
  let world = randomWorld(random, {
    ...options,
    groups: {
      ...nearGroups,
      gm: { ingress: ['all 0.0.0.0/0', 'all ::/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] },
    },
    enis: {
      m: {
        subnet: 's3',
        ips: [box.ipv4, box.ipv6],
        groups: [random.chance(0.7) ? 'gm' : 'ga'],
        publicIp: box.publicIp,
      },
      n: { subnet: 's3', ips: ['10.0.3.5'], groups: [], publicIp: natPublicIp },
    },
  });
  world = asMiddlebox(asNatGateway(world, 'n'), 'm');
  if (random.chance(0.7)) world = throughBox(world);
  if (random.chance(0.3)) world = outsideThroughBox(world);
  if (random.chance(0.6)) world = withRoute(world, 's2', '0.0.0.0/0', { kind: 'natGateway', id: natId('n') });
  if (random.chance(0.6)) {
    const target = { kind: 'egressOnlyGateway', id: egressOnlyId } as const;
    world = withRoute(withEgressOnly(world), 's2', '::/0', target);
    if (random.chance(0.3)) world = withoutInternet(world);
  }
  if (random.chance(0.3)) world = withRandomBlock(random, world, ['vpc', 's1', 's2', 's3']);
  return random.chance(0.8) ? peered(random, world) : peered(random, world, 'deleted');
}

/** Between s1 and s2 everything goes through the box, both ways: the kernel refuses what comes back another way. */
function throughBox(world: World): World {
  const target = { kind: 'eni', id: eniOf(world, 'm').id } as const;
  const routes = [
    ['s1', '10.0.2.0/24'],
    ['s1', '2001:db8:100:2::/64'],
    ['s2', '10.0.1.0/24'],
    ['s2', '2001:db8:100:1::/64'],
  ] as const;
  return routes.reduce((built, [subnet, block]) => withRoute(built, subnet, block, target), world);
}

/** Between s1 and the internet everything goes through the box, both ways. */
function outsideThroughBox(world: World): World {
  const target = { kind: 'eni', id: eniOf(world, 'm').id } as const;
  const out = withRoute(withRoute(world, 's1', '0.0.0.0/0', target), 's1', '::/0', target);
  return withGatewayTable(out, gatewayId, [
    ['10.0.1.0/24', target],
    ['2001:db8:100:1::/64', target],
  ]);
}

function peered(random: Random, near: World, status: 'active' | 'deleted' = 'active'): World {
  const enis = otherHosts.map(({ name, ipv4, ipv6 }) => [
    name,
    { subnet: 'far', ips: [ipv4, ipv6], groups: random.some(otherGroups, 0.6) },
  ]);
  const world = withOtherVpc(
    near,
    otherVpc,
    {
      cidrs: ['10.9.0.0/16', '2001:db8:200::/56'],
      subnets: { far: { cidr: '10.9.1.0/24', cidr6: '2001:db8:200:1::/64' } },
      groups: Object.fromEntries(otherGroups.map((name) => [name, groupRules(random, morePeers)])),
      enis: Object.fromEntries(enis),
    },
    otherScope,
  );
  const target = { kind: 'peering', id: peeringId('p') } as const;
  let routed = withRoute(world, 'far', '10.0.0.0/16', target, otherScope);
  routed = withRoute(routed, 'far', '2001:db8:100::/56', target, otherScope);
  for (const subnet of ['s1', 's2', 's3']) {
    routed = withRoute(routed, subnet, '10.9.0.0/16', target);
    routed = withRoute(routed, subnet, '2001:db8:200::/56', target);
  }
  return withPeering(routed, 'p', sides, status);
}

/** The world after one random change, here, there, or between. */
export function randomEdgeChange(random: Random, world: World, options: { readonly acls: boolean }): World {
  const kind = random.int(12);
  if (kind < 4) return randomChange(random, world, options);
  if (kind < 7) {
    const name = random.pick(groupNames);
    return putIn(world, testScope, 'securityGroup', securityGroup(name, groupRules(random, morePeers)));
  }
  if (kind < 9) {
    const group = securityGroup(random.pick(otherGroups), groupRules(random, morePeers));
    return putIn(world, otherScope, 'securityGroup', { ...group, vpcId: otherVpc });
  }
  if (kind < 11) {
    const eni = eniOf(world, random.pick(otherHosts).name, otherScope);
    const groupIds = random.some(otherGroups, 0.6).map(groupId);
    return putIn(world, otherScope, 'eni', { ...eni, groupIds });
  }
  const isActive = networkOf(world, testScope).peering.get(peeringId('p'))?.status === 'active';
  // A NAT gateway that is deleted does not come back.
  if (random.chance(0.2)) return asDeletedNat(world);
  if (random.chance(0.5)) return withRandomBlock(random, world, ['vpc', 's1', 's2', 's3']);
  return withPeering(world, 'p', sides, isActive ? 'deleted' : 'active');
}

function asDeletedNat(world: World): World {
  const gateway = networkOf(world, testScope).natGateway.get(natId('n'));
  return gateway ? putIn(world, testScope, 'natGateway', { ...gateway, state: 'deleted' }) : world;
}
