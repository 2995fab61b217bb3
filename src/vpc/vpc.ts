/** VPCs and subnets. */
import type { Cidr } from '#net/cidr.ts';
import type { DhcpOptionsId, Id, SubnetId, SubnetReservationId, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';

export type VpcCidrBlock = { readonly associationId: Id<'vpcCidrAssociation'>; readonly cidr: Cidr };

export type Vpc = {
  readonly id: VpcId;
  /** IPv4 blocks; the first is the primary one. */
  readonly cidrBlocks: readonly VpcCidrBlock[];
  /** Amazon-provided /56 blocks. */
  readonly ipv6Blocks: readonly VpcCidrBlock[];
  readonly isDefault: boolean;
  readonly tenancy: 'default' | 'dedicated';
  /** `default`: no options at all, as AWS calls it. */
  readonly dhcpOptionsId: DhcpOptionsId | 'default';
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly networkAddressUsageMetrics: boolean;
  readonly tags: Tags;
};

/** What a VPC has of which nothing else is said. */
export const plainVpc = {
  isDefault: false,
  tenancy: 'default',
  dhcpOptionsId: 'default',
  dnsSupport: true,
  dnsHostnames: false,
  networkAddressUsageMetrics: false,
} as const satisfies Partial<Vpc>;

export type SubnetCidrBlock = { readonly associationId: Id<'subnetCidrAssociation'>; readonly cidr: Cidr };

export type Subnet = {
  readonly id: SubnetId;
  readonly vpcId: VpcId;
  /** Availability zone name, `us-east-1a`, and its account-independent id, `use1-az1`. */
  readonly zone: string;
  readonly zoneId: string;
  /** Absent: the subnet has IPv6 alone. */
  readonly cidr?: Cidr;
  /** /64 blocks (or /60, /56) of the VPC's. */
  readonly ipv6Blocks: readonly SubnetCidrBlock[];
  readonly mapPublicIpOnLaunch: boolean;
  readonly assignIpv6OnCreation: boolean;
  readonly isDefaultForZone: boolean;
  /** What instances launched here take over; absent: AWS's defaults. */
  readonly dns?: SubnetDns;
  readonly tags: Tags;
};

/** https://docs.aws.amazon.com/vpc/latest/userguide/subnet-settings.html */
export type SubnetDns = {
  readonly dns64: boolean;
  readonly hostnameType: 'ip-name' | 'resource-name';
  readonly aRecord: boolean;
  readonly aaaaRecord: boolean;
};

export const defaultSubnetDns: SubnetDns = {
  dns64: false,
  hostnameType: 'ip-name',
  aRecord: false,
  aaaaRecord: false,
};

/**
 * A part of a subnet that AWS gives nobody an address of unless it is asked for by name.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
 */
export type SubnetReservation = {
  readonly id: SubnetReservationId;
  readonly subnetId: SubnetId;
  readonly cidr: Cidr;
  readonly type: 'prefix' | 'explicit';
  readonly description?: string;
  readonly tags: Tags;
};

/** What AWS's DHCP server tells the hosts of VPCs: option name to values. */
export type DhcpOptions = {
  readonly id: DhcpOptionsId;
  readonly configurations: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly tags: Tags;
};
