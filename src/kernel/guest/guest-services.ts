/**
 * DNS, metadata, time, DHCP of both families and router advertisements of every VPC, on sockets of its
 * router: opened when the router is there, closed when it goes.
 */
import { randomBytes } from 'node:crypto';
import { familyOf } from '#net/address.ts';
import type { VpcId } from '#vpc/ids.ts';
import { dhcp, type ServicePlace, servicePlaces } from '#vpc/link-services.ts';
import { emptyWorld, type TableOf, type World } from '#vpc/network.ts';
import { scopeOfKey } from '#vpc/scope.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { nextHop } from '../lab/links.ts';
import { bindUdp, listenTcp } from '../netns/listen.ts';
import { inNamespace } from '../netns/namespace.ts';
import { closeDescriptor } from '../sys/descriptor.ts';
import { ConnectionLimit } from './connection-limit.ts';
import { serveDhcp } from './dhcp/server.ts';
import { type Lookup, lookUp, type View } from './dns/names.ts';
import { serveTcp, serveUdp } from './dns/server.ts';
import { announceEveryMs, Ipv6Server } from './ipv6/server.ts';
import { guestAt } from './metadata/guest.ts';
import { serveMetadata } from './metadata/server.ts';
import { serveTime } from './time.ts';

/** Connections of one guest at the services of its VPC. */
const connectionsMax = 64;

export type GuestServicesOptions = {
  /** The namespace of a VPC's router. */
  readonly router: (vpcId: VpcId) => string;
  /** Told of bugs in a service; guests are answered that there is one. */
  readonly onFault: (error: unknown) => void;
};

export type UnservedVpc = { readonly vpcId: VpcId; readonly error: unknown };

/** Who has no address asks everybody, so the socket is nobody's. */
const dhcpPlace: ServicePlace = {
  service: 'dhcp',
  address: dhcp.nobody,
  protocols: ['udp'],
  port: dhcp.server,
};

type Open = { readonly fd: number; readonly place: ServicePlace; readonly protocol: 'tcp' | 'udp' };
type Served = {
  readonly namespace: string;
  readonly hasDns: boolean;
  /** Of VPCs that have IPv6. */
  readonly ipv6?: Ipv6Server;
  readonly close: () => void;
};

export class GuestServices {
  readonly #options: GuestServicesOptions;
  readonly #secret = randomBytes(32);
  readonly #served = new Map<VpcId, Served>();
  #world: World = emptyWorld;
  #isComplete = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GuestServicesOptions) {
    this.#options = options;
  }

  /**
   * Serves the VPCs of a world whose routers stand, from what that world says. Returns those whose sockets could not be
   * opened, and why; the next call tries again.
   */
  follow(world: World): readonly UnservedVpc[] {
    const isSame = this.#isComplete && hasSameVpcs(this.#world, world);
    this.#world = world;
    if (isSame) return [];
    const unserved: UnservedVpc[] = [];
    const present = new Set<VpcId>();
    for (const [scope, network] of world.entries()) {
      for (const vpc of network.vpc.values()) {
        present.add(vpc.id);
        try {
          this.#followVpc(scope, vpc);
        } catch (error) {
          unserved.push({ vpcId: vpc.id, error });
        }
      }
    }
    for (const vpcId of [...this.#served.keys()]) if (!present.has(vpcId)) this.#stop(vpcId);
    this.#isComplete = unserved.length === 0;
    return unserved;
  }

  /** Closes what is open in a namespace: an open socket would keep it alive without a name. */
  drop(namespace: string): void {
    for (const [vpcId, served] of [...this.#served]) if (served.namespace === namespace) this.#stop(vpcId);
  }

  /** Closes everything. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const vpcId of [...this.#served.keys()]) this.#stop(vpcId);
  }

  #stop(vpcId: VpcId): void {
    const served = this.#served.get(vpcId);
    served?.ipv6?.close();
    served?.close();
    this.#served.delete(vpcId);
    this.#isComplete = false;
  }

  #followVpc(scope: string, vpc: Vpc): void {
    const namespace = this.#options.router(vpc.id);
    const served = this.#served.get(vpc.id);
    const hasIpv6 = vpc.ipv6Blocks.length > 0;
    const isSame = served?.hasDns === vpc.dnsSupport && (served.ipv6 !== undefined) === hasIpv6;
    if (served?.namespace === namespace && isSame) return;
    this.#stop(vpc.id);
    const view = () => this.#view(scope, vpc.id);
    const { onFault } = this.#options;
    const options = { view, mac: nextHop.up.mac, onFault };
    const ipv6 = hasIpv6 ? inNamespace(namespace, () => new Ipv6Server(options)) : undefined;
    try {
      const open = openPlaces(namespace, [...servicePlaces(vpc), dhcpPlace]);
      const close = this.#serve(open, view);
      this.#served.set(vpc.id, { namespace, hasDns: vpc.dnsSupport, ...(ipv6 && { ipv6 }), close });
    } catch (error) {
      ipv6?.close();
      throw error;
    }
    if (ipv6) this.#timer ??= setInterval(() => this.#announce(), announceEveryMs).unref();
  }

  #announce(): void {
    const nowMs = performance.now();
    for (const { ipv6 } of this.#served.values()) {
      try {
        ipv6?.announce(nowMs);
      } catch (error) {
        this.#options.onFault(error);
      }
    }
  }

  #view(scope: string, vpcId: VpcId): View | undefined {
    const vpc = this.#world.get(scope)?.vpc.get(vpcId);
    return vpc && { world: this.#world, scope: scopeOfKey(scope), vpc };
  }

  /** Hands open sockets to their servers; returns what closes them. */
  #serve(open: readonly Open[], view: () => View | undefined): () => void {
    const { onFault } = this.#options;
    const limit = new ConnectionLimit(connectionsMax);
    const names = (name: string): Lookup => {
      const seen = view();
      return seen ? lookUp(seen, name) : { kind: 'foreign' };
    };
    const guest = (address: string) => {
      const seen = view();
      return seen && guestAt(seen, address);
    };
    const servers = open.map(({ fd, place: { service, address }, protocol }) => {
      const resolver = { names, limit, onFault };
      if (service === 'time') return serveTime(fd, address, onFault);
      if (service === 'dhcp') return serveDhcp(fd, { view, onFault });
      if (service === 'dns')
        return protocol === 'tcp' ? serveTcp(fd, resolver) : serveUdp(fd, address, resolver);
      return serveMetadata(fd, familyOf(address), { secret: this.#secret, guestAt: guest, limit, onFault });
    });
    return () => {
      for (const server of servers) server.close();
      limit.closeAll();
    };
  }
}

function hasSameVpcs(before: World, now: World): boolean {
  const tables = (world: World) =>
    new Map([...world.entries()].map(([key, { vpc }]): [string, TableOf<'vpc'>] => [key, vpc]));
  const [a, b] = [tables(before), tables(now)];
  return a.size === b.size && [...a].every(([key, table]) => b.get(key) === table);
}

/** A socket for each place and protocol, or none. */
function openPlaces(namespace: string, places: readonly ServicePlace[]): readonly Open[] {
  return inNamespace(namespace, () => {
    const open: Open[] = [];
    try {
      for (const place of places) {
        for (const protocol of place.protocols) {
          const make = protocol === 'tcp' ? listenTcp : bindUdp;
          open.push({ fd: make(place.address, place.port), place, protocol });
        }
      }
      return open;
    } catch (error) {
      for (const { fd } of open) closeDescriptor(fd);
      throw error;
    }
  });
}
