/** VPCs and subnets. */
import type { Cidr } from '#net/cidr.ts';
import type { DhcpOptionsId, Id, SubnetId, VpcId } from './ids.ts';
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
  readonly dhcpOptionsId: DhcpOptionsId | 'default';
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly networkAddressUsageMetrics: boolean;
  readonly tags: Tags;
};

export type SubnetCidrBlock = { readonly associationId: Id<'subnetCidrAssociation'>; readonly cidr: Cidr };

export type Subnet = {
  readonly id: SubnetId;
  readonly vpcId: VpcId;
  /** Availability zone name, `us-east-1a`, and its account-independent id, `use1-az1`. */
  readonly zone: string;
  readonly zoneId: string;
  readonly cidr: Cidr;
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
