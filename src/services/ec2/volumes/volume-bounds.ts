/**
 * How large and how fast a volume of each type may be.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
 */
import { inRange } from '../../input.ts';
import { refuse } from '../../refusal.ts';

export const volumeTypes = ['gp2', 'gp3', 'io1', 'io2', 'st1', 'sc1', 'standard'] as const;

type VolumeType = (typeof volumeTypes)[number];
type Range = readonly [min: number, max: number];

/** GiB, both inclusive. */
const sizes: Readonly<Record<VolumeType, Range>> = {
  gp2: [1, 16_384],
  gp3: [1, 65_536],
  io1: [4, 16_384],
  io2: [4, 65_536],
  st1: [125, 16_384],
  sc1: [125, 16_384],
  standard: [1, 1024],
};

/** IOPS that can be asked for, and how many of them each GiB may have; other types have what they have. */
const iops: Partial<Readonly<Record<VolumeType, { readonly range: Range; readonly perGib: number }>>> = {
  gp3: { range: [3000, 80_000], perGib: 500 },
  io1: { range: [100, 64_000], perGib: 50 },
  io2: { range: [100, 256_000], perGib: 1000 },
};

/** MiB/s of gp3: at most a quarter of its IOPS. */
const throughput = { range: [125, 2000], perIops: 0.25 } as const;

/** The size, if a volume of the type can have it. */
export function sizeIn({ type, sizeGib }: { readonly type: VolumeType; readonly sizeGib: number }): number {
  const [min, max] = sizes[type];
  return inRange(sizeGib, { min, max, parameter: 'VolumeSize' });
}

/** Refuses IOPS that a volume of the type and size cannot have; what every gp3 has, small ones have too. */
export function checkIops(type: VolumeType, sizeGib: number, asked: number): void {
  const bounds = iops[type];
  if (!bounds) refuse('invalidCombination', { reason: `Volumes of type ${type} take no Iops.` });
  const [min, max] = bounds.range;
  inRange(asked, { min, max, parameter: 'Iops' });
  const most = Math.max(min, sizeGib * bounds.perGib);
  if (asked > most) {
    const expected = `${sizeGib} GiB of ${type} have at most ${most}`;
    refuse('invalidValue', { parameter: 'Iops', value: asked, expected });
  }
}

/** Refuses a throughput that a volume of the type with these IOPS cannot have. */
export function checkThroughput(type: VolumeType, iopsHeld: number, asked: number): void {
  if (type !== 'gp3') refuse('invalidCombination', { reason: `Volumes of type ${type} take no Throughput.` });
  const [min, max] = throughput.range;
  inRange(asked, { min, max, parameter: 'Throughput' });
  const most = Math.max(min, iopsHeld * throughput.perIops);
  if (asked > most) {
    const expected = `${iopsHeld} IOPS carry at most ${most} MiB/s`;
    refuse('invalidValue', { parameter: 'Throughput', value: asked, expected });
  }
}

/** Refuses a rate at which no snapshot's blocks come, or one of a volume without a snapshot. */
export function checkInitialization(rate: number, snapshotId: string | undefined): void {
  inRange(rate, { min: 100, max: 300, parameter: 'VolumeInitializationRate' });
  if (!snapshotId) {
    refuse('invalidCombination', { reason: 'VolumeInitializationRate is for volumes from a SnapshotId.' });
  }
}
