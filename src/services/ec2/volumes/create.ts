/** CreateVolume and DeleteVolume. */
import type { CreateVolumeRequest, DeleteVolumeRequest, Volume as VolumeOutput } from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import { once } from '../../client-token.ts';
import { oneOf, required } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { zoneNamed } from '../regions.ts';
import { resourceIn, resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { volumeSettings, volumeTypes } from './launch-volumes.ts';
import { volumeOutput } from './output.ts';

export const createVolume: Operation<CreateVolumeRequest, VolumeOutput> = (input, context) => {
  const [id = ''] = once({ action: 'CreateVolume', input }, context, () => [create(input, context)]);
  // AWS answers so although the volume is there at once.
  return { ...volumeOutput(resourceOf('volume', id, context), context), State: 'creating' };
};

function create(input: CreateVolumeRequest, context: Context): string {
  const { transaction, hex17, nowMs, caller } = context;
  refuseUnsupported(input, [
    'AvailabilityZoneId',
    'OutpostArn',
    'MultiAttachEnabled',
    'VolumeInitializationRate',
    'Operator',
  ]);
  const zone = required(input.AvailabilityZone, 'AvailabilityZone');
  if (!zoneNamed(caller.scope.region, zone)) {
    const expected = `${caller.scope.region} has no such zone`;
    refuse('invalidValue', { parameter: 'AvailabilityZone', value: zone, expected });
  }
  const type = oneOf(input.VolumeType ?? 'gp2', volumeTypes, 'VolumeType');
  const snapshot = input.SnapshotId ? resourceOf('snapshot', input.SnapshotId, context) : undefined;
  const sizeGib = input.Size ?? snapshot?.volumeSizeGib;
  if (sizeGib === undefined) return refuse('missingParameter', { parameter: 'Size or SnapshotId' });
  if (snapshot && sizeGib < snapshot.volumeSizeGib) {
    const expected = `the snapshot needs ${snapshot.volumeSizeGib} GiB`;
    refuse('invalidValue', { parameter: 'Size', value: sizeGib, expected });
  }
  const settings = volumeSettings({
    type,
    sizeGib,
    iops: input.Iops,
    throughput: input.Throughput,
    encrypted: input.Encrypted ?? snapshot?.encrypted ?? false,
    kmsKeyId: input.KmsKeyId,
    snapshotId: snapshot?.id,
  });
  const tags = tagsOnCreate('volume', input.TagSpecifications, context);
  const volume = { id: newId('volume', hex17), settings, zone, createdAtMs: nowMs, tags };
  transaction.put('volume', volume);
  return volume.id;
}

export const deleteVolume: Operation<DeleteVolumeRequest, Record<string, never>> = (input, context) => {
  const volume = resourceIn('volume', { id: input.VolumeId, parameter: 'VolumeId' }, context);
  if (volume.attachment) {
    refuse('volumeInUse', { id: volume.id, instanceId: volume.attachment.instanceId });
  }
  context.transaction.remove('volume', volume.id);
  return {};
};
