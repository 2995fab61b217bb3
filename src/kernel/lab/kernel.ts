/** The lab's hands: makes and removes items in the kernel, and keeps sockets of the namespaces it works in often. */
import type { ConntrackFilter } from '../conntrack/entry.ts';
import { ConntrackSocket } from '../conntrack/socket.ts';
import {
  createNamespace,
  deleteNamespace,
  inNamespace,
  namespaceExists,
  namespaceIdentity,
} from '../netns/namespace.ts';
import { endPrograms } from '../netns/processes.ts';
import { writeSysctl } from '../netns/sysctl.ts';
import { NftSocket } from '../nft/socket.ts';
import { RouteNews } from '../rtnl/news.ts';
import { RouteSocket } from '../rtnl/socket.ts';
import type { End, Item, Role } from './item.ts';
import { noteOwner } from './owner.ts';
import { configure, isUsers, misconfigured } from './roles.ts';

/** Names of namespaces that one look goes through, 3 µs each, or more, so that so many looks go through all. */
const namesAtOnce = 16;
const looksForAllNames = 40;

export class LabKernel {
  readonly #routes = new Map<string, RouteSocket>();
  readonly #tracking = new Map<string, ConntrackSocket>();
  readonly #news = new Map<string, RouteNews>();
  /** What stood behind each name when it was made or taken over. */
  readonly #identities = new Map<string, string>();
  /** Those names that are to be looked at next. */
  #names = this.#identities.keys();
  /** Ports of our own routing sockets, by which the kernel's news say who did something. */
  readonly #ownPorts = new Set<number>();
  /** Roles of routers and gateways, whose kernel parameters are ours. */
  readonly #roles = new Map<string, Role>();
  /** Namespaces that are to forward nothing. */
  readonly #stopped = new Set<string>();
  #inspections = 0;
  readonly #onForget: (namespace: string) => void;
  readonly #owner: string | undefined;

  /**
   * `onForget` hears of each namespace whose sockets must close; `owner` is the data directory that is noted in each new
   * one.
   */
  constructor(onForget: (namespace: string) => void = () => {}, owner?: string) {
    this.#onForget = onForget;
    this.#owner = owner;
  }

  /** Makes an item, or makes it right where it is already there in part. Making it again changes nothing. */
  make(item: Item): void {
    switch (item.kind) {
      case 'namespace':
        this.#makeNamespace(item.name, item.role);
        return;
      case 'veth':
        this.#makeVeth(item);
        return;
      case 'address':
        this.routes(item.namespace).replaceAddress(item.address);
        return;
      case 'neighbour':
        this.routes(item.namespace).replaceNeighbour(item.neighbour);
        return;
      case 'route':
        this.routes(item.namespace).replaceRoute(item.route);
        return;
      case 'rule':
        this.routes(item.namespace).replaceRule(item.rule);
        return;
      default:
        item satisfies never;
    }
  }

  /** Removes an item; nothing happens where it has gone with its device or namespace. */
  remove(item: Item): void {
    switch (item.kind) {
      case 'namespace':
        this.forget(item.name);
        deleteNamespace(item.name);
        return;
      case 'veth':
        if (namespaceExists(item.near.namespace)) this.routes(item.near.namespace).deleteLink(item.near.name);
        return;
      case 'address':
        this.#ifThere(item.namespace, (routes) => routes.deleteAddress(item.address));
        return;
      case 'neighbour':
        this.#ifThere(item.namespace, (routes) => routes.deleteNeighbour(item.neighbour));
        return;
      case 'route':
        this.#ifThere(item.namespace, (routes) => routes.deleteRoute(item.route));
        return;
      case 'rule':
        this.#ifThere(item.namespace, (routes) => routes.deleteRule(item.rule));
        return;
      default:
        item satisfies never;
    }
  }

  /** The routing socket of a namespace. */
  routes(namespace: string): RouteSocket {
    const known = this.#routes.get(namespace);
    if (known) return known;
    const socket = inNamespace(namespace, () => RouteSocket.open());
    this.#routes.set(namespace, socket);
    this.#ownPorts.add(socket.port);
    return socket;
  }

  /** Whether the name stands for the namespace that was made or taken over under it. */
  isAsMade(namespace: string): boolean {
    const known = this.#identities.get(namespace);
    return known !== undefined && known === namespaceIdentity(namespace);
  }

  /** Some of the namespaces, all of them in turn, that somebody has removed or put another one in the place of. */
  lost(): readonly string[] {
    const lost: string[] = [];
    const most = Math.max(namesAtOnce, this.#identities.size / looksForAllNames);
    for (let count = 0; count < most; count++) {
      const { done, value: namespace } = this.#names.next();
      // From the beginning at the next look.
      if (done) this.#names = this.#identities.keys();
      if (done) break;
      if (!this.isAsMade(namespace)) lost.push(namespace);
    }
    return lost;
  }

  /** Namespaces of routers and gateways in which somebody may have changed devices or routes since this was last asked. */
  suspicious(): readonly string[] {
    const isOurs = (port: number) => this.#ownPorts.has(port);
    return [...this.#news].filter(([, news]) => news.hasForeign(isOurs)).map(([namespace]) => namespace);
  }

  /**
   * Looks at the kernel parameters of one router or gateway, each in its turn, since the kernel has no news of them.
   * Undefined where they are as they should be.
   */
  inspect(): { readonly namespace: string; readonly phrases: readonly string[] } | undefined {
    const places = [...this.#roles];
    const [namespace, role] = places[this.#inspections++ % places.length] ?? [];
    if (namespace === undefined || role === undefined) return undefined;
    if (!this.isAsMade(namespace) || this.#stopped.has(namespace)) return undefined;
    const phrases = inNamespace(namespace, () => misconfigured(role));
    return phrases.length > 0 ? { namespace, phrases } : undefined;
  }

  /** A socket for the tables of a namespace; the caller closes it. */
  openTables(namespace: string): NftSocket {
    return inNamespace(namespace, () => NftSocket.open());
  }

  /** Deletes tracked flows: of addresses at either end, before or after translation, or of zones. */
  forgetFlows(namespace: string, filters: readonly ConntrackFilter[]): void {
    this.flows(namespace).delete(...filters);
  }

  /** The tracked flows of a namespace. */
  flows(namespace: string): ConntrackSocket {
    const known = this.#tracking.get(namespace);
    if (known) return known;
    const socket = inNamespace(namespace, () => ConntrackSocket.open());
    this.#tracking.set(namespace, socket);
    return socket;
  }

  /** The last resort: a namespace that forwards nothing cannot forward what it should not. */
  stopForwarding(namespace: string): void {
    this.#stopped.add(namespace);
    inNamespace(namespace, () => {
      writeSysctl('net/ipv4/ip_forward', 0);
      writeSysctl('net/ipv6/conf/all/forwarding', 0);
    });
  }

  /** Takes `stopForwarding` back. */
  startForwarding(namespace: string, role: Role): void {
    inNamespace(namespace, () => configure(role));
    this.#stopped.delete(namespace);
  }

  /** Ends the programs that `rampart exec` has started in these namespaces. */
  endPrograms(namespaces: readonly string[]): void {
    const there = namespaces.filter(namespaceExists);
    const numbers = there.flatMap((name) => namespaceIdentity(name)?.split(' ')[1] ?? []);
    if (there.length > 0) endPrograms(new Set(there), new Set(numbers));
  }

  /** Closes the sockets of a namespace: while one is open, the namespace lives on without a name. */
  forget(namespace: string): void {
    this.#onForget(namespace);
    for (const sockets of [this.#routes, this.#tracking, this.#news]) {
      sockets.get(namespace)?.close();
      sockets.delete(namespace);
    }
    this.#identities.delete(namespace);
    this.#roles.delete(namespace);
    this.#stopped.delete(namespace);
  }

  close(): void {
    const open = [this.#routes, this.#tracking, this.#news, this.#identities].flatMap((each) => [
      ...each.keys(),
    ]);
    for (const namespace of new Set(open)) this.forget(namespace);
  }

  #makeNamespace(name: string, role: Role): void {
    // Somebody has removed it, or put another in its place, and old sockets lead to the old one.
    if (this.#identities.has(name) && !this.isAsMade(name)) this.forget(name);
    const isNew = !namespaceExists(name);
    if (isNew) createNamespace(name);
    const identity = namespaceIdentity(name);
    if (identity !== undefined) this.#identities.set(name, identity);
    if (isNew && this.#owner !== undefined) noteOwner(this.routes(name), this.#owner);
    if (!isUsers(role) && !this.#news.has(name))
      this.#news.set(
        name,
        inNamespace(name, () => RouteNews.open()),
      );
    if (isNew) {
      // Its parameters are not there before.
      if (role === 'router' || role === 'gateway' || role === 'nat') this.flows(name).load();
    }
    if (!isUsers(role)) this.#roles.set(name, role);
    if (!this.#stopped.has(name)) inNamespace(name, () => configure(role));
  }

  #ifThere(namespace: string, remove: (routes: RouteSocket) => void): void {
    if (namespaceExists(namespace)) remove(this.routes(namespace));
  }

  /** Both ends with their addresses and up; a pair that is not exactly that is made anew. */
  #makeVeth({ near, far, mtu }: Item & { readonly kind: 'veth' }): void {
    const routes = this.routes(near.namespace);
    if (!this.#isPair(near, far)) {
      routes.deleteLink(near.name);
      this.routes(far.namespace).deleteLink(far.name);
      routes.createVeth({ ...near, mtu }, { ...far, mtu });
    }
    routes.changeLink(near.name, { up: true, mtu });
    // What an instance makes of its own end is its business.
    const isOurs = this.#roles.has(far.namespace);
    this.routes(far.namespace).changeLink(far.name, { up: true, ...(isOurs && { mtu }) });
  }

  #isPair(near: End, far: End): boolean {
    const [here, there] = [near, far].map((end) => this.routes(end.namespace).link(end.name));
    if (here?.kind !== 'veth' || there?.kind !== 'veth') return false;
    const isJoined = here.peerIndex === there.index && there.peerIndex === here.index;
    return isJoined && here.mac === near.mac && there.mac === far.mac;
  }
}
