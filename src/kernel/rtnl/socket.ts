/** Devices, addresses, routes, routing rules and neighbours of one network namespace, all synchronous. */
import { constants } from 'node:os';
import type { Family } from '#net/address.ts';
import { NetlinkSocket, protocol } from '../netlink/socket.ts';
import { flag, type MessageWriter } from '../netlink/writer.ts';
import { withNamespaceDescriptor } from '../netns/path.ts';
import { SystemError } from '../sys/error.ts';
import {
  readAddress,
  readNeighbour,
  writeAddress,
  writeAddressQuery,
  writeNeighbour,
  writeNeighbourQuery,
} from './address.ts';
import {
  type EndWithDescriptor,
  linkHeader,
  readLink,
  writeLinkChange,
  writeLinkName,
  writeVeth,
} from './link.ts';
import {
  type RouteKey,
  readRoute,
  readRoutingRule,
  writeRoute,
  writeRouteKey,
  writeRouteQuery,
  writeRoutingRule,
  writeRuleQuery,
} from './route.ts';
import type { DeviceAddress, Link, LinkChange, Neighbour, Route, RoutingRule, VethEnd } from './types.ts';

/** Numbers of linux/rtnetlink.h: new, delete and get follow one another. */
const RTM = {
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  deleteNeighbour: 29,
  getNeighbour: 30,
  newRule: 32,
  deleteRule: 33,
  getRule: 34,
} as const;

const { EADDRNOTAVAIL, EEXIST, ENODEV, ENOENT, ESRCH } = constants.errno;

export class RouteSocket {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** Opens a socket for the namespace that the thread is in. Every failure of a method is a SystemError. */
  static open(): RouteSocket {
    return new RouteSocket(NetlinkSocket.open(protocol.route));
  }

  close(): void {
    this.#socket.close();
  }

  /** The number by which the kernel's news name this socket as the one that asked. */
  get port(): number {
    return this.#socket.port;
  }

  /** All devices of the namespace. */
  links(): Link[] {
    return this.#socket.dump('read links', RTM.getLink, (writer) => linkHeader(writer)).map(readLink);
  }

  link(name: string): Link | undefined {
    const found = this.#socket.get(`read link ${name}`, RTM.getLink, [ENODEV], (writer) => {
      linkHeader(writer);
      writeLinkName(writer, name);
    });
    return found && readLink(found);
  }

  /** Makes a veth pair, each end in its namespace. EEXIST where one of the names is taken. */
  createVeth(near: VethEnd, far: VethEnd): void {
    const name = `create veth ${near.name} ${far.name}`;
    withDescriptor(near.namespace, (nearFd) => {
      withDescriptor(far.namespace, (farFd) => {
        const ends: readonly [EndWithDescriptor, EndWithDescriptor] = [
          { ...near, fd: nearFd },
          { ...far, fd: farFd },
        ];
        this.#create(name, RTM.newLink, flag.exclusive, (writer) => writeVeth(writer, ...ends));
      });
    });
  }

  /** Changes a device; ENODEV where there is none of the name. */
  changeLink(name: string, change: LinkChange): void {
    const index = this.#index(name);
    withDescriptor(change.namespace, (fd) => {
      this.#socket.request(`change link ${name}`, RTM.newLink, 0, (writer) =>
        writeLinkChange(writer, index, change, fd),
      );
    });
  }

  /** Deletes a device, of a veth pair both ends. False where there is none. */
  deleteLink(name: string): boolean {
    return this.#remove(`delete link ${name}`, RTM.deleteLink, [ENODEV], (writer) => {
      linkHeader(writer);
      writeLinkName(writer, name);
    });
  }

  addresses(): DeviceAddress[] {
    const name = this.#names();
    return this.#socket
      .dump('read addresses', RTM.getAddress, writeAddressQuery)
      .map((payload) => readAddress(payload, name))
      .filter((address) => address !== undefined);
  }

  /** Gives a device an address; nothing happens where it has it. */
  replaceAddress({ device, cidr }: DeviceAddress): void {
    const index = this.#index(device);
    this.#create(`address ${cidr} on ${device}`, RTM.newAddress, flag.replace, (writer) =>
      writeAddress(writer, cidr, index),
    );
  }

  deleteAddress({ device, cidr }: DeviceAddress): boolean {
    const index = this.link(device)?.index;
    if (index === undefined) return false;
    return this.#remove(`delete address ${cidr}`, RTM.deleteAddress, [EADDRNOTAVAIL], (writer) =>
      writeAddress(writer, cidr, index),
    );
  }

  /** Routes of the kinds that `Route` knows: not those that the kernel keeps for its own addresses. */
  routes(family: Family, table?: number): Route[] {
    const name = this.#names();
    try {
      return this.#socket
        .dump('read routes', RTM.getRoute, (writer) => writeRouteQuery(writer, family, table))
        .map((payload) => readRoute(payload, name))
        .filter((route) => route !== undefined);
    } catch (error) {
      // A table that never had a route does not exist.
      if (table !== undefined && error instanceof SystemError && error.errno === 'ENOENT') return [];
      throw error;
    }
  }

  /** Makes a route the one for its destination, table and metric. */
  replaceRoute(route: Route): void {
    const device = route.target.kind === 'unicast' ? this.#index(route.target.device) : undefined;
    this.#create(`route ${route.destination} in ${route.table}`, RTM.newRoute, flag.replace, (writer) =>
      writeRoute(writer, route, device),
    );
  }

  deleteRoute(key: RouteKey): boolean {
    const name = `delete route ${key.destination} in ${key.table}`;
    return this.#remove(name, RTM.deleteRoute, [ESRCH, ENOENT], (writer) => writeRouteKey(writer, key));
  }

  /** Routing rules that lead to a table. */
  rules(family: Family): RoutingRule[] {
    return this.#socket
      .dump('read rules', RTM.getRule, (writer) => writeRuleQuery(writer, family))
      .map(readRoutingRule)
      .filter((rule) => rule !== undefined);
  }

  /** Makes a rule the only one of its family and priority. */
  replaceRule(rule: RoutingRule): void {
    const before = this.rules(rule.family).filter(({ priority }) => priority === rule.priority);
    const reply = this.#socket.tryRequest(RTM.newRule, flag.create | flag.exclusive, (writer) =>
      writeRoutingRule(writer, rule),
    );
    if (reply.errno !== 0 && reply.errno !== EEXIST) {
      throw new SystemError(`rule ${rule.priority}`, reply.errno, reply.text);
    }
    for (const other of before) if (!sameRule(other, rule)) this.deleteRule(other);
  }

  deleteRule(rule: RoutingRule): boolean {
    const name = `delete rule ${rule.priority}`;
    return this.#remove(name, RTM.deleteRule, [ENOENT], (writer) => writeRoutingRule(writer, rule));
  }

  /** Permanent entries: those that the kernel has learned by itself are left out. */
  neighbours(): Neighbour[] {
    const name = this.#names();
    return this.#socket
      .dump('read neighbours', RTM.getNeighbour, writeNeighbourQuery)
      .map((payload) => readNeighbour(payload, name))
      .filter((neighbour) => neighbour !== undefined);
  }

  replaceNeighbour(neighbour: Neighbour): void {
    const index = this.#index(neighbour.device);
    this.#create(`neighbour ${neighbour.address}`, RTM.newNeighbour, flag.replace, (writer) =>
      writeNeighbour(writer, neighbour, index),
    );
  }

  deleteNeighbour({ device, address }: Omit<Neighbour, 'mac'>): boolean {
    const index = this.link(device)?.index;
    if (index === undefined) return false;
    return this.#remove(`delete neighbour ${address}`, RTM.deleteNeighbour, [ENOENT], (writer) =>
      writeNeighbour(writer, { address }, index),
    );
  }

  #index(device: string): number {
    const link = this.link(device);
    if (!link) throw new SystemError(`device ${device}`, ENODEV);
    return link.index;
  }

  /** Names by index, for reading dumps; an index that has gone meanwhile is shown as a number. */
  #names(): (index: number) => string {
    const names = new Map(this.links().map(({ index, name }) => [index, name]));
    return (index) => names.get(index) ?? String(index);
  }

  #create(name: string, type: number, flags: number, build: (writer: MessageWriter) => void): void {
    this.#socket.request(name, type, flag.create | flags, build);
  }

  #remove(
    name: string,
    type: number,
    absent: readonly number[],
    build: (writer: MessageWriter) => void,
  ): boolean {
    const reply = this.#socket.tryRequest(type, 0, build);
    if (absent.includes(reply.errno)) return false;
    if (reply.errno !== 0) throw new SystemError(name, reply.errno, reply.text);
    return true;
  }
}

function sameRule(left: RoutingRule, right: RoutingRule): boolean {
  return (
    left.table === right.table &&
    left.device === right.device &&
    left.source === right.source &&
    left.mark?.value === right.mark?.value &&
    left.mark?.mask === right.mark?.mask
  );
}

function withDescriptor(namespace: string | undefined, use: (fd: number | undefined) => void): void {
  if (namespace === undefined) use(undefined);
  else withNamespaceDescriptor(namespace, use);
}
