/** DeleteVpc. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
import type { DeleteVpcRequest } from '@aws-sdk/client-ec2';
import type { VpcId } from '#vpc/ids.ts';
import { isOpenPeering } from '#vpc/peering-state.ts';
import { defaultGroupName } from '#vpc/security-group.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { dropControlOf } from '../encryption-controls/control.ts';
import { dropExclusionsOf } from '../public-access/exclusions.ts';
import { resourceOf } from '../resources.ts';
import { defaultAcl, mainRouteTable } from './make-vpc.ts';

/** The VPC goes with the three things that came with it; whatever else is in it must go first. */
export const deleteVpc: Operation<DeleteVpcRequest, Record<string, never>> = (input, context) => {
  const { transaction } = context;
  const { id } = resourceOf('vpc', input.VpcId, context);
  const [user] = usersOf(id, context);
  if (user) refuse('dependency', { noun: 'VPC', id, usedBy: user });
  transaction.remove('routeTable', mainRouteTable(id, context).id);
  transaction.remove('networkAcl', defaultAcl(id, context).id);
  for (const group of transaction.network.securityGroup.by('vpc', id)) {
    transaction.remove('securityGroup', group.id);
  }
  dropExclusionsOf(id, context);
  dropControlOf(id, context);
  transaction.remove('vpc', id);
  return {};
};

/** Ids of what keeps a VPC from being deleted. */
function* usersOf(vpcId: VpcId, { transaction, nowMs }: Context): Iterable<string> {
  const { network } = transaction;
  for (const { id } of network.subnet.by('vpc', vpcId)) yield id;
  for (const { id } of network.internetGateway.by('vpc', vpcId)) yield id;
  for (const { id } of network.egressOnlyGateway.by('vpc', vpcId)) yield id;
  for (const { id, name } of network.securityGroup.by('vpc', vpcId)) if (name !== defaultGroupName) yield id;
  for (const { id } of network.endpoint.by('vpc', vpcId)) yield id;
  // Others stand in subnets.
  for (const { id, availability, state } of network.natGateway.by('vpc', vpcId)) {
    if (availability === 'regional' && state === 'available') yield id;
  }
  for (const { id } of network.securityGroup.by('associatedVpc', vpcId)) yield id;
  for (const { id, associations } of network.routeTable.by('vpc', vpcId)) {
    if (!associations.some(({ subject }) => subject.kind === 'main')) yield id;
  }
  for (const { id, isDefault } of network.networkAcl.by('vpc', vpcId)) if (!isDefault) yield id;
  for (const peering of network.peering.by('vpc', vpcId)) {
    if (isOpenPeering(peering, nowMs)) yield peering.id;
  }
}
