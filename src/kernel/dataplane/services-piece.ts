/** What the router itself answers: the chains that let instances reach its services, and nothing else. */
import { familyOf } from '#net/address.ts';
import { protocolNumbers } from '#net/protocol.ts';
import { dhcp, dhcp6, type ServicePlace, servicePlaces } from '#vpc/link-services.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { NftRule, SetSpec, Statement } from '../nft/statement.ts';
import { chain, type Piece } from './piece.ts';
import { neighbourMessages, routerSolicitation } from './source-chains.ts';
import { accept, drop, goto, inSet, is, isMasked, jump, markFromMap, setMark } from './statements.ts';
import { outsideSubnet, portNumber, subnetMask, vpcSets } from './vpc-sets.ts';

/**
 * AWS takes 1,024 packets a second from an interface for all link-local services together.
 * https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
const rate = { perSecond: 1024, burst: 1024 } as const;

/** Ports that have sent to the services lately, with the limit of each. */
const limits: SetSpec = {
  name: 'svc_rate',
  key: ['ifname'],
  interval: false,
  dynamic: { sizeMax: 65_536, timeoutMs: 60_000 },
};

/**
 * With neighbour discovery and DHCPv6 senders name themselves to the router, under as many link-local addresses as they like,
 * and the kernel's room for neighbours is one for all namespaces of the machine: 1,024, of which it frees what is older
 * than 5 s.
 */
const discoveryRate = { perSecond: 16, burst: 64 } as const;

/** Ports that have sent such messages lately. */
const discoveryLimits: SetSpec = { ...limits, name: 'nd_rate' };

/**
 * The chain `services`, to which the input chain jumps. Served are ports in a subnet under their own addresses: not
 * gateways, not peered VPCs, and not what a middlebox forwards, since the answer would go to somebody else.
 */
export function servicesPiece(vpc: Vpc): Piece {
  const places = servicePlaces(vpc);
  const rules = (family: 'ipv4' | 'ipv6') =>
    places.filter(({ address }) => familyOf(address) === family).flatMap(placeRules);
  return {
    concern: { kind: 'everybody' },
    sets: [limits, discoveryLimits],
    chains: [
      chain(
        'services',
        [{ kind: 'update', fields: ['iifname'], set: limits.name, over: rate }, drop],
        [setMark(portNumber(outsideSubnet, 0))],
        [markFromMap(['iifname'], vpcSets.ports.name)],
        [isMasked('mark', subnetMask, portNumber(outsideSubnet, 0)), drop],
        dhcpRule,
        [...askedByDhcp6, jump('discovery')],
        [...askedByDhcp6, accept],
        [is('icmpv6 type', routerSolicitation), is('ip6 hoplimit', 255), accept],
        ...[vpcSets.id4, vpcSets.prefix4].map(({ name }) => [
          markFromMap(['iifname', 'ip saddr'], name),
          goto('svc4'),
        ]),
        ...[vpcSets.id6, vpcSets.prefix6].map(({ name }) => [
          markFromMap(['iifname', 'ip6 saddr'], name),
          goto('svc6'),
        ]),
      ),
      // The kernel answers neighbours; all else goes on to the services.
      chain(
        'discovery',
        [{ kind: 'update', fields: ['iifname'], set: discoveryLimits.name, over: discoveryRate }, drop],
        ...neighbourMessages.map((type) => [is('icmpv6 type', type), accept]),
      ),
      chain('svc4', ...rules('ipv4'), renewalRule),
      chain('svc6', ...rules('ipv6')),
    ],
    contributions: [],
  };
}

const dhcpFrom = (to: Statement): NftRule => [
  to,
  is('l4proto', protocolNumbers.udp),
  is('th sport', dhcp.client),
  is('th dport', dhcp.server),
  accept,
];
/** Who has no address yet asks everybody. */
const dhcpRule = dhcpFrom(is('ip daddr', dhcp.everybody));
/** Who has one asks the server that gave it, by its own address (RFC 2131, 4.3.2). */
const renewalRule = dhcpFrom(inSet(['ip daddr'], vpcSets.routers.name));
/** As it is after the router has taken it for its own (`source-chains.ts`). */
const askedByDhcp6: NftRule = [
  is('ip6 daddr', dhcp6.routers),
  is('l4proto', protocolNumbers.udp),
  is('th sport', dhcp6.client),
  is('th dport', dhcp6.server),
];

function placeRules({ address, protocols, port }: ServicePlace): readonly NftRule[] {
  const destination = familyOf(address) === 'ipv4' ? 'ip daddr' : 'ip6 daddr';
  return protocols.map((protocol) => [
    is(destination, address),
    is('l4proto', protocolNumbers[protocol]),
    is('th dport', port),
    accept,
  ]);
}
