/** Entries of the kernel's connection tracking table. See linux/netfilter/nfnetlink_conntrack.h. */
import type { Family } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';

/** One direction of a tracked connection. Ports are absent for protocols without them; ICMP has its identifier. */
export type ConntrackTuple = {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly icmpId?: number;
};

export type ConntrackTraffic = { readonly packets: number; readonly bytes: number };

export type ConntrackEntry = {
  readonly family: Family;
  readonly protocol: number;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  readonly zone: number;
  readonly mark: number;
  /** Bits of `IPS_*`: 1 expected, 2 seen reply, 4 assured, 8 confirmed. */
  readonly status: number;
  readonly timeoutSeconds: number;
  readonly id: number;
  /** Present where `net/netfilter/nf_conntrack_acct` is on. */
  readonly traffic?: { readonly original: ConntrackTraffic; readonly reply: ConntrackTraffic };
  /** Nanoseconds since 1970; present where `net/netfilter/nf_conntrack_timestamp` is on. */
  readonly startedNs?: bigint;
};

/** What to delete: every part that is given must hold. */
export type ConntrackFilter = {
  /** In any of the four address fields. */
  readonly block?: Cidr;
  readonly zone?: number;
  readonly protocol?: number;
};
