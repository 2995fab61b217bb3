/** All actions on NAT gateways. */
import type {
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
} from '@aws-sdk/client-ec2';
import { isForgottenNat, natStateAt } from '#vpc/nat-state.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation, OperationTable } from '../../operation.ts';
import { removeInterface } from '../interfaces/make-interface.ts';
import { refuseNotFound } from '../resources.ts';
import {
  assignPrivateNatGatewayAddress,
  associateNatGatewayAddress,
  disassociateNatGatewayAddress,
  unassignPrivateNatGatewayAddress,
} from './addresses.ts';
import { createNatGateway } from './create.ts';
import { natGatewayOutput } from './output.ts';
import { deleteRegional } from './regional.ts';
import { visibleNat } from './visible.ts';

/**
 * The interface, or a regional gateway's route table, goes and the elastic addresses are free; routes to the gateway stay
 * as blackholes.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html
 */
const deleteNatGateway: Operation<DeleteNatGatewayRequest, DeleteNatGatewayResult> = (input, context) => {
  const { transaction, nowMs } = context;
  const gateway = visibleNat(input.NatGatewayId, context);
  if (gateway.state === 'deleted') return refuseNotFound('natGateway', gateway.id);
  if (gateway.availability === 'regional') {
    deleteRegional(gateway, context);
    return { NatGatewayId: gateway.id };
  }
  const eni = transaction.network.eni.get(gateway.eniId);
  if (eni) removeInterface(eni, context);
  transaction.put('natGateway', { ...gateway, state: 'deleted', deletedAtMs: nowMs });
  return { NatGatewayId: gateway.id };
};

const gateways = listingOf({
  action: 'DescribeNatGateways',
  kind: 'natGateway',
  fields: {
    'nat-gateway-id': ({ id }) => id,
    state: (gateway, { nowMs }) => natStateAt(gateway, nowMs),
    'subnet-id': (gateway) => (gateway.availability === 'regional' ? undefined : gateway.subnetId),
    'vpc-id': ({ vpcId }) => vpcId,
  },
  isShown: (gateway, { nowMs }) => !isForgottenNat(gateway, nowMs),
  byId: visibleNat,
  indexes: {},
});

const describeNatGateways: Operation<DescribeNatGatewaysRequest, DescribeNatGatewaysResult> = (
  input,
  context,
) => {
  const page = list(gateways, { ...input, ids: input.NatGatewayIds, Filters: input.Filter }, context);
  const shown = page.items.map((gateway) => natGatewayOutput(gateway, context));
  return { NatGateways: shown, NextToken: page.nextToken };
};

export const natGatewayOperations = {
  AssignPrivateNatGatewayAddress: { changes: true, run: assignPrivateNatGatewayAddress },
  AssociateNatGatewayAddress: { changes: true, run: associateNatGatewayAddress },
  CreateNatGateway: { changes: true, run: createNatGateway },
  DeleteNatGateway: { changes: true, run: deleteNatGateway },
  DescribeNatGateways: { changes: false, run: describeNatGateways },
  DisassociateNatGatewayAddress: { changes: true, run: disassociateNatGatewayAddress },
  UnassignPrivateNatGatewayAddress: { changes: true, run: unassignPrivateNatGatewayAddress },
} satisfies OperationTable;
