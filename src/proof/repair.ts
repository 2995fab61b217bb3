/** The smallest change that takes one obstacle out of a conversation's way. */
import { type Family, familyOf, type Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import { icmpQueries } from '#net/protocol.ts';
import type { Answer, Wanted } from '#policy/can.ts';
import { ephemeralPort } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { portOfEni } from '#policy/port.ts';
import type { DropReason, Verdict } from '#policy/verdict.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Service } from '#vpc/security-group.ts';
import type { Repair } from './applied-repair.ts';
import { outwardRoute } from './egress-repair.ts';
import { linkRepair, misledRepair, transitRepair } from './link-repair.ts';

type Question = { readonly from: Endpoint; readonly to: Endpoint; readonly wanted: Wanted };

/** The change against the obstacle of an answer that is no; undefined where there is no small one. */
export function repairOf(world: World, question: Question, { request, reply }: Answer): Repair | undefined {
  const stopped = reply ?? request;
  const isAnswer = reply !== undefined;
  const [sender, receiver] = isAnswer ? [question.to, question.from] : [question.from, question.to];
  if (stopped.kind === 'accept') return linkRepair(world, sender, receiver, stopped);
  const { because } = stopped;
  switch (because.kind) {
    case 'group':
      return isAnswer ? undefined : missingRule(world, question, because);
    case 'acl':
      return missingEntry(world, question, stopped, { because, isAnswer });
    case 'noRoute':
      return outwardRoute(world, sender, receiver, because) ?? linkRepair(world, sender, receiver, stopped);
    case 'blackhole':
      return linkRepair(world, sender, receiver, stopped);
    case 'noPublicAddress':
    case 'noTranslation':
    case 'noInterface':
    case 'loop':
      return misledRepair(world, sender, receiver, stopped) ?? linkRepair(world, sender, receiver, stopped);
    case 'transit':
      return transitRepair(world, sender, receiver, stopped);
    case 'noListener':
      return missingListener(world, question.wanted, because.loadBalancerId);
    case 'publicAccessBlocked':
      return { kind: 'exclude', subject: because.subject, mode: because.openedBy };
    default:
      return undefined;
  }
}

/** What is asked for, as a rule says it. */
function serviceOf(wanted: Wanted): Service {
  switch (wanted.kind) {
    case 'tcp':
    case 'udp':
      return { kind: 'ports', protocol: wanted.kind === 'tcp' ? 6 : 17, from: wanted.port, to: wanted.port };
    case 'icmp':
      return { kind: 'icmp', protocol: wanted.protocol, type: wanted.type, code: wanted.code };
    case 'other':
      return { kind: 'protocol', protocol: wanted.protocol };
    default:
      return wanted satisfies never;
  }
}

/** The service of the answer: back to the client's port, or the ICMP type that answers. */
function answerService(wanted: Wanted, family: Family): Service {
  switch (wanted.kind) {
    case 'tcp':
    case 'udp':
      return {
        kind: 'ports',
        protocol: wanted.kind === 'tcp' ? 6 : 17,
        from: ephemeralPort,
        to: ephemeralPort,
      };
    case 'icmp': {
      const type = icmpQueries[family].get(wanted.type) ?? wanted.type;
      return { kind: 'icmp', protocol: wanted.protocol, type, code: 0 };
    }
    case 'other':
      return { kind: 'protocol', protocol: wanted.protocol };
    default:
      return wanted satisfies never;
  }
}

function missingRule(
  world: World,
  { from, to, wanted }: Question,
  because: Extract<DropReason, { kind: 'group' }>,
): Repair | undefined {
  const port = portOfEni(world, because.eniId);
  const groupId = port?.eni.groupIds[0];
  if (!groupId) return undefined;
  const { direction } = because;
  const far = direction === 'egress' ? to : from;
  // Packets to a public address meet the groups with that address on the way out.
  const ip = direction === 'egress' ? addressOf(far) : seenAs(world, far, to);
  return { kind: 'addRule', groupId, direction, service: serviceOf(wanted), cidr: hostCidr(ip) };
}

const addressOf = (endpoint: Endpoint): Ip =>
  endpoint.kind === 'eni' ? (endpoint.publicIp ?? endpoint.ip) : endpoint.ip;

/** The source as the target's groups see it: its public address where the way leads over the internet. */
function seenAs(world: World, from: Endpoint, to: Endpoint): Ip {
  if (from.kind !== 'eni' || to.kind !== 'eni' || !to.publicIp) return from.ip;
  const port = portOfEni(world, from.eniId);
  const address =
    port &&
    [...port.network.address.by('eni', from.eniId)].find(
      ({ association }) => association?.privateIp === from.ip,
    );
  const launch = port?.eni.privateIps.find(({ address: own }) => own === from.ip)?.launchPublicIp;
  return address?.publicIp ?? launch ?? from.ip;
}

/** An entry in front of the one that denies, for just this packet. */
function missingEntry(
  world: World,
  { from, to, wanted }: Question,
  { steps }: Verdict,
  {
    because,
    isAnswer,
  }: { readonly because: Extract<DropReason, { kind: 'acl' }>; readonly isAnswer: boolean },
): Repair | undefined {
  const step = steps.findLast((each) => each.kind === 'acl');
  const verdict = step?.kind === 'acl' ? step.verdict : undefined;
  const acl = verdict?.acl;
  if (!verdict || !acl) return undefined;
  const { direction } = because;
  const taken = new Set(
    acl.entries.filter((each) => each.direction === direction).map(({ number }) => number),
  );
  const below = verdict.kind === 'deny' ? verdict.entry.number : 32767;
  let number = below - 1;
  while (number > 0 && taken.has(number)) number--;
  if (number < 1) return undefined;
  const [sender, receiver] = isAnswer ? [to, from] : [from, to];
  const remote = direction === 'egress' ? addressOf(receiver) : seenAs(world, sender, receiver);
  const service = isAnswer ? answerService(wanted, familyOf(remote)) : serviceOf(wanted);
  return {
    kind: 'addAclEntry',
    aclId: acl.id,
    entry: { direction, number, action: 'allow', service, cidr: hostCidr(remote) },
  };
}

/** A listener for what a load balancer does not take, which forwards like its first one. */
function missingListener(world: World, wanted: Wanted, loadBalancerId: string): Repair | undefined {
  const balancer = locate(world, 'loadBalancer', loadBalancerId)?.entity;
  const [forward] = (balancer?.listeners ?? []).flatMap(({ forwards }) => forwards);
  // Others than network load balancers have no listeners for UDP.
  const isTaken = wanted.kind === 'tcp' || (wanted.kind === 'udp' && balancer?.kind === 'network');
  if (!forward || !isTaken) return undefined;
  const { targetGroupId } = forward;
  const protocol = wanted.kind === 'tcp' ? 6 : 17;
  return { kind: 'addListener', loadBalancerId, protocol, port: wanted.port, targetGroupId };
}
