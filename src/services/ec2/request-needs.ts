/**
 * Parameters that AWS's model calls optional, because another may stand in their place, and without which an operation
 * can do nothing. AWS tells what is missing before it looks at an id, so the check of requests has to know them.
 */

/** One of these parameters must be there; what the request lacks is called by the first. */
export type Need = readonly [parameter: string, ...others: string[]];

const entryBlock: Need = ['CidrBlock', 'Ipv6CidrBlock'];

const needs: Readonly<Record<string, readonly Need[]>> = {
  AssignPrivateNatGatewayAddress: [['PrivateIpAddresses', 'PrivateIpAddressCount']],
  AssociateSubnetCidrBlock: [['Ipv6CidrBlock', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength']],
  CreateNatGateway: [['SubnetId', 'AvailabilityMode', 'AvailabilityZoneAddresses', 'VpcId']],
  CreateNetworkAclEntry: [entryBlock],
  CreateSubnet: [
    ['CidrBlock', 'Ipv6CidrBlock', 'Ipv6Native', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'Ipv6IpamPoolId'],
  ],
  CreateVpcEndpoint: [['ServiceName', 'ResourceConfigurationArn', 'ServiceNetworkArn']],
  CreateVpcPeeringConnection: [['PeerVpcId']],
  ModifyAddressAttribute: [['DomainName']],
  ModifyLaunchTemplate: [['DefaultVersion']],
  ReplaceNetworkAclEntry: [entryBlock],
  RunInstances: [['ImageId', 'LaunchTemplate']],
};

/** The parameters that an action needs one of each of. */
export function needsOf(action: string): readonly Need[] {
  return Object.hasOwn(needs, action) ? (needs[action] ?? []) : [];
}
