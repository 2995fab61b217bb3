/** The volumes that an instance is launched with. */
import type { BlockDeviceMapping, EbsBlockDevice } from '@aws-sdk/client-ec2';
import { type Id, type InstanceId, newId } from '#vpc/ids.ts';
import type { Tags } from '#vpc/tags.ts';
import type { VolumeSettings } from '#vpc/volume.ts';
import { oneOf, required } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { imageOf } from '../images/catalogue.ts';
import { refuseStrangers } from '../strangers.ts';
import { checkInitialization, checkIops, checkThroughput, sizeIn, volumeTypes } from './volume-bounds.ts';

export type LaunchVolume = {
  readonly device: string;
  readonly settings: VolumeSettings;
  readonly deleteOnTermination: boolean;
};

export type LaunchVolumes = { readonly rootDeviceName: string; readonly volumes: readonly LaunchVolume[] };

/** The root volume of the image, changed as the request's mappings say, and the volumes that they add. */
export function launchVolumes(
  imageId: string,
  mappings: readonly BlockDeviceMapping[] | undefined,
): LaunchVolumes {
  const named = (mappings ?? []).map((mapping) => {
    refuseUnsupported(mapping, ['VirtualName']);
    return { device: required(mapping.DeviceName, 'BlockDeviceMapping.DeviceName'), ...mapping };
  });
  const rootDeviceName = rootDeviceOf(
    imageId,
    named.map(({ device }) => device),
  );
  const root = named.find(({ device }) => device === rootDeviceName);
  const others = named.filter(({ device, NoDevice }) => device !== rootDeviceName && NoDevice === undefined);
  return {
    rootDeviceName,
    volumes: [
      volumeOf(rootDeviceName, root?.Ebs ?? {}, { size: 8, type: 'gp3' }),
      ...others.map(({ device, Ebs }) => volumeOf(device, Ebs ?? {}, { size: undefined, type: 'gp2' })),
    ],
  };
}

/** Of an image that the catalogue does not know, the root device is the one of its usual names that is mapped. */
function rootDeviceOf(imageId: string, devices: readonly string[]): string {
  const usual = ['/dev/xvda', '/dev/sda1'];
  return imageOf(imageId)?.rootDeviceName ?? usual.find((name) => devices.includes(name)) ?? '/dev/xvda';
}

type Defaults = { readonly size: number | undefined; readonly type: (typeof volumeTypes)[number] };

function volumeOf(device: string, ebs: EbsBlockDevice, defaults: Defaults): LaunchVolume {
  refuseStrangers(ebs, { OutpostArn: 'outpost' });
  refuseUnsupported(ebs, ['AvailabilityZone', 'AvailabilityZoneId']);
  const sizeGib = ebs.VolumeSize ?? defaults.size ?? (ebs.SnapshotId ? 8 : undefined);
  const type = oneOf(ebs.VolumeType ?? defaults.type, volumeTypes, 'VolumeType');
  return {
    device,
    deleteOnTermination: ebs.DeleteOnTermination ?? true,
    settings: volumeSettings({
      type,
      sizeGib: sizeGib ?? refuse('missingParameter', { parameter: 'size or snapshotId' }),
      iops: ebs.Iops,
      throughput: ebs.Throughput,
      encrypted: ebs.Encrypted ?? false,
      kmsKeyId: ebs.KmsKeyId,
      snapshotId: ebs.SnapshotId,
      initializationRate: ebs.VolumeInitializationRate,
      multiAttach: undefined,
    }),
  };
}

type Given = { readonly [Name in keyof VolumeSettings]: VolumeSettings[Name] | undefined } & {
  readonly type: (typeof volumeTypes)[number];
  readonly sizeGib: number;
  readonly encrypted: boolean;
};

/** Settings with the performance that a type has unasked. */
export function volumeSettings(given: Given): VolumeSettings {
  const { type, encrypted, kmsKeyId, snapshotId, initializationRate, multiAttach } = given;
  const sizeGib = sizeIn(given);
  const gp2Iops = Math.min(16_000, Math.max(100, sizeGib * 3));
  const unasked = type === 'gp2' ? gp2Iops : type === 'gp3' ? 3000 : undefined;
  const iops = given.iops ?? unasked;
  if (iops === undefined && (type === 'io1' || type === 'io2'))
    refuse('missingParameter', { parameter: 'Iops' });
  if (given.iops !== undefined) checkIops(type, sizeGib, given.iops);
  const throughput = given.throughput ?? (type === 'gp3' ? 125 : undefined);
  if (given.throughput !== undefined) checkThroughput(type, iops ?? 0, given.throughput);
  if (initializationRate !== undefined) checkInitialization(initializationRate, snapshotId);
  return {
    type,
    sizeGib,
    encrypted,
    ...(iops === undefined ? {} : { iops }),
    ...(throughput === undefined ? {} : { throughput }),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(snapshotId === undefined ? {} : { snapshotId }),
    ...(initializationRate === undefined ? {} : { initializationRate }),
    ...(multiAttach ? { multiAttach } : {}),
  };
}

type Bearer = { readonly id: InstanceId; readonly zone: string };

/** Puts the volumes of a new instance. */
export function makeLaunchVolumes(
  { id: instanceId, zone }: Bearer,
  { volumes }: LaunchVolumes,
  tags: Tags,
  { transaction, hex17, nowMs }: Context,
): readonly Id<'volume'>[] {
  return volumes.map(({ device, settings, deleteOnTermination }) => {
    const attachment = { instanceId, device, attachedAtMs: nowMs, deleteOnTermination };
    const volume = { id: newId('volume', hex17), settings, zone, createdAtMs: nowMs, attachment, tags };
    transaction.put('volume', volume);
    return volume.id;
  });
}
