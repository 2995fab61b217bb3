/** Elastic addresses of regional NAT gateways: which zone they stand for, whoever asks for it. */
import type { Address } from '#vpc/eni.ts';
import { type NatGatewayId, newId } from '#vpc/ids.ts';
import { natAddressChangesAt } from '#vpc/nat-state.ts';
import type { RegionalNatAddress, RegionalNatAddressChange, RegionalNatGateway } from '#vpc/routing.ts';
import { noTags } from '#vpc/tags.ts';
import type { Context } from '../../operation.ts';
import { newPublicIp } from '../addresses/associate.ts';
import type { Zone } from '../regions.ts';

/** The regional gateway of an id that is known to be one. */
function regionalOf(id: NatGatewayId, { transaction }: Context): RegionalNatGateway {
  const gateway = transaction.network.natGateway.get(id);
  if (gateway?.availability !== 'regional') throw new Error(`${id} is no regional NAT gateway`);
  return gateway;
}

/** Associates free addresses with a zone of a gateway. */
export function take(
  id: NatGatewayId,
  zone: Zone,
  allocations: readonly Address[],
  context: Context,
): readonly RegionalNatAddress[] {
  const { transaction, hex17 } = context;
  const taken = allocations.map((address): RegionalNatAddress => {
    const associationId = newId('addressAssociation', hex17);
    transaction.put('address', { ...address, association: { id: associationId, natGatewayId: id } });
    const { id: allocationId, publicIp } = address;
    return { zone: zone.name, zoneId: zone.id, allocationId, associationId, publicIp };
  });
  const gateway = regionalOf(id, context);
  put({ ...gateway, addresses: [...gateway.addresses, ...taken] }, 'joining', taken, context);
  return taken;
}

/** Allocates an address for a zone of a gateway in automatic mode. */
export function takeNew(id: NatGatewayId, zone: Zone, context: Context): void {
  const { transaction, hex17 } = context;
  const address: Address = {
    id: newId('address', hex17),
    publicIp: newPublicIp(context),
    serviceManaged: 'rnat',
    tags: noTags,
  };
  transaction.put('address', address);
  take(id, zone, [address], context);
}

/** Ends associations; an address that was allocated for the gateway is released. */
export function giveBack(id: NatGatewayId, leaving: readonly RegionalNatAddress[], context: Context): void {
  const { transaction } = context;
  for (const { allocationId } of leaving) {
    const { association: _, ...address } = transaction.network.address.get(allocationId) ?? {};
    if (!('id' in address)) continue;
    if (address.serviceManaged) transaction.remove('address', address.id);
    else transaction.put('address', address);
  }
  const gateway = regionalOf(id, context);
  const gone = new Set(leaving.map(({ associationId }) => associationId));
  const addresses = gateway.addresses.filter(({ associationId }) => !gone.has(associationId));
  put({ ...gateway, addresses }, 'leaving', leaving, context);
}

function put(
  gateway: RegionalNatGateway,
  kind: RegionalNatAddressChange['kind'],
  addresses: readonly RegionalNatAddress[],
  { transaction, nowMs }: Context,
): void {
  const changes = addresses.map((address) => ({ kind, address, atMs: nowMs }));
  const addressChanges = [...natAddressChangesAt(gateway, nowMs), ...changes];
  transaction.put('natGateway', { ...gateway, addressChanges });
}
