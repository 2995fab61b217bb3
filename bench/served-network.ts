/** A large network with what the internet sees of it: elastic addresses and load balancers with targets. */
import type { Ip } from '#net/address.ts';
import type { Address, Eni } from '#vpc/eni.ts';
import type { Id, VpcId } from '#vpc/ids.ts';
import type { LoadBalancer, TargetGroup } from '#vpc/load-balancer.ts';
import { networkOf, type World } from '#vpc/network.ts';
import { noTags } from '#vpc/tags.ts';
import { putIn } from '../tests/support/edges.ts';
import { idFor, ip, testScope } from '../tests/support/network.ts';
import { largeWorld } from './large-network.ts';

const interfacesAnAddress = 20;
const interfacesABalancer = 5_000;
const nodesABalancer = 3;
const targetsABalancer = 20;

/** A world with about so many interfaces: each twentieth has an elastic address, each 5,000 have a load balancer. */
export function servedWorld(interfaces: number): World {
  let world = largeWorld(interfaces);
  const byVpc = Map.groupBy(networkOf(world, testScope).eni.values(), ({ vpcId }) => vpcId);
  const rest = [...byVpc.values()].flat();
  for (let made = 0; made < interfaces / interfacesAnAddress; made++) {
    const eni = rest.pop();
    if (eni) world = putIn(world, testScope, 'address', addressOf(eni, made));
  }
  for (let made = 0; made < Math.max(1, interfaces / interfacesABalancer); made++) {
    const nodes = rest.splice(-nodesABalancer);
    const vpcId = nodes[0]?.vpcId;
    const near = nodes.filter((each) => each.vpcId === vpcId);
    const targets = rest.splice(-targetsABalancer);
    if (vpcId) world = withBalancer(world, { number: made, vpcId, nodes: near, targets });
  }
  return world;
}

function addressOf({ id, privateIps: [own] }: Eni, number: number): Address {
  if (!own) throw new Error('every interface has an address');
  return {
    id: idFor('eipalloc', `${number}`) as Id<'address'>,
    publicIp: publicIp(52, number),
    association: {
      id: idFor('eipassoc', `${number}`) as Id<'addressAssociation'>,
      eniId: id,
      privateIp: own.address,
    },
    tags: noTags,
  };
}

const publicIp = (first: number, number: number): Ip =>
  ip(`${first}.0.${Math.floor(number / 250)}.${1 + (number % 250)}`);

type Parts = {
  readonly number: number;
  readonly vpcId: VpcId;
  readonly nodes: readonly Eni[];
  readonly targets: readonly Eni[];
};

/** A public application load balancer whose nodes these interfaces become. */
function withBalancer(world: World, { number, vpcId, nodes, targets }: Parts): World {
  const name = `b${number}`;
  const digits = idFor('x', name).slice(-16);
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';
  const label = `app/${name}/${digits}`;
  const group: TargetGroup = {
    id: `${arn}:targetgroup/${name}/${digits}`,
    name,
    targetKind: 'ip',
    port: 8080,
    preservesClientIp: false,
    targets: targets.flatMap(({ privateIps }) => privateIps.map(({ address }) => ({ id: address }))),
    tags: noTags,
  };
  const balancer: LoadBalancer = {
    id: `${arn}:loadbalancer/${label}`,
    name,
    kind: 'application',
    vpcId,
    isInternetFacing: true,
    zones: ['us-east-1a'],
    eniIds: nodes.map(({ id }) => id),
    groupIds: nodes[0]?.groupIds ?? [],
    crossZone: true,
    listeners: [
      {
        id: `${arn}:listener/${label}/${digits}`,
        protocols: [6],
        port: 443,
        forwards: [{ targetGroupId: group.id }],
      },
    ],
    tags: noTags,
  };
  let built = putIn(world, testScope, 'targetGroup', group);
  built = putIn(built, testScope, 'loadBalancer', balancer);
  for (const [at, node] of nodes.entries()) {
    const lent = publicIp(54, number * nodesABalancer + at);
    built = putIn(built, testScope, 'eni', nodeOf(node, label, lent));
  }
  return built;
}

/** The service lends each node a public address. */
function nodeOf(eni: Eni, label: string, launchPublicIp: Ip): Eni {
  const privateIps = eni.privateIps.map((each) => (each.isPrimary ? { ...each, launchPublicIp } : each));
  return { ...eni, description: `ELB ${label}`, privateIps };
}
