/**
 * The life of a peering connection. That nobody answers in time, and how long one that is over stays visible, follow
 * from the clock and are not stored.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
 */
import type { Peering, PeeringSide, PeeringStatus } from './routing.ts';
import type { Scope } from './scope.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A request that is not accepted by then expires. */
export const peeringExpiryMs = 7 * dayMs;

type Life = Pick<Peering, 'status' | 'createdAtMs'>;

/** The status that a caller sees. */
export function peeringStatusAt({ status, createdAtMs }: Life, nowMs: number): PeeringStatus {
  return status === 'pending-acceptance' && nowMs - createdAtMs >= peeringExpiryMs ? 'expired' : status;
}

/** Whether the peering connects two VPCs, or is about to. */
export function isOpenPeering(peering: Life, nowMs: number): boolean {
  const status = peeringStatusAt(peering, nowMs);
  return status === 'active' || status === 'pending-acceptance';
}

export type PeeringRole = 'requester' | 'accepter';

const isAt = (side: PeeringSide, { account, region }: Scope) =>
  side.account === account && side.region === region;

/** The sides that a scope owns: both, where an account peers VPCs of one region. */
export function rolesOf({ requester, accepter }: Peering, scope: Scope): readonly PeeringRole[] {
  const roles: readonly PeeringRole[] = ['requester', 'accepter'];
  return roles.filter((role) => isAt(role === 'requester' ? requester : accepter, scope));
}

/** Whether a peering is no longer shown to a scope: AWS shows it for hours to who ended it, for days to the other. */
export function isForgottenPeering(peering: Peering, scope: Scope, nowMs: number): boolean {
  const status = peeringStatusAt(peering, nowMs);
  const roles = rolesOf(peering, scope);
  const overAtMs = status === 'expired' ? peering.createdAtMs + peeringExpiryMs : peering.statusAtMs;
  const age = nowMs - overAtMs;
  switch (status) {
    case 'pending-acceptance':
    case 'active':
      return false;
    case 'failed':
      return !roles.includes('requester') || age >= 2 * hourMs;
    case 'expired':
      return age >= 2 * dayMs;
    case 'rejected':
      return age >= (roles.includes('accepter') ? 2 * hourMs : 2 * dayMs);
    case 'deleted':
      return age >= (peering.deletedBy && roles.includes(peering.deletedBy) ? 2 * hourMs : 2 * dayMs);
    default:
      return status satisfies never;
  }
}
