/** VPCs and their blocks. */
import { type Row, step } from '../step.ts';

const range = 'InvalidVpc.Range';
const value = 'InvalidParameterValue';

const inVpc = { VpcId: '$vpc' };
const ofVpc = { code: 'UnsupportedOperation', required: ['VpcId'], ids: { VpcId: 'vpc' } } as const;

const classic: readonly Row[] = [
  step(
    'DescribeVpcClassicLink',
    { VpcIds: ['$vpc'] },
    { code: 'UnsupportedOperation', ids: { VpcIds: 'vpc' } },
  ),
  step('DescribeVpcClassicLinkDnsSupport', {}, { code: 'UnsupportedOperation' }),
  step(
    'DescribeClassicLinkInstances',
    {},
    {
      code: 'UnsupportedOperation',
      refuses: [
        [{ InstanceIds: ['i-x'] }, 'InvalidInstanceID.Malformed'],
        [{ InstanceIds: ['i-0123456789abcdef0'] }, 'InvalidInstanceID.NotFound'],
      ],
    },
  ),
  step('EnableVpcClassicLink', inVpc, ofVpc),
  step('DisableVpcClassicLink', inVpc, ofVpc),
  step('EnableVpcClassicLinkDnsSupport', inVpc, { code: 'UnsupportedOperation', ids: { VpcId: 'vpc' } }),
  step('DisableVpcClassicLinkDnsSupport', inVpc, { code: 'UnsupportedOperation', ids: { VpcId: 'vpc' } }),
  // There is no instance to be linked.
  ...['AttachClassicLinkVpc', 'DetachClassicLinkVpc'].map((action) =>
    step(
      action,
      {
        ...inVpc,
        InstanceId: 'i-0123456789abcdef0',
        ...(action.startsWith('A') && { Groups: ['sg-00000000'] }),
      },
      { code: 'InvalidInstanceID.NotFound', required: ['VpcId', 'InstanceId'] },
    ),
  ),
];

export const vpcStory: readonly Row[] = [
  step(
    'CreateVpc',
    { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true },
    {
      required: ['CidrBlock'],
      tags: 'vpc',
      refuses: [
        [{ CidrBlock: 'x' }, value],
        [{ CidrBlock: '10.0.0.0/15' }, range],
        [{ CidrBlock: '10.0.0.0/29' }, range],
        [{ CidrBlock: '127.0.0.0/16' }, range],
        [{ InstanceTenancy: 'host' }, value],
        [{ Ipv4IpamPoolId: 'ipam-pool-1' }, 'InvalidIpamPoolId.NotFound'],
        [{ Ipv6CidrBlock: '2001:db8::/56' }, 'MissingParameter'],
      ],
      remembers: {
        vpc: 'Vpc.VpcId',
        dhcp: 'Vpc.DhcpOptionsId',
        vpcIpv6: 'Vpc.Ipv6CidrBlockAssociationSet.0.AssociationId',
      },
      shows: {
        'Vpc.VpcId': /^vpc-[0-9a-f]{17}$/,
        'Vpc.State': 'pending',
        'Vpc.IsDefault': false,
        'Vpc.OwnerId': '123456789012',
        'Vpc.InstanceTenancy': 'default',
        'Vpc.Tags': [{ Key: 'suite', Value: 'conformance' }],
      },
    },
  ),
  step(
    'CreateVpc',
    { CidrBlock: '10.1.0.0/16', InstanceTenancy: 'dedicated' },
    { remembers: { otherVpc: 'Vpc.VpcId' } },
  ),
  step(
    'ModifyVpcTenancy',
    { VpcId: '$otherVpc', InstanceTenancy: 'default' },
    {
      required: ['VpcId', 'InstanceTenancy'],
      ids: { VpcId: 'vpc' },
      refuses: [[{ InstanceTenancy: 'dedicated' }, value]],
      shows: { ReturnValue: true },
    },
  ),
  {
    lists: 'DescribeVpcs',
    items: 'Vpcs',
    by: 'VpcId',
    item: '$vpc',
    ids: ['VpcIds', 'vpc'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      cidr: 'CidrBlock',
      'cidr-block': 'CidrBlock',
      'cidr-block-association.association-id': 'CidrBlockAssociationSet.0.AssociationId',
      'cidr-block-association.cidr-block': 'CidrBlockAssociationSet.0.CidrBlock',
      'cidr-block-association.state': 'CidrBlockAssociationSet.0.CidrBlockState.State',
      'dhcp-options-id': 'DhcpOptionsId',
      'ipv6-cidr-block-association.association-id': 'Ipv6CidrBlockAssociationSet.0.AssociationId',
      'ipv6-cidr-block-association.ipv6-cidr-block': 'Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock',
      'ipv6-cidr-block-association.ipv6-pool': 'Ipv6CidrBlockAssociationSet.0.Ipv6Pool',
      'ipv6-cidr-block-association.state': 'Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlockState.State',
      'is-default': 'IsDefault',
      isDefault: 'IsDefault',
      'owner-id': 'OwnerId',
      state: 'State',
      'vpc-id': 'VpcId',
    },
  },
  step(
    'DescribeVpcAttribute',
    { VpcId: '$vpc', Attribute: 'enableDnsSupport' },
    {
      required: ['VpcId', 'Attribute'],
      ids: { VpcId: 'vpc' },
      refuses: [[{ Attribute: 'x' }, value]],
      shows: { VpcId: '$vpc', 'EnableDnsSupport.Value': true, EnableDnsHostnames: undefined },
    },
  ),
  step(
    'ModifyVpcAttribute',
    { VpcId: '$vpc', EnableDnsHostnames: { Value: true } },
    {
      required: ['VpcId', 'EnableDnsHostnames'],
      ids: { VpcId: 'vpc' },
      refuses: [[{ EnableDnsSupport: { Value: true } }, 'InvalidParameterCombination']],
    },
  ),
  step(
    'DescribeVpcAttribute',
    { VpcId: '$vpc', Attribute: 'enableDnsHostnames' },
    { shows: { 'EnableDnsHostnames.Value': true } },
  ),
  step(
    'AssociateVpcCidrBlock',
    { VpcId: '$otherVpc', CidrBlock: '10.2.0.0/16' },
    {
      required: ['VpcId', 'CidrBlock'],
      ids: { VpcId: 'vpc' },
      refuses: [
        [{ AmazonProvidedIpv6CidrBlock: true }, 'InvalidParameterCombination'],
        [{ CidrBlock: '10.2.0.0/29' }, range],
        [{ CidrBlock: 'x' }, value],
        [{ CidrBlock: '10.1.0.0/16' }, range],
        [{ CidrBlock: '192.168.0.0/16' }, range],
        [{ CidrBlock: '198.19.0.0/16' }, range],
        [{ Ipv6Pool: 'p' }, 'InvalidPoolID.NotFound'],
        [{ Ipv6CidrBlock: '2001:db8::/56' }, 'MissingParameter'],
      ],
      shows: { VpcId: '$otherVpc', 'CidrBlockAssociation.CidrBlockState.State': 'associating' },
      remembers: { block: 'CidrBlockAssociation.AssociationId' },
    },
  ),
  step(
    'AssociateVpcCidrBlock',
    { VpcId: '$otherVpc', AmazonProvidedIpv6CidrBlock: true },
    {
      shows: { 'Ipv6CidrBlockAssociation.Ipv6CidrBlock': /::\/56$/ },
      remembers: { block6: 'Ipv6CidrBlockAssociation.AssociationId' },
    },
  ),
  ...classic,
];
