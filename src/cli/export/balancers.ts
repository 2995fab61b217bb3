/** Load balancers of both generations as the CLI prints them. */
import type { Listener, LoadBalancer, Target, TargetGroup } from '#vpc/load-balancer.ts';
import type { Network } from '#vpc/network.ts';
import type { ForeignOutput } from './transit.ts';

/** The outputs that tell of a network's load balancers; none where it has none. */
export function* balancerOutputs(network: Network): Iterable<ForeignOutput> {
  const balancers = [...network.loadBalancer.values()];
  const classic = balancers.filter(({ kind }) => kind === 'classic');
  const modern = balancers.filter(({ kind }) => kind !== 'classic');
  // What stands for the targets of a classic load balancer's listener is no target group.
  const groups = [...network.targetGroup.values()].filter(
    (group) => !classic.some(({ id }) => group.id.startsWith(`${id}/`)),
  );
  if (modern.length > 0) {
    const LoadBalancers = modern.map(balancerOutput);
    yield { command: 'elbv2-describe-load-balancers', body: { LoadBalancers } };
  }
  for (const balancer of modern) yield* balancerParts(balancer);
  if (groups.length > 0) {
    const TargetGroups = groups.map((group) => groupOutput(group, modern));
    yield { command: 'elbv2-describe-target-groups', body: { TargetGroups } };
  }
  for (const group of groups) yield* groupParts(group);
  if (classic.length > 0) {
    const LoadBalancerDescriptions = classic.map((each) => classicOutput(each, network));
    yield { command: 'elb-describe-load-balancers', body: { LoadBalancerDescriptions } };
  }
  for (const { name, crossZone } of classic) {
    const LoadBalancerAttributes = { CrossZoneLoadBalancing: { Enabled: crossZone } };
    yield {
      command: 'elb-describe-load-balancer-attributes',
      subject: name,
      body: { LoadBalancerAttributes },
    };
  }
}

/** The end of an ARN as a part of a file's name. */
const subjectOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1).replaceAll('/', '_');

const attribute = (Key: string, value: boolean) => ({ Key, Value: String(value) });

function balancerOutput({ id, name, kind, vpcId, isInternetFacing, zones, groupIds = [] }: LoadBalancer) {
  return {
    LoadBalancerArn: id,
    LoadBalancerName: name,
    Scheme: isInternetFacing ? 'internet-facing' : 'internal',
    VpcId: vpcId,
    State: { Code: 'active' },
    Type: kind,
    AvailabilityZones: zones.map((ZoneName) => ({ ZoneName })),
    ...(groupIds.length > 0 ? { SecurityGroups: groupIds } : {}),
  };
}

function* balancerParts({ id, kind, crossZone, listeners }: LoadBalancer): Iterable<ForeignOutput> {
  const Attributes = [attribute('load_balancing.cross_zone.enabled', crossZone)];
  yield {
    command: 'elbv2-describe-load-balancer-attributes',
    subject: subjectOf(id),
    body: { Attributes },
  };
  if (!listeners) return;
  const Listeners = listeners.map((each) => listenerOutput(id, kind, each));
  yield { command: 'elbv2-describe-listeners', subject: subjectOf(id), body: { Listeners } };
  for (const listener of listeners) {
    const Rules = listener.forwards.flatMap(({ ruleId, targetGroupId, sources }) =>
      ruleId === undefined ? [] : [ruleOutput(ruleId, targetGroupId, sources)],
    );
    if (Rules.length > 0)
      yield { command: 'elbv2-describe-rules', subject: subjectOf(listener.id), body: { Rules } };
  }
}

const forward = (TargetGroupArn: string) => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: [{ TargetGroupArn }] },
});

function listenerOutput(balancerId: string, kind: LoadBalancer['kind'], listener: Listener) {
  const { id, port, protocols, forwards } = listener;
  const both = protocols.length > 1 ? 'TCP_UDP' : protocols.includes(17) ? 'UDP' : 'TCP';
  return {
    ListenerArn: id,
    LoadBalancerArn: balancerId,
    Port: port,
    Protocol: kind === 'application' && both === 'TCP' ? 'HTTP' : both,
    DefaultActions: forwards.flatMap(({ ruleId, targetGroupId }) =>
      ruleId === undefined ? [forward(targetGroupId)] : [],
    ),
  };
}

function ruleOutput(RuleArn: string, targetGroupId: string, sources: readonly string[] | undefined) {
  const Conditions = sources ? [{ Field: 'source-ip', SourceIpConfig: { Values: sources } }] : [];
  return { RuleArn, Conditions, Actions: [forward(targetGroupId)], IsDefault: false };
}

function groupOutput({ id, name, targetKind, port }: TargetGroup, balancers: readonly LoadBalancer[]) {
  const users = balancers.filter(({ listeners = [] }) =>
    listeners.some(({ forwards }) => forwards.some(({ targetGroupId }) => targetGroupId === id)),
  );
  return {
    TargetGroupArn: id,
    TargetGroupName: name,
    TargetType: targetKind,
    ...(port === undefined ? {} : { Port: port }),
    LoadBalancerArns: users.map((each) => each.id),
  };
}

function* groupParts({ id, preservesClientIp, crossZone, targets }: TargetGroup): Iterable<ForeignOutput> {
  const subject = subjectOf(id);
  const Attributes = [
    attribute('preserve_client_ip.enabled', preservesClientIp),
    ...(crossZone === undefined ? [] : [attribute('load_balancing.cross_zone.enabled', crossZone)]),
  ];
  yield { command: 'elbv2-describe-target-group-attributes', subject, body: { Attributes } };
  if (!targets) return;
  const TargetHealthDescriptions = targets.map((target) => ({ Target: targetOutput(target) }));
  yield { command: 'elbv2-describe-target-health', subject, body: { TargetHealthDescriptions } };
}

function targetOutput({ id, port, zone }: Target) {
  return {
    Id: id,
    ...(port === undefined ? {} : { Port: port }),
    ...(zone === undefined ? {} : { AvailabilityZone: zone }),
  };
}

function classicOutput(
  { name, vpcId, isInternetFacing, zones, groupIds = [], listeners = [] }: LoadBalancer,
  network: Network,
) {
  const groupOf = ({ forwards }: Listener) => network.targetGroup.get(forwards[0]?.targetGroupId ?? '');
  const [first] = listeners.flatMap((each) => groupOf(each) ?? []);
  return {
    LoadBalancerName: name,
    Scheme: isInternetFacing ? 'internet-facing' : 'internal',
    VPCId: vpcId,
    AvailabilityZones: zones,
    SecurityGroups: groupIds,
    ListenerDescriptions: listeners.map((listener) => ({
      Listener: { Protocol: 'TCP', LoadBalancerPort: listener.port, InstancePort: groupOf(listener)?.port },
    })),
    Instances: (first?.targets ?? []).map(({ id }) => ({ InstanceId: id })),
  };
}
