/** DescribeNetworkAcls. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
import type { DescribeNetworkAclsRequest, DescribeNetworkAclsResult } from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { protocolNumbers } from '#net/protocol.ts';
import type { AclEntry, NetworkAcl } from '#vpc/network-acl.ts';
import type { Service } from '#vpc/security-group.ts';
import type { Field, Fields } from '../../filters.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { resourceOf } from '../resources.ts';
import { aclOutput, protocolNumber, shownEntries } from './output.ts';

type Plain = string | number | boolean;

/** What the entries of an ACL hold. */
const ofEntries =
  (read: (entry: AclEntry) => Plain | readonly Plain[] | undefined): Field<NetworkAcl> =>
  (acl, context) =>
    shownEntries(acl, context).flatMap((entry) => read(entry) ?? []);

const ports = ({ service }: AclEntry) => (service.kind === 'ports' ? service : undefined);
const icmp = ({ service }: AclEntry) => (service.kind === 'icmp' ? service : undefined);

/** AWS finds a protocol by its name and by its number. */
function protocolSpellings(service: Service): readonly string[] {
  const number = protocolNumber(service);
  const names = Object.entries(protocolNumbers).flatMap(([name, each]) =>
    String(each) === number ? [name] : [],
  );
  return [number, ...names];
}

const fields: Fields<NetworkAcl> = {
  'association.association-id': ({ associations }) => associations.map(({ id }) => id),
  'association.network-acl-id': ({ id, associations }) => associations.map(() => id),
  'association.subnet-id': ({ associations }) => associations.map(({ subnetId }) => subnetId),
  default: ({ isDefault }) => isDefault,
  'entry.cidr': ofEntries(({ cidr }) => (familyOf(cidr) === 'ipv4' ? cidr : undefined)),
  'entry.egress': ofEntries(({ direction }) => direction === 'egress'),
  'entry.icmp.code': ofEntries((entry) => icmp(entry)?.code),
  'entry.icmp.type': ofEntries((entry) => icmp(entry)?.type),
  'entry.ipv6-cidr': ofEntries(({ cidr }) => (familyOf(cidr) === 'ipv6' ? cidr : undefined)),
  'entry.port-range.from': ofEntries((entry) => ports(entry)?.from),
  'entry.port-range.to': ofEntries((entry) => ports(entry)?.to),
  'entry.protocol': ofEntries(({ service }) => protocolSpellings(service)),
  'entry.rule-action': ofEntries(({ action }) => action),
  'entry.rule-number': ofEntries(({ number }) => number),
  'network-acl-id': ({ id }) => id,
  'owner-id': (_, { caller }) => caller.scope.account,
  'vpc-id': ({ vpcId }) => vpcId,
};

const acls = listingOf({
  action: 'DescribeNetworkAcls',
  kind: 'networkAcl',
  fields,
  byId: (id, context) => resourceOf('networkAcl', id, context),
  indexes: {
    'network-acl-id': 'id',
    'vpc-id': 'vpc',
    'association.subnet-id': 'subnet',
    'association.association-id': 'association',
  },
});

export const describeNetworkAcls: Operation<DescribeNetworkAclsRequest, DescribeNetworkAclsResult> = (
  input,
  context,
) => {
  const page = list(acls, { ...input, ids: input.NetworkAclIds }, context);
  return { NetworkAcls: page.items.map((acl) => aclOutput(acl, context)), NextToken: page.nextToken };
};
