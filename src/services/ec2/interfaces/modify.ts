/** ModifyNetworkInterfaceAttribute and ResetNetworkInterfaceAttribute. */
import type {
  EnaSrdSpecificationRequest,
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterfaceAttachmentChanges,
  ResetNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2';
import type { EnaSrd, Eni } from '#vpc/eni.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { releaseLaunchIp, restorePublicIp } from '../addresses/associate.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { refuseNoPrimary } from './addresses.ts';
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
  'EnaSrdSpecification',
  'EnablePrimaryIpv6',
  'AssociatePublicIpAddress',
  'AssociatedSubnetIds',
] as const satisfies readonly (keyof ModifyNetworkInterfaceAttributeRequest)[];

export const modifyNetworkInterfaceAttribute: Operation<
  ModifyNetworkInterfaceAttributeRequest,
  Record<string, never>
> = (input, context) => {
  const given = attributes.filter((attribute) => input[attribute] !== undefined);
  if (given.length === 0) refuse('missingParameter', { parameter: attributes.join(' or ') });
  if (given.length > 1) {
    refuse('invalidCombination', { reason: `Only one attribute can be changed at a time: ${given.join()}.` });
  }
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const { AssociatePublicIpAddress: publicIp } = input;
  if (publicIp === undefined) context.transaction.put('eni', changed(eni, input, context));
  else setPublicIp(eni, publicIp, context);
  return {};
};

/** The interface of an id; refuses one that a service made. */
export function changeableInterface(id: string, context: Context): Eni {
  const eni = resourceOf('eni', id, context);
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
  const { EnaSrdSpecification: enaSrd } = input;
  if (enaSrd) return { ...eni, enaSrd: enaSrdIn(enaSrd, eni.enaSrd) };
  if (input.EnablePrimaryIpv6 !== undefined) return withPrimaryIpv6(eni, input.EnablePrimaryIpv6);
  if (input.AssociatedSubnetIds) return withSubnets(eni, input.AssociatedSubnetIds, context);
  return { ...eni, timeouts: timeoutsWith(eni.timeouts, input.ConnectionTrackingSpecification) };
}

/**
 * Only some of the largest types share out queues, and the catalogue has none of them.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ena-queues.html
 */
export function refuseQueues(parameter: string): never {
  return refuse('unsupported', { reason: `The instance's type has no flexible queues, so no ${parameter}.` });
}

function withAttachment(eni: Eni, change: NetworkInterfaceAttachmentChanges): Eni {
  if (change.EnaQueueCount !== undefined) refuseQueues('EnaQueueCount');
  const { attachment } = eni;
  const id = change.AttachmentId;
  // The queues that such a type has are its default ones.
  const keepsDefault = change.DefaultEnaQueueCount === true;
  const deletes = change.DeleteOnTermination ?? (keepsDefault ? attachment?.deleteOnTermination : undefined);
  if (!id || (change.DeleteOnTermination === undefined && !keepsDefault)) {
    return refuse('missingParameter', {
      parameter: id ? 'Attachment.DeleteOnTermination' : 'Attachment.AttachmentId',
    });
  }
  if (!attachment || attachment.id !== id) {
    return refuseNotFound('eniAttachment', id);
  }
  return { ...eni, attachment: { ...attachment, deleteOnTermination: deletes ?? false } };
}

/**
 * ENA Express as asked for; what is not said stays as it was before.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnaSrdSpecification.html
 */
export function enaSrdIn(specification: EnaSrdSpecificationRequest, before?: EnaSrd): EnaSrd {
  const { EnaSrdEnabled, EnaSrdUdpSpecification: udp } = specification;
  const enabled = EnaSrdEnabled ?? before?.enabled ?? false;
  const udpEnabled = udp?.EnaSrdUdpEnabled ?? (enabled && before?.udpEnabled === true);
  if (udpEnabled && !enabled) {
    refuse('invalidCombination', { reason: 'EnaSrdUdpEnabled needs ENA Express itself: EnaSrdEnabled.' });
  }
  return { enabled, udpEnabled };
}

/** Once there is a primary IPv6 address it stays (API_ModifyNetworkInterfaceAttribute). */
function withPrimaryIpv6(eni: Eni, isEnabled: boolean): Eni {
  if (!isEnabled && eni.hasPrimaryIpv6) {
    const expected = `the primary IPv6 address of '${eni.id}' cannot be given up`;
    refuse('invalidValue', { parameter: 'EnablePrimaryIpv6', value: isEnabled, expected });
  }
  if (!isEnabled) return eni;
  refuseNoPrimary(eni.ipv6Addresses);
  return { ...eni, hasPrimaryIpv6: true };
}

function withSubnets(eni: Eni, ids: readonly string[], context: Context): Eni {
  const subnets = ids.map((id) => resourceOf('subnet', id, context));
  const stranger = subnets.find(({ vpcId }) => vpcId !== eni.vpcId);
  if (stranger) {
    const reason = `The subnet '${stranger.id}' is not in the VPC of the interface '${eni.id}'.`;
    refuse('differentNetworks', { reason });
  }
  return { ...eni, associatedSubnetIds: subnets.map(({ id }) => id) };
}

/**
 * Gives an instance's primary interface a public address, or takes it away; other interfaces keep the wish for the time
 * when they are primary.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/working-with-ip-addresses.html#manage-auto-assign-public-ip
 */
function setPublicIp(eni: Eni, isWanted: boolean, context: Context): void {
  const { transaction } = context;
  const wishing = { ...eni, autoPublicIp: isWanted };
  transaction.put('eni', wishing);
  const instance = eni.attachment && transaction.network.instance.get(eni.attachment.instanceId);
  if (!instance || eni.attachment?.deviceIndex !== 0) return;
  transaction.put('instance', { ...instance, options: { ...instance.options, autoPublicIp: isWanted } });
  if (isWanted) restorePublicIp(wishing, context);
  else releaseLaunchIp(wishing, context);
}

/** Whether the interface has, or is to have, a public address of its own as the primary one of an instance. */
export function wantsPublicIp({ autoPublicIp, privateIps: [primary] }: Eni): boolean {
  return autoPublicIp ?? primary?.launchPublicIp !== undefined;
}

export const resetNetworkInterfaceAttribute: Operation<
  ResetNetworkInterfaceAttributeRequest,
  Record<string, never>
> = (input, context) => {
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  context.transaction.put('eni', { ...eni, sourceDestCheck: true });
  return {};
};
