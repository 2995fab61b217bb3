/** Instances under change, and their end. */
import { type Members, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const unsupported = 'UnsupportedOperation';
const state = 'IncorrectInstanceState';
const unknown = '0123456789abcdef0';
const counts = { MinCount: 1, MaxCount: 1 };
const device = (change: Members = {}): Members => ({ DeviceIndex: 0, SubnetId: '$subnet', ...change });
const devices = (...NetworkInterfaces: Members[]): Members => ({
  NetworkInterfaces,
  SubnetId: undefined,
  SecurityGroupIds: undefined,
});

const changing: readonly Row[] = [
  ...[
    { DisableApiTermination: { Value: false } },
    { InstanceInitiatedShutdownBehavior: { Value: 'terminate' } },
    { SourceDestCheck: { Value: true } },
    { Attribute: 'sourceDestCheck', Value: 'true' },
    { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: true } }] },
    { Groups: ['$group', '$app'] },
    { DisableApiStop: { Value: true } },
  ].map((change) => step('ModifyInstanceAttribute', { InstanceId: '$instance', ...change })),
  step('StopInstances', { InstanceIds: ['$instance'] }, { code: 'OperationNotPermitted' }),
  step(
    'ModifyInstanceAttribute',
    { InstanceId: '$instance', DisableApiTermination: { Value: true } },
    {
      required: ['InstanceId', 'DisableApiTermination'],
      ids: { InstanceId: 'instance' },
      refuses: [
        [{ DisableApiStop: { Value: true } }, combination],
        [{ Attribute: 'x', DisableApiTermination: undefined }, value],
        [{ Kernel: { Value: 'aki-1' } }, combination],
        [{ DisableApiTermination: undefined, InstanceType: { Value: 't3.large' } }, state],
        [{ DisableApiTermination: undefined, InstanceType: { Value: 'x' } }, value],
        [{ DisableApiTermination: undefined, EbsOptimized: { Value: true } }, state],
        [{ DisableApiTermination: undefined, UserData: { Value: new Uint8Array([1]) } }, state],
        [{ DisableApiTermination: undefined, InstanceInitiatedShutdownBehavior: { Value: 'x' } }, value],
        [{ DisableApiTermination: undefined, BlockDeviceMappings: [{ DeviceName: '/dev/none' }] }, value],
        [{ DisableApiTermination: undefined, Attribute: 'sourceDestCheck', Value: 'x' }, value],
        [{ DisableApiTermination: undefined, Groups: ['$foreignGroup'] }, 'InvalidParameter'],
      ],
    },
  ),
  step('TerminateInstances', { InstanceIds: ['$instance'] }, { code: 'OperationNotPermitted' }),
  step('ModifyInstanceAttribute', { InstanceId: '$instance', DisableApiTermination: { Value: false } }),
  step(
    'ModifyInstanceMetadataOptions',
    { InstanceId: '$instance', HttpTokens: 'optional' },
    {
      required: ['InstanceId'],
      ids: { InstanceId: 'instance' },
      refuses: [[{ HttpTokens: 'x' }, value]],
      shows: { InstanceId: '$instance', 'InstanceMetadataOptions.HttpTokens': 'optional' },
    },
  ),
  // Keys of tags that the metadata show are parts of paths.
  step('CreateTags', { Resources: ['$instance'], Tags: [{ Key: 'k8s.io/x', Value: '' }] }),
  step(
    'ModifyInstanceMetadataOptions',
    { InstanceId: '$instance', InstanceMetadataTags: 'enabled' },
    { code: value },
  ),
  step('DeleteTags', { Resources: ['$instance'], Tags: [{ Key: 'k8s.io/x' }] }),
  step('ModifyInstanceMetadataOptions', { InstanceId: '$instance', InstanceMetadataTags: 'enabled' }),
  ...['a b', 'a/b', '.', '..', '_index'].map((Key) =>
    step('CreateTags', { Resources: ['$instance'], Tags: [{ Key, Value: '' }] }, { code: value }),
  ),
  step('CreateTags', { Resources: ['$instance'], Tags: [{ Key: 'a.b:c@d_e', Value: 'any / text' }] }),
  step('DeleteTags', { Resources: ['$instance'], Tags: [{ Key: 'a.b:c@d_e' }] }),
  step('ModifyInstanceMetadataOptions', { InstanceId: '$instance', InstanceMetadataTags: 'disabled' }),
  step(
    'RebootInstances',
    { InstanceIds: ['$instance'] },
    { required: ['InstanceIds'], ids: { InstanceIds: 'instance' } },
  ),
];

const attaching: readonly Row[] = [
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet' },
    { remembers: { extraEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet' },
    { remembers: { spareEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnetB' },
    { remembers: { elsewhere: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet', InterfaceType: 'efa' },
    {
      shows: { 'NetworkInterface.InterfaceType': 'efa' },
      remembers: { efa: 'NetworkInterface.NetworkInterfaceId' },
    },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet', InterfaceType: 'efa-only' },
    {
      shows: { 'NetworkInterface.PrivateIpAddresses': [] },
      remembers: { bare: 'NetworkInterface.NetworkInterfaceId' },
    },
  ),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$bare' }),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$otherSubnet' },
    { remembers: { foreignEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  // An interface of another VPC: only the zone must be the instance's.
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$foreignEni', InstanceId: '$instance', DeviceIndex: 1 },
    { remembers: { foreignAttachment: 'AttachmentId' } },
  ),
  step(
    'DescribeInstances',
    { InstanceIds: ['$instance'] },
    { shows: { 'Reservations.0.Instances.0.NetworkInterfaces.1.VpcId': '$otherVpc' } },
  ),
  step('DetachNetworkInterface', { AttachmentId: '$foreignAttachment' }),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$foreignEni' }),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$extraEni', InstanceId: '$instance', DeviceIndex: 1 },
    {
      required: ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex'],
      ids: { NetworkInterfaceId: 'eni', InstanceId: 'instance' },
      refuses: [
        [{ DeviceIndex: 0 }, value],
        [{ DeviceIndex: 2 }, value],
        [{ NetworkInterfaceId: '$elsewhere' }, combination],
        [{ NetworkInterfaceId: '$instanceEni' }, 'InvalidNetworkInterface.InUse'],
        [{ NetworkCardIndex: 1 }, value],
        [{ EnaQueueCount: 2 }, unsupported],
        [{ NetworkInterfaceId: '$efa' }, combination],
      ],
      shows: { AttachmentId: /^eni-attach-[0-9a-f]{17}$/, NetworkCardIndex: 0 },
      remembers: { attachment: 'AttachmentId' },
    },
  ),
  step(
    'ModifyNetworkInterfaceAttribute',
    {
      NetworkInterfaceId: '$extraEni',
      Attachment: { AttachmentId: '$attachment', DeleteOnTermination: true },
    },
    {
      after: [
        [{ Attachment: { AttachmentId: '$attachment' } }, missing],
        [{ Attachment: { AttachmentId: '$attachment', EnaQueueCount: 2 } }, unsupported],
      ],
    },
  ),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$extraEni' }, { code: value }),
  step(
    'ModifyInstanceAttribute',
    { InstanceId: '$instance', SourceDestCheck: { Value: false } },
    { code: 'InvalidInstanceID' },
  ),
  step(
    'CreateRoute',
    { RouteTableId: '$table', DestinationCidrBlock: '10.60.0.0/16', InstanceId: '$instance' },
    { code: 'InvalidInstanceID' },
  ),
  step(
    'DescribeNetworkInterfaceAttribute',
    { NetworkInterfaceId: '$instanceEni', Attribute: 'attachment' },
    { remembers: { primaryAttachment: 'Attachment.AttachmentId' } },
  ),
  step(
    'DetachNetworkInterface',
    { AttachmentId: '$attachment' },
    {
      required: ['AttachmentId'],
      refuses: [
        [{ AttachmentId: 'x' }, 'InvalidNetworkInterfaceAttachmentId.Malformed'],
        [{ AttachmentId: `eni-attach-${unknown}` }, 'InvalidAttachmentID.NotFound'],
        [{ AttachmentId: '$primaryAttachment' }, 'OperationNotPermitted'],
        [{ AttachmentId: `ela-attach-${unknown}` }, 'OperationNotPermitted'],
      ],
    },
  ),
  step('CreateRoute', {
    RouteTableId: '$table',
    DestinationCidrBlock: '10.60.0.0/16',
    InstanceId: '$instance',
  }),
  step(
    'DescribeRouteTables',
    { Filters: [{ Name: 'route.instance-id', Values: ['$instance'] }] },
    { shows: { 'RouteTables.0.RouteTableId': '$table' } },
  ),
  step('AllocateAddress', {}, { remembers: { instanceAllocation: 'AllocationId' } }),
  step(
    'AssociateAddress',
    { AllocationId: '$instanceAllocation', InstanceId: '$publicInstance' },
    { remembers: { instanceAssociation: 'AssociationId' } },
  ),
  step(
    'DescribeAddresses',
    { Filters: [{ Name: 'instance-id', Values: ['$publicInstance'] }] },
    { shows: { 'Addresses.0.AllocationId': '$instanceAllocation' } },
  ),
  step('DisassociateAddress', { AssociationId: '$instanceAssociation' }),
];

const wide: readonly Row[] = [
  step(
    'RunInstances',
    {
      ...counts,
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 't3.small',
      ...devices(device(), device({ DeviceIndex: 5 }), device({ DeviceIndex: 6 })),
    },
    { remembers: { wide: 'Instances.0.InstanceId' } },
  ),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$spareEni', InstanceId: '$wide', DeviceIndex: 1 },
    { code: 'AttachmentLimitExceeded' },
  ),
  step(
    'AssociateAddress',
    { AllocationId: '$instanceAllocation', InstanceId: '$wide' },
    { code: 'InvalidInstanceID' },
  ),
  step(
    'AssignPrivateIpAddresses',
    { NetworkInterfaceId: '$instanceEni', SecondaryPrivateIpAddressCount: 2 },
    { code: 'PrivateIpAddressLimitExceeded' },
  ),
  // In the default VPC an address that is released lets go of its instance by itself.
  step('AssociateAddress', { AllocationId: '$secondAllocation', InstanceId: '$plainInstance' }),
  step('ReleaseAddress', { AllocationId: '$secondAllocation' }),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$defaultSubnet' },
    { remembers: { defaultEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
];

/** What can change of a stopped instance only. */
const stopped: readonly Row[] = [
  step('StopInstances', { InstanceIds: ['$wide'] }),
  step(
    'DescribeInstances',
    { InstanceIds: ['$wide'] },
    { until: ['Reservations.0.Instances.0.State.Name', 'stopped'] },
  ),
  ...[
    { InstanceType: { Value: 't3.large' } },
    { EbsOptimized: { Value: true } },
    { UserData: { Value: new Uint8Array([1]) } },
    { UserData: { Value: new Uint8Array([]) } },
  ].map((change) => step('ModifyInstanceAttribute', { InstanceId: '$wide', ...change })),
  step(
    'ModifyInstanceAttribute',
    { InstanceId: '$wide', InstanceType: { Value: 't3.micro' } },
    { code: 'AttachmentLimitExceeded' },
  ),
  step(
    'StartInstances',
    { InstanceIds: ['$wide'] },
    { shows: { 'StartingInstances.0.CurrentState.Name': 'pending' } },
  ),
  step('TerminateInstances', { InstanceIds: ['$wide'] }),
];

export const instanceChanges: readonly Row[] = [...changing, ...attaching, ...wide, ...stopped];

/** Where instances end; volumes and templates come before. */
export const instanceEnd: readonly Row[] = [
  step('ModifyInstanceAttribute', { InstanceId: '$instance', DisableApiStop: { Value: false } }),
  step(
    'StopInstances',
    { InstanceIds: ['$instance', '$publicInstance'] },
    {
      required: ['InstanceIds'],
      ids: { InstanceIds: 'instance' },
      refuses: [[{ Hibernate: true }, 'UnsupportedHibernationConfiguration']],
      shows: { 'StoppingInstances.0.CurrentState': { Code: 64, Name: 'stopping' } },
      after: [],
    },
  ),
  step(
    'StartInstances',
    { InstanceIds: ['$plainInstance'] },
    {
      required: ['InstanceIds'],
      ids: { InstanceIds: 'instance' },
    },
  ),
  step('StartInstances', { InstanceIds: ['$instance'] }, { code: state }),
  step('RebootInstances', { InstanceIds: ['$instance'] }, { code: state }),
  step(
    'TerminateInstances',
    { InstanceIds: ['$thirdInstance'] },
    {
      required: ['InstanceIds'],
      ids: { InstanceIds: 'instance' },
      shows: { 'TerminatingInstances.0.CurrentState': { Code: 32, Name: 'shutting-down' } },
    },
  ),
  step('StopInstances', { InstanceIds: ['$thirdInstance'] }, { code: state }),
  step(
    'ModifyInstanceMetadataOptions',
    { InstanceId: '$thirdInstance', HttpTokens: 'optional' },
    { code: state },
  ),
  step(
    'AttachNetworkInterface',
    { NetworkInterfaceId: '$spareEni', InstanceId: '$thirdInstance', DeviceIndex: 1 },
    { code: state },
  ),
  step(
    'AssociateAddress',
    { AllocationId: '$instanceAllocation', InstanceId: '$thirdInstance' },
    { code: state },
  ),
  step(
    'CreateRoute',
    { RouteTableId: '$table', DestinationCidrBlock: '10.61.0.0/16', InstanceId: '$thirdInstance' },
    { code: 'IncorrectState' },
  ),
  step('TerminateInstances', {
    InstanceIds: ['$instance', '$publicInstance', '$eniInstance', '$plainInstance'],
  }),
];
