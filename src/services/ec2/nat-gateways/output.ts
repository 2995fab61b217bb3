/** NAT gateways as AWS shows them. */
import type { NatGatewayAddress, NatGateway as NatGatewayOutput } from '@aws-sdk/client-ec2';
import { natAddressChangesAt, natStateAt } from '#vpc/nat-state.ts';
import type { NatGateway } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';

export function natGatewayOutput(gateway: NatGateway, context: Context): NatGatewayOutput {
  const state = natStateAt(gateway, context.nowMs);
  const { failure, deletedAtMs } = gateway;
  return {
    NatGatewayId: gateway.id,
    VpcId: gateway.vpcId,
    SubnetId: gateway.subnetId,
    State: state,
    ConnectivityType: gateway.connectivity,
    AvailabilityMode: 'zonal',
    CreateTime: new Date(gateway.createdAtMs),
    ...(deletedAtMs === undefined ? {} : { DeleteTime: new Date(deletedAtMs) }),
    ...(failure && state === 'failed' ? { FailureCode: failure.code, FailureMessage: failure.message } : {}),
    NatGatewayAddresses: natAddressesOutput(gateway, context),
    Tags: tagList(gateway.tags),
  };
}

/** Whether an address is on its way, in the words for elastic and for private ones. */
const statuses = {
  public: { joining: 'associating', leaving: 'disassociating' },
  private: { joining: 'assigning', leaving: 'unassigning' },
} as const;

/** The addresses of the gateway's interface; a gateway without one still says which elastic address it was to have. */
export function natAddressesOutput(
  gateway: NatGateway,
  { transaction, nowMs }: Context,
): NatGatewayAddress[] {
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
