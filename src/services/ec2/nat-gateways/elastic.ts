/** What is refused of elastic addresses of NAT gateways of both kinds. */
import type { Address } from '#vpc/eni.ts';
import type { NatGateway } from '#vpc/routing.ts';
import { refuse } from '../../refusal.ts';

/** Refuses an address that leads somewhere. */
export function refuseAssociated({ id, association }: Address): void {
  if (!association) return;
  const holder = association.eniId ?? association.natGatewayId;
  refuse('alreadyAssociated', { reason: `The elastic address '${id}' is associated with ${holder}.` });
}

/** Refuses an address that leads to somebody else. */
export function refuseForeign({ association, id }: Address, gateway: NatGateway): never {
  const expected = `it is not an association of ${gateway.id}`;
  return refuse('invalidValue', { parameter: 'AssociationId', value: association?.id ?? id, expected });
}
