/** AssociateAddress and DisassociateAddress. */
import type {
  AssociateAddressRequest,
  AssociateAddressResult,
  DisassociateAddressRequest,
} from '@aws-sdk/client-ec2';
import type { Ip } from '#net/address.ts';
import type { Address, Eni } from '#vpc/eni.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { interfacesOf } from '../instances/interfaces-of.ts';
import { resourceOf } from '../resources.ts';
import { associate, disassociate } from './associate.ts';
import { addressIn, addressOfAssociation, ownAddress } from './find-address.ts';

export const associateAddress: Operation<AssociateAddressRequest, AssociateAddressResult> = (
  input,
  context,
) => {
  const address = addressIn(input, context);
  const eni = targetOf(input, context);
  const privateIp = privateIpOf(eni, input.PrivateIpAddress);
  const { network } = context.transaction;
  if (network.internetGateway.countBy('vpc', eni.vpcId) === 0) refuse('noGateway', { vpcId: eni.vpcId });
  if (input.AllowReassociation === false) checkFree(address, eni, privateIp, context);
  refuseManaged(address, context);
  return { AssociationId: associate(address, { eni, privateIp }, context).association?.id };
};

/** The interface of a request: itself, or the only one of an instance. */
function targetOf(
  { InstanceId: instanceId, NetworkInterfaceId: eniId }: AssociateAddressRequest,
  context: Context,
): Eni {
  if (instanceId && eniId) {
    refuse('invalidCombination', {
      reason: 'The parameters InstanceId and NetworkInterfaceId exclude each other.',
    });
  }
  if (eniId) {
    const eni = resourceOf('eni', eniId, context);
    if (eni.requesterManaged)
      refuse('notPermitted', { reason: `The interface '${eniId}' belongs to a service.` });
    return eni;
  }
  if (!instanceId) return refuse('missingParameter', { parameter: 'InstanceId or NetworkInterfaceId' });
  const instance = resourceOf('instance', instanceId, context);
  const [only, ...more] = interfacesOf(instance, context.transaction.network);
  if (more.length > 0) refuse('severalInterfaces', { instanceId });
  return only ?? refuse('instanceState', { reason: `The instance '${instanceId}' is terminated.` });
}

function privateIpOf(eni: Eni, text: string | undefined): Ip {
  const held = text ? eni.privateIps.find(({ address }) => address === text) : eni.privateIps[0];
  if (held) return held.address;
  const expected = `the interface '${eni.id}' does not have the address`;
  return refuse('invalidValue', { parameter: 'PrivateIpAddress', value: text ?? '', expected });
}

/** Refuses to take an address from where it leads to, or a place from the address that leads there. */
function checkFree(address: Address, eni: Eni, privateIp: Ip, { transaction }: Context): void {
  const { association } = address;
  const isSame = association?.eniId === eni.id && association.privateIp === privateIp;
  if (association && !isSame) {
    refuse('alreadyAssociated', {
      reason: `${address.id} is already associated with ${association.eniId ?? association.natGatewayId}.`,
    });
  }
  for (const other of transaction.network.address.by('eni', eni.id)) {
    if (other.id !== address.id && other.association?.privateIp === privateIp) {
      refuse('alreadyAssociated', { reason: `${privateIp} is already associated with ${other.id}.` });
    }
  }
}

/** Refuses to take its address from a service, such as a NAT gateway. */
function refuseManaged({ id, association }: Address, { transaction }: Context): void {
  const holder = transaction.network.eni.get(association?.eniId ?? '');
  const keeper = holder?.requesterManaged ? holder.description : association?.natGatewayId;
  if (keeper) refuse('notYours', { reason: `The address '${id}' is used by ${keeper}, which keeps it.` });
}

export const disassociateAddress: Operation<DisassociateAddressRequest, Record<string, never>> = (
  { AssociationId: id, PublicIp: ip },
  context,
) => {
  if (id && ip) {
    refuse('invalidCombination', {
      reason: 'The parameters AssociationId and PublicIp exclude each other.',
    });
  }
  if (!id && !ip) refuse('missingParameter', { parameter: 'AssociationId or PublicIp' });
  const address = id ? addressOfAssociation(id, context) : ownAddress(ip ?? '', context);
  if (!address.association) {
    refuse('notFound', {
      code: 'InvalidAssociationID.NotFound',
      noun: 'association of',
      id: address.publicIp,
    });
  }
  refuseManaged(address, context);
  disassociate(address, context);
  return {};
};
