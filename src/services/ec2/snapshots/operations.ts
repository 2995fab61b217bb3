/** CreateSnapshot, DescribeSnapshots, DeleteSnapshot: records, since volumes hold nothing. */
import type {
  CreateSnapshotRequest,
  DeleteSnapshotRequest,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  Snapshot as SnapshotOutput,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { Snapshot } from '#vpc/volume.ts';
import { oneOf } from '../../input.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { resourceOf } from '../resources.ts';
import { refuseStrangers } from '../strangers.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';

function output(snapshot: Snapshot, { caller }: Context): SnapshotOutput {
  const { id, volumeId, volumeSizeGib, encrypted, description, startedAtMs, tags } = snapshot;
  return {
    SnapshotId: id,
    VolumeId: volumeId,
    VolumeSize: volumeSizeGib,
    Encrypted: encrypted,
    Description: description,
    StartTime: new Date(startedAtMs),
    State: 'completed',
    Progress: '100%',
    OwnerId: caller.scope.account,
    StorageTier: 'standard',
    Tags: tagList(tags),
  };
}

const createSnapshot: Operation<CreateSnapshotRequest, SnapshotOutput> = (input, context) => {
  refuseStrangers(input, { OutpostArn: 'outpost' });
  // Local ones are for Local Zones, of which the regions here have none.
  if (input.Location) oneOf(input.Location, ['regional'], 'Location');
  const { transaction, hex17, nowMs } = context;
  const volume = resourceOf('volume', input.VolumeId, context);
  const snapshot: Snapshot = {
    id: newId('snapshot', hex17),
    volumeId: volume.id,
    volumeSizeGib: volume.settings.sizeGib,
    encrypted: volume.settings.encrypted,
    description: input.Description ?? '',
    startedAtMs: nowMs,
    tags: tagsOnCreate('snapshot', input.TagSpecifications, context),
  };
  transaction.put('snapshot', snapshot);
  return { ...output(snapshot, context), State: 'pending', Progress: '' };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html */
const snapshots = listingOf({
  action: 'DescribeSnapshots',
  kind: 'snapshot',
  idsExclusive: 'SnapshotIds',
  fields: {
    description: ({ description }) => description,
    encrypted: ({ encrypted }) => encrypted,
    'owner-alias': () => undefined,
    'owner-id': (_snapshot, { caller }) => caller.scope.account,
    progress: () => '100%',
    'snapshot-id': ({ id }) => id,
    'start-time': ({ startedAtMs }) => new Date(startedAtMs).toISOString(),
    status: () => 'completed',
    'storage-tier': () => 'standard',
    // Only copies have one.
    'transfer-type': () => undefined,
    'volume-id': ({ volumeId }) => volumeId,
    'volume-size': ({ volumeSizeGib }) => volumeSizeGib,
  },
  indexes: { 'snapshot-id': 'id', 'volume-id': 'volume' },
  byId: (id, context) => resourceOf('snapshot', id, context),
});

/** Nobody shares snapshots here: those of other owners, and public ones, are none. */
const describeSnapshots: Operation<DescribeSnapshotsRequest, DescribeSnapshotsResult> = (input, context) => {
  const { OwnerIds: owners = [], RestorableByUserIds: users = [] } = input;
  const page = list(snapshots, { ...input, ids: input.SnapshotIds }, context);
  const isMeant = (names: readonly string[]) =>
    names.length === 0 || names.includes('self') || names.includes(context.caller.scope.account);
  const isOwn = isMeant(owners) && isMeant(users);
  return {
    Snapshots: isOwn ? page.items.map((snapshot) => output(snapshot, context)) : [],
    NextToken: isOwn ? page.nextToken : undefined,
  };
};

const deleteSnapshot: Operation<DeleteSnapshotRequest, Record<string, never>> = (input, context) => {
  const snapshot = resourceOf('snapshot', input.SnapshotId, context);
  context.transaction.remove('snapshot', snapshot.id);
  return {};
};

export const snapshotOperations = {
  CreateSnapshot: { changes: true, run: createSnapshot },
  DeleteSnapshot: { changes: true, run: deleteSnapshot },
  DescribeSnapshots: { changes: false, run: describeSnapshots },
} satisfies OperationTable;
