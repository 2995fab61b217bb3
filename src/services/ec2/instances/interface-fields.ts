/**
 * The filters `network-interface.…` of DescribeInstances: those that interfaces have themselves, and more.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
import type { NetworkInterface, NetworkInterfaceAssociation } from '@aws-sdk/client-ec2';
import type { Eni } from '#vpc/eni.ts';
import type { Field, Fields } from '../../filters.ts';
import { interfaceFields } from '../interfaces/describe.ts';
import { interfaceOutput } from '../interfaces/output.ts';

type Plain = string | boolean | number | undefined;

/** A filter on what DescribeNetworkInterfaces shows. */
const shown =
  (read: (output: NetworkInterface) => Plain | readonly Plain[]): Field<Eni> =>
  (eni, context) =>
    read(interfaceOutput(eni, context));

/** A filter on the public addresses of all private ones. */
const associations = (read: (association: NetworkInterfaceAssociation) => Plain): Field<Eni> =>
  shown(({ PrivateIpAddresses }) =>
    PrivateIpAddresses?.map(({ Association }) => Association && read(Association)),
  );

/** No interface is on an Outpost or in a Wavelength zone, whose addresses carriers and customers own. */
const none: Field<Eni> = () => undefined;

export const instanceInterfaceFields: Fields<Eni> = {
  ...interfaceFields,
  'addresses.association.allocation-id': associations(({ AllocationId }) => AllocationId),
  'addresses.association.association-id': associations(({ AssociationId }) => AssociationId),
  'addresses.association.carrier-ip': none,
  'addresses.association.customer-owned-ip': none,
  'addresses.association.ip-owner-id': associations(({ IpOwnerId }) => IpOwnerId),
  'addresses.association.public-dns-name': associations(({ PublicDnsName }) => PublicDnsName),
  'addresses.private-dns-name': shown(({ PrivateIpAddresses }) =>
    PrivateIpAddresses?.map(({ PrivateDnsName }) => PrivateDnsName),
  ),
  'association.carrier-ip': none,
  'association.customer-owned-ip': none,
  'attachment.network-card-index': shown(({ Attachment }) => Attachment?.NetworkCardIndex),
  'deny-all-igw-traffic': shown(({ DenyAllIgwTraffic }) => DenyAllIgwTraffic),
  'ipv4-prefixes.ipv4-prefix': shown(({ Ipv4Prefixes }) => Ipv4Prefixes?.map((each) => each.Ipv4Prefix)),
  'ipv6-address': ({ ipv6Addresses }) => ipv6Addresses,
  'ipv6-addresses.is-primary-ipv6': shown(({ Ipv6Addresses }) =>
    Ipv6Addresses?.map(({ IsPrimaryIpv6 }) => IsPrimaryIpv6),
  ),
  'ipv6-native': shown(({ Ipv6Native }) => Ipv6Native),
  'ipv6-prefixes.ipv6-prefix': shown(({ Ipv6Prefixes }) => Ipv6Prefixes?.map((each) => each.Ipv6Prefix)),
  'outpost-arn': none,
  'public-dns-name': shown(({ PublicDnsName }) => PublicDnsName),
  'tag-key': ({ tags }) => Object.keys(tags),
  'tag-value': ({ tags }) => Object.values(tags),
};
