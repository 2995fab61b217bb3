/** Load balancers of both generations, from outputs that show them in pieces. */
import type { EniId, SecurityGroupId } from '#vpc/ids.ts';
import type {
  Forward,
  Listener,
  LoadBalancer,
  LoadBalancerKind,
  Target,
  TargetGroup,
} from '#vpc/load-balancer.ts';
import { partitionOf } from '#vpc/scope.ts';
import {
  type Json,
  objectListOf,
  objectOf,
  optionalNumber,
  required,
  textListOf,
  textOf,
  Unfit,
} from '../json/fields.ts';
import type { Output } from './found.ts';
import type { Gathered } from './gather.ts';
import { cidrFrom, idOf, type Place, tagsOf } from './place.ts';

/** Protocols of listeners and of target groups. */
const protocolsOf: ReadonlyMap<string, readonly (6 | 17)[]> = new Map<string, readonly (6 | 17)[]>([
  ['HTTP', [6]],
  ['HTTPS', [6]],
  ['SSL', [6]],
  ['TCP', [6]],
  ['TLS', [6]],
  ['UDP', [17]],
  ['QUIC', [17]],
  ['TCP_UDP', [6, 17]],
  ['TCP_QUIC', [6, 17]],
]);

const kinds: ReadonlySet<string> = new Set([
  'application',
  'network',
  'gateway',
] satisfies LoadBalancerKind[]);

/** `app/name/0123456789abcdef` of an ARN, or the name of a classic one: what its interfaces are described by. */
const labelOf = (arn: string): string => arn.slice(arn.indexOf('loadbalancer/') + 'loadbalancer/'.length);

/** The interfaces that carry a load balancer. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
function nodesOf({ interfaces }: Gathered, label: string): readonly EniId[] {
  return interfaces.describedAs(`ELB ${label}`).map((item) => idOf<'eni'>(item, 'NetworkInterfaceId'));
}

/** Whether the name of a file is about a resource: it holds the last part of the ARN, or the name as a word of its own. */
function isAbout(file: string, arn: string): boolean {
  const [id = '', name = ''] = arn.split(/[/:]/).toReversed();
  if (/^[0-9a-f]{16}$/.test(id)) return file.includes(id) || hasWord(file, name);
  return hasWord(file, id);
}

function hasWord(file: string, word: string): boolean {
  const at = file.indexOf(word);
  const [before = '', after = ''] = [file[at - 1], file[at + word.length]];
  return at >= 0 && word !== '' && !/[A-Za-z0-9-]/.test(before) && !/[A-Za-z0-9-]/.test(after);
}

/** The outputs of a key about a resource. */
function outputsAbout({ outputs }: Gathered, key: string, member: string, arn: string): readonly Output[] {
  return outputs.filter((each) => {
    if (each.key !== key) return false;
    const named = textOf(each.document.body, member);
    return named === undefined ? isAbout(each.document.file, arn) : named === arn;
  });
}

/** The value of an attribute, as attributes of load balancers and of target groups are listed. */
function attributeOf(outputs: readonly Output[], name: string): string | undefined {
  const all = outputs.flatMap(({ items }) => items);
  return all.map((each) => (textOf(each, 'Key') === name ? textOf(each, 'Value') : undefined)).find(Boolean);
}

const crossZoneAttribute = 'load_balancing.cross_zone.enabled';

/** One of the second generation. */
export function readBalancer(from: Json, gathered: Gathered): LoadBalancer {
  const id = required(from, 'LoadBalancerArn');
  const kind = textOf(from, 'Type') ?? 'application';
  if (!kinds.has(kind)) throw new Unfit(`${kind} is no kind of load balancer`);
  const attributes = outputsAbout(gathered, 'Attributes', 'LoadBalancerArn', id);
  const crossZone = attributeOf(attributes, crossZoneAttribute);
  // What endpoints bring is all that one of appliances takes: nothing is sent to its nodes.
  const listeners = kind === 'gateway' ? [] : listenersOf(gathered, id);
  return {
    id,
    name: textOf(from, 'LoadBalancerName') ?? id,
    kind: kind as LoadBalancerKind,
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    isInternetFacing: textOf(from, 'Scheme') === 'internet-facing',
    zones: objectListOf(from, 'AvailabilityZones').flatMap((each) => textOf(each, 'ZoneName') ?? []),
    eniIds: nodesOf(gathered, labelOf(id)),
    groupIds: textListOf(from, 'SecurityGroups') as SecurityGroupId[],
    // An application load balancer does it unless a target group says otherwise, a network load balancer does not.
    crossZone: crossZone === undefined ? kind === 'application' : crossZone === 'true',
    ...(listeners ? { listeners } : {}),
    tags: tagsOf(from),
  };
}

/** The listeners of a load balancer; undefined where no output is about them. */
function listenersOf(gathered: Gathered, arn: string): readonly Listener[] | undefined {
  const { byKey, seen } = gathered;
  const own = (byKey.get('Listeners') ?? []).filter(({ item }) => textOf(item, 'LoadBalancerArn') === arn);
  const isTold = seen.some(({ key, document }) => key === 'Listeners' && isAbout(document.file, arn));
  if (own.length === 0 && !isTold) return undefined;
  return own.flatMap(({ item }) => readListener(item, gathered));
}

function readListener(from: Json, { byKey }: Gathered): readonly Listener[] {
  const id = required(from, 'ListenerArn');
  const port = optionalNumber(from, 'Port');
  const protocol = textOf(from, 'Protocol');
  // Those of gateway load balancers have neither.
  if (port === undefined || protocol === undefined || protocol === 'GENEVE') return [];
  const protocols = protocolsOf.get(protocol);
  if (!protocols) throw new Unfit(`${protocol} is no protocol of listeners`);
  const prefix = `${id.replace(':listener/', ':listener-rule/')}/`;
  const rules = (byKey.get('Rules') ?? []).filter(({ item }) => textOf(item, 'RuleArn')?.startsWith(prefix));
  const forwards = [
    ...forwardsOf(objectListOf(from, 'DefaultActions'), {}),
    ...rules.flatMap(({ item }) => (item['IsDefault'] === true ? [] : readRule(item))),
  ];
  return [{ id, protocols, port, forwards }];
}

/** Of a rule's conditions the client's address alone can be told from outside; some request fits the others. */
function readRule(from: Json): readonly Forward[] {
  const conditions = objectListOf(from, 'Conditions').filter((each) => textOf(each, 'Field') === 'source-ip');
  const texts = conditions.flatMap((each) => {
    const values = textListOf(objectOf(each, 'SourceIpConfig') ?? {}, 'Values');
    return values.length > 0 ? values : textListOf(each, 'Values');
  });
  const sources = texts.length > 0 ? { sources: texts.map(cidrFrom) } : {};
  return forwardsOf(objectListOf(from, 'Actions'), { ruleId: required(from, 'RuleArn'), ...sources });
}

function forwardsOf(actions: readonly Json[], rest: Omit<Forward, 'targetGroupId'>): readonly Forward[] {
  const arns = actions.flatMap((action) => {
    if (textOf(action, 'Type') !== 'forward') return [];
    const groups = objectListOf(objectOf(action, 'ForwardConfig') ?? {}, 'TargetGroups');
    const listed = groups.flatMap((each) => textOf(each, 'TargetGroupArn') ?? []);
    return listed.length > 0 ? listed : [textOf(action, 'TargetGroupArn') ?? []].flat();
  });
  return [...new Set(arns)].map((targetGroupId) => ({ targetGroupId, ...rest }));
}

const targetKinds = ['instance', 'ip', 'lambda', 'alb'] as const;

export function readTargetGroup(from: Json, gathered: Gathered): TargetGroup {
  const id = required(from, 'TargetGroupArn');
  const targetKind = targetKinds.find((each) => each === (textOf(from, 'TargetType') ?? 'instance'));
  if (!targetKind) throw new Unfit(`${textOf(from, 'TargetType')} is no kind of target`);
  const attributes = outputsAbout(gathered, 'Attributes', 'TargetGroupArn', id);
  const crossZone = attributeOf(attributes, crossZoneAttribute);
  const preserve = attributeOf(attributes, 'preserve_client_ip.enabled');
  const health = outputsAbout(gathered, 'TargetHealthDescriptions', 'TargetGroupArn', id);
  const port = optionalNumber(from, 'Port');
  return {
    id,
    name: textOf(from, 'TargetGroupName') ?? id,
    targetKind,
    ...(port === undefined ? {} : { port }),
    preservesClientIp: preserve === undefined ? preservesByDefault(from, targetKind) : preserve === 'true',
    ...(crossZone === 'true' || crossZone === 'false' ? { crossZone: crossZone === 'true' } : {}),
    ...(health.length > 0 ? { targets: health.flatMap(({ items }) => items.flatMap(readTarget)) } : {}),
    tags: tagsOf(from),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation */
function preservesByDefault(from: Json, kind: TargetGroup['targetKind']): boolean {
  if (kind === 'ip') return protocolsOf.get(textOf(from, 'Protocol') ?? '')?.includes(17) === true;
  return kind === 'instance' || kind === 'alb';
}

/** Whatever its health: that changes by itself. What is being taken out gets no new connections. */
function readTarget(from: Json): readonly Target[] {
  const target = objectOf(from, 'Target') ?? {};
  const id = textOf(target, 'Id');
  const isLeaving = textOf(objectOf(from, 'TargetHealth') ?? {}, 'State') === 'draining';
  if (id === undefined || isLeaving) return [];
  const [port, zone] = [optionalNumber(target, 'Port'), textOf(target, 'AvailabilityZone')];
  return [{ id, ...(port === undefined ? {} : { port }), ...(zone === undefined ? {} : { zone }) }];
}

/** A classic load balancer, and a target group for each of its listeners, since its instances have a port for each. */
export function readClassic(
  from: Json,
  { scope }: Place,
  gathered: Gathered,
): { readonly balancer: LoadBalancer; readonly groups: readonly TargetGroup[] } {
  const name = required(from, 'LoadBalancerName');
  const { account, region } = scope;
  const id = `arn:${partitionOf(region)}:elasticloadbalancing:${region}:${account}:loadbalancer/${name}`;
  const targets = objectListOf(from, 'Instances').map((each) => ({ id: required(each, 'InstanceId') }));
  const parts = objectListOf(from, 'ListenerDescriptions').flatMap((each) =>
    classicListener(objectOf(each, 'Listener') ?? {}, { id, name, targets }),
  );
  const about = gathered.outputs.filter(
    ({ key, document }) => key === 'LoadBalancerAttributes' && isAbout(document.file, id),
  );
  const crossZone = about.flatMap(({ items }) =>
    items.map((each) => objectOf(each, 'CrossZoneLoadBalancing')),
  )[0];
  return {
    balancer: {
      id,
      name,
      kind: 'classic',
      vpcId: idOf<'vpc'>(from, 'VPCId'),
      isInternetFacing: textOf(from, 'Scheme') === 'internet-facing',
      zones: textListOf(from, 'AvailabilityZones'),
      eniIds: nodesOf(gathered, name),
      groupIds: textListOf(from, 'SecurityGroups') as SecurityGroupId[],
      // Off where the API made it, on where the console did; what nobody tells may be on.
      crossZone: crossZone?.['Enabled'] !== false,
      listeners: parts.map(({ listener }) => listener),
      tags: {},
    },
    groups: parts.map(({ group }) => group),
  };
}

function classicListener(
  from: Json,
  { id, name, targets }: { readonly id: string; readonly name: string; readonly targets: readonly Target[] },
): readonly { readonly listener: Listener; readonly group: TargetGroup }[] {
  const [port, instancePort] = [
    optionalNumber(from, 'LoadBalancerPort'),
    optionalNumber(from, 'InstancePort'),
  ];
  if (port === undefined || instancePort === undefined) return [];
  const targetGroupId = `${id}/${port}`;
  return [
    {
      listener: { id: targetGroupId, protocols: [6], port, forwards: [{ targetGroupId }] },
      group: {
        id: targetGroupId,
        name: `${name}:${port}`,
        targetKind: 'instance',
        port: instancePort,
        preservesClientIp: false,
        targets,
        tags: {},
      },
    },
  ];
}
