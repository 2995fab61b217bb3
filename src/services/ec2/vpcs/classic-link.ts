/**
 * The actions of ClassicLink, which clients of EC2-Classic's time still ask for every VPC. AWS retired EC2-Classic; a
 * region that never had it refuses them all so.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcClassicLink.html
 */
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

type Named = {
  readonly VpcId?: string | undefined;
  readonly VpcIds?: readonly string[] | undefined;
  readonly InstanceId?: string | undefined;
  readonly InstanceIds?: readonly string[] | undefined;
};

/** Refuses whatever is asked, unknown ids before all. */
const classicLink: Operation<Named, never> = (
  { VpcId: vpc, VpcIds: vpcs = [], InstanceId: instance, InstanceIds: instances = [] },
  context,
) => {
  for (const id of [...(vpc === undefined ? [] : [vpc]), ...vpcs]) resourceOf('vpc', id, context);
  for (const id of [...(instance === undefined ? [] : [instance]), ...instances]) {
    resourceOf('instance', id, context);
  }
  return refuse('noClassic', {});
};

const changing = { changes: true, run: classicLink } as const;
const reading = { changes: false, run: classicLink } as const;

export const classicLinkOperations = {
  AttachClassicLinkVpc: changing,
  DescribeClassicLinkInstances: reading,
  DescribeVpcClassicLink: reading,
  DescribeVpcClassicLinkDnsSupport: reading,
  DetachClassicLinkVpc: changing,
  DisableVpcClassicLink: changing,
  DisableVpcClassicLinkDnsSupport: changing,
  EnableVpcClassicLink: changing,
  EnableVpcClassicLinkDnsSupport: changing,
} as const;
