/** Volumes and snapshots, as records: instances name them, nothing is stored in them. */
import type { Id, InstanceId } from './ids.ts';
import type { Tags } from './tags.ts';

export type VolumeAttachment = {
  readonly instanceId: InstanceId;
  readonly device: string;
  readonly attachedAtMs: number;
  readonly deleteOnTermination: boolean;
};

export type VolumeSettings = {
  readonly sizeGib: number;
  readonly type: string;
  readonly iops?: number;
  /** MiB/s; gp3 has it. */
  readonly throughput?: number;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly snapshotId?: string;
  /** MiB/s at which the blocks of its snapshot come. */
  readonly initializationRate?: number;
  /** Whether several instances may have it at once. */
  readonly multiAttach?: boolean;
};

export type Volume = {
  readonly id: Id<'volume'>;
  readonly settings: VolumeSettings;
  readonly zone: string;
  readonly createdAtMs: number;
  readonly attachment?: VolumeAttachment;
  /** Those after the first, of a volume that several instances have. */
  readonly furtherAttachments?: readonly VolumeAttachment[];
  readonly tags: Tags;
};

/** How instances have the volume, in the order in which they got it. */
export function attachmentsOf({ attachment, furtherAttachments = [] }: Volume): readonly VolumeAttachment[] {
  return attachment ? [attachment, ...furtherAttachments] : [];
}

/** The volume with these attachments alone. */
export function withAttachments(
  { attachment: _, furtherAttachments: __, ...volume }: Volume,
  [first, ...further]: readonly VolumeAttachment[],
): Volume {
  return {
    ...volume,
    ...(first ? { attachment: first } : {}),
    ...(further.length > 0 ? { furtherAttachments: further } : {}),
  };
}

export type Snapshot = {
  readonly id: Id<'snapshot'>;
  readonly volumeId: Id<'volume'>;
  readonly volumeSizeGib: number;
  readonly encrypted: boolean;
  readonly description: string;
  readonly startedAtMs: number;
  readonly tags: Tags;
};
