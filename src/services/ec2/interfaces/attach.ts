/** AttachNetworkInterface and DetachNetworkInterface. */
import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  DetachNetworkInterfaceRequest,
} from '@aws-sdk/client-ec2';
import type { Eni } from '#vpc/eni.ts';
import { newId, parseId } from '#vpc/ids.ts';
import type { Instance } from '#vpc/instance.ts';
import { stateAt } from '#vpc/instance-state.ts';
import { inRange, required } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { interfaceLimitsOf } from '../instance-types/catalogue.ts';
import { resourceIn } from '../resources.ts';
import { changeableInterface } from './modify.ts';

export const attachNetworkInterface: Operation<
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult
> = (input, context) => {
  required(input.NetworkInterfaceId, 'NetworkInterfaceId');
  const deviceIndex = required(input.DeviceIndex, 'DeviceIndex');
  refuseUnsupported(input, ['NetworkCardIndex', 'EnaSrdSpecification', 'EnaQueueCount']);
  const instance = resourceIn('instance', { id: input.InstanceId, parameter: 'InstanceId' }, context);
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  checkAttachable(eni, instance, context);
  checkDevice(instance, deviceIndex, context);
  const attachment = {
    id: newId('eniAttachment', context.hex17),
    instanceId: instance.id,
    deviceIndex,
    // AWS keeps interfaces that were attached later, and deletes those made at launch.
    deleteOnTermination: false,
    attachedAtMs: context.nowMs,
  };
  context.transaction.put('eni', { ...eni, attachment });
  return { AttachmentId: attachment.id, NetworkCardIndex: 0 };
};

function checkAttachable(eni: Eni, instance: Instance, context: Context): void {
  if (eni.attachment) refuse('interfaceInUse', { id: eni.id, usedBy: eni.attachment.instanceId });
  const state = stateAt(instance, context.nowMs);
  if (instance.state === 'terminated') {
    refuse('instanceState', { reason: `The instance '${instance.id}' is ${state}.` });
  }
  const zone = context.transaction.network.subnet.get(eni.subnetId)?.zone;
  if (zone !== instance.zone || eni.vpcId !== instance.vpcId) {
    const where = zone === instance.zone ? 'VPC' : 'availability zone';
    refuse('invalidCombination', {
      reason: `The interface '${eni.id}' is not in the ${where} of the instance '${instance.id}'.`,
    });
  }
}

function checkDevice({ id, instanceType }: Instance, deviceIndex: number, { transaction }: Context): void {
  const limit = interfaceLimitsOf(instanceType).interfaces;
  inRange(deviceIndex, { min: 0, max: limit - 1, parameter: 'DeviceIndex' });
  const others = [...transaction.network.eni.by('instance', id)];
  if (others.some(({ attachment }) => attachment?.deviceIndex === deviceIndex)) {
    const expected = `the instance '${id}' has an interface there`;
    refuse('invalidValue', { parameter: 'DeviceIndex', value: deviceIndex, expected });
  }
  if (others.length >= limit) refuse('tooManyAttachments', { instanceId: id, instanceType, limit });
}

export const detachNetworkInterface: Operation<DetachNetworkInterfaceRequest, Record<string, never>> = (
  input,
  context,
) => {
  const id = required(input.AttachmentId, 'AttachmentId');
  if (!parseId('eniAttachment', id)) {
    refuse('malformedId', {
      code: 'InvalidNetworkInterfaceAttachmentId.Malformed',
      noun: 'attachment',
      id,
      prefix: 'eni-attach',
    });
  }
  const [eni] = context.transaction.network.eni.by('attachment', id);
  if (!eni?.attachment) {
    return refuse('notFound', { code: 'InvalidAttachmentID.NotFound', noun: 'attachment', id });
  }
  if (eni.attachment.deviceIndex === 0) {
    refuse('notPermitted', {
      reason: `The interface '${eni.id}' is the primary one of its instance and stays attached.`,
    });
  }
  const { attachment: _, ...detached } = eni;
  context.transaction.put('eni', detached);
  return {};
};
