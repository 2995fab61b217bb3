/**
 * Volumes that several instances have at once.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes-multi.html
 */
import type { Instance } from '#vpc/instance.ts';
import { attachmentsOf, type Volume, type VolumeAttachment } from '#vpc/volume.ts';
import { refuse } from '../../refusal.ts';
import { refuseOldType } from '../interfaces/prefixes.ts';

const instancesMax = 16;

/** Where io1 volumes may be shared; io2 ones may everywhere. */
const io1Regions: readonly string[] = ['us-east-1', 'us-west-2', 'ap-northeast-2'];

/** Refuses to share volumes of types, or in regions, where AWS does not. */
export function checkMultiAttach(type: string, region: string): void {
  if (type !== 'io1' && type !== 'io2') {
    refuse('invalidCombination', { reason: `MultiAttachEnabled is for io1 and io2, not for ${type}.` });
  }
  if (type === 'io1' && !io1Regions.includes(region)) {
    refuse('unsupported', { reason: `In ${region} volumes of type io1 have one instance; use io2.` });
  }
}

/** Refuses one more instance where the volume has as many as it may. */
export function checkShared(volume: Volume, { id, instanceType }: Instance): void {
  const held = attachmentsOf(volume);
  const [first] = held;
  if (volume.settings.multiAttach) refuseOldType(instanceType, 'volumes that other instances share');
  const most = volume.settings.multiAttach ? instancesMax : 1;
  if (first && (held.length >= most || held.some(({ instanceId }) => instanceId === id))) {
    refuse('volumeInUse', { id: volume.id, instanceId: first.instanceId });
  }
}

/** The attachments of a volume, that of the instance before the others. */
export function ownFirst(volume: Volume, instanceId: string): readonly VolumeAttachment[] {
  const isOwn = (each: VolumeAttachment) => each.instanceId === instanceId;
  const all = attachmentsOf(volume);
  return [...all.filter(isOwn), ...all.filter((each) => !isOwn(each))];
}
