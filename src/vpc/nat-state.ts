/**
 * How NAT gateways pass from state to state. A request stores the state that it leads to, at once; callers see
 * `pending` and `deleting` for a moment after it, which follows from the clock and is not stored.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 */
import type { NatGateway, NatGatewayState } from './routing.ts';
import { isUnderWay } from './under-way.ts';

/** AWS takes minutes; here nothing has to start. */
const natTransitionMs = 1000;

/** AWS: a deleted gateway, and a failed one, stay visible "for a short while (usually about an hour)". */
const natVisibleMs = 3_600_000;

type Past = Pick<NatGateway, 'state' | 'createdAtMs' | 'deletedAtMs'>;

/** The state that a caller sees. */
export function natStateAt({ state, createdAtMs, deletedAtMs = 0 }: Past, nowMs: number): NatGatewayState {
  if (state === 'deleted') return isUnderWay(deletedAtMs, natTransitionMs, nowMs) ? 'deleting' : 'deleted';
  return isUnderWay(createdAtMs, natTransitionMs, nowMs) ? 'pending' : state;
}

/** Whether a gateway that is over is no longer shown. */
export function isForgottenNat(
  { state, createdAtMs, deletedAtMs = createdAtMs }: Past,
  nowMs: number,
): boolean {
  return (state === 'deleted' || state === 'failed') && nowMs - deletedAtMs >= natVisibleMs;
}

/**
 * The changes of a gateway's addresses that are still going on. A connection keeps to the primary address here, so that
 * one that leaves has none to wait for.
 */
export function natAddressChangesAt<Change extends { readonly atMs: number }>(
  { addressChanges = [] }: { readonly addressChanges?: readonly Change[] },
  nowMs: number,
): readonly Change[] {
  return addressChanges.filter(({ atMs }) => isUnderWay(atMs, natTransitionMs, nowMs));
}
