/** What the kernel forgets of flows that AWS's interfaces would still remember: docs/deviations.md says why. */
import { type Ip, parseIp } from '#net/address.ts';
import { type Flows, noFlows } from '#policy/flows.ts';
import { matchRoute, tableOfSubnet } from '#policy/route.ts';
import type { PersistentMap } from '#table/persistent-map.ts';
import type { Eni } from '#vpc/eni.ts';
import { enisAt } from '#vpc/eni-addresses.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Upheaval } from '../../support/random-upheavals.ts';

type Released = NonNullable<Upheaval['released']>;
type Entries = PersistentMap<number>;

const isVpc = (place: string): boolean => place.startsWith('vpc-');
const portsBased = ['6', '17'];
const icmp = ['1', '58'];

/**
 * The flows that packets meet. An entry stands in the conntrack zone that the packets of its flow pass: the one of their
 * VPC, or of a pair of ports one of which forwards. Where routes, or who forwards, change, packets pass another zone, and
 * entries of the old one come back with the old path, unless no port of the pair forwards any more.
 */
export class KernelMemory {
  flows: Flows = noFlows;
  /** Zone → entries that no packet meets now. */
  readonly #hidden = new Map<string, Entries>();

  /** Routes, or who forwards, have changed. */
  follow(before: World, after: World): void {
    const isGone = (zone: string) => !isVpc(zone) && !zone.split(' ').some((id) => isBox(eniOf(after, id)));
    let { entries, conversations } = this.flows;
    for (const [key, expiresAtMs] of this.flows.entries.entries()) {
      const zone = zoneOf(before, key);
      if (zone === zoneOf(after, key)) continue;
      entries = entries.delete(key);
      this.#hidden.set(zone, (this.#hidden.get(zone) ?? noFlows.entries).set(key, expiresAtMs));
    }
    for (const [zone, hidden] of this.#hidden) {
      if (isGone(zone)) this.#hidden.delete(zone);
      for (const [key, expiresAtMs] of isGone(zone) ? [] : hidden.entries()) {
        if (zoneOf(after, key) !== zone) continue;
        entries = entries.set(key, expiresAtMs);
        this.#hidden.set(zone, (this.#hidden.get(zone) ?? hidden).delete(key));
      }
    }
    for (const key of this.flows.conversations.keys()) {
      if (isGone(placeOf(key))) conversations = conversations.delete(key);
    }
    this.flows = { ...this.flows, entries, conversations };
  }

  /** The router of the VPC has forgotten all flows of addresses that were given up; `world` still has their interfaces. */
  release(world: World, { vpcId, addresses }: Released): void {
    const names = new Set<string>(addresses);
    const isOfThem = (key: string) => key.split(' ').some((word) => names.has(word));
    const isHere = (key: string) => locate(world, 'eni', eniIdOf(key))?.entity.vpcId === vpcId;
    this.#keep((key) => !(isOfThem(key) && isHere(key)));
    let { conversations } = this.flows;
    for (const key of conversations.keys()) {
      const place = placeOf(key);
      const isElsewhere = isVpc(place) && place !== vpcId;
      if (!isElsewhere && isOfThem(key)) conversations = conversations.delete(key);
    }
    this.flows = { ...this.flows, conversations };
  }

  /** Entries of TCP and UDP end with the conversation: the smaller timeout of both ends counts. */
  expire(world: World, nowMs: number): void {
    const live = new Set<string>();
    for (const [key, { expiresAtMs }] of this.flows.conversations.entries()) {
      if (expiresAtMs > nowMs) live.add(`${placeOf(key)} ${key.split(' ').slice(-5).join(' ')}`);
    }
    this.#keep((key, zone = zoneOf(world, key)) => {
      const [, protocol = '', ...rest] = key.split(' ');
      if (!portsBased.includes(protocol)) return true;
      const ends = [rest.slice(0, 2).join(' '), rest.slice(2).join(' ')].sort().join(' ');
      return live.has(`${zone} ${protocol} ${ends}`);
    });
  }

  /** Forgets the entries that are not to be kept; those that are hidden come with their zone. */
  #keep(isKept: (key: string, zone?: string) => boolean): void {
    const kept = (entries: Entries, zone?: string): Entries => {
      let left = entries;
      for (const key of entries.keys()) if (!isKept(key, zone)) left = left.delete(key);
      return left;
    };
    this.flows = { ...this.flows, entries: kept(this.flows.entries) };
    for (const [zone, entries] of this.#hidden) this.#hidden.set(zone, kept(entries, zone));
  }
}

/** The place at the start of a conversation's key: a VPC, or a pair of ports. */
function placeOf(key: string): string {
  const words = key.split(' ');
  return isVpc(key) ? (words[0] ?? '') : words.slice(0, -5).join(' ');
}

const eniIdOf = (key: string): string => key.split(' ')[0] ?? '';
const eniOf = (world: World, id: string): Eni | undefined => locate(world, 'eni', id)?.entity;
const isBox = (eni: Eni | undefined): boolean =>
  eni !== undefined && !eni.sourceDestCheck && eni.interfaceType === 'interface';

/** The far end of an entry's flow. */
function remoteOf(key: string): Ip | undefined {
  const words = key.split(' ');
  return parseIp(words[icmp.includes(words[1] ?? '') ? 3 : 4] ?? '');
}

/** The zone in which packets between an entry's interface and its far end travel, named as `decide` names places. */
function zoneOf(world: World, key: string): string {
  const found = locate(world, 'eni', eniIdOf(key));
  const remote = remoteOf(key);
  if (!found || !remote) return '';
  const { entity: eni, network } = found;
  const table = tableOfSubnet(network, eni.vpcId, eni.subnetId);
  const target = table && matchRoute({ world, network }, table, remote)?.route.target;
  const local = [...enisAt(network, remote)].find(({ vpcId }) => vpcId === eni.vpcId);
  const id = target?.kind === 'local' ? local?.id : target?.id;
  if (!isBox(eni) && !isBox(eniOf(world, id ?? ''))) return eni.vpcId;
  return [eni.id, ...(id ? [id] : [])].sort().join(' ');
}
