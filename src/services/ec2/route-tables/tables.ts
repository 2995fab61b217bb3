/** CreateRouteTable and DeleteRouteTable. */
import type {
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { RouteTable, RouteTableAssociation } from '#vpc/routing.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';
import { once } from '../../client-token.ts';
import { checkQuota } from '../../limits.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { localRoute } from '../vpcs/make-vpc.ts';
import { tableOutput } from './output.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export const createRouteTable: Operation<CreateRouteTableRequest, CreateRouteTableResult> = (
  input,
  context,
) => {
  const [id = ''] = once({ action: 'CreateRouteTable', input }, context, () => [
    makeTable(input, context).id,
  ]);
  const shown = tableOutput(resourceOf('routeTable', id, context), context);
  return { RouteTable: shown, ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
};

function makeTable(input: Checked<CreateRouteTableRequest>, context: Context): RouteTable {
  const { transaction, hex17 } = context;
  const tags = tagsOnCreate('routeTable', input.TagSpecifications, context);
  const vpc = resourceOf('vpc', input.VpcId, context);
  const count = transaction.network.routeTable.countBy('vpc', vpc.id);
  const what = `route tables of VPC ${vpc.id}`;
  checkQuota('routeTablesPerVpc', { count, code: 'RouteTableLimitExceeded', what }, context);
  const table: RouteTable = {
    id: newId('routeTable', hex17),
    vpcId: vpc.id,
    routes: blocksOfVpc(vpc).map(localRoute),
    associations: [],
    tags,
  };
  transaction.put('routeTable', table);
  return table;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html */
export const deleteRouteTable: Operation<DeleteRouteTableRequest, Record<string, never>> = (
  input,
  context,
) => {
  const { id, vpcId, associations } = resourceOf('routeTable', input.RouteTableId, context);
  const [association] = associations;
  if (association) {
    refuse('dependency', { noun: 'route table', id, usedBy: subjectOf(association, vpcId) });
  }
  context.transaction.remove('routeTable', id);
  return {};
};

function subjectOf({ subject }: RouteTableAssociation, vpcId: string): string {
  if (subject.kind === 'main') return `${vpcId} as its main route table`;
  return subject.kind === 'subnet' ? subject.subnetId : subject.gatewayId;
}
