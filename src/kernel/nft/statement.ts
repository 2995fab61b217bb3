/**
 * nftables rules as data: what the data plane composes, tests read, and the encoder turns into netlink expressions.
 * Names follow nft(8).
 */

/** A packet field or piece of metadata that a rule reads; each loads into its own 4-byte aligned registers. */
export type Field =
  | 'iifname'
  | 'oifname'
  | 'nfproto'
  | 'l4proto'
  | 'mark'
  | 'ip saddr'
  | 'ip daddr'
  | 'ip6 saddr'
  | 'ip6 daddr'
  | 'ip6 hoplimit'
  | 'th sport'
  | 'th dport'
  | 'tcp flags'
  | 'icmp type'
  | 'icmpv6 type'
  | 'ct state'
  | 'ct direction'
  | 'ct mark'
  | 'ct zone'
  | 'ct status'
  | 'ct original ip saddr'
  | 'ct original ip daddr'
  | 'ct original ip6 saddr'
  | 'ct original ip6 daddr'
  | 'ct reply ip saddr'
  | 'ct reply ip daddr'
  | 'ct reply ip6 saddr'
  | 'ct reply ip6 daddr'
  | 'fib daddr . mark oifname';

/** A constant of a field: number (host meaning, the encoder knows the byte order), interface name, or address text. */
export type Value = number | string;

export type Statement =
  /**
   * `field [& mask] == value`; for `!=` set `negate`. For `ct state` and `ct status`, `value` is a bit set and any
   * bit matches. For an address field, `value` may be a CIDR.
   */
  | {
      readonly kind: 'match';
      readonly field: Field;
      readonly value: Value;
      readonly mask?: number;
      readonly negate?: boolean;
    }
  /** `f1 . f2 … [!=] @set` */
  | {
      readonly kind: 'lookup';
      readonly fields: readonly Field[];
      readonly set: string;
      readonly negate?: boolean;
    }
  /** `f1 . f2 … vmap @map`; a miss falls through to the next rule. `mask` applies to a single number field. */
  | {
      readonly kind: 'dispatch';
      readonly fields: readonly Field[];
      readonly map: string;
      readonly mask?: number;
    }
  /** `meta mark set f1 . f2 … map @map`; a miss ends the rule and leaves the mark. */
  | { readonly kind: 'markFromMap'; readonly fields: readonly Field[]; readonly map: string }
  /** `meta mark set value`, or `meta mark set (mark & and) | or`. */
  | { readonly kind: 'setMark'; readonly and: number; readonly or: number }
  /** `ct mark set (ct mark & and) | or` */
  | { readonly kind: 'setCtMark'; readonly and: number; readonly or: number }
  | { readonly kind: 'setZone'; readonly zone: number }
  /** `ct zone set f1 . f2 … map @map`; a miss ends the rule. */
  | { readonly kind: 'zoneFromMap'; readonly fields: readonly Field[]; readonly map: string }
  /** Translation to the address that the map holds for the field. */
  | {
      readonly kind: 'nat';
      readonly type: 'snat' | 'dnat';
      readonly family: 'ipv4' | 'ipv6';
      readonly field: Field;
      readonly map: string;
    }
  | {
      readonly kind: 'natTo';
      readonly type: 'snat' | 'dnat';
      readonly family: 'ipv4' | 'ipv6';
      readonly address: string;
    }
  /** `ip saddr set ip saddr map @map` (or `ip daddr`): writes into the packet, without connection tracking. */
  | { readonly kind: 'rewrite'; readonly field: 'ip saddr' | 'ip daddr'; readonly map: string }
  /** `ip6 daddr set address`, likewise. */
  | { readonly kind: 'rewriteTo'; readonly field: 'ip6 daddr'; readonly address: string }
  | { readonly kind: 'limit'; readonly perSecond: number; readonly burst: number }
  | { readonly kind: 'log'; readonly prefix: string; readonly group: number; readonly snapLength: number }
  | { readonly kind: 'counter' }
  /**
   * `update @set { f1 . f2 … }` on a dynamic set: remembers the tuple. With `over` the rule goes on only while
   * the tuple's packets exceed the rate, otherwise always. `counter` counts the tuple's packets.
   */
  | {
      readonly kind: 'update';
      readonly fields: readonly Field[];
      readonly set: string;
      readonly counter?: boolean;
      readonly over?: { readonly perSecond: number; readonly burst: number };
    }
  /** `tcp option maxseg size set bytes`; only for segments that carry the option. */
  | { readonly kind: 'setMss'; readonly bytes: number }
  /** Idle timeouts of the flow that the packet opens, from an object of its protocol; none for the flow of another. */
  | { readonly kind: 'timeout'; readonly object: string }
  | { readonly kind: 'notrack' }
  /** Answers SYNs with cookies in place of the receiver. */
  | { readonly kind: 'synproxy'; readonly mss: number; readonly windowScale: number }
  | { readonly kind: 'verdict'; readonly verdict: 'accept' | 'drop' | 'return' }
  | { readonly kind: 'verdict'; readonly verdict: 'jump' | 'goto'; readonly chain: string };

export type NftRule = readonly Statement[];

/** The type of one component of a set's key, or of a map's data. */
export type Datatype =
  | 'ifname'
  | 'ipv4_addr'
  | 'ipv6_addr'
  | 'inet_proto'
  | 'inet_service'
  | 'mark'
  | 'zone'
  | 'verdict';

export type SetSpec = {
  readonly name: string;
  /** One component, or a concatenation. */
  readonly key: readonly Datatype[];
  /** Present for maps. */
  readonly data?: Datatype;
  /** Whether elements are ranges (per component in a concatenation). */
  readonly interval: boolean;
  /** Present for sets that rules write (`update`): the most elements, and how long one lives without a packet. */
  readonly dynamic?: { readonly sizeMax: number; readonly timeoutMs: number };
};

/** One component of an element's key: a value or an inclusive range. */
export type KeyPart = Value | bigint | { readonly first: number | bigint; readonly last: number | bigint };

export type Element = {
  readonly key: readonly KeyPart[];
  /** For maps: a mark, an address or a chain to go to. */
  readonly data?:
    | { readonly kind: 'value'; readonly value: Value }
    | { readonly kind: 'goto'; readonly chain: string };
  /** What an `update … counter` rule counted for the element; only on elements read back. */
  readonly counter?: { readonly packets: number; readonly bytes: number };
};

export type ChainSpec = {
  readonly name: string;
  /** Present for base chains. Priorities are numbers as in nft(8): raw -300, filter 0, dstnat -100, srcnat 100. */
  readonly hook?: {
    readonly type: 'filter' | 'nat';
    readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
    readonly priority: number;
    readonly policy: 'accept' | 'drop';
  };
};

/** Idle timeouts in seconds for flows of TCP (6) or UDP (17); what is not named has the namespace's default. */
export type TimeoutSpec = { readonly name: string } & (
  | { readonly protocol: 6; readonly establishedSeconds: number }
  | { readonly protocol: 17; readonly onewaySeconds: number; readonly streamSeconds: number }
);

/** A stateful object of any kind, as it is read back: a timeout, a counter, a quota … */
export type ObjectName = { readonly name: string; readonly type: number };

/** One step of a batch; the kernel applies a whole batch or nothing. */
export type Command =
  | { readonly kind: 'addTable'; readonly table: string }
  | { readonly kind: 'deleteTable'; readonly table: string }
  | { readonly kind: 'addChain'; readonly table: string; readonly chain: ChainSpec }
  | { readonly kind: 'deleteChain'; readonly table: string; readonly chain: string }
  | { readonly kind: 'flushChain'; readonly table: string; readonly chain: string }
  | {
      readonly kind: 'addRule';
      readonly table: string;
      readonly chain: string;
      readonly rule: NftRule;
      readonly comment?: string;
    }
  | { readonly kind: 'addSet'; readonly table: string; readonly set: SetSpec }
  | { readonly kind: 'addTimeout'; readonly table: string; readonly timeout: TimeoutSpec }
  | { readonly kind: 'deleteTimeout'; readonly table: string; readonly timeout: string }
  | { readonly kind: 'deleteObject'; readonly table: string; readonly object: ObjectName }
  | { readonly kind: 'deleteSet'; readonly table: string; readonly set: string }
  | { readonly kind: 'flushSet'; readonly table: string; readonly set: string }
  | {
      readonly kind: 'addElements';
      readonly table: string;
      readonly set: SetSpec;
      readonly elements: readonly Element[];
    }
  | {
      readonly kind: 'deleteElements';
      readonly table: string;
      readonly set: SetSpec;
      readonly elements: readonly Element[];
    };
