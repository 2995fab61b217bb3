/**
 * Spot Instance requests, as launches make them: records, since capacity here never runs short and nobody is
 * interrupted. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html
 */
import type { Ip } from '#net/address.ts';
import type { EniId, Id, InstanceId, SecurityGroupId, SubnetId } from './ids.ts';
import type { Instance } from './instance.ts';
import type { Tags } from './tags.ts';

/** What a launch asked of the spot market. */
export type SpotTerms = {
  readonly type: 'one-time' | 'persistent';
  readonly interruption: 'terminate' | 'stop' | 'hibernate';
  /** US dollars an hour. */
  readonly maxPrice?: string;
  /** Of persistent requests alone. */
  readonly validUntilMs?: number;
};

/** What was launched, which outlives the instance in the request's description. */
export type SpotLaunch = Pick<
  Instance,
  'imageId' | 'instanceType' | 'keyName' | 'zone' | 'subnetId' | 'options'
> & {
  readonly interfaces: readonly {
    readonly eniId: EniId;
    readonly deviceIndex: number;
    readonly subnetId: SubnetId;
    readonly groupIds: readonly SecurityGroupId[];
    readonly description: string;
    readonly deleteOnTermination: boolean;
    readonly privateIp?: Ip;
  }[];
  readonly volumes: readonly {
    readonly device: string;
    readonly snapshotId?: string;
    readonly sizeGib: number;
    readonly type: string;
    readonly deleteOnTermination: boolean;
  }[];
};

export type SpotRequest = {
  readonly id: Id<'spotRequest'>;
  readonly instanceId: InstanceId;
  readonly terms: SpotTerms;
  readonly launch: SpotLaunch;
  readonly createdAtMs: number;
  readonly cancelledAtMs?: number;
  /** When its instance was terminated. */
  readonly endedAtMs?: number;
  readonly tags: Tags;
};

export type SpotStatus = {
  readonly state: 'active' | 'cancelled' | 'closed' | 'disabled' | 'open';
  readonly code: string;
  readonly sinceMs: number;
};

/** "Spot Instance requests are deleted four hours after they are canceled and their instances are terminated." */
const visibleMs = 4 * 3_600_000;

/** Where a request stands; the instance is undefined once nobody sees it any more. */
export function spotStatusAt(
  request: SpotRequest,
  instance: Pick<Instance, 'state' | 'stateChangedAtMs'> | undefined,
  nowMs: number,
): SpotStatus {
  const { cancelledAtMs, endedAtMs, createdAtMs, terms } = request;
  if (cancelledAtMs !== undefined) {
    const code =
      endedAtMs === undefined ? 'request-canceled-and-instance-running' : 'instance-terminated-by-user';
    return { state: 'cancelled', code, sinceMs: Math.max(cancelledAtMs, endedAtMs ?? 0) };
  }
  if (endedAtMs !== undefined && terms.type === 'one-time') {
    return { state: 'closed', code: 'instance-terminated-by-user', sinceMs: endedAtMs };
  }
  if (endedAtMs !== undefined) {
    const { validUntilMs = Number.POSITIVE_INFINITY } = terms;
    return nowMs < validUntilMs
      ? { state: 'open', code: 'capacity-not-available', sinceMs: endedAtMs }
      : { state: 'closed', code: 'schedule-expired', sinceMs: validUntilMs };
  }
  if (instance?.state === 'stopped') {
    return { state: 'disabled', code: 'instance-stopped-by-user', sinceMs: instance.stateChangedAtMs };
  }
  return { state: 'active', code: 'fulfilled', sinceMs: createdAtMs };
}

/** Whether a request that is over is no longer shown. */
export function isForgottenSpot(request: SpotRequest, nowMs: number): boolean {
  if (request.endedAtMs === undefined) return false;
  const { state, sinceMs } = spotStatusAt(request, undefined, nowMs);
  return (state === 'cancelled' || state === 'closed') && nowMs - sinceMs >= visibleMs;
}
