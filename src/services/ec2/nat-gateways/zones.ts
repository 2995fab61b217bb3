/** Requests about the addresses of regional NAT gateways, each of a zone. */
import type {
  AssociateNatGatewayAddressRequest,
  AssociateNatGatewayAddressResult,
  DisassociateNatGatewayAddressResult,
} from '@aws-sdk/client-ec2';
import type { Address } from '#vpc/eni.ts';
import type { RegionalNatAddress, RegionalNatGateway } from '#vpc/routing.ts';
import { required } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { zoneIn } from '../zone-choice.ts';
import { checkZoneQuota } from './address-quotas.ts';
import { refuseAssociated, refuseForeign } from './elastic.ts';
import { natAddressesOutput } from './output.ts';
import { refuseBesides } from './regional.ts';
import { giveBack, take } from './regional-addresses.ts';

/** Refuses a gateway that chooses its addresses itself. */
function refuseAutomatic(gateway: RegionalNatGateway): void {
  if (gateway.coverage === 'manual') return;
  const reason = `The NAT gateway '${gateway.id}' chooses its zones and addresses itself (automatic mode).`;
  refuse('invalidCombination', { reason });
}

/** More addresses of a zone, which may be new to the gateway. */
export function associateZone(
  gateway: RegionalNatGateway,
  addresses: readonly Address[],
  input: AssociateNatGatewayAddressRequest,
  context: Context,
): AssociateNatGatewayAddressResult {
  refuseAutomatic(gateway);
  refuseBesides(input, ['PrivateIpAddresses'], 'zonal NAT gateways');
  if (!input.AvailabilityZone && !input.AvailabilityZoneId) required(undefined, 'AvailabilityZone');
  const zone = zoneIn(input, context);
  for (const address of addresses) refuseAssociated(address);
  const there = gateway.addresses.filter((each) => each.zone === zone.name);
  checkZoneQuota(there.length + addresses.length, zone.name, context);
  return regionalResult(gateway, take(gateway.id, zone, addresses, context), context);
}

/** The gateway's answer about some of its addresses. */
function regionalResult(
  { id }: RegionalNatGateway,
  about: readonly RegionalNatAddress[],
  context: Context,
): AssociateNatGatewayAddressResult {
  const shown = natAddressesOutput(resourceOf('natGateway', id, context), context);
  const ids = new Set<string>(about.map(({ associationId }) => associationId));
  return {
    NatGatewayId: id,
    NatGatewayAddresses: shown.filter(({ AssociationId = '' }) => ids.has(AssociationId)),
  };
}

/** Any address of a regional gateway may go: the last of a zone takes the zone with it. */
export function leaveZones(
  gateway: RegionalNatGateway,
  addresses: readonly Address[],
  context: Context,
): DisassociateNatGatewayAddressResult {
  refuseAutomatic(gateway);
  const leaving = addresses.map(
    (address) =>
      gateway.addresses.find(({ allocationId }) => allocationId === address.id) ??
      refuseForeign(address, gateway),
  );
  giveBack(gateway.id, leaving, context);
  return regionalResult(gateway, leaving, context);
}
