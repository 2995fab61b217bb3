/** Internet gateways. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html */
import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  InternetGateway as GatewayOutput,
} from '@aws-sdk/client-ec2';
import { newId, type VpcId } from '#vpc/ids.ts';
import type { InternetGateway } from '#vpc/routing.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';

const createInternetGateway: Operation<CreateInternetGatewayRequest, CreateInternetGatewayResult> = (
  input,
  context,
) => {
  const { transaction, hex17 } = context;
  const tags = tagsOnCreate('internetGateway', input.TagSpecifications, context);
  const count = transaction.network.internetGateway.size;
  const quota = { count, code: 'InternetGatewayLimitExceeded', what: 'internet gateways in the region' };
  checkQuota('internetGatewaysPerRegion', quota, context);
  const gateway: InternetGateway = { id: newId('internetGateway', hex17), tags };
  transaction.put('internetGateway', gateway);
  return { InternetGateway: gatewayOutput(gateway, context) };
};

const attachInternetGateway: Operation<AttachInternetGatewayRequest, Record<string, never>> = (
  input,
  context,
) => {
  const { gateway, vpc } = gatewayAndVpc(input, context);
  if (gateway.vpcId) {
    refuse('alreadyAssociated', { reason: `${gateway.id} is already attached to network ${gateway.vpcId}.` });
  }
  const [other] = context.transaction.network.internetGateway.by('vpc', vpc.id);
  if (other) {
    const expected = `the VPC already has the internet gateway ${other.id}`;
    refuse('invalidValue', { parameter: 'vpcId', value: vpc.id, expected });
  }
  context.transaction.put('internetGateway', { ...gateway, vpcId: vpc.id });
  return {};
};

const detachInternetGateway: Operation<DetachInternetGatewayRequest, Record<string, never>> = (
  input,
  context,
) => {
  const { gateway, vpc } = gatewayAndVpc(input, context);
  if (gateway.vpcId !== vpc.id) refuse('notAttached', { id: gateway.id, vpcId: vpc.id });
  const [mapped] = publicAddressesOf(vpc.id, context);
  if (mapped) {
    const reason = `Network ${vpc.id} has a mapped public address: ${mapped}. Unmap it before the gateway is detached.`;
    refuse('inUse', { reason });
  }
  const { vpcId: _, ...detached } = gateway;
  context.transaction.put('internetGateway', detached);
  return {};
};

function gatewayAndVpc(
  input: { readonly InternetGatewayId: string; readonly VpcId: string },
  context: Context,
) {
  return {
    gateway: resourceOf('internetGateway', input.InternetGatewayId, context),
    vpc: resourceOf('vpc', input.VpcId, context),
  };
}

/** Public IPv4 addresses that lead into the VPC, with whose they are. */
function* publicAddressesOf(vpcId: VpcId, { transaction }: Context): Iterable<string> {
  const { network } = transaction;
  for (const eni of network.eni.by('vpc', vpcId)) {
    for (const { launchPublicIp } of eni.privateIps)
      if (launchPublicIp) yield `${launchPublicIp} of ${eni.id}`;
    for (const { publicIp } of network.address.by('eni', eni.id)) yield `${publicIp} of ${eni.id}`;
  }
  for (const gateway of network.natGateway.by('vpc', vpcId)) {
    const addresses = gateway.availability === 'regional' ? gateway.addresses : [];
    for (const { publicIp } of addresses) yield `${publicIp} of ${gateway.id}`;
  }
}

const deleteInternetGateway: Operation<DeleteInternetGatewayRequest, Record<string, never>> = (
  input,
  context,
) => {
  const { id, vpcId } = resourceOf('internetGateway', input.InternetGatewayId, context);
  if (vpcId) refuse('dependency', { noun: 'internet gateway', id, usedBy: vpcId });
  context.transaction.remove('internetGateway', id);
  return {};
};

/** AWS says `available` where other attachments say `attached`. */
const attachmentState = 'available';

function gatewayOutput({ id, vpcId, tags }: InternetGateway, { caller }: Context): GatewayOutput {
  return {
    InternetGatewayId: id,
    OwnerId: caller.scope.account,
    // The model borrows the type of VPN attachments, which lacks AWS's word.
    Attachments: vpcId ? [{ State: attachmentState as 'attached', VpcId: vpcId }] : [],
    Tags: tagList(tags),
  };
}

const gateways = listingOf({
  action: 'DescribeInternetGateways',
  kind: 'internetGateway',
  fields: {
    'attachment.state': ({ vpcId }) => vpcId && attachmentState,
    'attachment.vpc-id': ({ vpcId }) => vpcId,
    'internet-gateway-id': ({ id }) => id,
    'owner-id': (_, { caller }) => caller.scope.account,
  },
  byId: (id, context) => resourceOf('internetGateway', id, context),
  indexes: { 'internet-gateway-id': 'id', 'attachment.vpc-id': 'vpc' },
});

const describeInternetGateways: Operation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult> = (
  input,
  context,
) => {
  const page = list(gateways, { ...input, ids: input.InternetGatewayIds }, context);
  const shown = page.items.map((gateway) => gatewayOutput(gateway, context));
  return { InternetGateways: shown, NextToken: page.nextToken };
};

export const internetGatewayOperations = {
  AttachInternetGateway: { changes: true, run: attachInternetGateway },
  CreateInternetGateway: { changes: true, run: createInternetGateway },
  DeleteInternetGateway: { changes: true, run: deleteInternetGateway },
  DescribeInternetGateways: { changes: false, run: describeInternetGateways },
  DetachInternetGateway: { changes: true, run: detachInternetGateway },
} satisfies OperationTable;
