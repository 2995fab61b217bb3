/** What a launch request says of the instance itself: image, type, user data, options. */
import type { InstanceMetadataOptionsRequest, Placement, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { defaultInstanceOptions, type InstanceOptions, type MetadataOptions } from '#vpc/instance.ts';
import { partitionOf } from '#vpc/scope.ts';
import { defaultSubnetDns, type Subnet, type Vpc } from '#vpc/vpc.ts';
import { inRange, oneOf } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { checkImpossible, checkPlacement, hostOptions } from './host-options.ts';

/** AWS's default where a request names no type. */
const defaultInstanceType = 'm1.small';

/** AWS's limit before base64. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
const userDataBytesMax = 16_384;

/** Parameters of RunInstances that Rampart refuses. */
const unsupportedLaunchParameters = [
  // AWS has ended both.
  'ElasticGpuSpecification',
  'ElasticInferenceAccelerators',
  'Operator',
  'SecondaryInterfaces',
] as const satisfies readonly (keyof RunInstancesRequest)[];

/** Refuses what a launch may not ask for. */
export function checkLaunch(input: RunInstancesRequest): void {
  refuseUnsupported(input, unsupportedLaunchParameters);
  checkImpossible(input);
  if (input.Placement) checkPlacement(input.Placement);
}

/** The type, if it looks like one: the catalogue does not know them all. */
export function instanceTypeIn(text: string | undefined): string {
  const type = text ?? defaultInstanceType;
  if (/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type)) return type;
  return refuse('invalidValue', { parameter: 'InstanceType', value: type, expected: 'use FAMILY.SIZE' });
}

/** User data as given, in base64. */
export function userDataIn(text: string): string {
  const compact = text.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) {
    refuse('invalidUserData', { reason: 'User data must be in base64.' });
  }
  const bytes = Buffer.from(compact, 'base64').length;
  if (bytes > userDataBytesMax) {
    const expected = `user data is limited to ${userDataBytesMax} bytes`;
    refuse('invalidValue', { parameter: 'UserData', value: `${bytes} bytes`, expected });
  }
  return compact;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html */
export function metadataWith(
  options: MetadataOptions,
  request: Omit<InstanceMetadataOptionsRequest, 'DryRun'> | undefined,
): MetadataOptions {
  const given = request ?? {};
  const onOff = (name: keyof typeof given, value: MetadataOptions['ipv6']) =>
    oneOf(String(given[name] ?? value), ['enabled', 'disabled'], `MetadataOptions.${name}`);
  return {
    tokens: oneOf(given.HttpTokens ?? options.tokens, ['optional', 'required'], 'MetadataOptions.HttpTokens'),
    hopLimit: inRange(given.HttpPutResponseHopLimit ?? options.hopLimit, {
      min: 1,
      max: 64,
      parameter: 'MetadataOptions.HttpPutResponseHopLimit',
    }),
    endpoint: onOff('HttpEndpoint', options.endpoint),
    ipv6: onOff('HttpProtocolIpv6', options.ipv6),
    tags: onOff('InstanceMetadataTags', options.tags),
  };
}

/** The tenancy of an instance: the VPC's where it is dedicated, else what the request says. */
function tenancyIn(placement: Placement | undefined, vpc: Vpc): 'default' | 'dedicated' {
  const asked = placement?.Tenancy === 'dedicated' ? 'dedicated' : 'default';
  return vpc.tenancy === 'dedicated' ? 'dedicated' : asked;
}

/** Whether a type has CPU credits. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html */
export function isBurstable(type: string): boolean {
  return /^t\d/.test(type);
}

/** What is asked of a type's credits; unasked T2 counts them, later families do not stop at none, others have none. */
export function cpuCreditsIn(
  type: string,
  asked: string | undefined,
  parameter: string,
): InstanceOptions['cpuCredits'] {
  if (!isBurstable(type)) {
    if (!asked) return undefined;
    refuse('unsupported', { reason: `The instance type '${type}' has no CPU credits.` });
  }
  return oneOf(
    asked ?? (type.startsWith('t2.') ? 'standard' : 'unlimited'),
    ['standard', 'unlimited'],
    parameter,
  );
}

function profileArn(
  profile: RunInstancesRequest['IamInstanceProfile'],
  { caller: { scope } }: Context,
): string | undefined {
  if (!profile?.Arn && !profile?.Name) return undefined;
  if (profile.Arn && profile.Name) {
    refuse('invalidCombination', {
      reason: 'The parameters IamInstanceProfile.Arn and IamInstanceProfile.Name exclude each other.',
    });
  }
  if (!profile.Arn)
    return `arn:${partitionOf(scope.region)}:iam::${scope.account}:instance-profile/${profile.Name}`;
  if (/^arn:[a-z-]+:iam::\d{12}:instance-profile\/.+$/.test(profile.Arn)) return profile.Arn;
  const expected = 'this is not the ARN of an instance profile';
  return refuse('invalidValue', { parameter: 'IamInstanceProfile.Arn', value: profile.Arn, expected });
}

/** What an instance's name is made of. */
export function hostnameTypeIn(value: string, parameter: string): 'ip-name' | 'resource-name' {
  return oneOf(value, ['ip-name', 'resource-name'], parameter);
}

type Place = {
  readonly vpc: Vpc;
  readonly subnet: Subnet;
  readonly instanceType: string;
  readonly rootDeviceName: string;
  readonly isRootEncrypted: boolean;
  readonly autoPublicIp: boolean;
};

/** The options of a launch. */
export function launchOptions(input: RunInstancesRequest, place: Place, context: Context): InstanceOptions {
  const { vpc, subnet, instanceType, rootDeviceName, isRootEncrypted, autoPublicIp } = place;
  const profile = profileArn(input.IamInstanceProfile, context);
  const cpuCredits = cpuCreditsIn(
    instanceType,
    input.CreditSpecification?.CpuCredits,
    'CreditSpecification.CpuCredits',
  );
  const names = input.PrivateDnsNameOptions;
  const inherited = subnet.dns ?? defaultSubnetDns;
  const shutdownBehavior = oneOf(
    input.InstanceInitiatedShutdownBehavior ?? 'stop',
    ['stop', 'terminate'],
    'InstanceInitiatedShutdownBehavior',
  );
  return {
    disableApiStop: input.DisableApiStop ?? false,
    shutdownBehavior,
    ebsOptimized: input.EbsOptimized ?? false,
    detailedMonitoring: input.Monitoring?.Enabled ?? false,
    tenancy: tenancyIn(input.Placement, vpc),
    ...(profile === undefined ? {} : { instanceProfileArn: profile }),
    metadata: metadataWith(defaultInstanceOptions.metadata, input.MetadataOptions),
    ...(cpuCredits === undefined ? {} : { cpuCredits }),
    rootDeviceName,
    ...hostOptions(input, instanceType, isRootEncrypted),
    dns: {
      hostnameType: hostnameTypeIn(
        names?.HostnameType ?? inherited.hostnameType,
        'PrivateDnsNameOptions.HostnameType',
      ),
      aRecord: names?.EnableResourceNameDnsARecord ?? inherited.aRecord,
      aaaaRecord: names?.EnableResourceNameDnsAAAARecord ?? inherited.aaaaRecord,
    },
    autoPublicIp,
  };
}
