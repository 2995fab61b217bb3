/** Instances as the API shows them. */
import type {
  CpuOptions,
  InstanceBlockDeviceMapping,
  InstanceMetadataOptionsResponse,
  InstanceNetworkInterface,
  Instance as InstanceOutput,
  NetworkInterfaceAssociation,
  Reservation,
  InstanceState as StateOutput,
  StateReason,
} from '@aws-sdk/client-ec2';
import { hasHostnames, instanceDnsName, publicDnsName } from '#vpc/dns-names.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Instance, InstanceOptions, InstanceState, MetadataOptions } from '#vpc/instance.ts';
import { stateAt, stateCodes } from '#vpc/instance-state.ts';
import type { Context } from '../../operation.ts';
import { factsOf, type InstanceTypeFacts } from '../instance-types/catalogue.ts';
import { groupIdentifiers, interfaceOutput } from '../interfaces/output.ts';
import { tagList } from '../tags/tags.ts';
import { ownFirst } from '../volumes/multi-attach.ts';
import { interfacesOf } from './interfaces-of.ts';

/** A state by name and code. */
export function stateOutput(state: InstanceState): StateOutput {
  return { Code: stateCodes[state], Name: state };
}

/** Instances that were launched together. */
export function reservationOutput(instances: readonly Instance[], context: Context): Reservation {
  return {
    ReservationId: instances[0]?.reservationId,
    OwnerId: context.caller.scope.account,
    // Groups of a reservation are of EC2-Classic; AWS shows an empty list.
    Groups: [],
    Instances: instances.map((instance) => instanceOutput(instance, context)),
  };
}

/** The instances of a page, by reservation. */
export function reservationsOutput(instances: readonly Instance[], context: Context): Reservation[] {
  const byReservation = Map.groupBy(instances, ({ reservationId }) => reservationId);
  return [...byReservation.values()].map((together) =>
    reservationOutput(
      together.toSorted((a, b) => a.launchIndex - b.launchIndex),
      context,
    ),
  );
}

/** An instance as DescribeInstances shows it. */
export function instanceOutput(instance: Instance, context: Context): InstanceOutput {
  const interfaces = interfacesOf(instance, context.transaction.network);
  const [primary] = interfaces;
  return {
    ...plainOutput(instance, context),
    ...(primary ? primaryOutput(instance, primary, context) : {}),
    NetworkInterfaces: interfaces.map((eni) => instanceInterface(eni, context)),
    SecurityGroups: primary ? groupIdentifiers(primary, context) : [],
    BlockDeviceMappings: blockDevices(instance, context),
    Tags: tagList(instance.tags),
  };
}

/** What does not hang on an interface: it outlives termination. */
function plainOutput(instance: Instance, context: Context): InstanceOutput {
  const { options, instanceType } = instance;
  const facts = factsOf(instanceType);
  const state = stateAt(instance, context.nowMs);
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    InstanceType: instanceType as Exclude<InstanceOutput['InstanceType'], undefined>,
    State: stateOutput(state),
    StateTransitionReason: transitionReason(instance),
    StateReason: stateReason(instance, context.nowMs),
    PrivateDnsName: '',
    PublicDnsName: '',
    AmiLaunchIndex: instance.launchIndex,
    ClientToken: instance.clientToken ?? '',
    KeyName: instance.keyName,
    ...(instance.spotRequestId && {
      InstanceLifecycle: 'spot',
      SpotInstanceRequestId: instance.spotRequestId,
    }),
    LaunchTime: new Date(instance.launchedAtMs),
    ProductCodes: [],
    Placement: {
      AvailabilityZone: instance.zone,
      AvailabilityZoneId: context.transaction.network.subnet.get(instance.subnetId)?.zoneId,
      GroupName: '',
      Tenancy: options.tenancy,
    },
    Monitoring: { State: options.detailedMonitoring ? 'enabled' : 'disabled' },
    Architecture: facts?.architecture ?? 'x86_64',
    RootDeviceName: options.rootDeviceName,
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    // AWS says xen of its Nitro types too.
    Hypervisor: 'xen',
    EnaSupport: true,
    EbsOptimized: options.ebsOptimized,
    IamInstanceProfile: options.instanceProfileArn ? { Arn: options.instanceProfileArn } : undefined,
    CpuOptions: cpuOutput(options.cpu, facts),
    CapacityReservationSpecification: { CapacityReservationPreference: options.capacityPreference ?? 'open' },
    HibernationOptions: { Configured: options.hibernation ?? false },
    EnclaveOptions: { Enabled: options.enclave ?? false },
    MaintenanceOptions: maintenanceOutput(options),
    SriovNetSupport: options.sriovNetSupport,
    MetadataOptions: metadataOutput(options.metadata),
    PrivateDnsNameOptions: {
      HostnameType: options.dns?.hostnameType ?? 'ip-name',
      EnableResourceNameDnsARecord: options.dns?.aRecord ?? false,
      EnableResourceNameDnsAAAARecord: options.dns?.aaaaRecord ?? false,
    },
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    UsageOperationUpdateTime: new Date(instance.launchedAtMs),
    Operator: { Managed: false },
  };
}

/** Whether AWS may move the instance to other hardware, of which there is none. */
export function maintenanceOutput({ autoRecovery, rebootMigration }: InstanceOptions) {
  return { AutoRecovery: autoRecovery ?? 'default', RebootMigration: rebootMigration ?? 'default' };
}

/** What was asked for, else all that the type has; nothing is known of types that the catalogue lacks. */
function cpuOutput(
  cpu: InstanceOptions['cpu'],
  facts: InstanceTypeFacts | undefined,
): CpuOptions | undefined {
  if (cpu) return { CoreCount: cpu.coreCount, ThreadsPerCore: cpu.threadsPerCore };
  return facts && { CoreCount: facts.vcpus / facts.threadsPerCore, ThreadsPerCore: facts.threadsPerCore };
}

/** What the primary interface gives to the instance. */
function primaryOutput(instance: Instance, eni: Eni, context: Context): InstanceOutput {
  const { caller, transaction } = context;
  const [primary] = eni.privateIps;
  const publicIp = publicIpOfPrimary(eni, context);
  const { region } = caller.scope;
  return {
    VpcId: eni.vpcId,
    SubnetId: eni.subnetId,
    PrivateIpAddress: primary?.address,
    PrivateDnsName: instanceDnsName(instance, primary?.address, region),
    PublicIpAddress: publicIp,
    PublicDnsName:
      publicIp && hasHostnames(transaction.network, eni.vpcId) ? publicDnsName(publicIp, region) : '',
    Ipv6Address: eni.ipv6Addresses[0],
    SourceDestCheck: eni.sourceDestCheck,
  };
}

const publicIpOfPrimary = (eni: Eni, { transaction: { network } }: Context) => {
  for (const { association, publicIp } of network.address.by('eni', eni.id)) {
    if (association?.privateIp === eni.privateIps[0]?.address) return publicIp;
  }
  return eni.privateIps[0]?.launchPublicIp;
};

/** An interface as it stands in its instance: fewer members than it has on its own. */
function instanceInterface(eni: Eni, context: Context): InstanceNetworkInterface {
  const shown = interfaceOutput(eni, context);
  const { Attachment: attachment } = shown;
  return {
    NetworkInterfaceId: shown.NetworkInterfaceId,
    Description: shown.Description,
    MacAddress: shown.MacAddress,
    OwnerId: shown.OwnerId,
    Status: shown.Status,
    SourceDestCheck: shown.SourceDestCheck,
    InterfaceType: shown.InterfaceType,
    SubnetId: shown.SubnetId,
    VpcId: shown.VpcId,
    Groups: shown.Groups,
    PrivateIpAddress: shown.PrivateIpAddress,
    PrivateDnsName: shown.PrivateDnsName,
    PrivateIpAddresses: shown.PrivateIpAddresses?.map((ip) => ({
      ...ip,
      Association: withoutIds(ip.Association),
    })),
    Ipv6Addresses: shown.Ipv6Addresses,
    Ipv4Prefixes: shown.Ipv4Prefixes,
    Ipv6Prefixes: shown.Ipv6Prefixes,
    Association: withoutIds(shown.Association),
    Attachment: attachment && {
      AttachTime: attachment.AttachTime,
      AttachmentId: attachment.AttachmentId,
      DeleteOnTermination: attachment.DeleteOnTermination,
      DeviceIndex: attachment.DeviceIndex,
      NetworkCardIndex: attachment.NetworkCardIndex,
      Status: attachment.Status,
      EnaSrdSpecification: attachment.EnaSrdSpecification,
    },
    ConnectionTrackingConfiguration: shown.ConnectionTrackingConfiguration,
    Operator: shown.Operator,
  };
}

function withoutIds(association: NetworkInterfaceAssociation | undefined) {
  if (!association) return undefined;
  const { IpOwnerId, PublicDnsName, PublicIp } = association;
  return { IpOwnerId, PublicDnsName, PublicIp };
}

/** The volumes of an instance. */
export function blockDevices(
  { id }: Instance,
  { transaction: { network } }: Context,
): InstanceBlockDeviceMapping[] {
  return [...network.volume.by('instance', id)]
    .flatMap((volume) =>
      ownFirst(volume, id)
        .slice(0, 1)
        .map((attachment) => ({ volumeId: volume.id, attachment })),
    )
    .sort((a, b) => (a.attachment.device < b.attachment.device ? -1 : 1))
    .map(({ volumeId, attachment }) => ({
      DeviceName: attachment.device,
      Ebs: {
        AttachTime: new Date(attachment.attachedAtMs),
        DeleteOnTermination: attachment.deleteOnTermination,
        Status: 'attached',
        VolumeId: volumeId,
      },
    }));
}

/** Metadata options as describe and ModifyInstanceMetadataOptions show them. */
export function metadataOutput(metadata: MetadataOptions): InstanceMetadataOptionsResponse {
  return {
    State: 'applied',
    HttpTokens: metadata.tokens,
    HttpPutResponseHopLimit: metadata.hopLimit,
    HttpEndpoint: metadata.endpoint,
    HttpProtocolIpv6: metadata.ipv6,
    InstanceMetadataTags: metadata.tags,
  };
}

/** AWS's text for a user's stop or termination. */
function transitionReason({ state, stateChangedAtMs }: Instance): string {
  if (state !== 'stopped' && state !== 'terminated') return '';
  const time = new Date(stateChangedAtMs).toISOString().slice(0, 19).replace('T', ' ');
  return `User initiated (${time} GMT)`;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
export function stateReason(instance: Instance, nowMs: number): StateReason | undefined {
  const state = stateAt(instance, nowMs);
  if (state === 'running') return undefined;
  if (state === 'pending') return { Code: 'pending', Message: 'pending' };
  const code = 'Client.UserInitiatedShutdown';
  return { Code: code, Message: `${code}: User initiated shutdown` };
}
