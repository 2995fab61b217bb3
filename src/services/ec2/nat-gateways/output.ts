/** NAT gateways as AWS shows them. */
import type { NatGatewayAddress, NatGateway as NatGatewayOutput } from '@aws-sdk/client-ec2';
import { natStateAt } from '#vpc/nat-state.ts';
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
    NatGatewayAddresses: addressesOf(gateway, context),
    Tags: tagList(gateway.tags),
  };
}

/** The addresses of the gateway's interface; a gateway without one still says which elastic address it was to have. */
function addressesOf(gateway: NatGateway, { transaction }: Context): NatGatewayAddress[] {
  const { network } = transaction;
  const eni = network.eni.get(gateway.eniId);
  if (!eni) return gateway.allocationId ? [{ AllocationId: gateway.allocationId, IsPrimary: true }] : [];
  const elastic = [...network.address.by('eni', eni.id)];
  return eni.privateIps.map(({ address, isPrimary }) => {
    const found = elastic.find(({ association }) => association?.privateIp === address);
    return {
      NetworkInterfaceId: eni.id,
      PrivateIp: address,
      IsPrimary: isPrimary,
      Status: 'succeeded',
      ...(found
        ? { AllocationId: found.id, PublicIp: found.publicIp, AssociationId: found.association?.id }
        : {}),
    };
  });
}
