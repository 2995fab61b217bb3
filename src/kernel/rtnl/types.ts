/** Links, addresses, routes, rules and neighbours as the kernel's routing netlink holds them. See rtnetlink(7). */
import type { Family } from '#net/address.ts';

/** A network device of one namespace. */
export type Link = {
  readonly index: number;
  readonly name: string;
  /** `veth`, `dummy`, `vxlan` …; absent for devices without a kind, such as `lo`. */
  readonly kind?: string;
  /** Six octets in lower case with colons; absent for devices without one. */
  readonly mac?: string;
  readonly mtu: number;
  readonly up: boolean;
  /** Index of the other end of a veth pair, in that end's namespace. */
  readonly peerIndex?: number;
  /** A text that somebody has left on the device. */
  readonly alias?: string;
};

/** One end of a veth pair; made down, in the namespace named or else the socket's own. */
export type VethEnd = {
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly namespace?: string;
};

export type LinkChange = {
  readonly up?: boolean;
  readonly mac?: string;
  readonly mtu?: number;
  readonly alias?: string;
  /** Only while the device is down. */
  readonly name?: string;
  /** Moves the device into this namespace. */
  readonly namespace?: string;
};

/** An address of a device with its prefix length, such as `10.0.0.1/24`. */
export type DeviceAddress = { readonly device: string; readonly cidr: string };

/**
 * Where a route leads. Three refuse, with no answer, "host unreachable" and "prohibited"; `throw` leaves the packet to the
 * next routing rule.
 */
export type RouteTarget =
  | {
      readonly kind: 'unicast';
      readonly device: string;
      readonly gateway?: string;
      /** The gateway counts as reachable though no address of the device covers it. */
      readonly onlink?: boolean;
      /** Source address of packets that this machine sends along the route. */
      readonly source?: string;
      /** Default: `link` without a gateway in IPv4, else `universe`. IPv6 has no scopes. */
      readonly scope?: 'universe' | 'link' | 'host';
    }
  | { readonly kind: 'blackhole' | 'unreachable' | 'prohibit' | 'throw' };

export type Route = {
  /** Canonical CIDR; `0.0.0.0/0` or `::/0` is the default route. */
  readonly destination: string;
  /** Number of the routing table; 254 is main. */
  readonly table: number;
  /** Lower wins. Default 0 in IPv4 and 1024 in IPv6, as the kernel has it. */
  readonly metric?: number;
  readonly target: RouteTarget;
};

/** Which routing table a packet uses. Lower priorities come first; the kernel's own are 0, 32766 and 32767. */
export type RoutingRule = {
  readonly family: Family;
  readonly priority: number;
  readonly table: number;
  /** `fwmark value/mask`: only packets whose mark matches. Both unsigned. */
  readonly mark?: { readonly value: number; readonly mask: number };
  /** Only packets that came in by this device. */
  readonly device?: string;
  /** Only packets from this block. */
  readonly source?: string;
};

/** A permanent neighbour entry: the link-layer address of an IP address on a device. */
export type Neighbour = { readonly device: string; readonly address: string; readonly mac: string };
