/**
 * VPCs and subnets that the account's block of public access leaves out.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html#security-vpc-bpa-exclusions
 */
import type {
  CreateVpcBlockPublicAccessExclusionRequest,
  CreateVpcBlockPublicAccessExclusionResult,
  DeleteVpcBlockPublicAccessExclusionRequest,
  DeleteVpcBlockPublicAccessExclusionResult,
  DescribeVpcBlockPublicAccessExclusionsRequest,
  DescribeVpcBlockPublicAccessExclusionsResult,
  ModifyVpcBlockPublicAccessExclusionRequest,
  ModifyVpcBlockPublicAccessExclusionResult,
  VpcBlockPublicAccessExclusion,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import {
  exclusionStateAt,
  isForgottenExclusion,
  type PublicAccessExclusion,
  type PublicAccessExclusionMode,
} from '#vpc/public-access.ts';
import { oneOf, required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { arnOfResource, refuseNotFound, resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcBlockPublicAccessExclusion.html */
export const createVpcBlockPublicAccessExclusion: Operation<
  CreateVpcBlockPublicAccessExclusionRequest,
  CreateVpcBlockPublicAccessExclusionResult
> = (input, context) => {
  const { transaction, nowMs, hex17 } = context;
  const mode = modeIn(input.InternetGatewayExclusionMode);
  const tags = tagsOnCreate('publicAccessExclusion', input.TagSpecifications, context);
  const subject = subjectIn(input, context);
  const id = subject.kind === 'vpc' ? subject.vpcId : subject.subnetId;
  const [known] = transaction.network.publicAccessExclusion.by('subject', id);
  if (known) {
    const expected = `it has the exclusion ${known.id} already`;
    refuse('invalidValue', { parameter: `${subject.kind}Id`, value: id, expected });
  }
  dropForgotten(context);
  const standing = [...transaction.network.publicAccessExclusion.values()].filter(isStanding);
  const what = 'exclusions from the block of public access';
  const code = 'VpcBlockPublicAccessExclusionLimitExceeded';
  checkQuota('publicAccessExclusionsPerAccount', { count: standing.length, code, what }, context);
  const exclusion = { id: newId('publicAccessExclusion', hex17), subject, mode, createdAtMs: nowMs, tags };
  transaction.put('publicAccessExclusion', exclusion);
  return { VpcBlockPublicAccessExclusion: exclusionOutput(exclusion, context) };
};

const isStanding = ({ deletedAtMs }: PublicAccessExclusion): boolean => deletedAtMs === undefined;

function modeIn(text: string): PublicAccessExclusionMode {
  return oneOf(text, ['allow-bidirectional', 'allow-egress'], 'InternetGatewayExclusionMode');
}

function subjectIn(
  { VpcId: vpcId, SubnetId: subnetId }: CreateVpcBlockPublicAccessExclusionRequest,
  context: Context,
): PublicAccessExclusion['subject'] {
  if (vpcId !== undefined && subnetId !== undefined) {
    refuse('invalidCombination', { reason: 'Give vpcId or subnetId, not both.' });
  }
  if (subnetId !== undefined) return { kind: 'subnet', subnetId: resourceOf('subnet', subnetId, context).id };
  return { kind: 'vpc', vpcId: resourceOf('vpc', required(vpcId, 'VpcId'), context).id };
}

function dropForgotten({ transaction, nowMs }: Context): void {
  for (const exclusion of transaction.network.publicAccessExclusion.values()) {
    if (isForgottenExclusion(exclusion, nowMs)) transaction.remove('publicAccessExclusion', exclusion.id);
  }
}

/** An exclusion that is shown. */
function visible(id: string, context: Context): PublicAccessExclusion {
  const exclusion = resourceOf('publicAccessExclusion', id, context);
  return isForgottenExclusion(exclusion, context.nowMs)
    ? refuseNotFound('publicAccessExclusion', id)
    : exclusion;
}

/** An exclusion that is not deleted. */
function standingIn(id: string, what: string, context: Context): PublicAccessExclusion {
  const exclusion = visible(id, context);
  if (!isStanding(exclusion)) {
    const expected = `it is in ${exclusionStateAt(exclusion, context.nowMs)} state and cannot be ${what}`;
    refuse('invalidValue', { parameter: 'exclusionId', value: exclusion.id, expected });
  }
  return exclusion;
}

export const modifyVpcBlockPublicAccessExclusion: Operation<
  ModifyVpcBlockPublicAccessExclusionRequest,
  ModifyVpcBlockPublicAccessExclusionResult
> = (input, context) => {
  const mode = modeIn(input.InternetGatewayExclusionMode);
  const exclusion = standingIn(input.ExclusionId, 'modified', context);
  const modified = { ...exclusion, mode, modifiedAtMs: context.nowMs };
  context.transaction.put('publicAccessExclusion', modified);
  return { VpcBlockPublicAccessExclusion: exclusionOutput(modified, context) };
};

export const deleteVpcBlockPublicAccessExclusion: Operation<
  DeleteVpcBlockPublicAccessExclusionRequest,
  DeleteVpcBlockPublicAccessExclusionResult
> = (input, context) => {
  const deleted = {
    ...standingIn(input.ExclusionId, 'deleted', context),
    deletedAtMs: context.nowMs,
  };
  context.transaction.put('publicAccessExclusion', deleted);
  return { VpcBlockPublicAccessExclusion: exclusionOutput(deleted, context) };
};

/** The exclusion of a VPC or subnet that is deleted goes with it. */
export function dropExclusionsOf(subjectId: string, { transaction, nowMs }: Context): void {
  for (const exclusion of transaction.network.publicAccessExclusion.by('subject', subjectId)) {
    transaction.put('publicAccessExclusion', { ...exclusion, deletedAtMs: nowMs });
  }
}

const exclusions = listingOf({
  action: 'DescribeVpcBlockPublicAccessExclusions',
  kind: 'publicAccessExclusion',
  fields: {
    'internet-gateway-exclusion-mode': ({ mode }) => mode,
    'resource-arn': (exclusion, context) => subjectArn(exclusion, context),
    state: (exclusion, { nowMs }) => exclusionStateAt(exclusion, nowMs),
  },
  isShown: (exclusion, { nowMs }) => !isForgottenExclusion(exclusion, nowMs),
  byId: visible,
  indexes: {},
});

export const describeVpcBlockPublicAccessExclusions: Operation<
  DescribeVpcBlockPublicAccessExclusionsRequest,
  DescribeVpcBlockPublicAccessExclusionsResult
> = (input, context) => {
  const page = list(exclusions, { ...input, ids: input.ExclusionIds }, context);
  return {
    VpcBlockPublicAccessExclusions: page.items.map((each) => exclusionOutput(each, context)),
    NextToken: page.nextToken,
  };
};

function subjectArn({ subject }: PublicAccessExclusion, context: Context): string {
  return subject.kind === 'vpc'
    ? arnOfResource('vpc', subject.vpcId, context)
    : arnOfResource('subnet', subject.subnetId, context);
}

function exclusionOutput(exclusion: PublicAccessExclusion, context: Context): VpcBlockPublicAccessExclusion {
  const { id, mode, createdAtMs, modifiedAtMs, deletedAtMs, tags } = exclusion;
  return {
    ExclusionId: id,
    InternetGatewayExclusionMode: mode,
    ResourceArn: subjectArn(exclusion, context),
    State: exclusionStateAt(exclusion, context.nowMs),
    CreationTimestamp: new Date(createdAtMs),
    LastUpdateTimestamp: new Date(modifiedAtMs ?? createdAtMs),
    ...(deletedAtMs === undefined ? {} : { DeletionTimestamp: new Date(deletedAtMs) }),
    Tags: tagList(tags),
  };
}
