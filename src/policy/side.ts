/** What the groups of one interface say of a packet that leaves or enters it: the four steps of design "Tracking". */

import { readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { holdsAddress } from '#vpc/eni-addresses.ts';
import type { Direction, Peer, Rule } from '#vpc/security-group.ts';
import { continuesAsOpener, conversationOf, type Flows, hasEntry } from './flows.ts';
import {
  destinationEnd,
  isBareSyn,
  opensFlow,
  type Packet,
  packetFamily,
  quotedPacket,
  serviceCovers,
  sourceEnd,
} from './packet.ts';
import {
  admitsEverybody,
  coversAllPorts,
  coversPort,
  type EffectiveRule,
  type Place,
  peerCidrs,
  rulesOf,
} from './rules.ts';

/** Why an interface let a packet pass, or did not. */
export type SideVerdict =
  | { readonly kind: 'entry' }
  | { readonly kind: 'related' }
  /** The rule that admits everybody, and the one of the other direction that admits everybody on all ports. */
  | { readonly kind: 'untracked'; readonly rule: EffectiveRule; readonly reverse: EffectiveRule }
  | { readonly kind: 'rule'; readonly rule: EffectiveRule; readonly opensEntry: boolean }
  /** A rule covers the packet, but it belongs to no conversation that it could continue. */
  | { readonly kind: 'notOpening'; readonly rule: EffectiveRule }
  | { readonly kind: 'noRule' };

/** An interface, the direction in which the packet crosses it, and who stands at the other end. */
export type Side = {
  readonly place: Place;
  /** Where the conversation is remembered. */
  readonly conversation: string;
  readonly eni: Eni;
  readonly direction: Direction;
  /** The far interface, absent where the far end is a gateway: group peers never match through one. */
  readonly far?: Eni;
  /** The far interface passes on what others sent, and rules that name its groups admit it all the same. */
  readonly isRelayed?: boolean;
  /** The path goes through something that AWS always tracks (NAT gateway, load balancer, endpoint …). */
  readonly alwaysTracked: boolean;
};

/** The verdict of one side, without changing any state. */
export function judge(side: Side, flows: Flows, packet: Packet, nowMs: number): SideVerdict {
  const { eni, direction, place, conversation: way } = side;
  const quoted = quotedPacket(packet);
  if (quoted) {
    // The error travels against the packet it quotes: what left here is quoted by what enters.
    const parent = direction === 'egress' ? 'ingress' : 'egress';
    if (hasEntry(flows, { place: way, eni, direction: parent }, quoted, nowMs)) return { kind: 'related' };
  } else if (hasEntry(flows, { place: way, eni, direction }, packet, nowMs)) {
    return { kind: 'entry' };
  }
  const open = side.alwaysTracked ? undefined : untracked(side, packet);
  if (open) return { kind: 'untracked', ...open };
  const rule = rulesOf(place, eni.groupIds, direction).find((each) => ruleAdmits(side, each.rule, packet));
  if (!rule) return { kind: 'noRule' };
  const conversation = conversationOf(flows, way, packet, nowMs);
  if (packet.transport.kind === 'tcp' && !isBareSyn(packet) && !continuesAsOpener(conversation, packet)) {
    return { kind: 'notOpening', rule };
  }
  return { kind: 'rule', rule, opensEntry: !quoted && opensFlow(packet) };
}

/**
 * The two rules that make a TCP or UDP packet untracked: one admits everybody on its port, the other direction has
 * one that admits everybody on all ports. The port is the local one for ingress rules, the remote one for egress.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#untracked-connections
 */
function untracked(
  { place, eni, direction }: Side,
  packet: Packet,
): { rule: EffectiveRule; reverse: EffectiveRule } | undefined {
  const { kind } = packet.transport;
  if (kind !== 'tcp' && kind !== 'udp') return undefined;
  const protocol = kind === 'tcp' ? 6 : 17;
  const [local, remote] =
    direction === 'egress'
      ? [sourceEnd(packet).port, destinationEnd(packet).port]
      : [destinationEnd(packet).port, sourceEnd(packet).port];
  const open = (way: Direction) =>
    rulesOf(place, eni.groupIds, way).filter(({ rule }) =>
      admitsEverybody(place, rule.peer, packetFamily(packet)),
    );
  for (const [way, other, port] of [
    ['ingress', 'egress', local],
    ['egress', 'ingress', remote],
  ] as const) {
    const rule = open(way).find((each) => coversPort(each.rule.service, protocol, port));
    const reverse = open(other).find((each) => coversAllPorts(each.rule.service, protocol));
    if (rule && reverse) return { rule, reverse };
  }
  return undefined;
}

/** Whether a rule's service and peer cover the packet as it crosses the side. */
function ruleAdmits(side: Side, rule: Rule, packet: Packet): boolean {
  return serviceCovers(rule.service, packet) && peerAdmits(side, rule.peer, packet);
}

function peerAdmits({ place, direction, far, isRelayed }: Side, peer: Peer, packet: Packet): boolean {
  const remote = direction === 'egress' ? packet.destination : packet.source;
  if (peer.kind === 'group') {
    // Only the private addresses of the group's interfaces count, never their public ones.
    if (!far?.groupIds.includes(peer.groupId)) return false;
    return isRelayed === true || holdsAddress(far, remote);
  }
  const ip = readIp(remote);
  return ip !== undefined && peerCidrs(place, peer).some((cidr) => contains(cidr, ip));
}
