/** Peerings as their two sides see and change them. */
import type { VpcId } from '#vpc/ids.ts';
import { networkOf } from '#vpc/network.ts';
import { isForgottenPeering, type PeeringRole, peeringStatusAt, rolesOf } from '#vpc/peering-state.ts';
import type { Peering, PeeringSide, PeeringStatus } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import { noTags } from '#vpc/tags.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';

/** A peering that AWS still shows to the caller. */
export function peeringIn(id: string, context: Context): Peering {
  const peering = resourceOf('peering', id, context);
  return isForgottenPeering(peering, context.caller.scope, context.nowMs)
    ? refuseNotFound('peering', peering.id)
    : peering;
}

/** Refuses where the caller is not on the side that may do this. */
export function checkRole(peering: Peering, role: PeeringRole, action: string, { caller }: Context): void {
  if (rolesOf(peering, caller.scope).includes(role)) return;
  const { account, region } = role === 'requester' ? peering.requester : peering.accepter;
  const reason = `Only ${account} in ${region}, the ${role} of ${peering.id}, can ${action} it.`;
  refuse('notPermitted', { reason });
}

/** Refuses to leave a status from which the wanted one cannot be reached. */
export function checkStatus(
  peering: Peering,
  allowed: readonly PeeringStatus[],
  wanted: string,
  { nowMs }: Context,
): void {
  const status = peeringStatusAt(peering, nowMs);
  if (!allowed.includes(status)) refuse('peeringTransition', { id: peering.id, status, wanted });
}

/** Puts the peering at both sides; each keeps its own tags. */
export function putPeering(peering: Peering, context: Context): void {
  const { requester, accepter } = peering;
  const scopes = new Map([requester, accepter].map((side) => [scopeKey(side), side]));
  for (const { account, region } of scopes.values()) {
    const there = context.transaction.at({ account, region });
    const isHere = account === context.caller.scope.account && region === context.caller.scope.region;
    const tags = isHere ? peering.tags : (there.network.peering.get(peering.id)?.tags ?? noTags);
    there.put('peering', { ...peering, tags });
  }
}

/** The VPC of a side, wherever it is; undefined once it is deleted, or where it never was. */
export function vpcOfSide(
  side: Omit<PeeringSide, 'vpcId'> & { readonly vpcId: VpcId },
  context: Context,
): Vpc | undefined {
  const { account, region, vpcId } = side;
  return networkOf(context.transaction.world, { account, region }).vpc.get(vpcId);
}
