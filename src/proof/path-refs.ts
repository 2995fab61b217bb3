/** Resources as the answers of an analysis name them: by id, owner and Name tag at the time of the question. */

import { balancerOf } from '#policy/balancer.ts';
import type { ComponentRef } from '#vpc/insights.ts';
import { type Kind, locate, type World } from '#vpc/network.ts';
import type { Tags } from '#vpc/tags.ts';

/** Kinds of resources that packets meet. */
export type ComponentKind = Extract<
  Kind,
  | 'vpc'
  | 'subnet'
  | 'eni'
  | 'instance'
  | 'securityGroup'
  | 'networkAcl'
  | 'routeTable'
  | 'internetGateway'
  | 'egressOnlyGateway'
  | 'natGateway'
  | 'peering'
  | 'transitGateway'
  | 'transitAttachment'
  | 'transitRouteTable'
  | 'loadBalancer'
  | 'targetGroup'
>;

/** The resource of an id; undefined where it is gone. */
export function refOf(world: World, kind: ComponentKind, id: string | undefined): ComponentRef | undefined {
  const found = id === undefined ? undefined : locate(world, kind, id);
  if (!found) return undefined;
  const { account, region } = found.scope;
  const ownName = 'name' in found.entity && kind === 'loadBalancer' ? found.entity.name : undefined;
  const name = (found.entity.tags as Tags)['Name'] ?? ownName;
  return { id: found.entity.id, account, region, ...(name === undefined ? {} : { name }) };
}

/** The reference as a member, or no member where the resource is gone. */
export function refAs<K extends string>(
  member: K,
  ref: ComponentRef | undefined,
): { readonly [M in K]?: ComponentRef } {
  return ref ? ({ [member]: ref } as { readonly [M in K]?: ComponentRef }) : {};
}

/** Refs of an interface: what it is attached to or, as a load balancer's node, belongs to, its subnet and VPC. */
export function placeOfEni(world: World, eniId: string) {
  const found = locate(world, 'eni', eniId);
  const eni = found?.entity;
  const balancer = found && balancerOf(found.network, found.entity);
  return {
    ...refAs('attachedTo', refOf(world, 'instance', eni?.attachment?.instanceId)),
    ...refAs('attachedTo', refOf(world, 'loadBalancer', balancer?.id)),
    ...refAs('subnet', refOf(world, 'subnet', eni?.subnetId)),
    ...refAs('vpc', refOf(world, 'vpc', eni?.vpcId)),
  };
}
