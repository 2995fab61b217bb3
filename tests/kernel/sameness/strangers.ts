/** Packets out of the blue: who sends what to whom, at random. */
import type { Ip } from '#net/address.ts';
import { ownerOfPublicIp } from '#policy/internet.ts';
import type { Transport } from '#policy/packet.ts';
import { holdsAddress } from '#vpc/eni-addresses.ts';
import type { World } from '#vpc/network.ts';
import { ip } from '../../support/network.ts';
import type { Random } from '../../support/random.ts';
import { natPublicIp } from '../../support/random-edges.ts';
import { natPublicIps } from '../../support/random-nats.ts';
import { type Host, ports } from '../../support/random-network.ts';
import { eniOfHost } from '../../support/random-upheavals.ts';
import { eni, flags, type Sender, type Sent } from './talk.ts';

/** Hosts on the internet, one a family. */
export const outsiders = [ip('203.0.113.9'), ip('2001:db8:ffff::9')] as const;

/** Sources that nobody on the internet has, or somebody in a VPC. */
const falseSources = {
  ipv4: ['10.0.2.13', '10.77.0.1', '172.20.1.1', '192.168.7.7', '100.64.0.9', '198.18.0.10'],
  ipv6: ['fd00:7::9', '2001:db8:100:2::d'],
} as const;

export type StrangersOptions = {
  /**
   * Whether packets pass more than one router. Then each interface has ports of its own, since a NAT gateway is free to
   * choose among those that are not.
   */
  readonly edges: boolean;
  /** Addresses of delegated prefixes answer nothing, as in the days of old seeds. */
  readonly isCalm: boolean;
  readonly hosts: readonly Host[];
};

/** Chooses packets between any two ends of a world. */
export class Strangers {
  readonly #random: Random;
  readonly #edges: boolean;
  readonly #isCalm: boolean;
  readonly #hosts: readonly Host[];
  #world: World;

  constructor(random: Random, world: World, { edges, isCalm, hosts }: StrangersOptions) {
    this.#random = random;
    this.#world = world;
    this.#edges = edges;
    this.#isCalm = isCalm;
    this.#hosts = hosts;
  }

  follow(world: World): void {
    this.#world = world;
  }

  next(): Sent {
    const random = this.#random;
    const [from, to] = [random.pick(this.#hosts), random.pick(this.#hosts)];
    const family = random.chance(0.5) ? 'ipv4' : 'ipv6';
    const place = random.int(12);
    const isInbound = place === 1 || (this.#edges && place === 4);
    const transport = this.#transport(family, isInbound ? to : from);
    const outside = outsiders[family === 'ipv4' ? 0 : 1];
    if (place === 0)
      return {
        from: eni(from.name),
        packet: { source: this.#sourceOf(from, family), destination: outside, transport },
      };
    if (isInbound) {
      const destination = family === 'ipv4' ? ip(to.publicIp) : this.#addressOf(to, family);
      const isFalse = !this.#isCalm && random.chance(0.15);
      const source = isFalse ? ip(random.pick(falseSources[family])) : outside;
      return { from: { kind: 'internet', ip: outside }, packet: { source, destination, transport } };
    }
    if (place === 2 && family === 'ipv4') {
      // With oneself from a port to the same port a further SYN counts as an answer's (tests/kernel/traps/oneself).
      const isMirror = transport.kind === 'tcp' && transport.sourcePort === transport.destinationPort;
      const isOwn = insideOf(this.#world, to.publicIp) === from.ipv4;
      if (isOwn && isMirror) return this.next();
      return {
        from: eni(from.name),
        packet: { source: ip(from.ipv4), destination: ip(to.publicIp), transport },
      };
    }
    if (place === 3 && family === 'ipv4' && this.#edges && random.chance(0.3)) {
      const destination = ip(this.#isCalm ? natPublicIp : random.pick(natPublicIps));
      return { from: { kind: 'internet', ip: outside }, packet: { source: outside, destination, transport } };
    }
    if (from === to) return this.next();
    // The box may send as anybody; answers would then come back another way, which the kernel refuses.
    const isOther = random.chance(0.03) && !forwards(this.#world, eni(from.name));
    const source = isOther ? this.#addressOf(random.pick(this.#hosts), family) : this.#sourceOf(from, family);
    const destination = this.#addressOf(to, family);
    // Of the other VPC, say: nobody sends what is addressed to himself.
    if (source === destination) return this.next();
    return { from: eni(from.name), packet: { source, destination, transport } };
  }

  /** Whoever may send as anybody sends from what he holds, or the answers go elsewhere. */
  #sourceOf(host: Host, family: 'ipv4' | 'ipv6'): Ip {
    const source = this.#addressOf(host, family);
    const holder = eniOfHost(this.#world, host.name);
    return holder?.sourceDestCheck === false && !holdsAddress(holder, source) ? ip(host[family]) : source;
  }

  /** The host's own address, or one of a prefix that is delegated to it at times. */
  #addressOf(host: Host, family: 'ipv4' | 'ipv6'): Ip {
    return ip(host.inPrefix && this.#random.chance(0.3) ? host.inPrefix[family] : host[family]);
  }

  #transport(family: 'ipv4' | 'ipv6', own: Host): Transport {
    const random = this.#random;
    const ownNumber = 100 * this.#hosts.indexOf(own);
    const kind = random.int(10);
    const anyPort = random.pick(ports);
    const sourcePort = this.#edges ? 20_000 + ownNumber + random.int(8) : anyPort;
    const destinationPort = random.pick(ports);
    if (kind < 5) {
      const text = random.pick(['S', 'S', 'S', 'S', 'S', 'S', 'A', 'SA', 'FA', 'R']);
      return { kind: 'tcp', sourcePort, destinationPort, flags: flags(text) };
    }
    if (kind < 8) return { kind: 'udp', sourcePort, destinationPort };
    if (kind === 8) {
      const type = random.pick(family === 'ipv4' ? [8, 8, 0, 13, 3] : [128, 128, 129, 1]);
      return {
        kind: 'icmp',
        type,
        code: type === 3 ? 3 : 0,
        identifier: ownNumber + 1 + random.int(5),
      };
    }
    return { kind: 'other', protocol: random.pick([50, 99]) };
  }
}

/** The address inside that a public one stands for now. */
export function insideOf(world: World, publicIp: string): Ip | undefined {
  return ownerOfPublicIp(world.values(), ip(publicIp))?.privateIp;
}

/** Whether the sender may send as anybody, and get what is addressed to anybody. */
export function forwards(world: World, sender: Sender): boolean {
  return sender.kind === 'eni' && eniOfHost(world, sender.name)?.sourceDestCheck === false;
}
