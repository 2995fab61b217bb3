/** What the small worlds of tests may have of transit gateways. */
import type { Id, SubnetId, TransitAttachmentId, TransitGatewayId, VpcId } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { Scope } from '#vpc/scope.ts';
import { noTags } from '#vpc/tags.ts';
import type { TransitResource, TransitRoute } from '#vpc/transit.ts';
import { putIn } from './edges.ts';
import { cidr, idFor, testScope } from './network.ts';

export const transitId = (name: string) => idFor('tgw', name) as TransitGatewayId;
export const attachmentId = (name: string) => idFor('tgw-attach', name) as TransitAttachmentId;
const tableId = (name: string) => idFor('tgw-rtb', name) as Id<'transitRouteTable'>;

/** The world with a transit gateway. */
export function withTransitGateway(world: World, name: string, groupReferencing = false): World {
  const entity = { id: transitId(name), groupReferencing, tags: noTags };
  return putIn(world, testScope, 'transitGateway', entity);
}

export type VpcAttachmentSpec = {
  readonly name: string;
  readonly gateway: string;
  readonly vpcId: VpcId;
  readonly subnetIds?: readonly SubnetId[];
  readonly groupReferencing?: boolean;
  readonly isAvailable?: boolean;
};

/** The world with a VPC attached. */
export function withVpcAttachment(
  world: World,
  { name, gateway, vpcId, subnetIds, groupReferencing = false, isAvailable = true }: VpcAttachmentSpec,
  scope: Scope = testScope,
): World {
  const known = subnetIds ? { subnetIds } : {};
  const resource = { kind: 'vpc', vpcId, ...known, applianceMode: false, groupReferencing } as const;
  return withAttachment(world, name, [gateway], { resource, isAvailable }, scope);
}

/** The world with an attachment of any kind. */
export function withAttachment(
  world: World,
  name: string,
  gateways: readonly string[],
  { resource, isAvailable = true }: { readonly resource: TransitResource; readonly isAvailable?: boolean },
  scope: Scope = testScope,
): World {
  const gatewayIds = gateways.map(transitId);
  const entity = { id: attachmentId(name), gatewayIds, isAvailable, resource, tags: noTags };
  return putIn(world, scope, 'transitAttachment', entity);
}

/** `BLOCK ATTACHMENT`, `BLOCK -` for a blackhole; with `~` in front it is propagated. */
function transitRoute(text: string): TransitRoute {
  const isPropagated = text.startsWith('~');
  const [block = '', target = ''] = text.slice(isPropagated ? 1 : 0).split(' ');
  return {
    destination: { kind: 'cidr', cidr: cidr(block) },
    origin: isPropagated ? 'propagated' : 'static',
    target: target === '-' ? { kind: 'blackhole' } : { kind: 'attachment', id: attachmentId(target) },
  };
}

/** The world with a route table of a gateway; without routes, nobody knows them. */
export function withTransitTable(
  world: World,
  name: string,
  spec: {
    readonly gateway: string;
    readonly attachments: readonly string[];
    readonly routes?: readonly string[];
  },
): World {
  return putIn(world, testScope, 'transitRouteTable', {
    id: tableId(name),
    gatewayId: transitId(spec.gateway),
    attachmentIds: spec.attachments.map(attachmentId),
    ...(spec.routes ? { routes: spec.routes.map(transitRoute) } : {}),
    tags: noTags,
  });
}

/** The world where a subnet is in another zone than the rest. */
export function inZone(world: World, subnet: string, zone: string, scope: Scope = testScope): World {
  const found = networkOf(world, scope).subnet.get(idFor('subnet', subnet));
  if (!found) throw new Error(`no subnet ${subnet}`);
  return putIn(world, scope, 'subnet', { ...found, zone: `us-east-1${zone}`, zoneId: `use1-az${zone}` });
}
