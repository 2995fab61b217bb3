/** Volumes as the API shows them. */
import type { VolumeAttachment, Volume as VolumeOutput, VolumeType } from '@aws-sdk/client-ec2';
import type { Volume } from '#vpc/volume.ts';
import type { Context } from '../../operation.ts';
import { zoneIdOf } from '../regions.ts';
import { tagList } from '../tags/tags.ts';

/** A volume as DescribeVolumes shows it. */
export function volumeOutput(volume: Volume, { caller }: Context): VolumeOutput {
  const { settings } = volume;
  return {
    VolumeId: volume.id,
    AvailabilityZone: volume.zone,
    AvailabilityZoneId: zoneIdOf(caller.scope.region, volume.zone),
    CreateTime: new Date(volume.createdAtMs),
    Size: settings.sizeGib,
    VolumeType: settings.type as VolumeType,
    Iops: settings.iops,
    Throughput: settings.throughput,
    Encrypted: settings.encrypted,
    KmsKeyId: settings.kmsKeyId,
    SnapshotId: settings.snapshotId ?? '',
    MultiAttachEnabled: false,
    State: volumeState(volume),
    Attachments: attachmentOutputs(volume),
    Operator: { Managed: false },
    Tags: tagList(volume.tags),
  };
}

export const volumeState = ({ attachment }: Volume): 'in-use' | 'available' =>
  attachment ? 'in-use' : 'available';

function attachmentOutputs(volume: Volume): VolumeAttachment[] {
  const shown = attachmentOutput(volume);
  return shown ? [{ ...shown, State: 'attached' }] : [];
}

/** How a volume is attached, without the state, which differs between the actions that answer with it. */
export function attachmentOutput({ id, attachment }: Volume): VolumeAttachment | undefined {
  if (!attachment) return undefined;
  return {
    VolumeId: id,
    InstanceId: attachment.instanceId,
    Device: attachment.device,
    AttachTime: new Date(attachment.attachedAtMs),
    DeleteOnTermination: attachment.deleteOnTermination,
  };
}
