/** The smallest change that takes one obstacle out of a conversation's way. */
import { type Family, familyOf, type Ip } from '#net/address.ts';
import { type Cidr, everybody, hostCidr } from '#net/cidr.ts';
import { icmpQueries } from '#net/protocol.ts';
import type { Answer, Wanted } from '#policy/can.ts';
import { ephemeralPort } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { portOfEni } from '#policy/port.ts';
import { tableOfSubnet } from '#policy/route.ts';
import type { DropReason, Verdict } from '#policy/verdict.ts';
import {
  type Id,
  idPrefixes,
  type NetworkAclId,
  type RouteTableId,
  type SecurityGroupId,
  type SubnetId,
} from '#vpc/ids.ts';
import { type Kind, type Kinds, locate, put, type World } from '#vpc/network.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import type { PublicAccessExclusion, PublicAccessExclusionMode } from '#vpc/public-access.ts';
import type { Route } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import type { Direction, Rule, Service } from '#vpc/security-group.ts';
import { noTags } from '#vpc/tags.ts';

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
      readonly kind: 'excludeSubnet';
      readonly subnetId: SubnetId;
      readonly mode: PublicAccessExclusionMode;
    };

type Question = { readonly from: Endpoint; readonly to: Endpoint; readonly wanted: Wanted };

/** The change against the obstacle of an answer that is no; undefined where there is no small one. */
export function repairOf(world: World, question: Question, { request, reply }: Answer): Repair | undefined {
  const stopped = request.kind === 'drop' ? request : reply;
  if (stopped?.kind !== 'drop') return undefined;
  const { because } = stopped;
  const isAnswer = stopped === reply;
  if (because.kind === 'group' && !isAnswer) return missingRule(world, question, because);
  if (because.kind === 'acl') return missingEntry(world, question, stopped, { because, isAnswer });
  if (because.kind === 'noRoute')
    return missingRoute(
      world,
      isAnswer ? question.to : question.from,
      isAnswer ? question.from : question.to,
    );
  if (because.kind === 'publicAccessBlocked') {
    return { kind: 'excludeSubnet', subnetId: because.subnetId, mode: because.openedBy };
  }
  return undefined;
}

/** What is asked for, as a rule says it. */
export function serviceOf(wanted: Wanted): Service {
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

/** A route to the internet where the VPC has a gateway; other ways need more than a route. */
function missingRoute(world: World, from: Endpoint, to: Endpoint): Repair | undefined {
  if (from.kind !== 'eni' || to.kind !== 'internet') return undefined;
  const port = portOfEni(world, from.eniId);
  const table = port && tableOfSubnet(port.network, port.vpcId, port.eni.subnetId);
  const [gateway] = port?.network.internetGateway.by('vpc', port.vpcId) ?? [];
  if (!table || !gateway) return undefined;
  const destination = { kind: 'cidr', cidr: everybody[familyOf(to.ip)] } as const;
  const route: Route = {
    destination,
    target: { kind: 'internetGateway', id: gateway.id },
    origin: 'CreateRoute',
  };
  return { kind: 'addRoute', routeTableId: table.id, route };
}

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
        routes: [...table.routes, repair.route],
      }));
    case 'excludeSubnet':
      return withExclusion(world, repair);
    default:
      return repair satisfies never;
  }
}

function withExclusion(
  world: World,
  { subnetId, mode }: Extract<Repair, { readonly kind: 'excludeSubnet' }>,
): World {
  const found = locate(world, 'subnet', subnetId);
  const exclusion: PublicAccessExclusion = {
    id: subnetId.replace('subnet', idPrefixes.publicAccessExclusion) as PublicAccessExclusion['id'],
    subject: { kind: 'subnet', subnetId },
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
