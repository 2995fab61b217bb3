/** What an account has in a region as a whole: attributes, and whether its VPCs meet the internet. */
import type {
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeVpcBlockPublicAccessOptionsRequest,
  DescribeVpcBlockPublicAccessOptionsResult,
  ModifyVpcBlockPublicAccessOptionsRequest,
  ModifyVpcBlockPublicAccessOptionsResult,
  VpcBlockPublicAccessOptions,
  VpcBlockPublicAccessState,
} from '@aws-sdk/client-ec2';
import { settingsId } from '#vpc/settings.ts';
import { oneOf, required } from '../../input.ts';
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

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcBlockPublicAccessOptions.html */
const modifyVpcBlockPublicAccessOptions: Operation<
  ModifyVpcBlockPublicAccessOptionsRequest,
  ModifyVpcBlockPublicAccessOptionsResult
> = (input, context) => {
  const { transaction, nowMs } = context;
  const parameter = 'InternetGatewayBlockMode';
  const mode = required(input.InternetGatewayBlockMode, parameter);
  const block = oneOf(mode, ['off', 'block-bidirectional', 'block-ingress'], parameter);
  const settings = transaction.network.settings.get(settingsId);
  if (!settings) throw new Error('the scope has no settings');
  transaction.put('settings', { ...settings, publicAccess: { block, changedAtMs: nowMs } });
  return { VpcBlockPublicAccessOptions: blockOutput(context, 'update-in-progress') };
};

const describeVpcBlockPublicAccessOptions: Operation<
  DescribeVpcBlockPublicAccessOptionsRequest,
  DescribeVpcBlockPublicAccessOptionsResult
> = (_, context) => ({ VpcBlockPublicAccessOptions: blockOutput(context) });

function blockOutput(
  { transaction, caller }: Context,
  state?: VpcBlockPublicAccessState,
): VpcBlockPublicAccessOptions {
  const set = transaction.network.settings.get(settingsId)?.publicAccess;
  return {
    AwsAccountId: caller.scope.account,
    AwsRegion: caller.scope.region,
    InternetGatewayBlockMode: set?.block ?? 'off',
    State: state ?? (set ? 'update-complete' : 'default-state'),
    ManagedBy: 'account',
    ExclusionsAllowed: 'allowed',
    ...(set ? { LastUpdateTimestamp: new Date(set.changedAtMs) } : {}),
  };
}

export const accountOperations = {
  DescribeAccountAttributes: { changes: false, run: describeAccountAttributes },
  DescribeVpcBlockPublicAccessOptions: { changes: false, run: describeVpcBlockPublicAccessOptions },
  ModifyVpcBlockPublicAccessOptions: { changes: true, run: modifyVpcBlockPublicAccessOptions },
} satisfies OperationTable;
