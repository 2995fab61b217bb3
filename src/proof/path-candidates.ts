/**
 * Headers worth trying: between two edges of all rules, entries and routes at hand every port and address is treated
 * alike, so that one of each stretch stands for the rest.
 */

import type { Ip } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import { clientPorts } from '#policy/client-ports.ts';
import { internetHosts } from '#policy/endpoint.ts';
import { type EniPort, type NatPort, portOfEni } from '#policy/port.ts';
import { peerCidrs, rulesOf } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import { prefixesOf } from '#vpc/eni-addresses.ts';
import type { PortSpan } from '#vpc/insights.ts';
import { locate, type World } from '#vpc/network.ts';
import { directions, type Service } from '#vpc/security-group.ts';
import {
  comparePoints,
  higher,
  ipAt,
  lower,
  type Point,
  pointOf,
  type Stretch,
  stretchOf,
} from './address-line.ts';
import { outsideOf } from './outside.ts';
import { PolicyClasses } from './policy-class.ts';
import { type PointClass, surroundingsOf } from './reach-index.ts';
import { SpanPool } from './span-pool.ts';
import { intersectSpans } from './spans.ts';

const allPorts: PortSpan = { from: 0, to: 65535 };

/** Destination ports, one of each stretch that the groups and ACLs of the interfaces tell apart. */
export function destinationPorts(
  world: World,
  eniIds: readonly string[],
  protocol: 6 | 17,
  { from, to }: PortSpan = allPorts,
  besides: readonly number[] = [],
): readonly number[] {
  const cuts = new Set([from, ...besides.filter((at) => from <= at && at <= to)]);
  const cut = (service: Service) => {
    if (service.kind !== 'ports' || service.protocol !== protocol) return;
    for (const at of [service.from, service.to + 1]) if (from <= at && at <= to) cuts.add(at);
  };
  for (const port of portsOf(world, eniIds)) {
    for (const direction of directions) {
      const place = { world, network: port.network };
      for (const { rule } of rulesOf(place, port.eni.groupIds, direction)) cut(rule.service);
    }
    for (const { service } of entriesAround(port)) cut(service);
  }
  return [...cuts].sort((a, b) => a - b);
}

/** Client ports, the usual ephemeral one first: what ACLs tell apart, as only they look at it. */
export function sourcePorts(world: World, span: PortSpan | undefined, usual: number): readonly number[] {
  const { from, to } = span ?? { from: clientPorts.first, to: clientPorts.last };
  const cuts = new Set(from <= usual && usual <= to ? [usual, from] : [from]);
  for (const { networkAcl } of world.values()) {
    for (const { entries } of networkAcl.values()) {
      for (const { service } of entries) {
        if (service.kind !== 'ports') continue;
        for (const at of [service.from, service.to + 1]) if (from <= at && at <= to) cuts.add(at);
      }
    }
  }
  return [...cuts];
}

function portsOf(world: World, eniIds: readonly string[]): readonly (EniPort | NatPort)[] {
  return eniIds.flatMap((id) => portOfEni(world, id) ?? []);
}

/** The entries of the VPC's ACLs: those of the subnet, and of subnets that a path may cross besides. */
function* entriesAround({ network, vpcId }: EniPort | NatPort) {
  for (const { entries } of network.networkAcl.by('vpc', vpcId)) yield* entries;
}

/** First addresses and ports on which something besides the network tells headers apart. */
export type Cuts = { readonly addresses: readonly Point[]; readonly ports: readonly number[] };
const noCuts: Cuts = { addresses: [], ports: [] };

/** A header with the internet at one end. */
export type Outside = { readonly ip: Ip; readonly port: number };

/** Hosts on the internet and services that an interface exchanges with them, exactly; none where there are none. */
export function* internetCandidates(
  world: World,
  at: { readonly eniId: string; readonly ip: Ip; readonly direction: 'ingress' | 'egress' },
  protocol: 6 | 17,
  { from, to }: PortSpan = allPorts,
  besides: Cuts = noCuts,
): IterableIterator<Outside> {
  const port = portOfEni(world, at.eniId);
  const point = port && pointClassOf(world, port.eni, at.ip);
  if (!point) return;
  const { internet } = outsideOf(surroundingsOf(world), point, { eni: port.eni, ip: at.ip }, at.direction);
  const wanted = [{ first: (protocol << 16) | from, last: (protocol << 16) | to }];
  for (const { first, last, spans } of internet.boxes) {
    for (const span of intersectSpans(spans, wanted)) {
      const [low, high] = [span.first & 0xffff, span.last & 0xffff];
      const ports = [low, ...besides.ports.filter((port) => low < port && port <= high)];
      for (const ip of hostsIn(world, at.eniId, { first, last }, besides.addresses)) {
        for (const port of ports) yield { ip, port };
      }
    }
  }
}

/** The host that stands for all where it is in the stretch, the ends of the stretch, and where routes change. */
function hostsIn(
  world: World,
  eniId: string,
  { first, last }: Stretch,
  besides: readonly Point[],
): readonly Ip[] {
  const usual = pointOf(internetHosts.ipv4);
  const points = new Set<Point>(first <= usual && usual <= last ? [usual] : []);
  points.add(first).add(last);
  for (const cut of besides) if (first <= cut && cut <= last) points.add(cut);
  for (const { network, vpcId } of portsOf(world, [eniId])) {
    for (const { routes } of network.routeTable.by('vpc', vpcId)) {
      for (const { destination } of routes) {
        if (destination.kind !== 'cidr' || destination.cidr.includes(':')) continue;
        const start = stretchOf(destination.cidr).first;
        if (first <= start && start <= last) points.add(start);
      }
    }
  }
  return [...points].map((point) => ipAt('ipv4', point));
}

/** The class of one address of an interface, made without looking at any other interface. */
function pointClassOf(world: World, eni: Eni, ip: Ip): PointClass | undefined {
  const found = locate(world, 'eni', eni.id);
  const classes = new PolicyClasses(world, new SpanPool());
  const policy = found && classes.of({ network: found.network, region: found.scope.region }, eni);
  if (!policy) return undefined;
  const members = [{ eni, ip }];
  return { id: 0, policy, family: 'ipv4', at: pointOf(ip), side: policy.sides.ipv4, members, lone: eni.id };
}

/** First addresses of the stretches that an interface's groups and ACLs, or these blocks, tell apart (IPv4). */
export function addressCuts(world: World, eniId: string, blocks: readonly Cidr[] = []): readonly Point[] {
  const [port] = portsOf(world, [eniId]);
  const place = port && { world, network: port.network };
  const rules = place ? directions.flatMap((way) => rulesOf(place, port.eni.groupIds, way)) : [];
  const cidrs = [
    ...blocks,
    ...(place ? rules.flatMap(({ rule }) => peerCidrs(place, rule.peer)) : []),
    ...(port ? [...entriesAround(port)].map(({ cidr }) => cidr) : []),
  ];
  return cidrs
    .filter((cidr) => !cidr.includes(':'))
    .map((cidr) => stretchOf(cidr))
    .flatMap(({ first, last }) => (last < 0xffff_ffff ? [first, Number(last) + 1] : [first]));
}

/** Addresses of a peered VPC that an interface's groups and ACLs tell apart. */
export function addressesOfPeer(
  world: World,
  eniId: string,
  peerVpcId: string,
  besides: readonly Point[] = [],
): readonly Ip[] {
  const [port] = portsOf(world, [eniId]);
  const blocks = (locate(world, 'vpc', peerVpcId)?.entity.cidrBlocks ?? []).map(({ cidr }) =>
    stretchOf(cidr),
  );
  if (!port) return [];
  const isInside = (at: Point) => blocks.some(({ first, last }) => first <= at && at <= last);
  const points = new Set<Point>([...blocks.map(({ first }) => first), ...besides.filter(isInside)]);
  const add = ({ first, last }: Stretch) => {
    for (const block of blocks) {
      const start = higher(first, block.first);
      if (start <= lower(last, block.last)) points.add(start);
      if (block.first <= last && last < block.last) points.add(Number(last) + 1);
    }
  };
  const place = { world, network: port.network };
  const groups = new Set<string>();
  for (const { rule } of directions.flatMap((way) => rulesOf(place, port.eni.groupIds, way))) {
    if (rule.peer.kind === 'group') groups.add(rule.peer.groupId);
    for (const cidr of peerCidrs(place, rule.peer)) if (!cidr.includes(':')) add(stretchOf(cidr));
  }
  for (const { cidr } of entriesAround(port)) if (!cidr.includes(':')) add(stretchOf(cidr));
  for (const groupId of groups) {
    for (const { eni } of world.values()) {
      for (const member of eni.by('group', groupId)) {
        if (member.vpcId !== peerVpcId) continue;
        for (const { address } of member.privateIps) points.add(pointOf(address));
        for (const prefix of prefixesOf(member, 'ipv4')) add(stretchOf(prefix));
      }
    }
  }
  return [...points].sort(comparePoints).map((point) => ipAt('ipv4', point));
}
