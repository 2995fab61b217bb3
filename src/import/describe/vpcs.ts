/** VPCs, subnets and what belongs to them, from describe output. */
import { parseCidr } from '#net/cidr.ts';
import type { Id, IdKind } from '#vpc/ids.ts';
import {
  type DhcpOptions,
  defaultSubnetDns,
  plainVpc,
  type Subnet,
  type SubnetDns,
  type SubnetReservation,
  type Vpc,
} from '#vpc/vpc.ts';
import { booleanOf, type Json, objectListOf, objectOf, required, textOf } from '../json/fields.ts';
import { cidrFrom, idOf, type Place, tagsOf } from './place.ts';

type Block<K extends IdKind> = { readonly associationId: Id<K>; readonly cidr: ReturnType<typeof cidrFrom> };

/** The blocks that are associated now; those that were taken away stay listed for a while. */
function blocksOf<K extends 'vpcCidrAssociation' | 'subnetCidrAssociation'>(
  from: Json,
  names: { readonly set: string; readonly block: string; readonly state: string },
): readonly Block<K>[] {
  return objectListOf(from, names.set).flatMap((each) => {
    const state = textOf(objectOf(each, names.state) ?? {}, 'State') ?? 'associated';
    if (!/^associat/.test(state)) return [];
    const cidr = cidrFrom(required(each, names.block));
    return [{ associationId: (textOf(each, 'AssociationId') ?? '') as Id<K>, cidr }];
  });
}

const ipv4Names = { set: 'CidrBlockAssociationSet', block: 'CidrBlock', state: 'CidrBlockState' };
const ipv6Names = {
  set: 'Ipv6CidrBlockAssociationSet',
  block: 'Ipv6CidrBlock',
  state: 'Ipv6CidrBlockState',
};

export function readVpc(from: Json, { stableHex }: Place): Vpc {
  const id = idOf<'vpc'>(from, 'VpcId');
  const primary = cidrFrom(required(from, 'CidrBlock'));
  const listed = blocksOf<'vpcCidrAssociation'>(from, ipv4Names);
  const first = listed.find(({ cidr }) => cidr === primary) ?? {
    associationId: `vpc-cidr-assoc-${stableHex(`${id} ${primary}`)}` as Id<'vpcCidrAssociation'>,
    cidr: primary,
  };
  return {
    id,
    cidrBlocks: [first, ...listed.filter(({ cidr }) => cidr !== primary)],
    ipv6Blocks: blocksOf<'vpcCidrAssociation'>(from, ipv6Names),
    isDefault: booleanOf(from, 'IsDefault') ?? false,
    tenancy: textOf(from, 'InstanceTenancy') === 'dedicated' ? 'dedicated' : 'default',
    dhcpOptionsId: (textOf(from, 'DhcpOptionsId') ?? 'default') as Vpc['dhcpOptionsId'],
    // Attributes come from another call; these are what AWS gives.
    dnsSupport: booleanOf(from, 'EnableDnsSupport') ?? true,
    dnsHostnames: booleanOf(from, 'EnableDnsHostnames') ?? booleanOf(from, 'IsDefault') ?? false,
    networkAddressUsageMetrics: false,
    tags: tagsOf(from),
  };
}

export function readSubnet(from: Json): Subnet {
  const block = textOf(from, 'CidrBlock');
  const dns = dnsOf(from);
  return {
    id: idOf<'subnet'>(from, 'SubnetId'),
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    zone: textOf(from, 'AvailabilityZone') ?? '',
    zoneId: textOf(from, 'AvailabilityZoneId') ?? '',
    ...(block === undefined ? {} : { cidr: cidrFrom(block) }),
    ipv6Blocks: blocksOf<'subnetCidrAssociation'>(from, ipv6Names),
    mapPublicIpOnLaunch: booleanOf(from, 'MapPublicIpOnLaunch') ?? false,
    assignIpv6OnCreation: booleanOf(from, 'AssignIpv6AddressOnCreation') ?? false,
    isDefaultForZone: booleanOf(from, 'DefaultForAz') ?? false,
    ...(dns ? { dns } : {}),
    tags: tagsOf(from),
  };
}

/** Absent where all is as AWS sets it. */
function dnsOf(from: Json): SubnetDns | undefined {
  const options = objectOf(from, 'PrivateDnsNameOptionsOnLaunch') ?? {};
  const dns: SubnetDns = {
    dns64: booleanOf(from, 'EnableDns64') ?? false,
    hostnameType: textOf(options, 'HostnameType') === 'resource-name' ? 'resource-name' : 'ip-name',
    aRecord: booleanOf(options, 'EnableResourceNameDnsARecord') ?? false,
    aaaaRecord: booleanOf(options, 'EnableResourceNameDnsAAAARecord') ?? false,
  };
  const isUsual = Object.entries(dns).every(
    ([name, value]) => defaultSubnetDns[name as keyof SubnetDns] === value,
  );
  return isUsual ? undefined : dns;
}

export function readSubnetReservation(from: Json): SubnetReservation {
  const description = textOf(from, 'Description');
  return {
    id: idOf<'subnetReservation'>(from, 'SubnetCidrReservationId'),
    subnetId: idOf<'subnet'>(from, 'SubnetId'),
    cidr: cidrFrom(required(from, 'Cidr')),
    type: textOf(from, 'ReservationType') === 'prefix' ? 'prefix' : 'explicit',
    ...(description === undefined ? {} : { description }),
    tags: tagsOf(from),
  };
}

export function readDhcpOptions(from: Json): DhcpOptions {
  const configurations = objectListOf(from, 'DhcpConfigurations').map((each) => ({
    key: required(each, 'Key'),
    values: objectListOf(each, 'Values').map((value) => textOf(value, 'Value') ?? ''),
  }));
  return { id: idOf<'dhcpOptions'>(from, 'DhcpOptionsId'), configurations, tags: tagsOf(from) };
}

/** A VPC of which nothing is known but blocks that others mention. */
export function inferredVpc(
  id: Id<'vpc'>,
  blocks: readonly string[],
  { stableHex }: Pick<Place, 'stableHex'>,
): Vpc {
  const associations = [...new Set(blocks)].flatMap((text) => {
    const cidr = parseCidr(text);
    const associationId = `vpc-cidr-assoc-${stableHex(`${id} ${text}`)}` as Id<'vpcCidrAssociation'>;
    return cidr ? [{ associationId, cidr }] : [];
  });
  return {
    id,
    cidrBlocks: associations.filter(({ cidr }) => !cidr.includes(':')),
    ipv6Blocks: associations.filter(({ cidr }) => cidr.includes(':')),
    ...plainVpc,
    tags: {},
  };
}
