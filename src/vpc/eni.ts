/** Elastic network interfaces and elastic addresses. */
import type { Ip } from '#net/address.ts';
import type { AllocationId, EniId, Id, InstanceId, SecurityGroupId, SubnetId, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';

export type PrivateIp = {
  readonly address: Ip;
  readonly isPrimary: boolean;
  /** Public address given at launch, gone when the interface is deleted; elastic addresses are `Address`es. */
  readonly launchPublicIp?: Ip;
};

export type EniAttachment = {
  readonly id: Id<'eniAttachment'>;
  readonly instanceId: InstanceId;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly attachedAtMs: number;
};

/**
 * Idle timeouts of tracked flows in seconds; absent means AWS's default.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
export type TrackingTimeouts = {
  readonly tcpEstablishedSeconds?: number;
  readonly udpSeconds?: number;
  readonly udpStreamSeconds?: number;
};

export type Eni = {
  readonly id: EniId;
  readonly vpcId: VpcId;
  readonly subnetId: SubnetId;
  readonly description: string;
  /** Lower-case, colon-separated. */
  readonly macAddress: string;
  /** The primary address first. */
  readonly privateIps: readonly PrivateIp[];
  readonly ipv6Addresses: readonly Ip[];
  readonly groupIds: readonly SecurityGroupId[];
  readonly sourceDestCheck: boolean;
  readonly attachment?: EniAttachment;
  readonly timeouts: TrackingTimeouts;
  /** AWS's InterfaceType: `interface`, `nat_gateway`, `vpc_endpoint`, … */
  readonly interfaceType: string;
  /** Made and owned by a service (NAT gateway, endpoint); users may not change it. */
  readonly requesterManaged: boolean;
  readonly createdAtMs: number;
  readonly tags: Tags;
};

export type Address = {
  readonly id: AllocationId;
  readonly publicIp: Ip;
  readonly association?: {
    readonly id: Id<'addressAssociation'>;
    readonly eniId: EniId;
    readonly privateIp: Ip;
  };
  readonly tags: Tags;
};
