/** Changes that take obstacles out of a conversation's way, and the world with one made. */
import type { Cidr } from '#net/cidr.ts';
import {
  type Id,
  idPrefixes,
  type NetworkAclId,
  type RouteTableId,
  type SecurityGroupId,
  type SubnetId,
  type TransitAttachmentId,
  type TransitGatewayId,
  type TransitRouteTableId,
  type VpcId,
} from '#vpc/ids.ts';
import type { Listener } from '#vpc/load-balancer.ts';
import { type Kind, type Kinds, locate, put, type World } from '#vpc/network.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import type { PublicAccessExclusion, PublicAccessExclusionMode } from '#vpc/public-access.ts';
import type { Route, RouteDestination } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import type { Direction, Rule, Service } from '#vpc/security-group.ts';
import { noTags } from '#vpc/tags.ts';
import type { TransitAttachment, TransitRoute } from '#vpc/transit.ts';

export type Repair =
  | {
      readonly kind: 'addRule';
      readonly groupId: SecurityGroupId;
      readonly direction: Direction;
      readonly service: Service;
      readonly cidr: Cidr;
    }
  | { readonly kind: 'addAclEntry'; readonly aclId: NetworkAclId; readonly entry: AclEntry }
  | { readonly kind: 'addRoute'; readonly routeTableId: RouteTableId; readonly route: Route }
  /** An exclusion from the account's block of public access. */
  | {
      readonly kind: 'exclude';
      readonly subject: PublicAccessExclusion['subject'];
      readonly mode: PublicAccessExclusionMode;
    }
  /** A static route; it takes the place of one to the same destination. */
  | {
      readonly kind: 'addTransitRoute';
      readonly routeTableId: TransitRouteTableId;
      readonly route: TransitRoute;
    }
  | {
      readonly kind: 'associateAttachment';
      readonly attachmentId: TransitAttachmentId;
      readonly routeTableId: TransitRouteTableId;
    }
  /** An attachment of a VPC by one subnet; AWS gives it another id than this. */
  | {
      readonly kind: 'attachVpc';
      readonly attachmentId: TransitAttachmentId;
      readonly gatewayId: TransitGatewayId;
      readonly vpcId: VpcId;
      readonly subnetId: SubnetId;
    }
  | {
      readonly kind: 'addAttachmentSubnet';
      readonly attachmentId: TransitAttachmentId;
      readonly subnetId: SubnetId;
    }
  | {
      readonly kind: 'addListener';
      readonly loadBalancerId: string;
      readonly protocol: 6 | 17;
      readonly port: number;
      readonly targetGroupId: string;
    }
  | {
      readonly kind: 'registerTarget';
      readonly targetGroupId: string;
      readonly targetId: string;
      readonly port: number;
    }
  /** A condition on clients that lets one more in. */
  | {
      readonly kind: 'admitClient';
      readonly loadBalancerId: string;
      readonly listenerId: string;
      readonly ruleId: string;
      readonly cidr: Cidr;
    }
  /** A load balancer's nodes pass on to targets in other zones. */
  | { readonly kind: 'crossZones'; readonly of: 'loadBalancer' | 'targetGroup'; readonly id: string }
  | {
      readonly kind: 'enableZone';
      readonly loadBalancerId: string;
      readonly zone: string;
      readonly subnetId: SubnetId;
    };

/** The world with a change made. */
export function applyRepair(world: World, repair: Repair): World {
  switch (repair.kind) {
    case 'addRule': {
      const { direction, service, cidr } = repair;
      const rule: Rule = {
        id: `sgr-${'0'.repeat(17)}` as Id<'rule'>,
        direction,
        service,
        peer: { kind: 'cidr', cidr },
        tags: noTags,
      };
      return changed(world, 'securityGroup', repair.groupId, (group) => ({
        ...group,
        rules: [...group.rules, rule],
      }));
    }
    case 'addAclEntry':
      return changed(world, 'networkAcl', repair.aclId, (acl) => ({
        ...acl,
        entries: [...acl.entries, repair.entry],
      }));
    case 'addRoute':
      return changed(world, 'routeTable', repair.routeTableId, (table) => ({
        ...table,
        routes: [...withoutRoute(table.routes, repair.route), repair.route],
      }));
    case 'exclude':
      return withExclusion(world, repair);
    case 'addTransitRoute':
    case 'associateAttachment':
    case 'attachVpc':
    case 'addAttachmentSubnet':
      return atTransitGateway(world, repair);
    default:
      return atBalancer(world, repair);
  }
}

type Routed = { readonly destination: RouteDestination; readonly origin: string };

const sameDestination = (one: RouteDestination, other: RouteDestination): boolean =>
  one.kind === 'cidr'
    ? other.kind === 'cidr' && one.cidr === other.cidr
    : other.kind === 'prefixList' && one.prefixListId === other.prefixListId;

/** The routes but for one to the same destination that the new one takes the place of; propagated ones stay beside it. */
const withoutRoute = <R extends Routed>(routes: readonly R[], { destination, origin }: R): readonly R[] =>
  routes.filter((each) => each.origin !== origin || !sameDestination(each.destination, destination));

type TransitRepair = Extract<
  Repair,
  { readonly kind: 'addTransitRoute' | 'associateAttachment' | 'attachVpc' | 'addAttachmentSubnet' }
>;

function atTransitGateway(world: World, repair: TransitRepair): World {
  switch (repair.kind) {
    case 'addTransitRoute':
      return changed(world, 'transitRouteTable', repair.routeTableId, (table) => ({
        ...table,
        routes: [...withoutRoute(table.routes ?? [], repair.route), repair.route],
      }));
    case 'associateAttachment':
      return changed(world, 'transitRouteTable', repair.routeTableId, (table) => ({
        ...table,
        attachmentIds: [...table.attachmentIds, repair.attachmentId],
      }));
    case 'attachVpc':
      return withAttachment(world, repair);
    case 'addAttachmentSubnet':
      return changed(world, 'transitAttachment', repair.attachmentId, (attachment) => {
        const { resource } = attachment;
        if (resource.kind !== 'vpc') return attachment;
        const subnetIds = [...(resource.subnetIds ?? []), repair.subnetId];
        return { ...attachment, resource: { ...resource, subnetIds } };
      });
    default:
      return repair satisfies never;
  }
}

/** The attachment stands in the account and region of its VPC. */
function withAttachment(
  world: World,
  { attachmentId, gatewayId, vpcId, subnetId }: Extract<Repair, { readonly kind: 'attachVpc' }>,
): World {
  const found = locate(world, 'vpc', vpcId);
  const attachment: TransitAttachment = {
    id: attachmentId,
    gatewayIds: [gatewayId],
    isAvailable: true,
    resource: { kind: 'vpc', vpcId, subnetIds: [subnetId], applianceMode: false, groupReferencing: false },
    tags: noTags,
  };
  return found
    ? world.set(scopeKey(found.scope), put(found.network, 'transitAttachment', attachment))
    : world;
}

type BalancerRepair = Extract<
  Repair,
  { readonly kind: 'addListener' | 'registerTarget' | 'admitClient' | 'crossZones' | 'enableZone' }
>;

function atBalancer(world: World, repair: BalancerRepair): World {
  switch (repair.kind) {
    case 'addListener':
      return changed(world, 'loadBalancer', repair.loadBalancerId, (balancer) => ({
        ...balancer,
        listeners: [...(balancer.listeners ?? []), listenerOf(repair)],
      }));
    case 'registerTarget':
      return changed(world, 'targetGroup', repair.targetGroupId, (group) => ({
        ...group,
        targets: [...(group.targets ?? []), { id: repair.targetId, port: repair.port }],
      }));
    case 'admitClient':
      return changed(world, 'loadBalancer', repair.loadBalancerId, (balancer) => ({
        ...balancer,
        listeners: (balancer.listeners ?? []).map((each) =>
          each.id === repair.listenerId ? admitting(each, repair) : each,
        ),
      }));
    case 'crossZones':
      return repair.of === 'loadBalancer'
        ? changed(world, 'loadBalancer', repair.id, (each) => ({ ...each, crossZone: true }))
        : changed(world, 'targetGroup', repair.id, (each) => ({ ...each, crossZone: true }));
    case 'enableZone':
      return changed(world, 'loadBalancer', repair.loadBalancerId, (balancer) => ({
        ...balancer,
        zones: [...balancer.zones, repair.zone],
      }));
    default:
      return repair satisfies never;
  }
}

function listenerOf({
  loadBalancerId,
  protocol,
  port,
  targetGroupId,
}: Extract<Repair, { readonly kind: 'addListener' }>): Listener {
  const id = `${loadBalancerId}/${protocol === 6 ? 'tcp' : 'udp'}/${port}`;
  return { id, protocols: [protocol], port, forwards: [{ targetGroupId }] };
}

function admitting(
  listener: Listener,
  { ruleId, cidr }: Extract<Repair, { readonly kind: 'admitClient' }>,
): Listener {
  const forwards = listener.forwards.map((each) =>
    each.ruleId === ruleId && each.sources ? { ...each, sources: [...each.sources, cidr] } : each,
  );
  return { ...listener, forwards };
}

function withExclusion(
  world: World,
  { subject, mode }: Extract<Repair, { readonly kind: 'exclude' }>,
): World {
  const id = subject.kind === 'vpc' ? subject.vpcId : subject.subnetId;
  const found = locate(world, subject.kind, id);
  const exclusion: PublicAccessExclusion = {
    id: id.replace(subject.kind, idPrefixes.publicAccessExclusion) as PublicAccessExclusion['id'],
    subject,
    mode,
    createdAtMs: 0,
    tags: noTags,
  };
  return found
    ? world.set(scopeKey(found.scope), put(found.network, 'publicAccessExclusion', exclusion))
    : world;
}

function changed<K extends Kind>(
  world: World,
  kind: K,
  id: string,
  change: (entity: Kinds[K]) => Kinds[K],
): World {
  const found = locate(world, kind, id);
  return found ? world.set(scopeKey(found.scope), put(found.network, kind, change(found.entity))) : world;
}
