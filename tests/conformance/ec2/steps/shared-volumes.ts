/** Volumes that several instances have at once, and the rate at which those from snapshots are filled. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const image = { ImageId: 'ami-0123456789abcdef0', SubnetId: '$subnet' };
const shared = { AvailabilityZone: 'us-east-1a', Size: 4, VolumeType: 'io2', Iops: 100 };

const sharing: readonly Row[] = [
  step(
    'RunInstances',
    { ...image, InstanceType: 't3.micro', MinCount: 2, MaxCount: 2 },
    { remembers: { one: 'Instances.0.InstanceId', two: 'Instances.1.InstanceId' } },
  ),
  step(
    'RunInstances',
    { ...image, InstanceType: 't2.micro', MinCount: 1, MaxCount: 1 },
    { remembers: { old: 'Instances.0.InstanceId' } },
  ),
  step(
    'CreateVolume',
    { ...shared, MultiAttachEnabled: true },
    {
      refuses: [[{ VolumeType: 'gp3', Iops: undefined }, combination]],
      shows: { MultiAttachEnabled: true },
      remembers: { shared: 'VolumeId' },
    },
  ),
  step(
    'CreateVolume',
    { ...shared, AvailabilityZone: 'eu-central-1a', VolumeType: 'io1', MultiAttachEnabled: true },
    { as: { region: 'eu-central-1' }, code: 'UnsupportedOperation' },
  ),
  step(
    'AttachVolume',
    { VolumeId: '$shared', InstanceId: '$one', Device: '/dev/sdg' },
    {
      refuses: [[{ InstanceId: '$old' }, 'UnsupportedOperation']],
      after: [[{ Device: '/dev/sdh' }, 'VolumeInUse']],
    },
  ),
  step('AttachVolume', { VolumeId: '$shared', InstanceId: '$two', Device: '/dev/sdh' }),
  {
    lists: 'DescribeVolumes',
    items: 'Volumes',
    by: 'VolumeId',
    item: '$shared',
    filters: {
      'attachment.device': 'Attachments.*.Device',
      'attachment.instance-id': 'Attachments.*.InstanceId',
      'multi-attach-enabled': 'MultiAttachEnabled',
      status: '=in-use',
    },
  },
  step(
    'DescribeInstances',
    { InstanceIds: ['$two'] },
    { shows: { 'Reservations.0.Instances.0.BlockDeviceMappings.0.DeviceName': '/dev/sdh' } },
  ),
  step('DeleteVolume', { VolumeId: '$shared' }, { code: 'VolumeInUse' }),
  step(
    'DetachVolume',
    { VolumeId: '$shared', InstanceId: '$one' },
    {
      required: ['InstanceId'],
      refuses: [[{ Device: '/dev/sdh' }, 'InvalidAttachment.NotFound']],
      shows: { InstanceId: '$one', Device: '/dev/sdg' },
    },
  ),
  step('AttachVolume', { VolumeId: '$shared', InstanceId: '$one', Device: '/dev/sdi' }),
  ...['$one', '$two'].map((InstanceId, index) =>
    step('ModifyInstanceAttribute', {
      InstanceId,
      BlockDeviceMappings: [
        { DeviceName: ['/dev/sdi', '/dev/sdh'][index], Ebs: { DeleteOnTermination: true } },
      ],
    }),
  ),
  step('TerminateInstances', { InstanceIds: ['$one', '$old'] }),
  step(
    'DescribeVolumes',
    { VolumeIds: ['$shared'] },
    { shows: { 'Volumes.0.Attachments.length': 1, 'Volumes.0.Attachments.0.InstanceId': '$two' } },
  ),
  step('TerminateInstances', { InstanceIds: ['$two'] }),
  step('DescribeVolumes', { VolumeIds: ['$shared'] }, { code: 'InvalidVolume.NotFound' }),
];

const filling: readonly Row[] = [
  step('CreateVolume', { AvailabilityZone: 'us-east-1a', Size: 1 }, { remembers: { source: 'VolumeId' } }),
  step('CreateSnapshot', { VolumeId: '$source' }, { remembers: { filled: 'SnapshotId' } }),
  step(
    'CreateVolume',
    { AvailabilityZone: 'us-east-1a', SnapshotId: '$filled', VolumeInitializationRate: 300 },
    {
      refuses: [
        [{ VolumeInitializationRate: 301 }, value],
        [{ VolumeInitializationRate: 99 }, value],
        [{ SnapshotId: undefined, Size: 1 }, combination],
      ],
      shows: { VolumeInitializationRate: 300 },
      remembers: { quick: 'VolumeId' },
    },
  ),
  step('DeleteVolume', { VolumeId: '$quick' }),
  step('DeleteVolume', { VolumeId: '$source' }),
  step('DeleteSnapshot', { SnapshotId: '$filled' }),
];

export const sharedVolumeStory: readonly Row[] = [...sharing, ...filling];
