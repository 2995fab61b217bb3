/** Whether the account's VPCs meet the internet. https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html */
import type {
  DescribeVpcBlockPublicAccessOptionsRequest,
  DescribeVpcBlockPublicAccessOptionsResult,
  ModifyVpcBlockPublicAccessOptionsRequest,
  ModifyVpcBlockPublicAccessOptionsResult,
  VpcBlockPublicAccessOptions,
} from '@aws-sdk/client-ec2';
import { publicAccessTransitionMs } from '#vpc/public-access.ts';
import { settingsId } from '#vpc/settings.ts';
import { isUnderWay } from '#vpc/under-way.ts';
import { oneOf } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcBlockPublicAccessOptions.html */
export const modifyVpcBlockPublicAccessOptions: Operation<
  ModifyVpcBlockPublicAccessOptionsRequest,
  ModifyVpcBlockPublicAccessOptionsResult
> = (input, context) => {
  const { transaction, nowMs } = context;
  const parameter = 'InternetGatewayBlockMode';
  const mode = input.InternetGatewayBlockMode;
  const block = oneOf(mode, ['off', 'block-bidirectional', 'block-ingress'], parameter);
  const settings = transaction.network.settings.get(settingsId);
  if (!settings) throw new Error('the scope has no settings');
  transaction.put('settings', { ...settings, publicAccess: { block, changedAtMs: nowMs } });
  return { VpcBlockPublicAccessOptions: optionsOutput(context) };
};

export const describeVpcBlockPublicAccessOptions: Operation<
  DescribeVpcBlockPublicAccessOptionsRequest,
  DescribeVpcBlockPublicAccessOptionsResult
> = (_, context) => ({ VpcBlockPublicAccessOptions: optionsOutput(context) });

function optionsOutput({ transaction, caller, nowMs }: Context): VpcBlockPublicAccessOptions {
  const set = transaction.network.settings.get(settingsId)?.publicAccess;
  const isNew = set && isUnderWay(set.changedAtMs, publicAccessTransitionMs, nowMs);
  return {
    AwsAccountId: caller.scope.account,
    AwsRegion: caller.scope.region,
    InternetGatewayBlockMode: set?.block ?? 'off',
    State: set ? (isNew ? 'update-in-progress' : 'update-complete') : 'default-state',
    ManagedBy: 'account',
    ExclusionsAllowed: 'allowed',
    ...(set ? { LastUpdateTimestamp: new Date(set.changedAtMs) } : {}),
  };
}
