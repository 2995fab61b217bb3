/** The account's block of public access, and what it leaves out. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const both = { InternetGatewayExclusionMode: 'allow-bidirectional' };
const exclusion = 'VpcBlockPublicAccessExclusion';

export const publicAccessStory: readonly Row[] = [
  step(
    'ModifyVpcBlockPublicAccessOptions',
    { InternetGatewayBlockMode: 'block-ingress' },
    {
      required: ['InternetGatewayBlockMode'],
      refuses: [[{ InternetGatewayBlockMode: 'x' }, value]],
      shows: {
        'VpcBlockPublicAccessOptions.InternetGatewayBlockMode': 'block-ingress',
        'VpcBlockPublicAccessOptions.State': 'update-in-progress',
      },
    },
  ),
  step(
    'DescribeVpcBlockPublicAccessOptions',
    {},
    {
      until: ['VpcBlockPublicAccessOptions.State', 'update-complete'],
      shows: { 'VpcBlockPublicAccessOptions.AwsAccountId': '123456789012' },
    },
  ),
  step(
    'CreateVpcBlockPublicAccessExclusion',
    { SubnetId: '$subnetB', ...both },
    {
      required: ['InternetGatewayExclusionMode'],
      ids: { SubnetId: 'subnet' },
      tags: 'vpc-block-public-access-exclusion',
      refuses: [
        [{ InternetGatewayExclusionMode: 'off' }, value],
        [{ VpcId: '$vpc' }, 'InvalidParameterCombination'],
        [{ SubnetId: undefined }, 'MissingParameter'],
      ],
      after: [[{}, value]],
      shows: {
        [`${exclusion}.State`]: 'create-in-progress',
        [`${exclusion}.ResourceArn`]: /:subnet\/subnet-/,
      },
      remembers: { exclusion: `${exclusion}.ExclusionId` },
    },
  ),
  step(
    'CreateVpcBlockPublicAccessExclusion',
    { VpcId: '$vpc', InternetGatewayExclusionMode: 'allow-egress' },
    {
      required: ['VpcId'],
      ids: { VpcId: 'vpc' },
      shows: { [`${exclusion}.ResourceArn`]: /:vpc\/vpc-/ },
      remembers: { vpcExclusion: `${exclusion}.ExclusionId` },
    },
  ),
  {
    lists: 'DescribeVpcBlockPublicAccessExclusions',
    items: 'VpcBlockPublicAccessExclusions',
    by: 'ExclusionId',
    item: '$exclusion',
    ids: ['ExclusionIds', 'publicAccessExclusion'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      'internet-gateway-exclusion-mode': 'InternetGatewayExclusionMode',
      'resource-arn': 'ResourceArn',
      state: 'State',
    },
  },
  step(
    'ModifyVpcBlockPublicAccessExclusion',
    { ExclusionId: '$exclusion', InternetGatewayExclusionMode: 'allow-egress' },
    {
      required: ['ExclusionId', 'InternetGatewayExclusionMode'],
      ids: { ExclusionId: 'publicAccessExclusion' },
      refuses: [[{ InternetGatewayExclusionMode: 'x' }, value]],
      shows: {
        [`${exclusion}.State`]: 'update-in-progress',
        [`${exclusion}.InternetGatewayExclusionMode`]: 'allow-egress',
      },
    },
  ),
  step(
    'DeleteVpcBlockPublicAccessExclusion',
    { ExclusionId: '$exclusion' },
    {
      required: ['ExclusionId'],
      ids: { ExclusionId: 'publicAccessExclusion' },
      shows: { [`${exclusion}.State`]: 'delete-in-progress' },
      after: [[{}, value]],
    },
  ),
  step('DeleteVpcBlockPublicAccessExclusion', { ExclusionId: '$vpcExclusion' }),
  step(
    'DescribeVpcBlockPublicAccessExclusions',
    { ExclusionIds: ['$exclusion'] },
    { until: ['VpcBlockPublicAccessExclusions.0.State', 'delete-complete'] },
  ),
  step('ModifyVpcBlockPublicAccessOptions', { InternetGatewayBlockMode: 'off' }),
];
