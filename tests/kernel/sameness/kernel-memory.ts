/** What the kernel forgets of flows that AWS's interfaces would still remember: docs/deviations.md says why. */
import { type Flows, noFlows } from '#policy/flows.ts';
import type { VpcId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Upheaval } from '../../support/random-upheavals.ts';

type Released = NonNullable<Upheaval['released']>;

const isVpc = (place: string): boolean => place.startsWith('vpc-');
const portsBased = ['6', '17'];

/**
 * The flows that packets meet. An entry counts for the way on which it was made: the router of a VPC, or a pair of its
 * ports one of which forwards. Where routes change, packets come another way, and entries of the old one count again with
 * the old path, unless no port of the pair forwards any more.
 */
export class KernelMemory {
  flows: Flows = { ...noFlows, isPerWay: true };

  /** Routes, or who forwards, have changed. */
  follow(world: World): void {
    this.#keep((place) => isVpc(place) || place.split(' ').some((id) => isBox(world, id)));
  }

  /** The router of the VPC has forgotten all flows of addresses that were given up; `world` still has their interfaces. */
  release(world: World, { vpcId, addresses }: Released): void {
    const names = new Set<string>(addresses);
    this.#keep(
      (place, key) => !(isIn(world, place, vpcId) && key.split(' ').some((word) => names.has(word))),
    );
  }

  /** NAT gateways have forgotten whom they have translated. */
  forgetTranslations(): void {
    this.flows = { ...this.flows, translations: noFlows.translations };
  }

  /** Entries of TCP and UDP end with the conversation: the smaller timeout of both ends counts. */
  expire(nowMs: number): void {
    const live = new Set<string>();
    for (const [key, { expiresAtMs }] of this.flows.conversations.entries()) {
      if (expiresAtMs > nowMs) live.add(key);
    }
    this.#keep((place, key, isEntry) => {
      const [, protocol = '', ...rest] = key.split(' ');
      if (!isEntry || !portsBased.includes(protocol)) return true;
      const ends = [rest.slice(0, 2).join(' '), rest.slice(2).join(' ')].sort().join(' ');
      return live.has(`${place} ${protocol} ${ends}`);
    });
  }

  /** Forgets what is not to be kept, by the place where it is remembered and the rest of its key. */
  #keep(isKept: (place: string, key: string, isEntry: boolean) => boolean): void {
    let { entries, conversations } = this.flows;
    for (const whole of entries.keys()) {
      const slash = whole.indexOf('/');
      if (!isKept(whole.slice(0, slash), whole.slice(slash + 1), true)) entries = entries.delete(whole);
    }
    for (const key of conversations.keys()) {
      if (!isKept(placeOf(key), key, false)) conversations = conversations.delete(key);
    }
    this.flows = { ...this.flows, entries, conversations };
  }
}

/** The place at the start of a conversation's key: a VPC, or a pair of ports. */
function placeOf(key: string): string {
  const words = key.split(' ');
  const ports = words.findIndex((word) => /^\d+$/.test(word));
  return words.slice(0, ports).join(' ');
}

const isBox = (world: World, id: string): boolean => {
  const eni = locate(world, 'eni', id)?.entity;
  return eni !== undefined && !eni.sourceDestCheck && eni.interfaceType === 'interface';
};

/** Whether a place is of the VPC: its router, or a pair of its ports. */
function isIn(world: World, place: string, vpcId: VpcId): boolean {
  if (isVpc(place)) return place === vpcId;
  return place.split(' ').some((id) => locate(world, 'eni', id)?.entity.vpcId === vpcId);
}
