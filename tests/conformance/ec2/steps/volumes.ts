/** Volumes and snapshots. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const missing = 'MissingParameter';
const unsupported = 'UnsupportedOperation';

export const volumeRows: readonly Row[] = [
  step(
    'CreateVolume',
    { AvailabilityZone: 'us-east-1a', Size: 8, VolumeType: 'gp3' },
    {
      required: ['AvailabilityZone', 'Size'],
      tags: 'volume',
      token: 'VolumeId',
      refuses: [
        [{ AvailabilityZone: 'us-east-1z' }, value],
        [{ VolumeType: 'x' }, value],
        [{ VolumeType: 'io1', Iops: undefined }, missing],
        [{ Size: 0 }, value],
        [{ Size: 100_000 }, value],
        [{ MultiAttachEnabled: true }, unsupported],
        [{ SnapshotId: 'snap-x' }, 'InvalidSnapshotID.Malformed'],
        [{ SnapshotId: 'snap-0123456789abcdef0' }, 'InvalidSnapshot.NotFound'],
      ],
      shows: { VolumeId: /^vol-[0-9a-f]{17}$/, State: 'creating', Attachments: [] },
      remembers: { volume: 'VolumeId' },
    },
  ),
  step('CreateVolume', { AvailabilityZone: 'us-east-1b', Size: 8 }, { remembers: { farVolume: 'VolumeId' } }),
  step(
    'CreateSnapshot',
    { VolumeId: '$volume', Description: 'kept' },
    {
      required: ['VolumeId'],
      ids: { VolumeId: 'volume' },
      tags: 'snapshot',
      refuses: [
        [{ OutpostArn: 'arn' }, value],
        [{ Location: 'local' }, value],
      ],
      shows: { SnapshotId: /^snap-[0-9a-f]{17}$/, State: 'pending' },
      remembers: { snapshot: 'SnapshotId' },
    },
  ),
  {
    lists: 'DescribeSnapshots',
    items: 'Snapshots',
    by: 'SnapshotId',
    item: '$snapshot',
    ids: ['SnapshotIds', 'snapshot'],
    tagged: true,
    filters: {
      description: 'Description',
      encrypted: 'Encrypted',
      'owner-alias': null,
      'owner-id': 'OwnerId',
      progress: 'Progress',
      'snapshot-id': 'SnapshotId',
      'start-time': 'StartTime',
      status: 'State',
      'storage-tier': 'StorageTier',
      'volume-id': 'VolumeId',
      'volume-size': 'VolumeSize',
    },
  },
  step('DescribeSnapshots', { OwnerIds: ['amazon'] }, { shows: { Snapshots: [] } }),
  step(
    'CreateVolume',
    { AvailabilityZone: 'us-east-1a', SnapshotId: '$snapshot' },
    { refuses: [[{ Size: 7 }, value]], shows: { Size: 8 }, remembers: { thirdVolume: 'VolumeId' } },
  ),
  step(
    'DescribeInstances',
    { InstanceIds: ['$instance'] },
    { remembers: { rootVolume: 'Reservations.0.Instances.0.BlockDeviceMappings.0.Ebs.VolumeId' } },
  ),
  step(
    'AttachVolume',
    { VolumeId: '$volume', InstanceId: '$instance', Device: '/dev/sdf' },
    {
      required: ['VolumeId', 'InstanceId', 'Device'],
      ids: { VolumeId: 'volume', InstanceId: 'instance' },
      refuses: [
        [{ VolumeId: '$farVolume' }, 'InvalidVolume.ZoneMismatch'],
        [{ VolumeId: '$rootVolume' }, 'VolumeInUse'],
        [{ Device: '/dev/xvda' }, value],
        [{ EbsCardIndex: 1 }, value],
      ],
      shows: { VolumeId: '$volume', InstanceId: '$instance', Device: '/dev/sdf' },
      after: [[{}, 'VolumeInUse']],
    },
  ),
  step(
    'DescribeInstances',
    { InstanceIds: ['$instance'] },
    { shows: { 'Reservations.0.Instances.0.BlockDeviceMappings.length': 2 } },
  ),
  {
    lists: 'DescribeVolumes',
    items: 'Volumes',
    by: 'VolumeId',
    item: '$volume',
    ids: ['VolumeIds', 'volume'],
    tagged: true,
    filters: {
      'attachment.attach-time': 'Attachments.0.AttachTime',
      'attachment.delete-on-termination': 'Attachments.0.DeleteOnTermination',
      'attachment.device': 'Attachments.0.Device',
      'attachment.instance-id': 'Attachments.0.InstanceId',
      'attachment.status': 'Attachments.0.State',
      'availability-zone': 'AvailabilityZone',
      'availability-zone-id': '=use1-az1',
      'create-time': 'CreateTime',
      encrypted: 'Encrypted',
      'fast-restored': '=false',
      'multi-attach-enabled': 'MultiAttachEnabled',
      'operator.managed': '=false',
      'operator.principal': null,
      size: 'Size',
      'snapshot-id': null,
      status: 'State',
      'volume-id': 'VolumeId',
      'volume-type': 'VolumeType',
    },
  },
  step(
    'DeleteVolume',
    { VolumeId: '$volume' },
    { code: 'VolumeInUse', required: ['VolumeId'], ids: { VolumeId: 'volume' } },
  ),
  step(
    'DetachVolume',
    { VolumeId: '$volume' },
    {
      required: ['VolumeId'],
      ids: { VolumeId: 'volume' },
      refuses: [
        [{ Device: '/dev/none' }, 'IncorrectState'],
        [{ VolumeId: '$rootVolume' }, 'OperationNotPermitted'],
      ],
      shows: { VolumeId: '$volume' },
      after: [[{}, 'IncorrectState']],
    },
  ),
  step('DeleteVolume', { VolumeId: '$volume' }, { after: [[{}, 'InvalidVolume.NotFound']] }),
  step(
    'DeleteSnapshot',
    { SnapshotId: '$snapshot' },
    { required: ['SnapshotId'], ids: { SnapshotId: 'snapshot' } },
  ),
];
