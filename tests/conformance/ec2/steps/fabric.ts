/** Elastic Fabric Adapters: on types that have them, as many as the type takes, and only while nothing runs. */
import { type Members, type Row, step } from '../step.ts';

const combination = 'InvalidParameterCombination';
const running = 'IncorrectInstanceState';
const device = (DeviceIndex: number, InterfaceType: string): Members => ({
  DeviceIndex,
  InterfaceType,
  SubnetId: '$subnet',
});
const withBare = [device(0, 'interface'), device(1, 'efa-only')];
const launch = { ImageId: 'ami-0123456789abcdef0', InstanceType: 'c5n.18xlarge', MinCount: 1, MaxCount: 1 };

const stateOf = (instance: string, state: string): Row =>
  step(
    'DescribeInstances',
    { InstanceIds: [instance] },
    { until: ['Reservations.0.Instances.0.State.Name', state] },
  );

export const fabricStory: readonly Row[] = [
  step(
    'RunInstances',
    { ...launch, NetworkInterfaces: [device(0, 'efa')] },
    {
      refuses: [
        [{ InstanceType: 'c5.4xlarge' }, combination],
        [{ InstanceType: 'c5.4xlarge', NetworkInterfaces: withBare }, combination],
        [{ NetworkInterfaces: [device(0, 'efa'), device(1, 'efa')] }, 'AttachmentLimitExceeded'],
        [{ NetworkInterfaces: [device(0, 'efa'), device(1, 'efa-only')] }, 'AttachmentLimitExceeded'],
        [{ NetworkInterfaces: [device(0, 'efa-only')] }, combination],
        [
          { NetworkInterfaces: [device(0, 'interface'), { ...device(1, 'efa-only'), Ipv6AddressCount: 1 }] },
          combination,
        ],
        [{ NetworkInterfaces: [device(0, 'x')] }, 'InvalidParameterValue'],
      ],
      shows: { 'Instances.0.NetworkInterfaces.0.InterfaceType': 'efa' },
      remembers: { fabric: 'Instances.0.InstanceId' },
    },
  ),
  step(
    'RunInstances',
    { ...launch, NetworkInterfaces: [device(0, 'interface')] },
    { remembers: { plain: 'Instances.0.InstanceId' } },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet', InterfaceType: 'efa' },
    { remembers: { adapter: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$adapter', InstanceId: '$plain', DeviceIndex: 1 },
    { code: running, refuses: [[{ InstanceId: '$fabric' }, 'AttachmentLimitExceeded']] },
  ),
  step('StopInstances', { InstanceIds: ['$plain'] }),
  stateOf('$plain', 'stopped'),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$adapter', InstanceId: '$plain', DeviceIndex: 1 },
    { remembers: { adapterAttachment: 'AttachmentId' } },
  ),
  step(
    'ModifyInstanceAttribute',
    { InstanceId: '$plain', InstanceType: { Value: 'c5.4xlarge' } },
    { code: combination },
  ),
  step('StartInstances', { InstanceIds: ['$plain'] }),
  step('DetachNetworkInterface', { AttachmentId: '$adapterAttachment' }, { code: running }),
  stateOf('$plain', 'running'),
  step('StopInstances', { InstanceIds: ['$plain'] }),
  stateOf('$plain', 'stopped'),
  step('DetachNetworkInterface', { AttachmentId: '$adapterAttachment' }),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$adapter' }),
  // An adapter without addresses, from launch on and later.
  step(
    'RunInstances',
    { ...launch, NetworkInterfaces: withBare },
    {
      shows: { 'Instances.0.NetworkInterfaces.length': 2 },
      remembers: { bareFabric: 'Instances.0.InstanceId' },
    },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet', InterfaceType: 'efa-only' },
    {
      shows: { 'NetworkInterface.PrivateIpAddresses': [], 'NetworkInterface.InterfaceType': 'efa-only' },
      remembers: { bare: 'NetworkInterface.NetworkInterfaceId' },
    },
  ),
  step(
    'AssignPrivateIpAddresses',
    { NetworkInterfaceId: '$bare', SecondaryPrivateIpAddressCount: 1 },
    { code: combination },
  ),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$bare', InstanceId: '$plain', DeviceIndex: 1 },
    { remembers: { bareAttachment: 'AttachmentId' } },
  ),
  step('StartInstances', { InstanceIds: ['$plain'] }),
  stateOf('$plain', 'running'),
  step('DetachNetworkInterface', { AttachmentId: '$bareAttachment' }, { code: running }),
  // A trunk, of which an instance of the Nitro System has one.
  ...['trunk', 'otherTrunk'].map((name) =>
    step(
      'CreateNetworkInterface',
      { SubnetId: '$subnet', InterfaceType: 'trunk' },
      { remembers: { [name]: 'NetworkInterface.NetworkInterfaceId' } },
    ),
  ),
  step(
    'RunInstances',
    { ...launch, InstanceType: 't3.micro', SubnetId: '$subnet' },
    { remembers: { burstable: 'Instances.0.InstanceId' } },
  ),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$trunk', InstanceId: '$plain', DeviceIndex: 2 },
    { refuses: [[{ InstanceId: '$burstable', DeviceIndex: 1 }, combination]] },
  ),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$otherTrunk', InstanceId: '$plain', DeviceIndex: 3 },
    { code: 'AttachmentLimitExceeded' },
  ),
  step('TerminateInstances', { InstanceIds: ['$plain', '$fabric', '$bareFabric', '$burstable'] }),
  ...['bare', 'trunk', 'otherTrunk'].map((name) =>
    step('DeleteNetworkInterface', { NetworkInterfaceId: `$${name}` }),
  ),
];
