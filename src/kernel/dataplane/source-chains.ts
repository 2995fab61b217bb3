/**
 * Who sends a packet: decided before connection tracking, so that a spoofed packet cannot touch a flow, and by port and
 * address together, so that an address counts only where it belongs.
 */
import { protocolNumbers } from '#net/protocol.ts';
import { dhcp6 } from '#vpc/link-services.ts';
import { type Chain, chain } from './piece.ts';
import { back, goto, inSet, is, markFromMap, nfproto, setMark } from './statements.ts';
import { vpcSets as s } from './vpc-sets.ts';

/** ICMPv6 types of neighbour discovery (RFC 4861). */
export const routerSolicitation = 133;
const [neighbourSolicitation, neighbourAdvertisement] = [135, 136];
export const neighbourMessages = [neighbourSolicitation, neighbourAdvertisement];
export const discoveryMessages = [routerSolicitation, ...neighbourMessages];

/** Port and source address → route table and identity in the packet's mark, else reject. */
export const sourceChains: readonly Chain[] = [
  chain(
    'src',
    [is('nfproto', nfproto.ipv4), goto('src4')],
    [is('nfproto', nfproto.ipv6), goto('src6')],
    [goto('rej_src')],
  ),
  chain(
    'src4',
    [markFromMap(['iifname', 'ip saddr'], s.id4.name), back],
    [markFromMap(['iifname', 'ip saddr'], s.prefix4.name), back],
    [inSet(['iifname'], s.anySource.name), markFromMap(['iifname'], s.tableOfPort.name), back],
    [inSet(['iifname', 'ip saddr'], s.peer4.name), setMark(0), back],
    [inSet(['iifname'], s.outside.name), inSet(['ip saddr'], s.vpc4.name), goto('rej_src')],
    [inSet(['iifname'], s.outside.name), markFromMap(['iifname'], s.tableOfPort.name), back],
    // A DHCP client has no address yet.
    [is('ip saddr', '0.0.0.0'), is('l4proto', 17), is('th sport', 68), is('th dport', 67), setMark(0), back],
    [goto('rej_src')],
  ),
  chain(
    'src6',
    [markFromMap(['iifname', 'ip6 saddr'], s.id6.name), back],
    [markFromMap(['iifname', 'ip6 saddr'], s.prefix6.name), back],
    // A DHCPv6 client asks all servers on its link. The router's devices all hear what goes to routers, and nothing else
    // that they would have to join one by one.
    [
      is('ip6 daddr', dhcp6.everybody),
      is('l4proto', protocolNumbers.udp),
      is('th sport', dhcp6.client),
      is('th dport', dhcp6.server),
      inSet(['ip6 saddr'], s.linkScope.name),
      { kind: 'rewriteTo', field: 'ip6 daddr', address: dhcp6.routers },
      setMark(0),
      back,
    ],
    [inSet(['iifname'], s.anySource.name), markFromMap(['iifname'], s.tableOfPort.name), back],
    [inSet(['iifname', 'ip6 saddr'], s.peer6.name), setMark(0), back],
    [inSet(['iifname'], s.outside.name), inSet(['ip6 saddr'], s.vpc6.name), goto('rej_src')],
    [inSet(['iifname'], s.outside.name), markFromMap(['iifname'], s.tableOfPort.name), back],
    ...discoveryMessages.map((type) => [
      is('icmpv6 type', type),
      is('ip6 hoplimit', 255),
      inSet(['ip6 saddr'], s.linkScope.name),
      setMark(0),
      back,
    ]),
    [goto('rej_src')],
  ),
];
