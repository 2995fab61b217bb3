/**
 * VPC Encryption Controls in monitor mode, as records: AWS watches there which traffic is encrypted, and changes none of
 * it. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
 */
import type { Id, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';
import { isUnderWay } from './under-way.ts';

/** What may be left out once a control enforces. */
export const exclusionNames = [
  'InternetGateway',
  'EgressOnlyInternetGateway',
  'NatGateway',
  'VirtualPrivateGateway',
  'VpcPeering',
  'Lambda',
  'VpcLattice',
  'ElasticFileSystem',
  'GlobalAccelerator',
  'ApiGatewayV2',
] as const;

export type ExclusionName = (typeof exclusionNames)[number];

export type EncryptionControl = {
  readonly id: Id<'encryptionControl'>;
  readonly vpcId: VpcId;
  readonly exclusions: readonly ExclusionName[];
  readonly createdAtMs: number;
  readonly tags: Tags;
};

/** AWS takes minutes; here nothing has to start. */
const creationMs = 1000;

/** The state that a caller sees; what is deleted is gone at once. */
export function controlStateAt({ createdAtMs }: EncryptionControl, nowMs: number): 'creating' | 'available' {
  return isUnderWay(createdAtMs, creationMs, nowMs) ? 'creating' : 'available';
}
