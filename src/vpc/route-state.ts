/**
 * Whether a route leads anywhere. AWS shows a route whose target is gone, detached or stopped as a blackhole; the
 * route stays until somebody deletes it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
 */
import type { EniId, TransitGatewayId, VpcId } from './ids.ts';
import { locate, type Network, type World } from './network.ts';
import type { Route, RouteTarget } from './routing.ts';

export type RouteState = 'active' | 'blackhole';

type Place = { readonly world: World; readonly network: Network; readonly vpcId: VpcId };

/** The state of a route of one of the VPC's tables. */
export function routeState(place: Place, { target }: Route): RouteState {
  return leadsSomewhere(place, target) ? 'active' : 'blackhole';
}

function leadsSomewhere({ world, network, vpcId }: Place, target: RouteTarget): boolean {
  switch (target.kind) {
    case 'local':
      return true;
    case 'internetGateway':
      return network.internetGateway.get(target.id)?.vpcId === vpcId;
    case 'egressOnlyGateway':
      return network.egressOnlyGateway.has(target.id);
    case 'natGateway':
      return network.natGateway.get(target.id)?.state === 'available';
    case 'peering':
      return locate(world, 'peering', target.id)?.entity.status === 'active';
    case 'eni':
      return isCarried(network, target.id);
    case 'endpoint':
      return network.endpoint.has(target.id);
    case 'transitGateway':
      return isAttached(world, vpcId, target.id);
    case 'other':
      return false;
    default:
      return target satisfies never;
  }
}

/** Whether an attachment of the VPC to the transit gateway is in the world, and works. */
export function isAttached(world: World, vpcId: VpcId, gatewayId: TransitGatewayId): boolean {
  for (const { transitAttachment } of world.values()) {
    for (const each of transitAttachment.by('vpc', vpcId)) {
      if (each.isAvailable && each.gatewayIds.includes(gatewayId)) return true;
    }
  }
  return false;
}

/** Whether the interface is attached to an instance that runs, or was made by a service. */
function isCarried(network: Network, id: EniId): boolean {
  const eni = network.eni.get(id);
  if (!eni?.attachment) return eni?.requesterManaged === true;
  return network.instance.get(eni.attachment.instanceId)?.state === 'running';
}
