/** Instances: bearers of interfaces. How they pass from state to state stands in instance-state.ts. */
import type { Id, InstanceId, SubnetId, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';
import type { SubnetDns } from './vpc.ts';

/** The states that requests lead to. */
export type SettledState = 'running' | 'stopped' | 'terminated';

/** The states that callers see. */
export type InstanceState = SettledState | 'pending' | 'stopping' | 'shutting-down';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html */
export type MetadataOptions = {
  readonly tokens: 'optional' | 'required';
  readonly hopLimit: number;
  readonly endpoint: 'enabled' | 'disabled';
  readonly ipv6: 'enabled' | 'disabled';
  readonly tags: 'enabled' | 'disabled';
};

/** What an instance is launched with and describe operations give back; none of it moves packets. */
export type InstanceOptions = {
  readonly disableApiStop: boolean;
  readonly shutdownBehavior: 'stop' | 'terminate';
  readonly ebsOptimized: boolean;
  readonly detailedMonitoring: boolean;
  readonly tenancy: 'default' | 'dedicated';
  readonly instanceProfileArn?: string;
  readonly metadata: MetadataOptions;
  /** Set for burstable types. */
  readonly cpuCredits?: 'standard' | 'unlimited';
  readonly rootDeviceName: string;
  /** Absent: all that the type has. */
  readonly cpu?: { readonly coreCount: number; readonly threadsPerCore: number };
  readonly hibernation?: boolean;
  readonly enclave?: boolean;
  /** Whether reserved capacity may be used; absent: `open`. */
  readonly capacityPreference?: 'open' | 'none';
  /** Absent: `default`. */
  readonly autoRecovery?: 'default' | 'disabled';
  /** Absent: `default`. */
  readonly rebootMigration?: 'default' | 'disabled';
  /** Absent: never set; the types have it all the same. */
  readonly sriovNetSupport?: 'simple';
  /** Absent: AWS's defaults. */
  readonly dns?: Omit<SubnetDns, 'dns64'>;
  /** Whether the primary interface gets a public address again whenever the instance starts. */
  readonly autoPublicIp: boolean;
};

/** What a launch that asks for nothing gets. */
export const defaultInstanceOptions: InstanceOptions = {
  disableApiStop: false,
  shutdownBehavior: 'stop',
  ebsOptimized: false,
  detailedMonitoring: false,
  tenancy: 'default',
  metadata: { tokens: 'optional', hopLimit: 1, endpoint: 'enabled', ipv6: 'disabled', tags: 'disabled' },
  rootDeviceName: '/dev/xvda',
  autoPublicIp: false,
};

export type Instance = {
  readonly id: InstanceId;
  readonly reservationId: Id<'reservation'>;
  readonly imageId: string;
  readonly instanceType: string;
  /** The state that the last request leads to; what callers see meanwhile, `stateAt` tells. */
  readonly state: SettledState;
  /** When that request was made. */
  readonly stateChangedAtMs: number;
  readonly vpcId: VpcId;
  readonly subnetId: SubnetId;
  readonly zone: string;
  /** Last launch or start. */
  readonly launchedAtMs: number;
  readonly launchIndex: number;
  readonly keyName?: string;
  /** Base64, as given; stored and never run. */
  readonly userData?: string;
  readonly disableApiTermination: boolean;
  readonly clientToken?: string;
  /** Undefined for one on demand. */
  readonly spotRequestId?: Id<'spotRequest'>;
  readonly options: InstanceOptions;
  readonly tags: Tags;
};
