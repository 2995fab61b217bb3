/** AttachVolume and DetachVolume. */
import type { AttachVolumeRequest, DetachVolumeRequest, VolumeAttachment } from '@aws-sdk/client-ec2';
import { stateAt } from '#vpc/instance-state.ts';
import { attachmentsOf, withAttachments } from '#vpc/volume.ts';
import { inRange, required } from '../../input.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { liveInstanceOf } from '../instances/find-instance.ts';
import { resourceOf } from '../resources.ts';
import { checkShared, ownFirst } from './multi-attach.ts';
import { attachmentOutput } from './output.ts';

export const attachVolume: Operation<AttachVolumeRequest, VolumeAttachment> = (input, context) => {
  const { Device: device } = input;
  // Types with several cards are not in the catalogue.
  inRange(input.EbsCardIndex ?? 0, { min: 0, max: 0, parameter: 'EbsCardIndex' });
  const { transaction, nowMs } = context;
  const volume = resourceOf('volume', input.VolumeId, context);
  const instance = liveInstanceOf(input.InstanceId, context);
  checkShared(volume, instance);
  if (volume.zone !== instance.zone) {
    refuse('volumeZone', { id: volume.id, zone: volume.zone, instanceId: instance.id });
  }
  const others = [...transaction.network.volume.by('instance', instance.id)];
  if (others.some((each) => ownFirst(each, instance.id)[0]?.device === device)) {
    const expected = `the instance '${instance.id}' has a volume there`;
    refuse('invalidValue', { parameter: 'Device', value: device, expected });
  }
  const attachment = { instanceId: instance.id, device, attachedAtMs: nowMs, deleteOnTermination: false };
  transaction.put('volume', withAttachments(volume, [...attachmentsOf(volume), attachment]));
  return { ...attachmentOutput(volume, attachment), State: 'attaching' };
};

export const detachVolume: Operation<DetachVolumeRequest, VolumeAttachment> = (input, context) => {
  const { transaction, nowMs } = context;
  const volume = resourceOf('volume', input.VolumeId, context);
  // "You must specify an instance ID": API_DetachVolume.
  if (volume.settings.multiAttach) required(input.InstanceId, 'InstanceId');
  const attachments = attachmentsOf(volume);
  const [first] = attachments;
  if (!first) {
    return refuse('incorrectState', {
      reason: `The volume '${volume.id}' is available: nothing has it attached.`,
    });
  }
  const instanceId = input.InstanceId || first.instanceId;
  const own = attachments.find((each) => each.instanceId === instanceId);
  const device = input.Device || own?.device || first.device;
  const attachment = own?.device === device ? own : undefined;
  if (!attachment) return refuse('attachmentNotFound', { id: volume.id, instanceId, device });
  const instance = transaction.network.instance.get(attachment.instanceId);
  const isRoot = attachment.device === instance?.options.rootDeviceName;
  if (instance && isRoot && stateAt(instance, nowMs) !== 'stopped') {
    refuse('notPermitted', {
      reason: `The volume '${volume.id}' is the root of '${instance.id}', which is not stopped.`,
    });
  }
  const others = attachments.filter((each) => each !== attachment);
  transaction.put('volume', withAttachments(volume, others));
  return { ...attachmentOutput(volume, attachment), State: 'detaching' };
};
