/** Egress-only gateways. https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html */
import type {
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult,
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteEgressOnlyInternetGatewayResult,
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
  EgressOnlyInternetGateway as GatewayOutput,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { EgressOnlyGateway } from '#vpc/routing.ts';
import { once } from '../../client-token.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Checked, Context, Operation, OperationTable } from '../../operation.ts';
import { resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';

const createEgressOnlyInternetGateway: Operation<
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult
> = (input, context) => {
  const make = () => [makeGateway(input, context).id];
  const [id = ''] = once({ action: 'CreateEgressOnlyInternetGateway', input }, context, make);
  return {
    EgressOnlyInternetGateway: gatewayOutput(resourceOf('egressOnlyGateway', id, context)),
    ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}),
  };
};

function makeGateway(
  input: Checked<CreateEgressOnlyInternetGatewayRequest>,
  context: Context,
): EgressOnlyGateway {
  const { transaction, hex17 } = context;
  const tags = tagsOnCreate('egressOnlyGateway', input.TagSpecifications, context);
  const vpc = resourceOf('vpc', input.VpcId, context);
  const count = transaction.network.egressOnlyGateway.size;
  const code = 'EgressOnlyInternetGatewayLimitExceeded';
  const what = 'egress-only internet gateways in the region';
  checkQuota('egressOnlyGatewaysPerRegion', { count, code, what }, context);
  const gateway: EgressOnlyGateway = { id: newId('egressOnlyGateway', hex17), vpcId: vpc.id, tags };
  transaction.put('egressOnlyGateway', gateway);
  return gateway;
}

function gatewayOutput({ id, vpcId, tags }: EgressOnlyGateway): GatewayOutput {
  return {
    EgressOnlyInternetGatewayId: id,
    Attachments: [{ State: 'attached', VpcId: vpcId }],
    Tags: tagList(tags),
  };
}

/** Routes to the gateway stay, as blackholes. */
const deleteEgressOnlyInternetGateway: Operation<
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteEgressOnlyInternetGatewayResult
> = (input, context) => {
  const { id } = resourceOf('egressOnlyGateway', input.EgressOnlyInternetGatewayId, context);
  context.transaction.remove('egressOnlyGateway', id);
  return { ReturnCode: true };
};

const gateways = listingOf({
  action: 'DescribeEgressOnlyInternetGateways',
  kind: 'egressOnlyGateway',
  bounds: { min: 5, max: 255 },
  // AWS has filters by tag alone here.
  fields: {},
  // AWS shows nothing for an unknown id here, and clients that wait for a deletion go by the empty list.
  byId: (id, { transaction }) => transaction.network.egressOnlyGateway.get(id),
  indexes: {},
});

const describeEgressOnlyInternetGateways: Operation<
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult
> = (input, context) => {
  const page = list(gateways, { ...input, ids: input.EgressOnlyInternetGatewayIds }, context);
  return { EgressOnlyInternetGateways: page.items.map(gatewayOutput), NextToken: page.nextToken };
};

export const egressOnlyGatewayOperations = {
  CreateEgressOnlyInternetGateway: { changes: true, run: createEgressOnlyInternetGateway },
  DeleteEgressOnlyInternetGateway: { changes: true, run: deleteEgressOnlyInternetGateway },
  DescribeEgressOnlyInternetGateways: { changes: false, run: describeEgressOnlyInternetGateways },
} satisfies OperationTable;
