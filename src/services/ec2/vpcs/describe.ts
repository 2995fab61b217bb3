/** DescribeVpcs. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
import type { DescribeVpcsRequest, DescribeVpcsResult } from '@aws-sdk/client-ec2';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { resourceOf } from '../resources.ts';
import { vpcOutput } from './output.ts';

const vpcs = listingOf({
  action: 'DescribeVpcs',
  kind: 'vpc',
  fields: {
    cidr: ({ cidrBlocks }) => cidrBlocks[0]?.cidr,
    // AWS takes this one undocumented; Ansible's ec2_vpc_net relies on it.
    'cidr-block': ({ cidrBlocks }) => cidrBlocks[0]?.cidr,
    'cidr-block-association.association-id': ({ cidrBlocks }) =>
      cidrBlocks.map(({ associationId }) => associationId),
    'cidr-block-association.cidr-block': ({ cidrBlocks }) => cidrBlocks.map(({ cidr }) => cidr),
    'cidr-block-association.state': ({ cidrBlocks }) => cidrBlocks.map(() => 'associated'),
    'dhcp-options-id': ({ dhcpOptionsId }) => dhcpOptionsId,
    'ipv6-cidr-block-association.association-id': ({ ipv6Blocks }) =>
      ipv6Blocks.map(({ associationId }) => associationId),
    'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6Blocks }) => ipv6Blocks.map(({ cidr }) => cidr),
    'ipv6-cidr-block-association.ipv6-pool': ({ ipv6Blocks }) => ipv6Blocks.map(() => 'Amazon'),
    'ipv6-cidr-block-association.state': ({ ipv6Blocks }) => ipv6Blocks.map(() => 'associated'),
    'is-default': ({ isDefault }) => isDefault,
    // AWS takes the older spelling too, and its clients still send it.
    isDefault: ({ isDefault }) => isDefault,
    'owner-id': (_, { caller }) => caller.scope.account,
    state: () => 'available',
    'vpc-id': ({ id }) => id,
  },
  byId: (id, context) => resourceOf('vpc', id, context),
  indexes: { 'vpc-id': 'id' },
});

export const describeVpcs: Operation<DescribeVpcsRequest, DescribeVpcsResult> = (input, context) => {
  const page = list(vpcs, { ...input, ids: input.VpcIds }, context);
  return { Vpcs: page.items.map((vpc) => vpcOutput(vpc, context)), NextToken: page.nextToken };
};
