/** CreateVolume and DeleteVolume. */
import type { CreateVolumeRequest, DeleteVolumeRequest, Volume as VolumeOutput } from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import { once } from '../../client-token.ts';
import { oneOf, required } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { regionNamed } from '../regions.ts';
import { resourceOf } from '../resources.ts';
import { refuseStrangers } from '../strangers.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { volumeSettings } from './launch-volumes.ts';
import { checkMultiAttach } from './multi-attach.ts';
import { volumeOutput } from './output.ts';
import { volumeTypes } from './volume-bounds.ts';

export const createVolume: Operation<CreateVolumeRequest, VolumeOutput> = (input, context) => {
  const [id = ''] = once({ action: 'CreateVolume', input }, context, () => [create(input, context)]);
  // AWS answers so although the volume is there at once.
  return { ...volumeOutput(resourceOf('volume', id, context), context), State: 'creating' };
};

function create(input: CreateVolumeRequest, context: Context): string {
  const { transaction, hex17, nowMs, caller } = context;
  refuseUnsupported(input, ['Operator']);
  refuseStrangers(input, { OutpostArn: 'outpost' });
  const zone = zoneIn(input, caller.scope.region);
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
    initializationRate: input.VolumeInitializationRate,
    multiAttach: input.MultiAttachEnabled,
  });
  if (settings.multiAttach) checkMultiAttach(type, caller.scope.region);
  const tags = tagsOnCreate('volume', input.TagSpecifications, context);
  const volume = { id: newId('volume', hex17), settings, zone, createdAtMs: nowMs, tags };
  transaction.put('volume', volume);
  return volume.id;
}

/** The zone that is given by name or by id. */
function zoneIn(
  { AvailabilityZone: name, AvailabilityZoneId: id }: CreateVolumeRequest,
  region: string,
): string {
  if (name && id) {
    refuse('invalidCombination', { reason: 'Give AvailabilityZone or AvailabilityZoneId, not both.' });
  }
  const text = id || required(name, 'AvailabilityZone');
  const zone = regionNamed(region)?.zones.find((each) => (id ? each.id : each.name) === text);
  if (zone) return zone.name;
  const parameter = id ? 'AvailabilityZoneId' : 'AvailabilityZone';
  return refuse('invalidValue', { parameter, value: text, expected: `${region} has no such zone` });
}

export const deleteVolume: Operation<DeleteVolumeRequest, Record<string, never>> = (input, context) => {
  const volume = resourceOf('volume', input.VolumeId, context);
  if (volume.attachment) {
    refuse('volumeInUse', { id: volume.id, instanceId: volume.attachment.instanceId });
  }
  context.transaction.remove('volume', volume.id);
  return {};
};
