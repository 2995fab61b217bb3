/** What the small worlds of tests may have of load balancers. */
import type { EniId } from '#vpc/ids.ts';
import type { Forward, LoadBalancer, LoadBalancerKind, Target, TargetGroup } from '#vpc/load-balancer.ts';
import type { World } from '#vpc/network.ts';
import { noTags } from '#vpc/tags.ts';
import { eniOf, putIn } from './edges.ts';
import { idFor, testScope, vpcId } from './network.ts';

const arn = (type: string, name: string): string => {
  const digits = idFor('x', `${type.slice(0, 3)}${name}`).slice(-16);
  return `arn:aws:elasticloadbalancing:us-east-1:123456789012:${type}/${name}/${digits}`;
};

export const balancerId = (name: string): string => arn('loadbalancer/app', name);
export const targetGroupId = (name: string): string => arn('targetgroup', name);

export type BalancerSpec = {
  readonly kind?: LoadBalancerKind;
  readonly nodes: readonly string[];
  /** `PROTOCOLS/PORT GROUP …`: `tcp/443 web`, `tcp+udp/53 dns`; absent: nobody knows. */
  readonly listeners?: readonly string[];
  readonly sources?: Forward['sources'];
  readonly crossZone?: boolean;
  readonly zones?: readonly string[];
};

/** The world with a load balancer whose nodes these interfaces are; of a network one without groups nothing guards. */
export function withBalancer(world: World, name: string, spec: BalancerSpec): World {
  const {
    kind = 'application',
    nodes,
    listeners,
    sources,
    crossZone = kind === 'application',
    zones = [],
  } = spec;
  let built = world;
  for (const node of nodes) {
    const { attachment: _, ...eni } = eniOf(built, node);
    const interfaceType = kind === 'network' ? 'network_load_balancer' : 'interface';
    const sourceDestCheck = kind !== 'network';
    built = putIn(built, testScope, 'eni', {
      ...eni,
      description: `ELB ${balancerId(name).slice(balancerId(name).indexOf('app/'))}`,
      interfaceType,
      requesterManaged: true,
      sourceDestCheck,
    });
  }
  const entity: LoadBalancer = {
    id: balancerId(name),
    name,
    kind,
    vpcId,
    isInternetFacing: true,
    zones,
    eniIds: nodes.map((node) => idFor('eni', node) as EniId),
    groupIds: [],
    crossZone,
    ...(listeners ? { listeners: listeners.map((text) => listenerOf(name, text, sources)) } : {}),
    tags: noTags,
  };
  return putIn(built, testScope, 'loadBalancer', entity);
}

function listenerOf(balancer: string, text: string, sources: Forward['sources']) {
  const [what = '', ...groups] = text.split(' ');
  const [names = '', port] = what.split('/');
  const id = arn('listener/app', `${balancer}/${what}`);
  const ruleId = `${id.replace(':listener/', ':listener-rule/')}/0123456789abcdef`;
  const condition = sources ? { ruleId, sources } : {};
  return {
    id,
    protocols: names.split('+').map((name): 6 | 17 => (name === 'udp' ? 17 : 6)),
    port: Number(port),
    forwards: groups.map((group) => ({ targetGroupId: targetGroupId(group), ...condition })),
  };
}

export type TargetGroupSpec = {
  readonly kind?: TargetGroup['targetKind'];
  readonly port: number;
  /** Names of interfaces' instances, or addresses; absent: nobody knows. */
  readonly targets?: readonly (string | Target)[];
  readonly preservesClientIp?: boolean;
  readonly crossZone?: boolean;
};

/** The world with a target group. */
export function withTargetGroup(world: World, name: string, spec: TargetGroupSpec): World {
  const { kind = 'instance', port, targets, preservesClientIp = false, crossZone } = spec;
  const targetOf = (target: string | Target): Target => {
    if (typeof target !== 'string') return target;
    return { id: kind === 'instance' ? idFor('i', target) : target };
  };
  return putIn(world, testScope, 'targetGroup', {
    id: targetGroupId(name),
    name,
    targetKind: kind,
    port,
    preservesClientIp,
    ...(crossZone === undefined ? {} : { crossZone }),
    ...(targets ? { targets: targets.map(targetOf) } : {}),
    tags: noTags,
  });
}
