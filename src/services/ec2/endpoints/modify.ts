/** ModifyVpcEndpoint and DeleteVpcEndpoints. */
import type {
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  UnsuccessfulItem,
} from '@aws-sdk/client-ec2';
import type { Endpoint } from '#vpc/endpoint.ts';
import { parseId } from '#vpc/ids.ts';
import { oneOf } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { checkedGroups } from '../interfaces/groups.ts';
import { resourceOf } from '../resources.ts';
import { addRoutes, checkRouted, dropRoutes, tablesIn } from './gateway-routes.ts';
import { tablesOf } from './output.ts';
import { checkPrivateDns, type InterfaceDetail, occupy, regroup, subnetsIn, vacate } from './places.ts';
import { defaultPolicy, policyIn } from './policy.ts';

const gatewayOnly = ['AddRouteTableIds', 'RemoveRouteTableIds'] as const;
const interfaceOnly = [
  'AddSubnetIds',
  'RemoveSubnetIds',
  'AddSecurityGroupIds',
  'RemoveSecurityGroupIds',
  'PrivateDnsEnabled',
  'IpAddressType',
] as const;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html */
export const modifyVpcEndpoint: Operation<ModifyVpcEndpointRequest, ModifyVpcEndpointResult> = (
  input,
  context,
) => {
  refuseUnsupported(input, ['SubnetConfigurations']);
  if (input.ResetPolicy && input.PolicyDocument) {
    refuse('invalidCombination', { reason: 'ResetPolicy and PolicyDocument exclude each other.' });
  }
  const policy = input.PolicyDocument ? policyIn(input.PolicyDocument) : undefined;
  const endpoint = resourceOf('endpoint', input.VpcEndpointId, context);
  const { detail } = endpoint;
  if (detail.kind === 'gatewayLoadBalancer') {
    refuse('unsupported', { reason: 'Rampart does not change Gateway Load Balancer endpoints.' });
  }
  const foreign = detail.kind === 'gateway' ? interfaceOnly : gatewayOnly;
  const wrong = foreign.find((name) => input[name] !== undefined);
  if (wrong) refuse('wrongParameter', { reason: `${wrong} is not for ${detail.kind} endpoints.` });
  if (detail.kind === 'gateway') moveRoutes(endpoint, input, context);
  context.transaction.put('endpoint', {
    ...endpoint,
    detail: detail.kind === 'gateway' ? detail : changedDetail(endpoint, detail, input, context),
    policy: input.ResetPolicy ? defaultPolicy : (policy ?? endpoint.policy),
  });
  return { Return: true };
};

function moveRoutes(endpoint: Endpoint, input: ModifyVpcEndpointRequest, context: Context): void {
  const left = tablesIn(input.RemoveRouteTableIds, endpoint.vpcId, context);
  checkRouted(endpoint, left);
  dropRoutes(endpoint, left, context);
  addRoutes(endpoint, tablesIn(input.AddRouteTableIds, endpoint.vpcId, context), context);
}

function changedDetail(
  endpoint: Endpoint,
  detail: InterfaceDetail,
  input: ModifyVpcEndpointRequest,
  context: Context,
): InterfaceDetail {
  const { id, vpcId, serviceName } = endpoint;
  const ipAddressType = input.IpAddressType
    ? oneOf(input.IpAddressType, ['ipv4', 'dualstack'], 'IpAddressType')
    : detail.ipAddressType;
  if (ipAddressType !== detail.ipAddressType && detail.places.length > 0) {
    refuse('unsupported', { reason: 'Rampart does not change the IpAddressType of interfaces that exist.' });
  }
  const privateDns = input.PrivateDnsEnabled ?? detail.privateDns;
  if (privateDns && !detail.privateDns) checkPrivateDns(vpcId, serviceName, endpoint, context);
  const groupIds = changedGroups(endpoint, detail, input, context);
  const leaving = new Set(input.RemoveSubnetIds);
  const unknown = [...leaving].find((each) => !detail.places.some(({ subnetId }) => subnetId === each));
  if (unknown !== undefined) {
    refuse('wrongParameter', { reason: `Endpoint '${id}' is not in subnet '${unknown}'.` });
  }
  const staying = detail.places.filter(({ subnetId }) => !leaving.has(subnetId));
  const joining = subnetsIn(input.AddSubnetIds, vpcId, context, staying);
  vacate(
    detail.places.filter(({ subnetId }) => leaving.has(subnetId)),
    context,
  );
  regroup(staying, groupIds, context);
  const places = [...staying, ...occupy(id, joining, { groupIds, ipAddressType }, context)];
  return { kind: 'interface', places, groupIds, privateDns, ipAddressType };
}

function changedGroups(
  { id, vpcId }: Endpoint,
  { groupIds }: InterfaceDetail,
  input: ModifyVpcEndpointRequest,
  context: Context,
) {
  const removed = new Set<string>(input.RemoveSecurityGroupIds);
  const missing = [...removed].find((each) => !groupIds.some((groupId) => groupId === each));
  if (missing !== undefined) {
    refuse('wrongParameter', { reason: `Endpoint '${id}' does not carry group '${missing}'.` });
  }
  const kept = groupIds.filter((each) => !removed.has(each));
  const next = [...kept, ...(input.AddSecurityGroupIds ?? [])];
  if (next.length === 0) refuse('wrongParameter', { reason: `Endpoint '${id}' must keep a security group.` });
  return checkedGroups(next, vpcId, context);
}

/** Each id by itself: AWS answers with those that could not be deleted, and deletes the others. */
export const deleteVpcEndpoints: Operation<DeleteVpcEndpointsRequest, DeleteVpcEndpointsResult> = (
  input,
  context,
) => {
  const ids = [...new Set(input.VpcEndpointIds)];
  return { Unsuccessful: ids.flatMap((id) => problemOfDelete(id, context) ?? []) };
};

function problemOfDelete(id: string, context: Context): UnsuccessfulItem | undefined {
  const isWellFormed = parseId('endpoint', id) !== undefined;
  const endpoint = context.transaction.network.endpoint.get(id);
  if (!endpoint) {
    // The answer's own code; a describe says InvalidVpcEndpointId.NotFound.
    const Code = isWellFormed ? 'InvalidVpcEndpoint.NotFound' : 'InvalidVpcEndpointId.Malformed';
    return { ResourceId: id, Error: { Code, Message: `The VPC endpoint '${id}' does not exist.` } };
  }
  if (endpoint.detail.kind === 'gatewayLoadBalancer') {
    const Message = 'Rampart does not delete Gateway Load Balancer endpoints.';
    return { ResourceId: id, Error: { Code: 'UnsupportedOperation', Message } };
  }
  if (endpoint.detail.kind === 'interface') vacate(endpoint.detail.places, context);
  else dropRoutes(endpoint, tablesOf(endpoint.id, context.transaction.network), context);
  context.transaction.remove('endpoint', id);
  return undefined;
}
