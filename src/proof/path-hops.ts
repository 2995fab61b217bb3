/**
 * The steps of a verdict as the components of a path, in the order in which AWS lists them: instance, interface, group,
 * ACL, route table, gateway, and the same from the other side.
 * https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html
 */
import { homeOf } from '#policy/internet.ts';
import { destinationEnd, type Packet, protocolOf, sourceEnd } from '#policy/packet.ts';
import type { RouteMatch } from '#policy/route.ts';
import type { Origin, Step, Verdict } from '#policy/verdict.ts';
import type { ComponentRef, PathHeader, PathHop } from '#vpc/insights.ts';
import { locate, type World } from '#vpc/network.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { type ComponentKind, placeOfEni, refAs, refOf } from './path-refs.ts';

/** A packet with its way. `gateway` is where a path begins or ends that knows no host behind it. */
export type Journey = {
  readonly origin: Origin | { readonly kind: 'peering'; readonly peeringId: string };
  readonly packet: Packet;
  readonly verdict: Verdict;
};

export function headerOf(packet: Packet): PathHeader {
  const [source, destination] = [sourceEnd(packet), destinationEnd(packet)];
  return {
    source: source.ip,
    destination: destination.ip,
    protocol: protocolOf(packet),
    sourcePort: source.port,
    destinationPort: destination.port,
  };
}

/** The components that a packet passes, up to where it arrives or is lost. */
export function hopsOf(world: World, { origin, packet, verdict }: Journey): readonly PathHop[] {
  const walk = new Walk(world, packet);
  walk.begin(origin);
  for (const step of verdict.steps) walk.step(step);
  walk.leave();
  if (verdict.kind === 'accept' && verdict.delivery.kind === 'eni') {
    walk.arrive(verdict.delivery.eniId, headerOf(verdict.delivery.packet));
  }
  return walk.hops;
}

const gatewayKinds = {
  internetGateway: 'internetGateway',
  egressOnlyGateway: 'egressOnlyGateway',
  peering: 'peering',
  transitGateway: 'transitGateway',
} as const satisfies Partial<Record<RouteTarget['kind'], ComponentKind>>;

class Walk {
  readonly hops: PathHop[] = [];
  readonly #world: World;
  #header: PathHeader;
  #route: RouteMatch | undefined;

  constructor(world: World, packet: Packet) {
    this.#world = world;
    this.#header = headerOf(packet);
  }

  begin(origin: Journey['origin']): void {
    const outbound = this.#header;
    if (origin.kind === 'eni') {
      const { attachedTo, ...place } = placeOfEni(this.#world, origin.eniId);
      if (attachedTo) this.hops.push({ component: attachedTo });
      const via = attachedTo ? { attachedTo } : {};
      this.#push('eni', origin.eniId, { outbound, ...via, ...place });
    } else if (origin.kind === 'peering') {
      this.#push('peering', origin.peeringId, { outbound });
    } else this.#enterUntranslated(outbound);
  }

  /** No step tells of a gateway that exchanges nothing: for IPv6, and for addresses of regional NAT gateways. */
  #enterUntranslated(outbound: PathHeader): void {
    const home = homeOf(this.#world, outbound.destination);
    if (home?.privateIp !== outbound.destination) return;
    const [gateway] = home.network.internetGateway.by('vpc', home.vpcId);
    if (gateway) this.#push('internetGateway', gateway.id, { outbound });
  }

  step(step: Step): void {
    switch (step.kind) {
      case 'route':
        this.leave();
        this.#route = step.match;
        return;
      case 'group':
        if (step.direction === 'ingress') this.leave();
        this.#group(step);
        return;
      case 'acl':
        if (step.direction === 'ingress') this.leave();
        this.#acl(step);
        return;
      case 'transitRoute':
        this.#transitRoute(step);
        return;
      case 'translated':
        this.#translated(step);
        return;
      default:
        step satisfies never;
    }
  }

  /** The route that was chosen stands behind the filters of the subnet, and before its target. */
  leave(): void {
    const match = this.#route;
    if (!match) return;
    this.#route = undefined;
    const { table, route } = match;
    this.#push('routeTable', table.id, { route, ...refAs('vpc', refOf(this.#world, 'vpc', table.vpcId)) });
    const { target } = route;
    if (target.kind === 'local' || target.kind === 'endpoint' || target.kind === 'other') return;
    // The destination's own interface follows as the end, and a NAT gateway where it translates, behind its own ACL.
    if (target.kind === 'eni' || target.kind === 'natGateway') return;
    this.#gateway(gatewayKinds[target.kind], target.id, table.vpcId);
  }

  arrive(eniId: string, inbound: PathHeader): void {
    const { attachedTo, ...place } = placeOfEni(this.#world, eniId);
    this.#push('eni', eniId, { inbound, ...(attachedTo ? { attachedTo } : {}), ...place });
    if (attachedTo) this.hops.push({ component: attachedTo, inbound });
  }

  #gateway(kind: ComponentKind, id: string, sourceVpcId?: string): void {
    if (kind !== 'peering') {
      this.#push(kind, id, { inbound: this.#header, outbound: this.#header });
      return;
    }
    const peering = locate(this.#world, 'peering', id)?.entity;
    const far = peering?.requester.vpcId === sourceVpcId ? peering?.accepter : peering?.requester;
    this.#push(kind, id, {
      inbound: this.#header,
      outbound: this.#header,
      ...refAs('sourceVpc', refOf(this.#world, 'vpc', sourceVpcId)),
      ...refAs('destinationVpc', refOf(this.#world, 'vpc', far?.vpcId)),
    });
  }

  #group({ direction, verdict, eniId }: Extract<Step, { kind: 'group' }>): void {
    // What belongs to a conversation passes without a rule.
    if (verdict.kind !== 'rule' && verdict.kind !== 'untracked') return;
    const { groupId, rule } = verdict.rule;
    if (rule.direction !== direction) return;
    const { service, peer } = rule;
    const { vpc } = placeOfEni(this.#world, eniId);
    this.#push('securityGroup', groupId, {
      rule: { groupId, direction, service, peer },
      ...(vpc ? { vpc } : {}),
    });
  }

  #acl({ verdict, subnetId }: Extract<Step, { kind: 'acl' }>): void {
    if (verdict.kind !== 'allow') return;
    const { acl, entry } = verdict;
    this.#push('networkAcl', acl.id, {
      entry,
      ...refAs('subnet', refOf(this.#world, 'subnet', subnetId)),
      ...refAs('vpc', refOf(this.#world, 'vpc', acl.vpcId)),
    });
  }

  /** The gateway stands there by the route that led to it; its table and the attachment that it chose follow. */
  #transitRoute({ table, route }: Extract<Step, { kind: 'transitRoute' }>): void {
    this.leave();
    const through = { inbound: this.#header, outbound: this.#header };
    if (this.hops.at(-1)?.component.id !== table.gatewayId)
      this.#push('transitGateway', table.gatewayId, through);
    this.#push('transitRouteTable', table.id, {});
    if (route.target.kind === 'attachment') this.#push('transitAttachment', route.target.id, through);
  }

  #translated({ gatewayId, from, to }: Extract<Step, { kind: 'translated' }>): void {
    this.leave();
    const inbound = this.#header;
    const field = inbound.source === from ? 'source' : 'destination';
    const outbound = { ...inbound, [field]: to };
    this.#header = outbound;
    const last = this.hops.at(-1);
    if (last?.component.id === gatewayId) this.hops[this.hops.length - 1] = { ...last, outbound };
    else this.#push(kindOfGateway(gatewayId), gatewayId, { inbound, outbound });
  }

  #push(kind: ComponentKind, id: string, rest: Omit<PathHop, 'component'>): void {
    const component: ComponentRef | undefined = refOf(this.#world, kind, id);
    if (component) this.hops.push({ component, ...rest });
  }
}

const kindOfGateway = (id: string): ComponentKind =>
  id.startsWith('nat-') ? 'natGateway' : 'internetGateway';
