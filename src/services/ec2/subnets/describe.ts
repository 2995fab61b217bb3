/** DescribeSubnets. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
import type { DescribeSubnetsRequest, DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { freeIpv4Count } from '#vpc/subnet-space.ts';
import { defaultSubnetDns, type Subnet } from '#vpc/vpc.ts';
import type { Fields } from '../../filters.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { arnOfResource, resourceOf } from '../resources.ts';
import { subnetOutput } from './output.ts';

const dnsOf = ({ dns }: Subnet) => dns ?? defaultSubnetDns;
const launchDns = 'private-dns-name-options-on-launch';

const fields: Fields<Subnet> = {
  'availability-zone': ({ zone }) => zone,
  availabilityZone: ({ zone }) => zone,
  'availability-zone-id': ({ zoneId }) => zoneId,
  availabilityZoneId: ({ zoneId }) => zoneId,
  'available-ip-address-count': (subnet, { transaction }) => freeIpv4Count(transaction.network, subnet),
  cidr: ({ cidr }) => cidr,
  cidrBlock: ({ cidr }) => cidr,
  'cidr-block': ({ cidr }) => cidr,
  'customer-owned-ipv4-pool': () => undefined,
  'default-for-az': ({ isDefaultForZone }) => isDefaultForZone,
  defaultForAz: ({ isDefaultForZone }) => isDefaultForZone,
  'enable-dns64': (subnet) => dnsOf(subnet).dns64,
  'enable-lni-at-device-index': () => undefined,
  'ipv6-cidr-block-association.association-id': ({ ipv6Blocks }) =>
    ipv6Blocks.map(({ associationId }) => associationId),
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6Blocks }) => ipv6Blocks.map(({ cidr }) => cidr),
  'ipv6-cidr-block-association.state': ({ ipv6Blocks }) => ipv6Blocks.map(() => 'associated'),
  'ipv6-native': ({ cidr }) => cidr === undefined,
  'map-customer-owned-ip-on-launch': () => false,
  'map-public-ip-on-launch': ({ mapPublicIpOnLaunch }) => mapPublicIpOnLaunch,
  'outpost-arn': () => undefined,
  'owner-id': (_, { caller }) => caller.scope.account,
  [`${launchDns}.hostname-type`]: (subnet) => dnsOf(subnet).hostnameType,
  [`${launchDns}.enable-resource-name-dns-a-record`]: (subnet) => dnsOf(subnet).aRecord,
  [`${launchDns}.enable-resource-name-dns-aaaa-record`]: (subnet) => dnsOf(subnet).aaaaRecord,
  state: () => 'available',
  'subnet-arn': ({ id }, context) => arnOfResource('subnet', id, context),
  'subnet-id': ({ id }) => id,
  'vpc-id': ({ vpcId }) => vpcId,
};

const subnets = listingOf({
  action: 'DescribeSubnets',
  kind: 'subnet',
  fields,
  byId: (id, context) => resourceOf('subnet', id, context),
  indexes: { 'subnet-id': 'id', 'vpc-id': 'vpc' },
});

export const describeSubnets: Operation<DescribeSubnetsRequest, DescribeSubnetsResult> = (input, context) => {
  const page = list(subnets, { ...input, ids: input.SubnetIds }, context);
  return { Subnets: page.items.map((subnet) => subnetOutput(subnet, context)), NextToken: page.nextToken };
};
