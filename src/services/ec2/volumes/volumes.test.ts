import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DescribeSnapshotsResult,
  DescribeVolumesResult,
  Instance,
  Reservation,
  Snapshot,
  Volume,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const run = (account: Account, input: object = {}): Instance =>
  account.call<Reservation>('RunInstances', {
    ImageId: 'ami-0123456789abcdef0',
    MinCount: 1,
    MaxCount: 1,
    ...input,
  }).Instances?.[0] ?? assert.fail();

const volumesOf = (account: Account, id: string | undefined): readonly Volume[] =>
  account.call<DescribeVolumesResult>('DescribeVolumes', {
    Filters: [{ Name: 'attachment.instance-id', Values: [id] }],
  }).Volumes ?? [];

test('a launch makes a root volume, and those that its mappings add', () => {
  const account = new Account();
  const plain = run(account, {
    TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'a', Value: '1' }] }],
  });
  const [root, ...none] = volumesOf(account, plain.InstanceId);
  assert.deepEqual(none, []);
  assert.deepEqual(
    [root?.Size, root?.VolumeType, root?.Iops, root?.Throughput, root?.State, root?.Tags],
    [8, 'gp3', 3000, 125, 'in-use', [{ Key: 'a', Value: '1' }]],
  );
  const mapped = run(account, {
    BlockDeviceMappings: [
      { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 20, VolumeType: 'gp2', DeleteOnTermination: false } },
      { DeviceName: '/dev/sdb', Ebs: { VolumeSize: 100, VolumeType: 'io1', Iops: 500, Encrypted: true } },
      { DeviceName: '/dev/sdc', NoDevice: '' },
    ],
  });
  assert.equal(mapped.RootDeviceName, '/dev/sda1');
  assert.deepEqual(
    volumesOf(account, mapped.InstanceId).map(({ Size, VolumeType, Iops, Encrypted }) => [
      Size,
      VolumeType,
      Iops,
      Encrypted,
    ]),
    [
      [20, 'gp2', 100, false],
      [100, 'io1', 500, true],
    ],
  );
  account.call('TerminateInstances', { InstanceIds: [mapped.InstanceId] });
  const left = account.call<DescribeVolumesResult>('DescribeVolumes', {
    Filters: [{ Name: 'status', Values: ['available'] }],
  });
  assert.deepEqual(
    left.Volumes?.map(({ Size }) => Size),
    [20],
  );
  const refused: readonly (readonly [mapping: object, code: string])[] = [
    [{ DeviceName: '/dev/sdb', Ebs: {} }, 'MissingParameter'],
    [{ DeviceName: '/dev/sdb', Ebs: { VolumeSize: 0 } }, 'InvalidParameterValue'],
    [{ DeviceName: '/dev/sdb', Ebs: { VolumeSize: 4, VolumeType: 'ssd' } }, 'InvalidParameterValue'],
    [{ DeviceName: '/dev/sdb', Ebs: { VolumeSize: 4, VolumeType: 'io1' } }, 'MissingParameter'],
    [{ Ebs: { VolumeSize: 4 } }, 'MissingParameter'],
    [{ DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' }, 'UnsupportedOperation'],
  ];
  for (const [mapping, code] of refused) {
    const launch = {
      ImageId: 'ami-0123456789abcdef0',
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: [mapping],
    };
    assert.equal(account.refusal('RunInstances', launch), code, JSON.stringify(mapping));
  }
});

test('volumes are made, attached, detached and deleted', () => {
  const account = new Account();
  const { InstanceId } = run(account);
  const make = (AvailabilityZone: string, input: object = { Size: 10 }) =>
    account.call<Volume>('CreateVolume', { AvailabilityZone, ...input });
  const { VolumeId } = make('us-east-1a');
  const far = make('us-east-1b');
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['CreateVolume', { AvailabilityZone: 'us-east-1z', Size: 1 }, 'InvalidParameterValue'],
    ['CreateVolume', { AvailabilityZone: 'us-east-1a' }, 'MissingParameter'],
    ['CreateVolume', { Size: 1 }, 'MissingParameter'],
    [
      'AttachVolume',
      { VolumeId: far.VolumeId, InstanceId, Device: '/dev/sdf' },
      'InvalidVolume.ZoneMismatch',
    ],
    ['AttachVolume', { VolumeId, InstanceId, Device: '/dev/xvda' }, 'InvalidParameterValue'],
    ['DetachVolume', { VolumeId }, 'IncorrectState'],
    ['DescribeVolumes', { VolumeIds: ['vol-1'] }, 'InvalidVolumeID.Malformed'],
    ['DescribeVolumes', { VolumeIds: ['vol-0123456789abcdef0'] }, 'InvalidVolume.NotFound'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
  account.call('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdf' });
  assert.equal(account.refusal('DeleteVolume', { VolumeId }), 'VolumeInUse');
  assert.equal(account.refusal('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdg' }), 'VolumeInUse');
  account.call('DetachVolume', { VolumeId });
  account.call('DeleteVolume', { VolumeId });
  const [root] = volumesOf(account, InstanceId);
  assert.equal(account.refusal('DetachVolume', { VolumeId: root?.VolumeId }), 'OperationNotPermitted');
});

test('snapshots remember the size of their volume', () => {
  const account = new Account();
  const { VolumeId } = account.call<Volume>('CreateVolume', { AvailabilityZone: 'us-east-1a', Size: 12 });
  const { SnapshotId } = account.call<Snapshot>('CreateSnapshot', { VolumeId, Description: 'nightly' });
  const found = account.call<DescribeSnapshotsResult>('DescribeSnapshots', {
    OwnerIds: ['self'],
    Filters: [{ Name: 'volume-id', Values: [VolumeId] }],
  });
  assert.deepEqual(
    found.Snapshots?.map(({ VolumeSize, State }) => [VolumeSize, State]),
    [[12, 'completed']],
  );
  assert.deepEqual(
    account.call<DescribeSnapshotsResult>('DescribeSnapshots', { OwnerIds: ['amazon'] }).Snapshots,
    [],
  );
  const { Size } = account.call<Volume>('CreateVolume', { AvailabilityZone: 'us-east-1b', SnapshotId });
  assert.equal(Size, 12);
  assert.equal(
    account.refusal('CreateVolume', { AvailabilityZone: 'us-east-1b', SnapshotId, Size: 11 }),
    'InvalidParameterValue',
  );
  account.call('DeleteSnapshot', { SnapshotId });
  assert.equal(account.refusal('DeleteSnapshot', { SnapshotId }), 'InvalidSnapshot.NotFound');
});

test('sixteen instances share a volume, and the last one decides whether it goes', () => {
  const account = new Account();
  const made = account.call<Reservation>('RunInstances', {
    ImageId: 'ami-0123456789abcdef0',
    InstanceType: 't3.nano',
    MinCount: 17,
    MaxCount: 17,
  }).Instances;
  const AvailabilityZone = made?.[0]?.Placement?.AvailabilityZone;
  const shared = { AvailabilityZone, Size: 10, VolumeType: 'io2', Iops: 100, MultiAttachEnabled: true };
  const { VolumeId } = account.call<Volume>('CreateVolume', shared);
  const attach = (index: number) => ({
    VolumeId,
    InstanceId: made?.[index]?.InstanceId,
    Device: '/dev/sdf',
  });
  for (let index = 0; index < 16; index++) account.call('AttachVolume', attach(index));
  assert.equal(account.refusal('AttachVolume', attach(16)), 'VolumeInUse');
  const attachments = () =>
    account.call<DescribeVolumesResult>('DescribeVolumes', { VolumeIds: [VolumeId] }).Volumes?.[0]
      ?.Attachments;
  assert.equal(attachments()?.length, 16);
  const [first, ...others] = (made ?? []).slice(0, 16).map(({ InstanceId }) => InstanceId);
  account.call('ModifyInstanceAttribute', {
    InstanceId: first,
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: true } }],
  });
  assert.deepEqual(
    attachments()
      ?.filter(({ DeleteOnTermination }) => DeleteOnTermination)
      .map(({ InstanceId }) => InstanceId),
    [first],
  );
  account.call('TerminateInstances', { InstanceIds: [first] });
  assert.equal(attachments()?.length, 15);
  account.call('TerminateInstances', { InstanceIds: others });
  assert.deepEqual(attachments(), []);
});
