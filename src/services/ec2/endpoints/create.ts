/** CreateVpcEndpoint. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
import type { CreateVpcEndpointRequest, CreateVpcEndpointResult } from '@aws-sdk/client-ec2';
import type { Endpoint, EndpointDetail } from '#vpc/endpoint.ts';
import { type EndpointId, newId } from '#vpc/ids.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { once } from '../../client-token.ts';
import { oneOf, required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { groupsOfNew } from '../interfaces/groups.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { addRoutes, tablesIn } from './gateway-routes.ts';
import { endpointOutput } from './output.ts';
import { checkPrivateDns, occupy, subnetsIn } from './places.ts';
import { defaultPolicy, policyIn } from './policy.ts';
import { servicesOf } from './services.ts';

export const createVpcEndpoint: Operation<CreateVpcEndpointRequest, CreateVpcEndpointResult> = (
  input,
  context,
) => {
  const make = () => [makeEndpoint(input, context).id];
  const [id = ''] = once({ action: 'CreateVpcEndpoint', input }, context, make);
  const shown = endpointOutput(resourceOf('endpoint', id, context), context);
  return { VpcEndpoint: shown, ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
};

function makeEndpoint(input: Checked<CreateVpcEndpointRequest>, context: Context): Endpoint {
  const { transaction, hex17, nowMs } = context;
  refuseUnsupported(input, ['SubnetConfigurations', 'ServiceNetworkArn', 'ResourceConfigurationArn']);
  const type = input.VpcEndpointType ?? 'Gateway';
  if (type !== 'Gateway' && type !== 'Interface') {
    refuse('unsupported', { reason: `Rampart has Gateway and Interface endpoints, not ${type}.` });
  }
  const kind = type === 'Gateway' ? 'gateway' : 'interface';
  const serviceName = serviceIn(required(input.ServiceName, 'ServiceName'), kind, context);
  const policy = input.PolicyDocument ? policyIn(input.PolicyDocument) : defaultPolicy;
  const tags = tagsOnCreate('endpoint', input.TagSpecifications, context);
  const vpc = resourceOf('vpc', input.VpcId, context);
  checkLimit(kind, vpc, context);
  const id = newId('endpoint', hex17);
  const detail: EndpointDetail =
    kind === 'gateway' ? gatewayDetail(input) : interfaceDetail(id, serviceName, vpc, input, context);
  const endpoint: Endpoint = { id, vpcId: vpc.id, serviceName, detail, policy, createdAtMs: nowMs, tags };
  transaction.put('endpoint', endpoint);
  if (kind === 'gateway') addRoutes(endpoint, tablesIn(input.RouteTableIds, vpc.id, context), context);
  return endpoint;
}

function serviceIn(name: string, kind: 'gateway' | 'interface', { caller }: Context): string {
  const service = servicesOf(caller.scope.region).find((each) => each.name === name);
  if (!service) return refuse('unknownService', { name });
  if (service.kinds.includes(kind)) return name;
  return refuse('wrongParameter', { reason: `${name} has no ${kind} endpoints.` });
}

function gatewayDetail(input: CreateVpcEndpointRequest): EndpointDetail {
  const foreign = (['SubnetIds', 'SecurityGroupIds'] as const).find((name) => (input[name]?.length ?? 0) > 0);
  if (foreign) refuse('wrongParameter', { reason: `${foreign} is for interface endpoints.` });
  if (input.PrivateDnsEnabled) {
    refuse('wrongParameter', { reason: 'Private DNS is for interface endpoints.' });
  }
  return { kind: 'gateway' };
}

function interfaceDetail(
  id: EndpointId,
  serviceName: string,
  vpc: Vpc,
  input: CreateVpcEndpointRequest,
  context: Context,
): EndpointDetail {
  if ((input.RouteTableIds?.length ?? 0) > 0) {
    refuse('wrongParameter', { reason: 'RouteTableIds is for gateway endpoints.' });
  }
  const ipAddressType = oneOf(input.IpAddressType ?? 'ipv4', ['ipv4', 'dualstack'], 'IpAddressType');
  const privateDns = input.PrivateDnsEnabled ?? true;
  const groupIds = groupsOfNew(input.SecurityGroupIds, vpc.id, context);
  const subnets = subnetsIn(input.SubnetIds, vpc.id, context);
  if (privateDns) checkPrivateDns(vpc.id, serviceName, undefined, context);
  const places = occupy(id, subnets, { groupIds, ipAddressType }, context);
  return { kind: 'interface', places, groupIds, privateDns, ipAddressType };
}

function checkLimit(kind: 'gateway' | 'interface', vpc: Vpc, context: Context): void {
  const { endpoint } = context.transaction.network;
  const code = 'VpcEndpointLimitExceeded';
  const among = kind === 'gateway' ? endpoint.values() : endpoint.by('vpc', vpc.id);
  const count = [...among].filter(({ detail }) => detail.kind === kind).length;
  if (kind === 'gateway') {
    const what = 'gateway endpoints in the region';
    checkQuota('gatewayEndpointsPerRegion', { count, code, what }, context);
  } else {
    const what = `interface endpoints of VPC ${vpc.id}`;
    checkQuota('interfaceEndpointsPerVpc', { count, code, what }, context);
  }
}
