/** Kernel parameters of the lab's namespaces. */
import { readSysctl, writeSysctl } from '../netns/sysctl.ts';
import type { Role } from './item.ts';

type Parameters = Readonly<Record<string, number>>;

/** Nobody learns addresses or routes from packets; every source is checked by the router's own table. */
const everywhere: Parameters = Object.fromEntries(
  ['all', 'default'].flatMap((scope) => [
    [`net/ipv4/conf/${scope}/rp_filter`, 0],
    [`net/ipv4/conf/${scope}/send_redirects`, 0],
    [`net/ipv4/conf/${scope}/accept_redirects`, 0],
    [`net/ipv4/conf/${scope}/accept_source_route`, 0],
    [`net/ipv6/conf/${scope}/disable_ipv6`, 0],
    [`net/ipv6/conf/${scope}/accept_ra`, 0],
    [`net/ipv6/conf/${scope}/accept_redirects`, 0],
    [`net/ipv6/conf/${scope}/accept_source_route`, 0],
    // Addresses are ours to give, so no waiting for duplicates.
    [`net/ipv6/conf/${scope}/accept_dad`, 0],
  ]),
);

const forwarding: Parameters = {
  'net/ipv4/ip_forward': 1,
  'net/ipv4/conf/all/forwarding': 1,
  'net/ipv6/conf/all/forwarding': 1,
};

const noForwarding: Parameters = { 'net/ipv4/ip_forward': 0, 'net/ipv6/conf/all/forwarding': 0 };

/**
 * AWS's idle timeouts: 30 and 180 s for UDP, 432,000 s for TCP, 600 s for other protocols.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 * A router takes up no TCP connection in the middle; window checks would drop what AWS lets through.
 */
const routerTracking: Parameters = {
  'net/netfilter/nf_conntrack_tcp_loose': 0,
  'net/netfilter/nf_conntrack_tcp_be_liberal': 1,
  'net/netfilter/nf_conntrack_tcp_timeout_established': 432_000,
  'net/netfilter/nf_conntrack_udp_timeout': 30,
  'net/netfilter/nf_conntrack_udp_timeout_stream': 180,
  'net/netfilter/nf_conntrack_generic_timeout': 600,
  'net/netfilter/nf_conntrack_gre_timeout': 600,
  'net/netfilter/nf_conntrack_gre_timeout_stream': 600,
};

/** A gateway must go on translating a flow that its table has forgotten; the router is the one that filters. */
const gatewayTracking: Parameters = {
  'net/netfilter/nf_conntrack_tcp_loose': 1,
  'net/netfilter/nf_conntrack_tcp_be_liberal': 1,
  'net/netfilter/nf_conntrack_tcp_timeout_established': 432_000,
};

/** AWS: a NAT gateway forgets what is idle for 350 s, and takes up no connection in the middle. */
const natTracking: Parameters = {
  'net/netfilter/nf_conntrack_tcp_loose': 0,
  'net/netfilter/nf_conntrack_tcp_be_liberal': 1,
  'net/netfilter/nf_conntrack_tcp_timeout_established': 350,
  'net/netfilter/nf_conntrack_udp_timeout': 350,
  'net/netfilter/nf_conntrack_udp_timeout_stream': 350,
  'net/netfilter/nf_conntrack_icmp_timeout': 350,
};

/**
 * Who asks for the router's MAC address must be somebody to whom the router would send on that device: else it would note
 * each name that he gives, and the kernel's room for neighbours is one for all namespaces of the machine.
 */
const routerNeighbours: Parameters = { 'net/ipv4/conf/all/arp_filter': 1 };

const byRole: Readonly<Record<Role, Parameters>> = {
  router: { ...routerTracking, ...routerNeighbours, ...forwarding },
  gateway: { ...gatewayTracking, ...forwarding },
  nat: { ...natTracking, ...forwarding },
  core: forwarding,
  host: noForwarding,
  instance: noForwarding,
};

/** Whether a namespace is its user's, who may change in it what he likes. */
export function isUsers(role: Role): boolean {
  return role === 'instance' || role === 'host';
}

/** Sets the parameters of the namespace that the thread is in. */
export function configure(role: Role): void {
  for (const [key, value] of parametersOf(role)) writeSysctl(key, value);
}

/**
 * Parameters of the namespace that the thread is in that are not as `configure` sets them, a phrase each. Those of the
 * role come first: the kernel changes others with forwarding.
 */
export function misconfigured(role: Role): readonly string[] {
  return parametersOf(role)
    .toReversed()
    .flatMap(([key, value]) => {
      const found = readSysctl(key);
      return found === String(value) ? [] : `${key} = ${found}`;
    });
}

const parametersOf = (role: Role): readonly (readonly [string, number])[] =>
  Object.entries({ ...everywhere, ...byRole[role] });
