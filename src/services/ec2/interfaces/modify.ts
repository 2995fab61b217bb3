/** ModifyNetworkInterfaceAttribute and ResetNetworkInterfaceAttribute. */
import type {
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterfaceAttachmentChanges,
  ResetNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2';
import type { Eni } from '#vpc/eni.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { resourceIn } from '../resources.ts';
import { checkedGroups } from './groups.ts';
import { timeoutsWith } from './tracking.ts';

const descriptionLengthMax = 255;

/** The description, if it is not too long. */
export function checkDescription(description: string): string {
  if (description.length <= descriptionLengthMax) return description;
  const expected = `use at most ${descriptionLengthMax} characters`;
  return refuse('invalidValue', { parameter: 'Description', value: description, expected });
}

/** Attributes of which a request may change one. */
const attributes = [
  'Description',
  'SourceDestCheck',
  'Groups',
  'Attachment',
  'ConnectionTrackingSpecification',
] as const satisfies readonly (keyof ModifyNetworkInterfaceAttributeRequest)[];

export const modifyNetworkInterfaceAttribute: Operation<
  ModifyNetworkInterfaceAttributeRequest,
  Record<string, never>
> = (input, context) => {
  const given = attributes.filter((attribute) => input[attribute] !== undefined);
  refuseUnsupported(input, [
    'EnaSrdSpecification',
    'EnablePrimaryIpv6',
    'AssociatePublicIpAddress',
    'AssociatedSubnetIds',
  ]);
  if (given.length === 0) refuse('missingParameter', { parameter: attributes.join(' or ') });
  if (given.length > 1) {
    refuse('invalidCombination', { reason: `Only one attribute can be changed at a time: ${given.join()}.` });
  }
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  context.transaction.put('eni', changed(eni, input, context));
  return {};
};

/** The interface of a required parameter; refuses one that a service made. */
export function changeableInterface(id: string | undefined, context: Context): Eni {
  const eni = resourceIn('eni', { id, parameter: 'NetworkInterfaceId' }, context);
  if (eni.requesterManaged) {
    refuse('notPermitted', { reason: `The interface '${eni.id}' belongs to a service that made it.` });
  }
  return eni;
}

function changed(eni: Eni, input: ModifyNetworkInterfaceAttributeRequest, context: Context): Eni {
  const { Description, SourceDestCheck, Groups, Attachment } = input;
  if (Description) return { ...eni, description: checkDescription(Description.Value ?? '') };
  if (SourceDestCheck) return { ...eni, sourceDestCheck: SourceDestCheck.Value ?? eni.sourceDestCheck };
  if (Groups) {
    if (Groups.length === 0) refuse('missingParameter', { parameter: 'SecurityGroupId' });
    return { ...eni, groupIds: checkedGroups(Groups, eni.vpcId, context) };
  }
  if (Attachment) return withAttachment(eni, Attachment);
  return { ...eni, timeouts: timeoutsWith(eni.timeouts, input.ConnectionTrackingSpecification) };
}

function withAttachment(eni: Eni, change: NetworkInterfaceAttachmentChanges): Eni {
  refuseUnsupported(change, ['DefaultEnaQueueCount', 'EnaQueueCount']);
  const { attachment } = eni;
  const id = change.AttachmentId;
  if (!id || change.DeleteOnTermination === undefined) {
    return refuse('missingParameter', {
      parameter: id ? 'Attachment.DeleteOnTermination' : 'Attachment.AttachmentId',
    });
  }
  if (!attachment || attachment.id !== id) {
    return refuse('notFound', { code: 'InvalidAttachmentID.NotFound', noun: 'attachment', id });
  }
  return { ...eni, attachment: { ...attachment, deleteOnTermination: change.DeleteOnTermination } };
}

export const resetNetworkInterfaceAttribute: Operation<
  ResetNetworkInterfaceAttributeRequest,
  Record<string, never>
> = (input, context) => {
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  context.transaction.put('eni', { ...eni, sourceDestCheck: true });
  return {};
};
