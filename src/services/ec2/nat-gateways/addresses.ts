/**
 * Secondary addresses of NAT gateways: elastic ones of public gateways are associated, private ones of private gateways
 * assigned.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html#nat-gateway-edit-secondary
 */
import type {
  AssignPrivateNatGatewayAddressRequest,
  AssignPrivateNatGatewayAddressResult,
  AssociateNatGatewayAddressRequest,
  AssociateNatGatewayAddressResult,
  DisassociateNatGatewayAddressRequest,
  DisassociateNatGatewayAddressResult,
  UnassignPrivateNatGatewayAddressRequest,
  UnassignPrivateNatGatewayAddressResult,
} from '@aws-sdk/client-ec2';
import { type Ip, parseIp } from '#net/address.ts';
import type { Eni } from '#vpc/eni.ts';
import { natAddressChangesAt, natStateAt } from '#vpc/nat-state.ts';
import type { NatAddressChange, NatGateway, ZonalNatGateway } from '#vpc/routing.ts';
import { inRange } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { associate } from '../addresses/associate.ts';
import { addressOfAssociation } from '../addresses/find-address.ts';
import { takeAddresses } from '../interfaces/addresses.ts';
import { resourceOf } from '../resources.ts';
import { checkElasticQuota, checkPrivateQuota } from './address-quotas.ts';
import { refuseAssociated, refuseForeign } from './elastic.ts';
import { natAddressesOutput } from './output.ts';
import { refuseBesides } from './regional.ts';
import { visibleNat } from './visible.ts';
import { associateZone, leaveZones } from './zones.ts';

type Changeable = { readonly gateway: ZonalNatGateway; readonly eni: Eni };

/** API_DisassociateNatGatewayAddress and API_UnassignPrivateNatGatewayAddress. */
const drainBounds = { min: 1, max: 4000, parameter: 'MaxDrainDurationSeconds' };
const countBounds = { min: 1, max: 31, parameter: 'PrivateIpAddressCount' };

/** A gateway that stands, and of which no address is on its way out. */
function settled(id: string, context: Context): NatGateway {
  const gateway = visibleNat(id, context);
  const state = natStateAt(gateway, context.nowMs);
  if (state !== 'available') refuse('incorrectState', { reason: `The NAT gateway '${id}' is ${state}.` });
  const changes = natAddressChangesAt<Pick<NatAddressChange, 'kind' | 'atMs'>>(gateway, context.nowMs);
  // "While disassociating is in progress, you cannot associate/disassociate additional EIPs."
  if (changes.some(({ kind }) => kind === 'leaving')) {
    refuse('incorrectState', { reason: `Addresses of the NAT gateway '${id}' are being given back.` });
  }
  return gateway;
}

/** A zonal gateway of the connectivity. */
function changeable(
  gateway: NatGateway,
  connectivity: ZonalNatGateway['connectivity'],
  context: Context,
): Changeable {
  const { id } = gateway;
  if (gateway.availability === 'regional' || gateway.connectivity !== connectivity) {
    const reason = `The NAT gateway '${id}' is ${gateway.connectivity}; this is for ${connectivity} ones.`;
    return refuse('invalidCombination', { reason });
  }
  return { gateway, eni: resourceOf('eni', gateway.eniId, context) };
}

/** Puts the gateway with changes that begin now, and answers with the addresses that they are about. */
function put(gateway: ZonalNatGateway, changes: readonly NatAddressChange[], context: Context) {
  const { transaction, nowMs } = context;
  const addressChanges = [...natAddressChangesAt(gateway, nowMs), ...changes];
  const changed: ZonalNatGateway = { ...gateway, addressChanges };
  transaction.put('natGateway', changed);
  const about = new Set<string>(changes.map(({ privateIp }) => privateIp));
  return {
    NatGatewayId: gateway.id,
    NatGatewayAddresses: natAddressesOutput(changed, context).filter(({ PrivateIp = '' }) =>
      about.has(PrivateIp),
    ),
  };
}

/** Gives the gateway's interface private addresses, those named or as many as counted. */
function addPrivate(
  { eni }: Changeable,
  wanted: { readonly named: readonly string[]; readonly count: number },
  context: Context,
): readonly Ip[] {
  const { transaction } = context;
  checkPrivateQuota(eni.privateIps.length + wanted.named.length + wanted.count, context);
  const ips = takeAddresses(wanted, 'ipv4', resourceOf('subnet', eni.subnetId, context), context);
  const secondary = ips.map((address) => ({ address, isPrimary: false }));
  transaction.put('eni', { ...eni, privateIps: [...eni.privateIps, ...secondary] });
  return ips;
}

export const associateNatGatewayAddress: Operation<
  AssociateNatGatewayAddressRequest,
  AssociateNatGatewayAddressResult
> = (input, context) => {
  const { PrivateIpAddresses: named = [] } = input;
  const addresses = [...new Set(input.AllocationIds)].map((id) => resourceOf('address', id, context));
  if (named.length > 0 && named.length !== addresses.length) {
    refuse('invalidCombination', {
      reason: `There are ${named.length} PrivateIpAddresses for ${addresses.length} AllocationIds.`,
    });
  }
  const gateway = settled(input.NatGatewayId, context);
  if (gateway.availability === 'regional') return associateZone(gateway, addresses, input, context);
  refuseBesides(input, ['AvailabilityZone', 'AvailabilityZoneId'], 'regional NAT gateways');
  const found = changeable(gateway, 'public', context);
  for (const address of addresses) refuseAssociated(address);
  const { network } = context.transaction;
  checkElasticQuota(network.address.countBy('eni', found.eni.id) + addresses.length, context);
  const ips = addPrivate(found, { named, count: addresses.length - named.length }, context);
  for (const [index, address] of addresses.entries()) {
    const privateIp = ips[index];
    const eni = resourceOf('eni', found.eni.id, context);
    if (privateIp) associate(address, { eni, privateIp }, context);
  }
  return put(found.gateway, joining(ips, context), context);
};

const joining = (ips: readonly Ip[], { nowMs }: Context): readonly NatAddressChange[] =>
  ips.map((privateIp) => ({ kind: 'joining', privateIp, atMs: nowMs }));

/** The addresses of associations, without the primary one, which stays. */
export const disassociateNatGatewayAddress: Operation<
  DisassociateNatGatewayAddressRequest,
  DisassociateNatGatewayAddressResult
> = (input, context) => {
  checkDrain(input.MaxDrainDurationSeconds);
  const addresses = [...new Set(input.AssociationIds)].map((id) => addressOfAssociation(id, context));
  const gateway = settled(input.NatGatewayId, context);
  if (gateway.availability === 'regional') return leaveZones(gateway, addresses, context);
  const found = changeable(gateway, 'public', context);
  const leaving = addresses.map((address): NatAddressChange => {
    const { association, id: allocationId, publicIp } = address;
    if (association?.eniId !== found.eni.id) return refuseForeign(address, gateway);
    const { privateIp, id: associationId } = association;
    refusePrimary(found, privateIp, 'AssociationId', associationId);
    const elastic = { allocationId, associationId, publicIp };
    return { kind: 'leaving', privateIp, elastic, atMs: context.nowMs };
  });
  return takeAway(found, leaving, context);
};

export const assignPrivateNatGatewayAddress: Operation<
  AssignPrivateNatGatewayAddressRequest,
  AssignPrivateNatGatewayAddressResult
> = (input, context) => {
  const { PrivateIpAddresses: named = [], PrivateIpAddressCount: count } = input;
  if (named.length > 0 && count !== undefined) {
    refuse('invalidCombination', {
      reason: 'PrivateIpAddresses and PrivateIpAddressCount exclude each other.',
    });
  }
  if (count !== undefined) inRange(count, countBounds);
  const found = changeable(settled(input.NatGatewayId, context), 'private', context);
  const ips = addPrivate(found, { named, count: count ?? 0 }, context);
  return put(found.gateway, joining(ips, context), context);
};

export const unassignPrivateNatGatewayAddress: Operation<
  UnassignPrivateNatGatewayAddressRequest,
  UnassignPrivateNatGatewayAddressResult
> = (input, context) => {
  checkDrain(input.MaxDrainDurationSeconds);
  const found = changeable(settled(input.NatGatewayId, context), 'private', context);
  const leaving = [...new Set(input.PrivateIpAddresses)].map((text): NatAddressChange => {
    const privateIp = parseIp(text);
    const parameter = 'PrivateIpAddress';
    if (!privateIp || !found.eni.privateIps.some(({ address }) => address === privateIp)) {
      const expected = `it is not an address of ${found.gateway.id}`;
      return refuse('invalidValue', { parameter, value: text, expected });
    }
    refusePrimary(found, privateIp, parameter, text);
    return { kind: 'leaving', privateIp, atMs: context.nowMs };
  });
  return takeAway(found, leaving, context);
};

function checkDrain(seconds: number | undefined): void {
  if (seconds !== undefined) inRange(seconds, drainBounds);
}

function refusePrimary({ eni }: Changeable, ip: Ip, parameter: string, value: string): void {
  if (eni.privateIps[0]?.address !== ip) return;
  refuse('invalidValue', { parameter, value, expected: 'the primary address of a NAT gateway stays' });
}

/** Nothing goes out through a secondary address here, so that there is no connection to wait for. */
function takeAway({ gateway, eni }: Changeable, leaving: readonly NatAddressChange[], context: Context) {
  const { transaction } = context;
  const gone = new Set(leaving.map(({ privateIp }) => privateIp));
  for (const { association, ...address } of transaction.network.address.by('eni', eni.id)) {
    if (association?.privateIp && gone.has(association.privateIp)) transaction.put('address', address);
  }
  const privateIps = eni.privateIps.filter(({ address }) => !gone.has(address));
  transaction.put('eni', { ...eni, privateIps });
  return put(gateway, leaving, context);
}
