/**
 * The filters of DescribeInstances.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
import type { Instance as InstanceOutput } from '@aws-sdk/client-ec2';
import type { Instance } from '#vpc/instance.ts';
import { stateAt, stateCodes } from '#vpc/instance-state.ts';
import type { Field, Fields } from '../../filters.ts';
import type { Context } from '../../operation.ts';
import { zoneIdOf } from '../regions.ts';
import { instanceInterfaceFields } from './interface-fields.ts';
import { interfacesOf } from './interfaces-of.ts';
import { blockDevices, instanceOutput, stateReason } from './output.ts';

type Plain = string | number | boolean | undefined;

/** A filter on what describe shows. */
const shown =
  (read: (output: InstanceOutput) => Plain | readonly Plain[]): Field<Instance> =>
  (instance, context) =>
    read(instanceOutput(instance, context));

const enis = (instance: Instance, { transaction }: Context) => interfacesOf(instance, transaction.network);

const primary = (instance: Instance, context: Context) => enis(instance, context)[0];

const groupNames = shown(({ SecurityGroups }) => SecurityGroups?.map(({ GroupName }) => GroupName));

const groupIds: Field<Instance> = (instance, context) => primary(instance, context)?.groupIds;

/** A filter of interfaces holds for an instance if one of its interfaces matches. */
const ofInterfaces: Fields<Instance> = Object.fromEntries(
  Object.entries(instanceInterfaceFields).map(([name, field]) => [
    `network-interface.${name}`,
    (instance: Instance, context: Context) => enis(instance, context).flatMap((eni) => field(eni, context)),
  ]),
);

const plain: Fields<Instance> = {
  // Instances run neither on dedicated hosts nor in reserved capacity.
  affinity: () => undefined,
  architecture: shown(({ Architecture }) => Architecture),
  'availability-zone': ({ zone }) => zone,
  'availability-zone-id': ({ zone }, { caller }) => zoneIdOf(caller.scope.region, zone),
  // Nothing boots.
  'boot-mode': () => undefined,
  'capacity-reservation-id': () => undefined,
  'capacity-reservation-specification.capacity-reservation-preference': shown(
    ({ CapacityReservationSpecification }) => CapacityReservationSpecification?.CapacityReservationPreference,
  ),
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id': () => undefined,
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn':
    () => undefined,
  'client-token': ({ clientToken }) => clientToken,
  'current-instance-boot-mode': () => undefined,
  'ebs-optimized': ({ options }) => options.ebsOptimized,
  'ena-support': () => true,
  'enclave-options.enabled': ({ options }) => options.enclave ?? false,
  'hibernation-options.configured': ({ options }) => options.hibernation ?? false,
  'host-id': () => undefined,
  hypervisor: () => 'xen',
  'iam-instance-profile.arn': ({ options }) => options.instanceProfileArn,
  // IAM gives it out, and describe does not show it here.
  'iam-instance-profile.id': () => undefined,
  'iam-instance-profile.name': ({ options }) => options.instanceProfileArn?.split('/').at(-1),
  'image-id': ({ imageId }) => imageId,
  'instance-id': ({ id }) => id,
  // Those on demand have none.
  'instance-lifecycle': ({ spotRequestId }) => spotRequestId && 'spot',
  'instance-state-code': (instance, { nowMs }) => stateCodes[stateAt(instance, nowMs)],
  'instance-state-name': (instance, { nowMs }) => stateAt(instance, nowMs),
  'instance-type': ({ instanceType }) => instanceType,
  'kernel-id': () => undefined,
  'key-name': ({ keyName }) => keyName,
  'launch-index': ({ launchIndex }) => launchIndex,
  'launch-time': ({ launchedAtMs }) => new Date(launchedAtMs).toISOString(),
  'maintenance-options.auto-recovery': ({ options }) => options.autoRecovery ?? 'default',
  'metadata-options.http-endpoint': ({ options }) => options.metadata.endpoint,
  'metadata-options.http-protocol-ipv4': () => 'enabled',
  'metadata-options.http-protocol-ipv6': ({ options }) => options.metadata.ipv6,
  'metadata-options.http-put-response-hop-limit': ({ options }) => options.metadata.hopLimit,
  'metadata-options.http-tokens': ({ options }) => options.metadata.tokens,
  'metadata-options.instance-metadata-tags': ({ options }) => options.metadata.tags,
  'metadata-options.state': () => 'applied',
  'monitoring-state': ({ options }) => (options.detailedMonitoring ? 'enabled' : 'disabled'),
  // Of the types that can weigh bandwidth, which the catalogue does not have.
  'network-performance-options.bandwidth-weighting': () => undefined,
  'operator.managed': () => false,
  'operator.principal': () => undefined,
  'outpost-arn': () => undefined,
  'owner-id': (_instance, { caller }) => caller.scope.account,
  'placement-group-name': () => undefined,
  'placement-partition-number': () => undefined,
  // AWS shows the member for Windows alone.
  platform: () => undefined,
  'platform-details': () => 'Linux/UNIX',
  'product-code': () => undefined,
  'product-code.type': () => undefined,
  'ramdisk-id': () => undefined,
  reason: shown(({ StateTransitionReason }) => StateTransitionReason),
  'requester-id': () => undefined,
  'reservation-id': ({ reservationId }) => reservationId,
  'root-device-name': ({ options }) => options.rootDeviceName,
  'root-device-type': () => 'ebs',
  'spot-instance-request-id': ({ spotRequestId }) => spotRequestId,
  'state-reason-code': (instance, { nowMs }) => stateReason(instance, nowMs)?.Code,
  'state-reason-message': (instance, { nowMs }) => stateReason(instance, nowMs)?.Message,
  tenancy: ({ options }) => options.tenancy,
  'tpm-support': () => undefined,
  'usage-operation': () => 'RunInstances',
  'usage-operation-update-time': shown(({ UsageOperationUpdateTime }) =>
    UsageOperationUpdateTime?.toISOString(),
  ),
  'virtualization-type': () => 'hvm',
};

const devices: Fields<Instance> = {
  'block-device-mapping.attach-time': (instance, context) =>
    blockDevices(instance, context).map(({ Ebs }) => Ebs?.AttachTime?.toISOString()),
  'block-device-mapping.delete-on-termination': (instance, context) =>
    blockDevices(instance, context).map(({ Ebs }) => Ebs?.DeleteOnTermination),
  'block-device-mapping.device-name': (instance, context) =>
    blockDevices(instance, context).map(({ DeviceName }) => DeviceName),
  'block-device-mapping.status': (instance, context) =>
    blockDevices(instance, context).map(({ Ebs }) => Ebs?.Status),
  'block-device-mapping.volume-id': (instance, context) =>
    blockDevices(instance, context).map(({ Ebs }) => Ebs?.VolumeId),
};

const network: Fields<Instance> = {
  'dns-name': shown(({ PublicDnsName }) => PublicDnsName),
  'group-id': groupIds,
  'group-name': groupNames,
  'instance.group-id': groupIds,
  'instance.group-name': groupNames,
  'ip-address': shown(({ PublicIpAddress }) => PublicIpAddress),
  'ipv6-address': (instance, context) => enis(instance, context).flatMap((eni) => eni.ipv6Addresses),
  'private-dns-name': shown(({ PrivateDnsName }) => PrivateDnsName),
  'private-dns-name-options.enable-resource-name-dns-a-record': ({ options }) =>
    options.dns?.aRecord ?? false,
  'private-dns-name-options.enable-resource-name-dns-aaaa-record': ({ options }) =>
    options.dns?.aaaaRecord ?? false,
  'private-dns-name-options.hostname-type': ({ options }) => options.dns?.hostnameType ?? 'ip-name',
  'private-ip-address': (instance, context) => primary(instance, context)?.privateIps[0]?.address,
  'source-dest-check': (instance, context) => primary(instance, context)?.sourceDestCheck,
  'subnet-id': (instance, context) => primary(instance, context)?.subnetId,
  'vpc-id': (instance, context) => primary(instance, context)?.vpcId,
};

export const instanceFields: Fields<Instance> = { ...plain, ...devices, ...network, ...ofInterfaces };
