/**
 * Rules at rest: an array each in place of an object with names. Half a million of them are a third of the text, and
 * read in half the time, which is most of a start (docs/benchmarks.md, `start`).
 */
import type { Cidr } from '#net/cidr.ts';
import type { Direction, Peer, Rule, Service } from '#vpc/security-group.ts';
import { noTags, type Tags } from '#vpc/tags.ts';

/** Everything, a whole protocol, TCP or UDP with both ports, or ICMP with type and code. */
type StoredService =
  | 'all'
  | number
  | readonly [6 | 17, from: number, to: number]
  | readonly [1 | 58, type: number, code: number];

/** A block, or any other peer as it is. */
type StoredPeer = Cidr | Exclude<Peer, { readonly kind: 'cidr' }>;

/** What follows the peer is left out where it says nothing. */
export type StoredRule = readonly [
  id: Rule['id'],
  direction: Direction,
  service: StoredService,
  peer: StoredPeer,
  description?: string | null,
  tags?: Tags,
];

/** The rule as it is written. A field that `Rule` gains must be written here too, which the type asks for. */
export function storedRule(rule: Rule): StoredRule {
  const { id, direction, service, peer, description, tags, ...others } = rule;
  others satisfies Record<string, never>;
  const told = [id, direction, storedService(service), peer.kind === 'cidr' ? peer.cidr : peer] as const;
  if (Object.keys(tags).length > 0) return [...told, description ?? null, tags];
  return description === undefined ? told : [...told, description];
}

/**
 * Reads rules. What many of them say alike, as a service or a block, becomes one value, which nobody changes: less to
 * keep, and less for the garbage collector to carry.
 */
export class RuleReader {
  readonly #peers = new Map<Cidr, Peer>();
  readonly #services = new Map<number, Service>();

  /** The rule that was written, also by a program that wrote rules as objects. */
  read(stored: StoredRule | Rule): Rule {
    if (!isStoredRule(stored)) return stored;
    const [id, direction, storedService, storedPeer, description, tags = noTags] = stored;
    const service = this.#service(storedService);
    const peer = typeof storedPeer === 'string' ? this.#block(storedPeer) : storedPeer;
    return description === undefined || description === null
      ? { id, direction, service, peer, tags }
      : { id, direction, service, peer, description, tags };
  }

  #block(cidr: Cidr): Peer {
    const known = this.#peers.get(cidr);
    if (known) return known;
    const peer = { kind: 'cidr', cidr } as const;
    this.#peers.set(cidr, peer);
    return peer;
  }

  #service(stored: StoredService): Service {
    if (typeof stored !== 'object')
      return stored === 'all' ? everything : { kind: 'protocol', protocol: stored };
    const [protocol, first, second] = stored;
    // Ports take 16 bits each, types and codes 8 and the sign.
    const key = (protocol * 0x2_0000 + first) * 0x2_0000 + second;
    const known = this.#services.get(key);
    if (known) return known;
    const service = serviceFrom(stored);
    this.#services.set(key, service);
    return service;
  }
}

const everything: Service = { kind: 'all' };

function isStoredRule(stored: StoredRule | Rule): stored is StoredRule {
  return Array.isArray(stored);
}

function storedService(service: Service): StoredService {
  switch (service.kind) {
    case 'all':
      return 'all';
    case 'protocol':
      return service.protocol;
    case 'ports':
      return [service.protocol, service.from, service.to];
    case 'icmp':
      return [service.protocol, service.type, service.code];
  }
}

function serviceFrom([protocol, first, second]: Exclude<StoredService, 'all' | number>): Service {
  return protocol === 6 || protocol === 17
    ? { kind: 'ports', protocol, from: first, to: second }
    : { kind: 'icmp', protocol, type: first, code: second };
}
