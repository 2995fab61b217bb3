/** AttachVolume and DetachVolume. */
import type { AttachVolumeRequest, DetachVolumeRequest, VolumeAttachment } from '@aws-sdk/client-ec2';
import { stateAt } from '#vpc/instance-state.ts';
import { inRange } from '../../input.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { liveInstanceOf } from '../instances/find-instance.ts';
import { resourceOf } from '../resources.ts';
import { attachmentOutput } from './output.ts';

export const attachVolume: Operation<AttachVolumeRequest, VolumeAttachment> = (input, context) => {
  const { Device: device } = input;
  // Types with several cards are not in the catalogue.
  inRange(input.EbsCardIndex ?? 0, { min: 0, max: 0, parameter: 'EbsCardIndex' });
  const { transaction, nowMs } = context;
  const volume = resourceOf('volume', input.VolumeId, context);
  const instance = liveInstanceOf(input.InstanceId, context);
  if (volume.attachment) {
    refuse('volumeInUse', { id: volume.id, instanceId: volume.attachment.instanceId });
  }
  if (volume.zone !== instance.zone) {
    refuse('volumeZone', { id: volume.id, zone: volume.zone, instanceId: instance.id });
  }
  const others = [...transaction.network.volume.by('instance', instance.id)];
  if (others.some(({ attachment }) => attachment?.device === device)) {
    const expected = `the instance '${instance.id}' has a volume there`;
    refuse('invalidValue', { parameter: 'Device', value: device, expected });
  }
  const attachment = { instanceId: instance.id, device, attachedAtMs: nowMs, deleteOnTermination: false };
  const attached = { ...volume, attachment };
  transaction.put('volume', attached);
  return { ...attachmentOutput(attached), State: 'attaching' };
};

export const detachVolume: Operation<DetachVolumeRequest, VolumeAttachment> = (input, context) => {
  const { transaction, nowMs } = context;
  const found = resourceOf('volume', input.VolumeId, context);
  const { attachment, ...volume } = found;
  if (!attachment) {
    return refuse('incorrectState', {
      reason: `The volume '${volume.id}' is available: nothing has it attached.`,
    });
  }
  const { InstanceId: instanceId = attachment.instanceId, Device: device = attachment.device } = input;
  if (instanceId !== attachment.instanceId || device !== attachment.device) {
    refuse('attachmentNotFound', { id: volume.id, instanceId, device });
  }
  const instance = transaction.network.instance.get(attachment.instanceId);
  const isRoot = attachment.device === instance?.options.rootDeviceName;
  if (instance && isRoot && stateAt(instance, nowMs) !== 'stopped') {
    refuse('notPermitted', {
      reason: `The volume '${volume.id}' is the root of '${instance.id}', which is not stopped.`,
    });
  }
  transaction.put('volume', volume);
  return { ...attachmentOutput(found), State: 'detaching' };
};
