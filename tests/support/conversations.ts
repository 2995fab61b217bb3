/** Conversations asked of `decide`, packet by packet: the oracle of the prover's tests. */
import { type Family, type Ip, readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { icmpProtocol } from '#net/protocol.ts';
import { type Answer, can, type Wanted } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import type { Delivery, Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import type { Random } from './random.ts';

/** What is wanted where the 24-bit number of protocol and service is this. */
export function wantedAt(number: number, family: Family): Wanted {
  const [protocol, service] = [number >>> 16, number & 0xffff];
  if (protocol === 6) return { kind: 'tcp', port: service };
  if (protocol === 17) return { kind: 'udp', port: service };
  if (protocol === icmpProtocol[family]) {
    return {
      kind: 'icmp',
      protocol: family === 'ipv4' ? 1 : 58,
      type: service >>> 8,
      code: service & 255,
    };
  }
  return { kind: 'other', protocol };
}

/** Client ports on both sides of every edge that the random ACLs have, in the range that clients use. */
const clientPortsTried = [1024, 1025, 5432, 8080, 40000, 49152, 65535] as const;

/** Whether the conversation works from some client port. */
export function works(world: World, from: Endpoint, to: Endpoint, number: number, family: Family): boolean {
  return placeReached(world, from, to, number, family) !== undefined;
}

/**
 * The same by private ways alone: not over the internet, by which interfaces of two VPCs with IPv6 addresses may meet
 * where no peering or transit gateway links them.
 */
export function worksInside(
  world: World,
  from: Endpoint,
  to: Endpoint,
  number: number,
  family: Family,
): boolean {
  const isInside = ({ request, reply }: Answer) => ![request, reply].some((each) => each && isPublic(each));
  return placeReached(world, from, to, number, family, isInside) !== undefined;
}

const isPublic = ({ steps }: Verdict): boolean =>
  steps.some((step) => {
    const kind = step.kind === 'route' ? step.match.route.target.kind : undefined;
    return kind === 'internetGateway' || kind === 'egressOnlyGateway';
  });

/** Whether an address stands in an IPv6 block of a VPC: packets end there, and outside it is nobody's. */
export function isOfSomeVpc(world: World, address: Ip): boolean {
  const ip = readIp(address);
  const blocks = [...world.values()].flatMap(({ vpc }) =>
    [...vpc.values()].flatMap((each) => each.ipv6Blocks),
  );
  return blocks.some(({ cidr }) => ip !== undefined && contains(cidr, ip));
}

/** What a conversation gets to that works from some client port: an interface, the internet, or an endpoint's service. */
export function placeReached(
  world: World,
  from: Endpoint,
  to: Endpoint,
  number: number,
  family: Family,
  isMeant: (answer: Answer) => boolean = () => true,
): Delivery['kind'] | undefined {
  const wanted = wantedAt(number, family);
  const ports = wanted.kind === 'tcp' || wanted.kind === 'udp' ? clientPortsTried : [49152];
  for (const port of ports) {
    const answer = can(world, from, to, wanted, port);
    const { allowed, request, reply } = answer;
    if (allowed && request.kind === 'accept' && isMeant(answer)) return request.delivery.kind;
    // Another client port helps only an answer that an ACL holds back.
    if (!reply) return undefined;
  }
  return undefined;
}

const interestingPorts = [0, 21, 22, 23, 79, 80, 81, 443, 444, 1023, 1024, 5432, 8080, 40000, 65535] as const;
const interestingIcmp = [
  [8, 0],
  [8, 1],
  [0, 0],
  [3, 3],
  [3, 4],
  [13, 0],
  [11, 0],
  [128, 0],
  [129, 0],
  [135, 0],
] as const;

/** A service number near the edges of the random rules. */
export function randomNumber(random: Random, family: Family): number {
  const kind = random.int(10);
  if (kind < 5) return (6 << 16) | random.pick(interestingPorts);
  if (kind < 7) return (17 << 16) | random.pick(interestingPorts);
  if (kind < 9) {
    const [type, code] = random.pick(interestingIcmp);
    return (icmpProtocol[family] << 16) | (type << 8) | code;
  }
  return random.pick([47, 50, 132]) << 16;
}
