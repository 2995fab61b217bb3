/** Subnets as AWS shows them. */
import type {
  SubnetCidrBlockStateCode,
  SubnetIpv6CidrBlockAssociation,
  Subnet as SubnetOutput,
} from '@aws-sdk/client-ec2';
import { freeIpv4Count } from '#vpc/subnet-space.ts';
import { defaultSubnetDns, type Subnet, type SubnetCidrBlock } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { arnOfResource } from '../resources.ts';
import { tagList } from '../tags/tags.ts';

export function subnetIpv6Association(
  { associationId, cidr }: SubnetCidrBlock,
  State: SubnetCidrBlockStateCode = 'associated',
): SubnetIpv6CidrBlockAssociation {
  return {
    AssociationId: associationId,
    Ipv6CidrBlock: cidr,
    Ipv6CidrBlockState: { State },
    Ipv6AddressAttribute: 'public',
    IpSource: 'amazon',
  };
}

export function subnetOutput(subnet: Subnet, context: Context): SubnetOutput {
  const dns = subnet.dns ?? defaultSubnetDns;
  return {
    SubnetId: subnet.id,
    SubnetArn: arnOfResource('subnet', subnet.id, context),
    VpcId: subnet.vpcId,
    OwnerId: context.caller.scope.account,
    State: 'available',
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: subnet.zoneId,
    CidrBlock: subnet.cidr,
    AvailableIpAddressCount: freeIpv4Count(context.transaction.network, subnet),
    Ipv6CidrBlockAssociationSet: subnet.ipv6Blocks.map((block) => subnetIpv6Association(block)),
    Ipv6Native: subnet.cidr === undefined,
    DefaultForAz: subnet.isDefaultForZone,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: subnet.assignIpv6OnCreation,
    EnableDns64: dns.dns64,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: dns.hostnameType,
      EnableResourceNameDnsARecord: dns.aRecord,
      EnableResourceNameDnsAAAARecord: dns.aaaaRecord,
    },
    Tags: tagList(subnet.tags),
  };
}
