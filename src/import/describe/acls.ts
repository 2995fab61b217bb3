/** Network ACLs, from describe output. */
import type { AclEntry, NetworkAcl } from '#vpc/network-acl.ts';
import {
  booleanOf,
  type Json,
  objectListOf,
  objectOf,
  optionalNumber,
  required,
  textOf,
  Unfit,
} from '../json/fields.ts';
import { cidrFrom, idOf, tagsOf } from './place.ts';
import { serviceOf } from './service.ts';

/** The final denies, which AWS shows and nobody stored, have the numbers above. */
const numberMax = 32766;

export function readAcl(from: Json): NetworkAcl {
  return {
    id: idOf<'networkAcl'>(from, 'NetworkAclId'),
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    isDefault: booleanOf(from, 'IsDefault') ?? false,
    entries: objectListOf(from, 'Entries')
      .map(readEntry)
      .filter(({ number }) => number <= numberMax),
    associations: objectListOf(from, 'Associations').map((each) => ({
      id: idOf<'networkAclAssociation'>(each, 'NetworkAclAssociationId'),
      subnetId: idOf<'subnet'>(each, 'SubnetId'),
    })),
    tags: tagsOf(from),
  };
}

function readEntry(from: Json): AclEntry {
  const number = optionalNumber(from, 'RuleNumber');
  const action = textOf(from, 'RuleAction');
  if (number === undefined || number < 1) throw new Unfit('an entry has no number');
  if (action !== 'allow' && action !== 'deny') throw new Unfit(`entry ${number} neither allows nor denies`);
  const ports = objectOf(from, 'PortRange');
  const icmp = objectOf(from, 'IcmpTypeCode');
  return {
    direction: booleanOf(from, 'Egress') ? 'egress' : 'ingress',
    number,
    action,
    service: serviceOf({
      protocol: required(from, 'Protocol'),
      from: ports ? optionalNumber(ports, 'From') : icmp && optionalNumber(icmp, 'Type'),
      to: ports ? optionalNumber(ports, 'To') : icmp && optionalNumber(icmp, 'Code'),
    }),
    cidr: cidrFrom(textOf(from, 'CidrBlock') ?? required(from, 'Ipv6CidrBlock')),
  };
}
