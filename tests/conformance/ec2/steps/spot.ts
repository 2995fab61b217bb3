/** Launches on the spot market, and their requests. */
import { type Members, type Refused, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const unsupported = 'UnsupportedOperation';
const market = (SpotOptions: Members): Members => ({
  InstanceMarketOptions: { MarketType: 'spot', SpotOptions },
});
const persistent = { SpotInstanceType: 'persistent', InstanceInterruptionBehavior: 'stop' };
const later = new Date(Date.now() + 86_400_000);
const launch = {
  ImageId: 'ami-0123456789abcdef0',
  InstanceType: 't3.micro',
  MinCount: 1,
  MaxCount: 1,
  SubnetId: '$subnet',
};

const wrong: readonly Refused[] = [
  [{ InstanceMarketOptions: { SpotOptions: { MaxPrice: '1' } } }, 'MissingParameter'],
  [{ InstanceMarketOptions: { MarketType: 'x' } }, value],
  [{ InstanceMarketOptions: { MarketType: 'capacity-block' } }, combination],
  [market({ MaxPrice: '0.001' }), value],
  [market({ SpotInstanceType: 'x' }), value],
  [market({ SpotInstanceType: 'persistent' }), combination],
  [market({ InstanceInterruptionBehavior: 'x' }), value],
  [market({ InstanceInterruptionBehavior: 'stop' }), combination],
  [market({ BlockDurationMinutes: 60 }), unsupported],
  [market({ ValidUntil: later }), combination],
  [market({ ...persistent, ValidUntil: new Date(0) }), value],
  [{ ...market(persistent), HibernationOptions: { Configured: true } }, combination],
  [{ DisableApiTermination: true }, unsupported],
];

export const spotStory: readonly Row[] = [
  step('CreateKeyPair', { KeyName: 'spot' }, { remembers: { spotKey: 'KeyName' } }),
  step(
    'RunInstances',
    {
      ...launch,
      ...market({ ...persistent, MaxPrice: '0.05', ValidUntil: later }),
      TagSpecifications: [
        { ResourceType: 'spot-instances-request', Tags: [{ Key: 'suite', Value: 'conformance' }] },
      ],
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { SnapshotId: 'snap-0123456789abcdef0', VolumeSize: 9 } },
      ],
      KeyName: '$spotKey',
    },
    {
      refuses: wrong,
      shows: { 'Instances.0.InstanceLifecycle': 'spot' },
      remembers: {
        spotInstance: 'Instances.0.InstanceId',
        spotRequest: 'Instances.0.SpotInstanceRequestId',
      },
    },
  ),
  step(
    'DescribeInstances',
    {
      Filters: [
        { Name: 'instance-lifecycle', Values: ['spot'] },
        { Name: 'spot-instance-request-id', Values: ['$spotRequest'] },
      ],
    },
    { shows: { 'Reservations.0.Instances.0.InstanceId': '$spotInstance' } },
  ),
  step(
    'ModifyInstanceAttribute',
    { InstanceId: '$spotInstance', DisableApiStop: { Value: true } },
    { code: unsupported },
  ),
  {
    lists: 'DescribeSpotInstanceRequests',
    items: 'SpotInstanceRequests',
    by: 'SpotInstanceRequestId',
    item: '$spotRequest',
    ids: ['SpotInstanceRequestIds', 'spotRequest'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      ...Object.fromEntries(
        [
          ...['availability-zone-group', 'fault-code', 'fault-message', 'launch-group'],
          ...['launch.kernel-id', 'launch.ramdisk-id'],
        ].map((name) => [name, null]),
      ),
      'create-time': 'CreateTime',
      'instance-id': 'InstanceId',
      'launch.block-device-mapping.delete-on-termination':
        'LaunchSpecification.BlockDeviceMappings.0.Ebs.DeleteOnTermination',
      'launch.block-device-mapping.device-name': 'LaunchSpecification.BlockDeviceMappings.0.DeviceName',
      'launch.block-device-mapping.snapshot-id': 'LaunchSpecification.BlockDeviceMappings.0.Ebs.SnapshotId',
      'launch.block-device-mapping.volume-size': 'LaunchSpecification.BlockDeviceMappings.0.Ebs.VolumeSize',
      'launch.block-device-mapping.volume-type': 'LaunchSpecification.BlockDeviceMappings.0.Ebs.VolumeType',
      'launch.group-id': 'LaunchSpecification.SecurityGroups.0.GroupId',
      'launch.group-name': 'LaunchSpecification.SecurityGroups.0.GroupName',
      'launch.image-id': 'LaunchSpecification.ImageId',
      'launch.instance-type': 'LaunchSpecification.InstanceType',
      'launch.key-name': 'LaunchSpecification.KeyName',
      'launch.monitoring-enabled': 'LaunchSpecification.Monitoring.Enabled',
      'launched-availability-zone': 'LaunchedAvailabilityZone',
      'launched-availability-zone-id': '=use1-az1',
      'network-interface.addresses.primary':
        'LaunchSpecification.NetworkInterfaces.0.PrivateIpAddresses.0.Primary',
      'network-interface.delete-on-termination':
        'LaunchSpecification.NetworkInterfaces.0.DeleteOnTermination',
      'network-interface.description': 'LaunchSpecification.NetworkInterfaces.0.Description',
      'network-interface.device-index': 'LaunchSpecification.NetworkInterfaces.0.DeviceIndex',
      'network-interface.group-id': 'LaunchSpecification.NetworkInterfaces.0.Groups.0',
      'network-interface.network-interface-id': 'LaunchSpecification.NetworkInterfaces.0.NetworkInterfaceId',
      'network-interface.private-ip-address':
        'LaunchSpecification.NetworkInterfaces.0.PrivateIpAddresses.0.PrivateIpAddress',
      'network-interface.subnet-id': 'LaunchSpecification.NetworkInterfaces.0.SubnetId',
      'product-description': 'ProductDescription',
      'spot-instance-request-id': 'SpotInstanceRequestId',
      'spot-price': 'SpotPrice',
      state: 'State',
      'status-code': 'Status.Code',
      'status-message': 'Status.Message',
      type: 'Type',
      'valid-from': 'ValidFrom',
      'valid-until': 'ValidUntil',
    },
  },
  step(
    'CancelSpotInstanceRequests',
    { SpotInstanceRequestIds: ['$spotRequest'] },
    {
      required: ['SpotInstanceRequestIds'],
      ids: { SpotInstanceRequestIds: 'spotRequest' },
      shows: { 'CancelledSpotInstanceRequests.0.State': 'cancelled' },
    },
  ),
  step('TerminateInstances', { InstanceIds: ['$spotInstance'] }),
  step('RunInstances', { ...launch, ...market({}) }, { remembers: { oneTime: 'Instances.0.InstanceId' } }),
  step('StopInstances', { InstanceIds: ['$oneTime'] }, { code: unsupported }),
  step('TerminateInstances', { InstanceIds: ['$oneTime'] }),
];
