/** What transit gateways link, whatever their routes say: where a route is missing, this is where it may lead. */
import { publicIpOf } from '#policy/internet.ts';
import { isUp, portOfEni } from '#policy/port.ts';
import type { TransitGatewayId, VpcId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import { natIsUp } from '#vpc/regional-nat.ts';
import type { NatGateway } from '#vpc/routing.ts';
import type { TransitAttachment } from '#vpc/transit.ts';

function* attachments(world: World): IterableIterator<TransitAttachment> {
  for (const { transitAttachment } of world.values()) {
    for (const each of transitAttachment.values()) if (each.isAvailable) yield each;
  }
}

/** The transit gateways that a VPC is attached to by known subnets. */
export function gatewaysOf(world: World, vpcId: VpcId): readonly TransitGatewayId[] {
  const own = [...attachments(world)].filter(
    ({ resource }) => resource.kind === 'vpc' && resource.vpcId === vpcId && resource.subnetIds,
  );
  return own.flatMap(({ gatewayIds }) => gatewayIds);
}

/** The attachment of a gateway that leads to a VPC: its own, or one to a gateway that it is attached to. */
export function attachmentTowards(
  world: World,
  gatewayId: TransitGatewayId,
  vpcId: VpcId,
): TransitAttachment | undefined {
  const [own, far] = [
    [...attachments(world)].filter((each) => each.gatewayIds.includes(gatewayId)),
    gatewaysOf(world, vpcId),
  ];
  const direct = own.find(({ resource }) => resource.kind === 'vpc' && resource.vpcId === vpcId);
  return (
    direct ??
    own.find(
      ({ resource, gatewayIds }) =>
        resource.kind === 'peering' && gatewayIds.some((each) => far.includes(each)),
    )
  );
}

/** The NAT gateways of a VPC that are up and have a public address. */
export function natGatewaysOf(world: World, vpcId: VpcId): readonly NatGateway[] {
  const network = locate(world, 'vpc', vpcId)?.network;
  return [...(network?.natGateway.by('vpc', vpcId) ?? [])].filter((gateway) => {
    if (gateway.availability === 'regional') return natIsUp(gateway) && gateway.addresses.length > 0;
    const port = portOfEni(world, gateway.eniId);
    const own = port?.eni.privateIps[0]?.address;
    return port && own && isUp(port) && publicIpOf(port.network, port.eni, own) !== undefined;
  });
}

/** The attachment of a gateway to a VPC, other than this one, that has a NAT gateway. */
export function attachmentToNat(
  world: World,
  gatewayId: TransitGatewayId,
  besides: VpcId | undefined,
): TransitAttachment | undefined {
  return [...attachments(world)].find(
    ({ gatewayIds, resource }) =>
      gatewayIds.includes(gatewayId) &&
      resource.kind === 'vpc' &&
      resource.vpcId !== besides &&
      natGatewaysOf(world, resource.vpcId).length > 0,
  );
}
