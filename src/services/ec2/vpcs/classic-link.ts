/**
 * DescribeVpcClassicLink and DescribeVpcClassicLinkDnsSupport, which clients of EC2-Classic's time still ask for every
 * VPC. AWS retired EC2-Classic; a region that never had it refuses them so.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcClassicLink.html
 */
import type { DescribeVpcClassicLinkRequest, DescribeVpcClassicLinkResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

export const describeClassicLink: Operation<DescribeVpcClassicLinkRequest, DescribeVpcClassicLinkResult> = (
  { VpcIds: ids = [] },
  context,
) => {
  for (const id of ids) resourceOf('vpc', id, context);
  return refuse('noClassic', {});
};
