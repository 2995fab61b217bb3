/**
 * VPC Block Public Access: what an account lets its VPCs exchange with the internet, and the VPCs and subnets that it
 * leaves out. https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
import type { Id, SubnetId, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';
import { isUnderWay } from './under-way.ts';

/** What internet gateways and egress-only gateways of the region are closed to. */
export type PublicAccessBlock = 'off' | 'block-bidirectional' | 'block-ingress';

export type PublicAccessExclusionMode = 'allow-bidirectional' | 'allow-egress';

export type PublicAccessExclusion = {
  readonly id: Id<'publicAccessExclusion'>;
  readonly subject:
    | { readonly kind: 'vpc'; readonly vpcId: VpcId }
    | { readonly kind: 'subnet'; readonly subnetId: SubnetId };
  readonly mode: PublicAccessExclusionMode;
  readonly createdAtMs: number;
  /** When the mode was last changed. */
  readonly modifiedAtMs?: number;
  /** An exclusion that is deleted exempts nothing and is shown for a while. */
  readonly deletedAtMs?: number;
  readonly tags: Tags;
};

/** AWS takes minutes; here a change is in force with the answer, and shown as under way for this long. */
export const publicAccessTransitionMs = 1000;

/** How long a deleted exclusion is shown; AWS does not say how long it shows one. */
const exclusionVisibleMs = 3_600_000;

export type ExclusionState =
  | 'create-in-progress'
  | 'create-complete'
  | 'update-in-progress'
  | 'update-complete'
  | 'delete-in-progress'
  | 'delete-complete';

/** The state that a caller sees. */
export function exclusionStateAt(exclusion: PublicAccessExclusion, nowMs: number): ExclusionState {
  const { createdAtMs, modifiedAtMs, deletedAtMs } = exclusion;
  const isNew = (sinceMs: number) => isUnderWay(sinceMs, publicAccessTransitionMs, nowMs);
  if (deletedAtMs !== undefined) return isNew(deletedAtMs) ? 'delete-in-progress' : 'delete-complete';
  if (modifiedAtMs !== undefined) return isNew(modifiedAtMs) ? 'update-in-progress' : 'update-complete';
  return isNew(createdAtMs) ? 'create-in-progress' : 'create-complete';
}

/** Whether a deleted exclusion is no longer shown. */
export function isForgottenExclusion({ deletedAtMs }: PublicAccessExclusion, nowMs: number): boolean {
  return deletedAtMs !== undefined && nowMs - deletedAtMs >= exclusionVisibleMs;
}
