/** Volumes as the API shows them. */
import type { VolumeAttachment, Volume as VolumeOutput, VolumeType } from '@aws-sdk/client-ec2';
import { type VolumeAttachment as Attachment, attachmentsOf, type Volume } from '#vpc/volume.ts';
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
    MultiAttachEnabled: settings.multiAttach ?? false,
    VolumeInitializationRate: settings.initializationRate,
    State: volumeState(volume),
    Attachments: attachmentsOf(volume).map((each) => ({
      ...attachmentOutput(volume, each),
      State: 'attached',
    })),
    Operator: { Managed: false },
    Tags: tagList(volume.tags),
  };
}

export const volumeState = ({ attachment }: Volume): 'in-use' | 'available' =>
  attachment ? 'in-use' : 'available';

/** How a volume is attached, without the state, which differs between the actions that answer with it. */
export function attachmentOutput({ id }: Volume, attachment: Attachment): VolumeAttachment {
  return {
    VolumeId: id,
    InstanceId: attachment.instanceId,
    Device: attachment.device,
    AttachTime: new Date(attachment.attachedAtMs),
    DeleteOnTermination: attachment.deleteOnTermination,
  };
}
