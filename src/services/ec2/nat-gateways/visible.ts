/** NAT gateways as requests name them. */
import { isForgottenNat } from '#vpc/nat-state.ts';
import type { NatGateway } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';

/** A gateway that AWS still shows; refuses others. */
export function visibleNat(id: string, context: Context): NatGateway {
  const gateway = resourceOf('natGateway', id, context);
  return isForgottenNat(gateway, context.nowMs) ? refuseNotFound('natGateway', id) : gateway;
}
