/** Interfaces as the API shows them. */
import type {
  GroupIdentifier,
  NetworkInterface,
  NetworkInterfaceAssociation,
  NetworkInterfaceAttachment,
  NetworkInterfaceType,
} from '@aws-sdk/client-ec2';
import { hasHostnames, privateDnsName, publicDnsName } from '#vpc/dns-names.ts';
import { type Address, attachmentIdOf, type EnaSrd, type Eni, type PrivateIp } from '#vpc/eni.ts';
import { prefixesOf } from '#vpc/eni-addresses.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';
import { timeoutsOutput } from './tracking.ts';

/** An interface as DescribeNetworkInterfaces shows it. */
export function interfaceOutput(eni: Eni, context: Context): NetworkInterface {
  const { caller, transaction } = context;
  const subnet = transaction.network.subnet.get(eni.subnetId);
  const [primary] = eni.privateIps;
  const named = hasHostnames(transaction.network, eni.vpcId);
  const association = primary && associationOf(eni, primary, context);
  return {
    NetworkInterfaceId: eni.id,
    VpcId: eni.vpcId,
    SubnetId: eni.subnetId,
    AvailabilityZone: subnet?.zone,
    AvailabilityZoneId: subnet?.zoneId,
    OwnerId: caller.scope.account,
    Description: eni.description,
    InterfaceType: eni.interfaceType as NetworkInterfaceType,
    MacAddress: eni.macAddress,
    Status: statusOf(eni),
    SourceDestCheck: eni.sourceDestCheck,
    RequesterManaged: eni.requesterManaged,
    RequesterId: eni.requesterManaged ? caller.scope.account : undefined,
    Groups: groupIdentifiers(eni, context),
    PrivateIpAddress: primary?.address,
    PrivateDnsName: primary && named ? privateDnsName(primary.address, caller.scope.region) : undefined,
    PublicDnsName: association?.PublicDnsName,
    PrivateIpAddresses: eni.privateIps.map((ip) => ({
      Association: associationOf(eni, ip, context),
      Primary: ip.isPrimary,
      PrivateDnsName: named ? privateDnsName(ip.address, caller.scope.region) : undefined,
      PrivateIpAddress: ip.address,
    })),
    Ipv6Addresses: eni.ipv6Addresses.map((ip, index) => ({
      Ipv6Address: ip,
      IsPrimaryIpv6: index === 0 && eni.hasPrimaryIpv6 === true,
    })),
    Ipv4Prefixes: prefixesOf(eni, 'ipv4').map((Ipv4Prefix) => ({ Ipv4Prefix })),
    Ipv6Prefixes: prefixesOf(eni, 'ipv6').map((Ipv6Prefix) => ({ Ipv6Prefix })),
    Ipv6Address: eni.ipv6Addresses[0],
    Ipv6Native: subnet !== undefined && subnet.cidr === undefined,
    AssociatedSubnets: eni.associatedSubnetIds && [...eni.associatedSubnetIds],
    DenyAllIgwTraffic: false,
    Association: association,
    Attachment: attachmentOutput(eni, context),
    ConnectionTrackingConfiguration: timeoutsOutput(eni.timeouts),
    Operator: { Managed: false },
    TagSet: tagList(eni.tags),
  };
}

/** AWS shows an interface of a service as in use. */
export function statusOf({ attachment, requesterManaged }: Eni): 'in-use' | 'available' {
  return attachment || requesterManaged ? 'in-use' : 'available';
}

/** The groups of an interface, by id and name. */
export function groupIdentifiers({ groupIds }: Eni, { transaction }: Context): GroupIdentifier[] {
  return groupIds.map((id) => ({
    GroupId: id,
    GroupName: transaction.network.securityGroup.get(id)?.name,
  }));
}

/** How an interface is attached, if it is. */
export function attachmentOutput(eni: Eni, { caller }: Context): NetworkInterfaceAttachment | undefined {
  const { attachment } = eni;
  if (!attachment) return eni.requesterManaged ? serviceAttachment(eni) : undefined;
  return {
    AttachTime: new Date(attachment.attachedAtMs),
    AttachmentId: attachment.id,
    DeleteOnTermination: attachment.deleteOnTermination,
    DeviceIndex: attachment.deviceIndex,
    NetworkCardIndex: 0,
    InstanceId: attachment.instanceId,
    InstanceOwnerId: caller.scope.account,
    Status: 'attached',
    EnaSrdSpecification: eni.enaSrd && enaSrdOutput(eni.enaSrd),
  };
}

/** An interface of a NAT gateway or endpoint: attached to no instance of the account, but to AWS. */
const serviceAttachment = (eni: Eni): NetworkInterfaceAttachment => ({
  AttachmentId: attachmentIdOf(eni),
  DeleteOnTermination: false,
  DeviceIndex: 1,
  InstanceOwnerId: 'amazon-aws',
  Status: 'attached',
});

const enaSrdOutput = ({ enabled, udpEnabled }: EnaSrd) => ({
  EnaSrdEnabled: enabled,
  EnaSrdUdpSpecification: { EnaSrdUdpEnabled: udpEnabled },
});

/** The elastic address that leads to a private one. */
function elasticOf(eni: Eni, { address }: PrivateIp, { transaction }: Context): Address | undefined {
  for (const elastic of transaction.network.address.by('eni', eni.id)) {
    if (elastic.association?.privateIp === address) return elastic;
  }
  return undefined;
}

/** The public address of a private one: the elastic one, or the one given at launch. */
export function associationOf(
  eni: Eni,
  ip: PrivateIp,
  context: Context,
): NetworkInterfaceAssociation | undefined {
  const elastic = elasticOf(eni, ip, context);
  const publicIp = elastic?.publicIp ?? ip.launchPublicIp;
  if (publicIp === undefined) return undefined;
  const { account, region } = context.caller.scope;
  const named = hasHostnames(context.transaction.network, eni.vpcId);
  return {
    AllocationId: elastic?.id,
    AssociationId: elastic?.association?.id,
    // AWS shows addresses that it only lends out as its own.
    IpOwnerId: elastic ? account : 'amazon',
    PublicDnsName: named ? publicDnsName(publicIp, region) : undefined,
    PublicIp: publicIp,
  };
}
