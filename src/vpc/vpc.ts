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
  /** /64 blocks. */
  readonly ipv6Blocks: readonly SubnetCidrBlock[];
  readonly mapPublicIpOnLaunch: boolean;
  readonly assignIpv6OnCreation: boolean;
  readonly isDefaultForZone: boolean;
  readonly tags: Tags;
};
