/** NAT gateways as AWS shows them. */
import type {
  NatGatewayAddress,
  NatGatewayAddressStatus,
  NatGateway as NatGatewayOutput,
} from '@aws-sdk/client-ec2';
import { natAddressChangesAt, natStateAt } from '#vpc/nat-state.ts';
import type { NatGateway, RegionalNatAddress, RegionalNatGateway, ZonalNatGateway } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';

export function natGatewayOutput(gateway: NatGateway, context: Context): NatGatewayOutput {
  const state = natStateAt(gateway, context.nowMs);
  const { failure, deletedAtMs } = gateway;
  return {
    NatGatewayId: gateway.id,
    VpcId: gateway.vpcId,
    State: state,
    ConnectivityType: gateway.connectivity,
    ...placeOf(gateway),
    CreateTime: new Date(gateway.createdAtMs),
    ...(deletedAtMs === undefined ? {} : { DeleteTime: new Date(deletedAtMs) }),
    ...(failure && state === 'failed' ? { FailureCode: failure.code, FailureMessage: failure.message } : {}),
    NatGatewayAddresses: natAddressesOutput(gateway, context),
    Tags: tagList(gateway.tags),
  };
}

function placeOf(gateway: NatGateway): Partial<NatGatewayOutput> {
  if (gateway.availability !== 'regional') return { SubnetId: gateway.subnetId, AvailabilityMode: 'zonal' };
  const { coverage, routeTableId } = gateway;
  const state = coverage === 'automatic' ? 'enabled' : 'disabled';
  return {
    AvailabilityMode: 'regional',
    // Who chooses the addresses himself scales them himself too.
    AutoProvisionZones: state,
    AutoScalingIps: state,
    ...(routeTableId && { RouteTableId: routeTableId }),
  };
}

/** Whether an address is on its way, in the words for elastic and for private ones. */
const statuses = {
  public: { joining: 'associating', leaving: 'disassociating' },
  private: { joining: 'assigning', leaving: 'unassigning' },
} as const;

export function natAddressesOutput(gateway: NatGateway, context: Context): NatGatewayAddress[] {
  return gateway.availability === 'regional'
    ? regionalAddresses(gateway, context)
    : interfaceAddresses(gateway, context);
}

/** Elastic addresses with their zones: there is no primary one, and no private address. */
function regionalAddresses(gateway: RegionalNatGateway, { nowMs }: Context): NatGatewayAddress[] {
  const changes = natAddressChangesAt(gateway, nowMs);
  const isNew = ({ associationId }: RegionalNatAddress) =>
    changes.some(({ kind, address }) => kind === 'joining' && address.associationId === associationId);
  const leaving = changes.filter(({ kind }) => kind === 'leaving').map(({ address }) => address);
  const shown = (address: RegionalNatAddress, Status: NatGatewayAddressStatus): NatGatewayAddress => ({
    AllocationId: address.allocationId,
    AssociationId: address.associationId,
    PublicIp: address.publicIp,
    AvailabilityZone: address.zone,
    AvailabilityZoneId: address.zoneId,
    Status,
  });
  const { joining, leaving: left } = statuses.public;
  return [
    ...gateway.addresses.map((address) => shown(address, isNew(address) ? joining : 'succeeded')),
    ...leaving.map((address) => shown(address, left)),
  ];
}

/** The addresses of the gateway's interface; a gateway without one still says which elastic address it was to have. */
function interfaceAddresses(gateway: ZonalNatGateway, { transaction, nowMs }: Context): NatGatewayAddress[] {
  const { network } = transaction;
  const eni = network.eni.get(gateway.eniId);
  if (!eni) return gateway.allocationId ? [{ AllocationId: gateway.allocationId, IsPrimary: true }] : [];
  const elastic = [...network.address.by('eni', eni.id)];
  const changes = natAddressChangesAt(gateway, nowMs);
  const words = statuses[gateway.connectivity];
  const held = eni.privateIps.map(({ address, isPrimary }): NatGatewayAddress => {
    const found = elastic.find(({ association }) => association?.privateIp === address);
    const isNew = changes.some(({ privateIp, kind }) => privateIp === address && kind === 'joining');
    return {
      NetworkInterfaceId: eni.id,
      PrivateIp: address,
      IsPrimary: isPrimary,
      Status: isNew ? words.joining : 'succeeded',
      ...(found
        ? { AllocationId: found.id, PublicIp: found.publicIp, AssociationId: found.association?.id }
        : {}),
    };
  });
  const leaving = changes.filter(({ kind }) => kind === 'leaving');
  return [
    ...held,
    ...leaving.map(({ privateIp, elastic }) => ({
      NetworkInterfaceId: eni.id,
      PrivateIp: privateIp,
      IsPrimary: false,
      Status: words.leaving,
      ...(elastic && {
        AllocationId: elastic.allocationId,
        PublicIp: elastic.publicIp,
        AssociationId: elastic.associationId,
      }),
    })),
  ];
}
