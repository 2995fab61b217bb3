/** AttachNetworkInterface and DetachNetworkInterface. */
import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  DetachNetworkInterfaceRequest,
} from '@aws-sdk/client-ec2';
import { type Eni, isServiceAttachment } from '#vpc/eni.ts';
import { newId } from '#vpc/ids.ts';
import type { Instance } from '#vpc/instance.ts';
import { stateAt } from '#vpc/instance-state.ts';
import { inRange } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { interfaceLimitsOf } from '../instance-types/catalogue.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { checkStopped, checkTypes } from './fabric.ts';
import { changeableInterface, enaSrdIn, refuseQueues } from './modify.ts';
import { checkRoom } from './prefixes.ts';

export const attachNetworkInterface: Operation<
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult
> = (input, context) => {
  // Types with several network cards are not in the catalogue.
  inRange(input.NetworkCardIndex ?? 0, { min: 0, max: 0, parameter: 'NetworkCardIndex' });
  const instance = resourceOf('instance', input.InstanceId, context);
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  checkAttachable(eni, instance, context);
  checkDevice(instance, eni, input.DeviceIndex, context);
  if (input.EnaQueueCount !== undefined) refuseQueues('EnaQueueCount');
  const { EnaSrdSpecification: enaSrd } = input;
  const attachment = {
    id: newId('eniAttachment', context.hex17),
    instanceId: instance.id,
    deviceIndex: input.DeviceIndex,
    // AWS keeps interfaces that were attached later, and deletes those made at launch.
    deleteOnTermination: false,
    attachedAtMs: context.nowMs,
  };
  context.transaction.put('eni', { ...eni, attachment, ...(enaSrd ? { enaSrd: enaSrdIn(enaSrd) } : {}) });
  return { AttachmentId: attachment.id, NetworkCardIndex: 0 };
};

function checkAttachable(eni: Eni, instance: Instance, context: Context): void {
  if (eni.attachment) refuse('interfaceInUse', { id: eni.id, usedBy: eni.attachment.instanceId });
  const state = stateAt(instance, context.nowMs);
  if (instance.state === 'terminated') {
    refuse('instanceState', { reason: `The instance '${instance.id}' is ${state}.` });
  }
  const zone = context.transaction.network.subnet.get(eni.subnetId)?.zone;
  // Another VPC is no obstacle: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
  if (zone !== instance.zone) {
    refuse('invalidCombination', {
      reason: `The interface '${eni.id}' is not in the availability zone of the instance '${instance.id}'.`,
    });
  }
  checkRoom(eni, { what: eni.id, instanceType: instance.instanceType });
}

function checkDevice(instance: Instance, eni: Eni, deviceIndex: number, context: Context): void {
  const { id, instanceType } = instance;
  const limit = interfaceLimitsOf(instanceType).interfaces;
  inRange(deviceIndex, { min: 0, max: limit - 1, parameter: 'DeviceIndex' });
  const others = [...context.transaction.network.eni.by('instance', id)];
  if (others.some(({ attachment }) => attachment?.deviceIndex === deviceIndex)) {
    const expected = `the instance '${id}' has an interface there`;
    refuse('invalidValue', { parameter: 'DeviceIndex', value: deviceIndex, expected });
  }
  if (others.length >= limit) {
    refuse('tooManyAttachments', { instanceId: id, instanceType, limit, what: 'interfaces' });
  }
  const there = others.map(({ interfaceType, attachment }) => ({
    interfaceType,
    deviceIndex: attachment?.deviceIndex ?? 0,
  }));
  checkTypes([...there, { interfaceType: eni.interfaceType, deviceIndex }], { instanceId: id, instanceType });
  checkStopped(eni.interfaceType, instance, context);
}

export const detachNetworkInterface: Operation<DetachNetworkInterfaceRequest, Record<string, never>> = (
  input,
  context,
) => {
  const { AttachmentId: id } = input;
  // By the kind of id alone, and so before whether there is one: https://github.com/boto/boto3/issues/2218
  if (isServiceAttachment(id)) {
    refuse('notPermitted', {
      reason: `The attachment '${id}' is that of a service, which alone detaches it.`,
    });
  }
  const [eni] = context.transaction.network.eni.by('attachment', id);
  if (!eni?.attachment) return refuseNotFound('eniAttachment', id);
  if (eni.attachment.deviceIndex === 0) {
    refuse('notPermitted', {
      reason: `The interface '${eni.id}' is the primary one of its instance and stays attached.`,
    });
  }
  const instance = context.transaction.network.instance.get(eni.attachment.instanceId);
  if (instance) checkStopped(eni.interfaceType, instance, context);
  const { attachment: _, ...detached } = eni;
  context.transaction.put('eni', detached);
  return {};
};
