/** Gateways, peerings and elastic addresses, from describe output. */
import type { Address } from '#vpc/eni.ts';
import type { Id } from '#vpc/ids.ts';
import type {
  EgressOnlyGateway,
  InternetGateway,
  NatGateway,
  NatGatewayState,
  Peering,
  PeeringSide,
  PeeringStatus,
  RegionalNatAddress,
  RegionalNatGateway,
  ZonalNatGateway,
} from '#vpc/routing.ts';
import {
  booleanOf,
  type Json,
  objectListOf,
  objectOf,
  required,
  textOf,
  timeOf,
  Unfit,
} from '../json/fields.ts';
import { idOf, ipFrom, optionalId, type Place, tagsOf } from './place.ts';

/** A gateway has at most one attachment; AWS calls a whole one `available` here and `attached` there. */
function attachedVpc(from: Json): Id<'vpc'> | undefined {
  const attached = objectListOf(from, 'Attachments').find((each) =>
    /^(available|attached|attaching)$/.test(textOf(each, 'State') ?? 'attached'),
  );
  return attached && optionalId<'vpc'>(attached, 'VpcId');
}

export function readInternetGateway(from: Json): InternetGateway {
  const vpcId = attachedVpc(from);
  return {
    id: idOf<'internetGateway'>(from, 'InternetGatewayId'),
    ...(vpcId ? { vpcId } : {}),
    tags: tagsOf(from),
  };
}

export function readEgressOnlyGateway(from: Json): EgressOnlyGateway {
  const vpcId = attachedVpc(from);
  if (!vpcId) throw new Unfit('it is attached to no VPC');
  return { id: idOf<'egressOnlyGateway'>(from, 'EgressOnlyInternetGatewayId'), vpcId, tags: tagsOf(from) };
}

/** What a request leads to: our states know no way in between. */
const natStates: ReadonlyMap<string, NatGatewayState> = new Map([
  ['pending', 'available'],
  ['available', 'available'],
  ['deleting', 'deleted'],
  ['deleted', 'deleted'],
  ['failed', 'failed'],
]);

export function readNatGateway(from: Json): NatGateway {
  return textOf(from, 'AvailabilityMode') === 'regional' ? readRegional(from) : readZonal(from);
}

function readZonal(from: Json): ZonalNatGateway {
  const addresses = objectListOf(from, 'NatGatewayAddresses');
  const primary = addresses.find((each) => booleanOf(each, 'IsPrimary')) ?? addresses[0];
  const allocationId = primary && optionalId<'address'>(primary, 'AllocationId');
  return {
    ...readAnyNat(from),
    subnetId: idOf<'subnet'>(from, 'SubnetId'),
    eniId: (primary && optionalId<'eni'>(primary, 'NetworkInterfaceId')) ?? ('' as Id<'eni'>),
    connectivity: textOf(from, 'ConnectivityType') === 'private' ? 'private' : 'public',
    ...(allocationId ? { allocationId } : {}),
  };
}

/** Its addresses say in which zones it stands; one that is on its way out no longer counts. */
function readRegional(from: Json): RegionalNatGateway {
  const routeTableId = optionalId<'routeTable'>(from, 'RouteTableId');
  return {
    ...readAnyNat(from),
    availability: 'regional',
    connectivity: 'public',
    coverage: textOf(from, 'AutoProvisionZones') === 'disabled' ? 'manual' : 'automatic',
    ...(routeTableId ? { routeTableId } : {}),
    addresses: objectListOf(from, 'NatGatewayAddresses').flatMap(readRegionalAddress),
  };
}

function readRegionalAddress(from: Json): readonly RegionalNatAddress[] {
  const publicIp = textOf(from, 'PublicIp');
  const isThere = /^(associating|succeeded)$/.test(textOf(from, 'Status') ?? 'succeeded');
  if (publicIp === undefined || !isThere) return [];
  return [
    {
      zone: textOf(from, 'AvailabilityZone') ?? '',
      zoneId: textOf(from, 'AvailabilityZoneId') ?? '',
      allocationId: idOf<'address'>(from, 'AllocationId'),
      associationId: idOf<'addressAssociation'>(from, 'AssociationId'),
      publicIp: ipFrom(publicIp),
    },
  ];
}

function readAnyNat(from: Json) {
  const code = textOf(from, 'FailureCode');
  const deletedAtMs = timeOf(from, 'DeleteTime');
  return {
    id: idOf<'natGateway'>(from, 'NatGatewayId'),
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    state: natStates.get(textOf(from, 'State') ?? 'available') ?? 'available',
    ...(code === undefined ? {} : { failure: { code, message: textOf(from, 'FailureMessage') ?? '' } }),
    createdAtMs: timeOf(from, 'CreateTime'),
    ...(deletedAtMs === 0 ? {} : { deletedAtMs }),
    tags: tagsOf(from),
  };
}

const peeringStatuses: ReadonlyMap<string, PeeringStatus> = new Map([
  ['initiating-request', 'pending-acceptance'],
  ['pending-acceptance', 'pending-acceptance'],
  ['provisioning', 'active'],
  ['active', 'active'],
  ['rejected', 'rejected'],
  ['deleting', 'deleted'],
  ['deleted', 'deleted'],
  ['expired', 'expired'],
  ['failed', 'failed'],
]);

/** When it was asked for, AWS does not say, but for how long it waits; a day is 86,400,000 ms. */
const peeringWaitMs = 7 * 86_400_000;

export function readPeering(from: Json, place: Place): Peering {
  const status = peeringStatuses.get(textOf(objectOf(from, 'Status') ?? {}, 'Code') ?? 'active');
  if (!status) throw new Unfit('its status is none that AWS documents');
  const expiresAtMs = timeOf(from, 'ExpirationTime');
  const createdAtMs = Math.max(0, expiresAtMs - peeringWaitMs);
  const message = textOf(objectOf(from, 'Status') ?? {}, 'Message') ?? '';
  const requester = sideOf(from, 'RequesterVpcInfo', place);
  const accepter = sideOf(from, 'AccepterVpcInfo', place);
  return {
    id: idOf<'peering'>(from, 'VpcPeeringConnectionId'),
    requester,
    accepter,
    status,
    createdAtMs,
    statusAtMs: createdAtMs,
    ...(status === 'deleted' ? { deletedBy: deleterOf(message, accepter.account) } : {}),
    tags: tagsOf(from),
  };
}

function deleterOf(message: string, accepter: string): 'requester' | 'accepter' {
  return message.endsWith(accepter) ? 'accepter' : 'requester';
}

function sideOf(from: Json, name: string, { scope }: Place): PeeringSide {
  const side = objectOf(from, name);
  if (!side) throw new Unfit(`${name} is missing`);
  const allowsDns = booleanOf(objectOf(side, 'PeeringOptions') ?? {}, 'AllowDnsResolutionFromRemoteVpc');
  return {
    account: textOf(side, 'OwnerId') ?? scope.account,
    region: textOf(side, 'Region') ?? scope.region,
    vpcId: idOf<'vpc'>(side, 'VpcId'),
    ...(allowsDns ? { allowsDns } : {}),
  };
}

export function readAddress(from: Json): Address {
  if (textOf(from, 'AllocationId') === undefined) throw new Unfit('it is of EC2-Classic');
  const associationId = optionalId<'addressAssociation'>(from, 'AssociationId');
  const eniId = optionalId<'eni'>(from, 'NetworkInterfaceId');
  const privateIp = textOf(from, 'PrivateIpAddress');
  const ptrRecord = textOf(from, 'PtrRecord');
  return {
    id: idOf<'address'>(from, 'AllocationId'),
    publicIp: ipFrom(required(from, 'PublicIp')),
    ...(ptrRecord === undefined ? {} : { ptrRecord }),
    ...(textOf(from, 'ServiceManaged') === 'rnat' ? { serviceManaged: 'rnat' as const } : {}),
    ...(associationId && eniId && privateIp
      ? { association: { id: associationId, eniId, privateIp: ipFrom(privateIp) } }
      : {}),
    tags: tagsOf(from),
  };
}
