/** What the kernel forgets of flows that AWS's interfaces would still remember: docs/deviations.md says why. */
import type { Flows } from '#policy/flows.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Upheaval } from '../../support/random-upheavals.ts';

type Released = NonNullable<Upheaval['released']>;

const isVpc = (place: string): boolean => place.startsWith('vpc-');

/** The router of the VPC has forgotten all flows of addresses that were given up; `world` still has their interfaces. */
export function withoutReleased(flows: Flows, world: World, { vpcId, addresses }: Released): Flows {
  const names = new Set<string>(addresses);
  const isOfThem = (words: readonly string[]) => words.some((word) => names.has(word));
  let { entries, conversations } = flows;
  for (const key of flows.entries.keys()) {
    const [eniId = '', ...words] = key.split(' ');
    const isHere = locate(world, 'eni', eniId)?.entity.vpcId === vpcId;
    if (isHere && isOfThem(words)) entries = entries.delete(key);
  }
  for (const key of flows.conversations.keys()) {
    const [place = '', ...words] = key.split(' ');
    const isElsewhere = isVpc(place) && place !== vpcId;
    if (!isElsewhere && isOfThem(words)) conversations = conversations.delete(key);
  }
  return { ...flows, entries, conversations };
}

/** Entries of TCP and UDP end with the conversation: the smaller timeout of both ends counts. */
export function withoutIdle(flows: Flows, world: World, nowMs: number): Flows {
  const live = new Set<string>();
  for (const [key, { expiresAtMs }] of flows.conversations.entries()) {
    const words = key.split(' ');
    const place = isVpc(key) ? words[0] : '';
    if (expiresAtMs > nowMs) live.add(`${place} ${words.slice(-5).join(' ')}`);
  }
  let { entries } = flows;
  for (const key of flows.entries.keys()) {
    const [eniId = '', protocol = '', ...rest] = key.split(' ');
    if (protocol !== '6' && protocol !== '17') continue;
    const ends = [rest.slice(0, 2).join(' '), rest.slice(2).join(' ')].sort().join(' ');
    const vpcId = locate(world, 'eni', eniId)?.entity.vpcId;
    const isLive = [vpcId, ''].some((place) => live.has(`${place} ${protocol} ${ends}`));
    if (!isLive) entries = entries.delete(key);
  }
  return { ...flows, entries };
}
