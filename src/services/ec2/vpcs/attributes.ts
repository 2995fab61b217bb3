/** DescribeVpcAttribute, ModifyVpcAttribute, ModifyVpcTenancy. */
import type {
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  ModifyVpcAttributeRequest,
  ModifyVpcTenancyRequest,
  ModifyVpcTenancyResult,
} from '@aws-sdk/client-ec2';
import type { Vpc } from '#vpc/vpc.ts';
import { oneOf } from '../../input.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

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
  const { member, field } = attributes[oneOf(input.Attribute, names, 'attribute')];
  const vpc = resourceOf('vpc', input.VpcId, context);
  return { VpcId: vpc.id, [member]: { Value: vpc[field] } };
};

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export const modifyVpcAttribute: Operation<ModifyVpcAttributeRequest, Record<string, never>> = (
  input,
  context,
) => {
  const given = names.filter((name) => input[attributes[name].member]?.Value !== undefined);
  const [name, second] = given;
  if (!name) return refuse('missingParameter', { parameter: names.join(' | ') });
  if (second)
    refuse('invalidCombination', { reason: `Give one attribute at a time, not ${name} and ${second}.` });
  const vpc = resourceOf('vpc', input.VpcId, context);
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
  const tenancy = oneOf(input.InstanceTenancy, ['default'], 'instanceTenancy');
  const vpc = resourceOf('vpc', input.VpcId, context);
  context.transaction.put('vpc', { ...vpc, tenancy });
  return { ReturnValue: true };
};
