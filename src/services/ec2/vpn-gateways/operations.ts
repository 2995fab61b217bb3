/**
 * Virtual private gateways. None is made here: those that there are come with an imported network, which knows them by
 * the route tables that name them. The AWS CDK asks for the one of every VPC that it looks up.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpnGateways.html
 */
import type {
  DescribeVpnGatewaysRequest,
  DescribeVpnGatewaysResult,
  VpnGateway as Shown,
} from '@aws-sdk/client-ec2';
import type { RouteTable } from '#vpc/routing.ts';
import { type Listing, list, usualBounds } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { refuse } from '../../refusal.ts';

/** A gateway that routes lead to is attached to their VPC. Its ASN and its zone are not known. */
type VpnGateway = { readonly id: string; readonly vpcId: string };

const prefix = 'vgw-';
const state = 'available';
const attached = 'attached';
/** The only type that AWS has. */
const type = 'ipsec.1';

const listing: Listing<VpnGateway> = {
  action: 'DescribeVpnGateways',
  bounds: usualBounds,
  fields: {
    'amazon-side-asn': () => undefined,
    'attachment.state': () => attached,
    'attachment.vpc-id': ({ vpcId }) => vpcId,
    'availability-zone': () => undefined,
    state: () => state,
    type: () => type,
    'vpn-gateway-id': ({ id }) => id,
  },
  tagsOf: () => ({}),
  idOf: ({ id }) => id,
  all: (context) => gateways(context).values(),
  byId: (id, context) => gateways(context).get(id) ?? refuseNotFound(id),
  lookups: {},
};

function refuseNotFound(id: string): never {
  return refuse('notFound', { code: 'InvalidVpnGatewayID.NotFound', noun: 'virtual private gateway', id });
}

function gateways({ transaction }: Context): ReadonlyMap<string, VpnGateway> {
  const found = new Map<string, VpnGateway>();
  for (const table of transaction.network.routeTable.values()) {
    for (const id of named(table)) if (id.startsWith(prefix)) found.set(id, { id, vpcId: table.vpcId });
  }
  return found;
}

/** What a table's routes lead to that is modelled nowhere, and the gateways whose traffic the table leads. */
function named({ routes, associations }: RouteTable): readonly string[] {
  return [
    ...routes.flatMap(({ target }) => (target.kind === 'other' ? target.id : [])),
    ...associations.flatMap(({ subject }) => (subject.kind === 'gateway' ? subject.gatewayId : [])),
  ];
}

const describeVpnGateways: Operation<DescribeVpnGatewaysRequest, DescribeVpnGatewaysResult> = (
  { VpnGatewayIds: ids, ...request },
  context,
) => ({ VpnGateways: list(listing, { ...request, ids }, context).items.map(shown) });

function shown({ id, vpcId }: VpnGateway): Shown {
  return {
    VpnGatewayId: id,
    State: state,
    Type: type,
    VpcAttachments: [{ VpcId: vpcId, State: attached }],
    Tags: [],
  };
}

export const vpnGatewayOperations = {
  DescribeVpnGateways: { changes: false, run: describeVpnGateways },
} satisfies OperationTable;
