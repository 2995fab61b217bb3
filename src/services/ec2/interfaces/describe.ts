/** DescribeNetworkInterfaces and DescribeNetworkInterfaceAttribute. */
import type {
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
} from '@aws-sdk/client-ec2';
import { hasHostnames, privateDnsName } from '#vpc/dns-names.ts';
import { attachmentIdOf, type Eni } from '#vpc/eni.ts';
import type { Fields } from '../../filters.ts';
import { oneOf, required } from '../../input.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { resourceOf } from '../resources.ts';
import { wantsPublicIp } from './modify.ts';
import { associationOf, attachmentOutput, groupIdentifiers, interfaceOutput, statusOf } from './output.ts';

const associationsOf = (eni: Eni, context: Context) =>
  eni.privateIps.map((ip) => associationOf(eni, ip, context));

const primaryAssociation = (eni: Eni, context: Context) => associationsOf(eni, context)[0];

const subnetOf = (eni: Eni, { transaction }: Context) => transaction.network.subnet.get(eni.subnetId);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export const interfaceFields: Fields<Eni> = {
  'addresses.association.owner-id': (eni, context) =>
    associationsOf(eni, context).map((each) => each?.IpOwnerId),
  'addresses.association.public-ip': (eni, context) =>
    associationsOf(eni, context).map((each) => each?.PublicIp),
  'addresses.primary': ({ privateIps }) => privateIps.map(({ isPrimary }) => isPrimary),
  'addresses.private-ip-address': ({ privateIps }) => privateIps.map(({ address }) => address),
  'association.allocation-id': (eni, context) => primaryAssociation(eni, context)?.AllocationId,
  'association.association-id': (eni, context) => primaryAssociation(eni, context)?.AssociationId,
  'association.ip-owner-id': (eni, context) => primaryAssociation(eni, context)?.IpOwnerId,
  'association.public-dns-name': (eni, context) => primaryAssociation(eni, context)?.PublicDnsName,
  'association.public-ip': (eni, context) => primaryAssociation(eni, context)?.PublicIp,
  'attachment.attach-time': ({ attachment }) => attachment && new Date(attachment.attachedAtMs).toISOString(),
  'attachment.attachment-id': attachmentIdOf,
  'attachment.delete-on-termination': (eni, context) => attachmentOutput(eni, context)?.DeleteOnTermination,
  'attachment.device-index': (eni, context) => attachmentOutput(eni, context)?.DeviceIndex,
  'attachment.instance-id': ({ attachment }) => attachment?.instanceId,
  'attachment.instance-owner-id': (eni, context) => attachmentOutput(eni, context)?.InstanceOwnerId,
  'attachment.status': (eni, context) => attachmentOutput(eni, context)?.Status,
  'availability-zone': (eni, context) => subnetOf(eni, context)?.zone,
  'availability-zone-id': (eni, context) => subnetOf(eni, context)?.zoneId,
  description: ({ description }) => description,
  'group-id': ({ groupIds }) => groupIds,
  'group-name': (eni, context) => groupIdentifiers(eni, context).map(({ GroupName }) => GroupName),
  'interface-type': ({ interfaceType }) => interfaceType,
  'ipv6-addresses.ipv6-address': ({ ipv6Addresses }) => ipv6Addresses,
  'mac-address': ({ macAddress }) => macAddress,
  'network-interface-id': ({ id }) => id,
  'operator.managed': () => false,
  'operator.principal': () => undefined,
  'owner-id': (_eni, { caller }) => caller.scope.account,
  'private-dns-name': ({ vpcId, privateIps: [primary] }, { transaction, caller }) =>
    primary && hasHostnames(transaction.network, vpcId)
      ? privateDnsName(primary.address, caller.scope.region)
      : undefined,
  'private-ip-address': ({ privateIps }) => privateIps.map(({ address }) => address),
  'requester-id': ({ requesterManaged }, { caller }) => (requesterManaged ? caller.scope.account : undefined),
  'requester-managed': ({ requesterManaged }) => requesterManaged,
  'source-dest-check': ({ sourceDestCheck }) => sourceDestCheck,
  status: statusOf,
  'subnet-id': ({ subnetId }) => subnetId,
  'vpc-id': ({ vpcId }) => vpcId,
};

const interfaces = listingOf({
  action: 'DescribeNetworkInterfaces',
  kind: 'eni',
  idsExclusive: 'NetworkInterfaceIds',
  fields: interfaceFields,
  indexes: {
    'attachment.attachment-id': 'attachment',
    'attachment.instance-id': 'instance',
    'group-id': 'group',
    'mac-address': 'mac',
    'network-interface-id': 'id',
    'private-ip-address': 'ip',
    'subnet-id': 'subnet',
    'vpc-id': 'vpc',
    'tag:*': 'tag',
  },
  byId: (id, context) => resourceOf('eni', id, context),
});

export const describeNetworkInterfaces: Operation<
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult
> = (input, context) => {
  const page = list(interfaces, { ...input, ids: input.NetworkInterfaceIds }, context);
  return {
    NetworkInterfaces: page.items.map((eni) => interfaceOutput(eni, context)),
    NextToken: page.nextToken,
  };
};

export const describeNetworkInterfaceAttribute: Operation<
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult
> = (input, context) => {
  const attribute = oneOf(
    required(input.Attribute, 'Attribute'),
    ['description', 'groupSet', 'sourceDestCheck', 'attachment', 'associatePublicIpAddress'],
    'Attribute',
  );
  const eni = resourceOf('eni', input.NetworkInterfaceId, context);
  return { NetworkInterfaceId: eni.id, ...attributeOutput(eni, attribute, context) };
};

function attributeOutput(
  eni: Eni,
  attribute: 'description' | 'groupSet' | 'sourceDestCheck' | 'attachment' | 'associatePublicIpAddress',
  context: Context,
): DescribeNetworkInterfaceAttributeResult {
  switch (attribute) {
    case 'description':
      return { Description: { Value: eni.description } };
    case 'groupSet':
      return { Groups: groupIdentifiers(eni, context) };
    case 'sourceDestCheck':
      return { SourceDestCheck: { Value: eni.sourceDestCheck } };
    case 'attachment':
      return { Attachment: attachmentOutput(eni, context) };
    case 'associatePublicIpAddress':
      return { AssociatePublicIpAddress: wantsPublicIp(eni) };
    default:
      return attribute satisfies never;
  }
}
