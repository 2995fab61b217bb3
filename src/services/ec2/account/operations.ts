/** What an account has in a region as a whole. */
import type { DescribeAccountAttributesRequest, DescribeAccountAttributesResult } from '@aws-sdk/client-ec2';
import { oneOf } from '../../input.ts';
import { limitOf } from '../../limits.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';

/** AWS's answer to new accounts; Rampart does not limit instances. */
const instancesMax = '20';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
const attributes = {
  'supported-platforms': () => 'VPC',
  'default-vpc': ({ transaction }: Context) => {
    const [vpc] = transaction.network.vpc.by('default', 'default');
    return vpc?.id ?? 'none';
  },
  'max-instances': () => instancesMax,
  'vpc-max-security-groups-per-interface': (context: Context) =>
    String(limitOf('securityGroupsPerInterface', context)),
  'max-elastic-ips': (context: Context) => String(limitOf('elasticIpsPerRegion', context)),
  'vpc-max-elastic-ips': (context: Context) => String(limitOf('elasticIpsPerRegion', context)),
} as const;

type AttributeName = keyof typeof attributes;
const attributeNames = Object.keys(attributes) as AttributeName[];

const describeAccountAttributes: Operation<
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult
> = (input, context) => {
  const asked = input.AttributeNames ?? [];
  const names =
    asked.length > 0 ? asked.map((name) => oneOf(name, attributeNames, 'attributeName')) : attributeNames;
  return {
    AccountAttributes: names.map((name) => ({
      AttributeName: name,
      AttributeValues: [{ AttributeValue: attributes[name](context) }],
    })),
  };
};

export const accountOperations = {
  DescribeAccountAttributes: { changes: false, run: describeAccountAttributes },
} satisfies OperationTable;
