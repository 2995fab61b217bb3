/** Instances, from DescribeInstances. */
import type { Eni } from '#vpc/eni.ts';
import type { Id, InstanceId } from '#vpc/ids.ts';
import {
  defaultInstanceOptions,
  type Instance,
  type InstanceOptions,
  type MetadataOptions,
  type SettledState,
} from '#vpc/instance.ts';
import {
  booleanOf,
  type Json,
  numberOf,
  objectListOf,
  objectOf,
  textOf,
  timeOf,
  Unfit,
} from '../json/fields.ts';
import { idOf, type Place, tagsOf } from './place.ts';

/** What a request leads to: our states know no way in between. */
const states: ReadonlyMap<string, SettledState> = new Map([
  ['pending', 'running'],
  ['running', 'running'],
  ['stopping', 'stopped'],
  ['stopped', 'stopped'],
  ['shutting-down', 'terminated'],
  ['terminated', 'terminated'],
]);

/** The instances of a reservation, each with the id of the reservation as one more member. */
export function instancesOf(reservation: Json): readonly Json[] {
  const ReservationId = textOf(reservation, 'ReservationId');
  const OwnerId = textOf(reservation, 'OwnerId');
  return objectListOf(reservation, 'Instances').map((each) => ({ ...each, ReservationId, OwnerId }));
}

export function readInstance(from: Json): Instance {
  const state = states.get(textOf(objectOf(from, 'State') ?? {}, 'Name') ?? 'running') ?? 'running';
  if (textOf(from, 'VpcId') === undefined) {
    throw new Unfit(state === 'terminated' ? 'it is terminated' : 'it is of EC2-Classic');
  }
  const launchedAtMs = timeOf(from, 'LaunchTime');
  const keyName = textOf(from, 'KeyName');
  const clientToken = textOf(from, 'ClientToken');
  const userData = textOf(from, 'UserData');
  return {
    id: idOf<'instance'>(from, 'InstanceId'),
    reservationId: idOf<'reservation'>(from, 'ReservationId'),
    imageId: textOf(from, 'ImageId') ?? '',
    instanceType: textOf(from, 'InstanceType') ?? '',
    state,
    stateChangedAtMs: transitionTime(from) ?? launchedAtMs,
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    subnetId: idOf<'subnet'>(from, 'SubnetId'),
    zone: textOf(objectOf(from, 'Placement') ?? {}, 'AvailabilityZone') ?? '',
    launchedAtMs,
    launchIndex: numberOf(from, 'AmiLaunchIndex') ?? 0,
    ...(keyName === undefined ? {} : { keyName }),
    ...(userData === undefined ? {} : { userData }),
    disableApiTermination: booleanOf(from, 'DisableApiTermination') ?? false,
    ...(clientToken === undefined ? {} : { clientToken }),
    options: optionsOf(from),
    tags: tagsOf(from),
  };
}

/** `User initiated (2026-01-31 12:00:00 GMT)`. */
function transitionTime(from: Json): number | undefined {
  const text = textOf(from, 'StateTransitionReason') ?? '';
  const [, day, time] = /\((\S+) (\S+) GMT\)/.exec(text) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}

function optionsOf(from: Json): InstanceOptions {
  const profile = textOf(objectOf(from, 'IamInstanceProfile') ?? {}, 'Arn');
  const dns = objectOf(from, 'PrivateDnsNameOptions') ?? {};
  const aRecord = booleanOf(dns, 'EnableResourceNameDnsARecord') ?? false;
  const aaaaRecord = booleanOf(dns, 'EnableResourceNameDnsAAAARecord') ?? false;
  const byResource = textOf(dns, 'HostnameType') === 'resource-name';
  const hostnameType = byResource ? ('resource-name' as const) : ('ip-name' as const);
  const tenancy = textOf(objectOf(from, 'Placement') ?? {}, 'Tenancy');
  const cpuCredits = textOf(from, 'CpuCredits');
  return {
    ...defaultInstanceOptions,
    disableApiStop: booleanOf(from, 'DisableApiStop') ?? false,
    shutdownBehavior:
      textOf(from, 'InstanceInitiatedShutdownBehavior') === 'terminate' ? 'terminate' : 'stop',
    ...(cpuCredits === 'standard' || cpuCredits === 'unlimited' ? { cpuCredits } : {}),
    ebsOptimized: booleanOf(from, 'EbsOptimized') ?? false,
    detailedMonitoring: textOf(objectOf(from, 'Monitoring') ?? {}, 'State') === 'enabled',
    tenancy: tenancy === 'dedicated' ? 'dedicated' : 'default',
    ...(profile === undefined ? {} : { instanceProfileArn: profile }),
    metadata: metadataOf(objectOf(from, 'MetadataOptions') ?? {}),
    rootDeviceName: textOf(from, 'RootDeviceName') ?? defaultInstanceOptions.rootDeviceName,
    ...(byResource || aRecord || aaaaRecord ? { dns: { hostnameType, aRecord, aaaaRecord } } : {}),
  };
}

function metadataOf(from: Json): MetadataOptions {
  const usual = defaultInstanceOptions.metadata;
  const enabled = (name: string, otherwise: 'enabled' | 'disabled') => {
    const value = textOf(from, name);
    return value === 'enabled' || value === 'disabled' ? value : otherwise;
  };
  return {
    tokens: textOf(from, 'HttpTokens') === 'required' ? 'required' : 'optional',
    hopLimit: numberOf(from, 'HttpPutResponseHopLimit') ?? usual.hopLimit,
    endpoint: enabled('HttpEndpoint', usual.endpoint),
    ipv6: enabled('HttpProtocolIpv6', usual.ipv6),
    tags: enabled('InstanceMetadataTags', usual.tags),
  };
}

/** An instance of which nothing is known but that an interface is attached to it; it is taken to run. */
export function inferredInstance(
  id: InstanceId,
  eni: Eni,
  zone: string,
  { stableHex }: Pick<Place, 'stableHex'>,
): Instance {
  return {
    id,
    reservationId: `r-${stableHex(id)}` as Id<'reservation'>,
    imageId: '',
    instanceType: '',
    state: 'running',
    stateChangedAtMs: 0,
    vpcId: eni.vpcId,
    subnetId: eni.subnetId,
    zone,
    launchedAtMs: 0,
    launchIndex: 0,
    disableApiTermination: false,
    options: defaultInstanceOptions,
    tags: {},
  };
}
