/** DeleteSubnet. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
import type { DeleteSubnetRequest } from '@aws-sdk/client-ec2';
import type { SubnetId } from '#vpc/ids.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { dropExclusionsOf } from '../public-access/exclusions.ts';
import { resourceOf } from '../resources.ts';

/** The subnet goes with its associations; interfaces in it (instances, NAT gateways, endpoints) must go first. */
export const deleteSubnet: Operation<DeleteSubnetRequest, Record<string, never>> = (input, context) => {
  const { transaction } = context;
  const { id } = resourceOf('subnet', input.SubnetId, context);
  for (const eni of transaction.network.eni.by('subnet', id)) {
    // The description of an interface that a NAT gateway or endpoint made names which one.
    const service = eni.requesterManaged ? ` (${eni.description})` : '';
    const holder = eni.attachment ? ` of ${eni.attachment.instanceId}` : service;
    refuse('dependency', { noun: 'subnet', id, usedBy: `${eni.id}${holder}` });
  }
  forgetAssociations(id, context);
  for (const reservation of transaction.network.subnetReservation.by('subnet', id)) {
    transaction.remove('subnetReservation', reservation.id);
  }
  dropExclusionsOf(id, context);
  transaction.remove('subnet', id);
  return {};
};

function forgetAssociations(subnetId: SubnetId, { transaction }: Context): void {
  for (const acl of transaction.network.networkAcl.by('subnet', subnetId)) {
    const associations = acl.associations.filter((association) => association.subnetId !== subnetId);
    transaction.put('networkAcl', { ...acl, associations });
  }
  for (const table of transaction.network.routeTable.by('subnet', subnetId)) {
    const associations = table.associations.filter(
      ({ subject }) => subject.kind !== 'subnet' || subject.subnetId !== subnetId,
    );
    transaction.put('routeTable', { ...table, associations });
  }
}
