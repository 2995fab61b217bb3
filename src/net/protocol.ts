/** IP protocol numbers and the ICMP types that the rest of the product names. Source: IANA protocol-numbers. */
import type { Family } from './address.ts';

export const protocolNumbers = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** The ICMP protocol number of a family. */
export const icmpProtocol: Readonly<Record<Family, number>> = { ipv4: 1, ipv6: 58 };

/** Query type → the type of its answer: only queries open a tracked flow (RFC 792, RFC 950, RFC 4443). */
export const icmpQueries: Readonly<Record<Family, ReadonlyMap<number, number>>> = {
  ipv4: new Map([
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
  ]),
  ipv6: new Map([[128, 129]]),
};

/** Types that report an error about another packet, which they quote (RFC 792, RFC 4443). */
export const icmpErrors: Readonly<Record<Family, ReadonlySet<number>>> = {
  ipv4: new Set([3, 4, 5, 11, 12]),
  ipv6: new Set([1, 2, 3, 4]),
};

/** Highest port number. */
export const portMax = 65535;
