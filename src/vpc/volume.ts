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
};

export type Volume = {
  readonly id: Id<'volume'>;
  readonly settings: VolumeSettings;
  readonly zone: string;
  readonly createdAtMs: number;
  readonly attachment?: VolumeAttachment;
  readonly tags: Tags;
};

export type Snapshot = {
  readonly id: Id<'snapshot'>;
  readonly volumeId: Id<'volume'>;
  readonly volumeSizeGib: number;
  readonly encrypted: boolean;
  readonly description: string;
  readonly startedAtMs: number;
  readonly tags: Tags;
};
