/** The ports of a VPC's router: interfaces, and the gateways that lead outside. */
import type { Eni } from '#vpc/eni.ts';
import type { VpcId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import type { InternetGateway } from '#vpc/routing.ts';

export type EniPort = {
  readonly kind: 'eni';
  readonly eni: Eni;
  readonly vpcId: VpcId;
  readonly network: Network;
};

export type InternetPort = {
  readonly kind: 'internetGateway';
  readonly gateway: InternetGateway;
  readonly vpcId: VpcId;
  readonly network: Network;
};

export type Port = EniPort | InternetPort;

/** The port of an interface, wherever in the world it is. */
export function interfaceWith(world: World, eniId: string): EniPort | undefined {
  const found = locate(world, 'eni', eniId);
  return found && { kind: 'eni', eni: found.entity, vpcId: found.entity.vpcId, network: found.network };
}

/** Whether packets can come and go: attached to an instance that is not stopped, or made by a service. */
export function isUp({ eni, network }: EniPort): boolean {
  if (eni.requesterManaged) return true;
  if (!eni.attachment) return false;
  const state = network.instance.get(eni.attachment.instanceId)?.state;
  return state === 'running' || state === 'pending';
}
