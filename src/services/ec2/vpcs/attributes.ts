/** DescribeVpcAttribute, ModifyVpcAttribute, ModifyVpcTenancy. */
import type {
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  ModifyVpcAttributeRequest,
  ModifyVpcTenancyRequest,
  ModifyVpcTenancyResult,
} from '@aws-sdk/client-ec2';
import type { Vpc } from '#vpc/vpc.ts';
import { oneOf, required } from '../../input.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { idIn, resourceIn } from '../resources.ts';

/** Attribute in the query, member of the answer, field of the VPC. */
const attributes = {
  enableDnsSupport: { member: 'EnableDnsSupport', field: 'dnsSupport' },
  enableDnsHostnames: { member: 'EnableDnsHostnames', field: 'dnsHostnames' },
  enableNetworkAddressUsageMetrics: {
    member: 'EnableNetworkAddressUsageMetrics',
    field: 'networkAddressUsageMetrics',
  },
} as const;

type AttributeName = keyof typeof attributes;
const names = Object.keys(attributes) as AttributeName[];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export const describeVpcAttribute: Operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult> = (
  input,
  context,
) => {
  idIn('vpc', input.VpcId, 'vpcId');
  const { member, field } = attributes[oneOf(required(input.Attribute, 'attribute'), names, 'attribute')];
  const vpc = resourceIn('vpc', { id: input.VpcId, parameter: 'vpcId' }, context);
  return { VpcId: vpc.id, [member]: { Value: vpc[field] } };
};

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export const modifyVpcAttribute: Operation<ModifyVpcAttributeRequest, Record<string, never>> = (
  input,
  context,
) => {
  idIn('vpc', input.VpcId, 'vpcId');
  const given = names.filter((name) => input[attributes[name].member]?.Value !== undefined);
  const [name, second] = given;
  if (!name) return refuse('missingParameter', { parameter: names.join(' | ') });
  if (second)
    refuse('invalidCombination', { reason: `Give one attribute at a time, not ${name} and ${second}.` });
  const vpc = resourceIn('vpc', { id: input.VpcId, parameter: 'vpcId' }, context);
  const { member, field } = attributes[name];
  const next: Vpc = { ...vpc, [field]: input[member]?.Value === true };
  context.transaction.put('vpc', next);
  return {};
};

/**
 * Tenancy goes from dedicated to default and never back.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcTenancy.html
 */
export const modifyVpcTenancy: Operation<ModifyVpcTenancyRequest, ModifyVpcTenancyResult> = (
  input,
  context,
) => {
  idIn('vpc', input.VpcId, 'vpcId');
  const tenancy = oneOf(required(input.InstanceTenancy, 'instanceTenancy'), ['default'], 'instanceTenancy');
  const vpc = resourceIn('vpc', { id: input.VpcId, parameter: 'vpcId' }, context);
  context.transaction.put('vpc', { ...vpc, tenancy });
  return { ReturnValue: true };
};
