/** Conversations with the internet, in and out: both sides of every edge of a region are asked of `decide`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Family } from '#net/address.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { ownerOfPublicIp } from '#policy/internet.ts';
import { after, before, ipAt, type Point } from '#proof/address-line.ts';
import { exposures } from '#proof/exposure.ts';
import { outsideOf } from '#proof/outside.ts';
import { indexWorld, type PointClass, type ReachIndex } from '#proof/reach-index.ts';
import { type Region, spansAt } from '#proof/region.ts';
import { holds, type Spans } from '#proof/spans.ts';
import { isGuarded } from '#vpc/eni.ts';
import { directions } from '#vpc/security-group.ts';
import { isOfSomeVpc, placeReached, randomNumber } from '../../support/conversations.ts';
import { type Random, seeded } from '../../support/random.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

/** Points on both sides of the regions' edges, and some of each family's corners. */
function pointsAround(random: Random, regions: readonly Region[]): readonly Point[] {
  const edges = regions.flatMap(({ boxes }) =>
    boxes.flatMap(({ first, last }) => [first, last, before(first), after(last)]),
  );
  const corners: readonly Point[] =
    regions[0]?.family === 'ipv4'
      ? [
          0x01000000, 0x0a4d0001, 0x6440_0009, 0x7fffffff, 0x80000000, 0xcb007100, 0xcb007180, 0xcb0071ff,
          0xdfffffff,
        ]
      : [0x2000n << 112n, 0xfd00n << 112n, 0x2001_0db8_0009n << 80n, (0x3fffn << 112n) | 9n];
  return Array.from({ length: 4 }, () => random.pick([...edges, ...corners]));
}

/** Real service numbers on both sides of the edges: TCP and UDP ports, else a random one. */
function numbersAround(random: Random, family: Family, spans: Spans): readonly number[] {
  const edges = spans.flatMap(({ first, last }) => [first, last, first - 1, last + 1]);
  const ports = edges.filter((edge) => edge >>> 16 === 6 || edge >>> 16 === 17);
  return [randomNumber(random, family), random.pick([...ports, randomNumber(random, family)])];
}

type Seen = { asked: number; onInternet: number; atService: number };

function probe(index: ReachIndex, random: Random, point: PointClass, seed: number, seen: Seen): void {
  const { family } = point;
  const member = random.pick(point.members);
  const inside: Endpoint = { kind: 'eni', eniId: member.eni.id, ip: member.ip };
  for (const direction of directions) {
    const { internet, endpoint } = outsideOf(index, point, member, direction);
    for (const at of pointsAround(random, [internet, endpoint])) {
      const ip = ipAt(family, at);
      const isHeld = ownerOfPublicIp(index.world.values(), ip) || isOfSomeVpc(index.world, ip);
      if (isHeld) continue;
      const outside: Endpoint = { kind: 'internet', ip: ipAt(family, at) };
      const [onInternet, atService] = [spansAt(internet, at), spansAt(endpoint, at)];
      for (const number of numbersAround(random, family, [...onInternet, ...atService])) {
        const [from, to] = direction === 'ingress' ? [outside, inside] : [inside, outside];
        const reached = placeReached(index.world, from, to, number, family);
        const what: string = `seed ${seed} ${direction} ${member.ip} ${outside.ip} ${number >>> 16}/${number & 0xffff}`;
        assert.equal(holds(onInternet, number), reached !== undefined && reached !== 'endpoint', what);
        assert.equal(holds(atService, number), reached === 'endpoint', what);
        seen.asked++;
        if (reached) seen[reached === 'endpoint' ? 'atService' : 'onInternet']++;
      }
    }
  }
}

test('outside: regions of the internet and of services agree with decide on both sides of every edge', () => {
  const seen: Seen = { asked: 0, onInternet: 0, atService: 0 };
  const isEnough = () => seen.asked > 15_000 && seen.onInternet > 1000 && seen.atService > 100;
  for (const seed of seeds(150, isEnough)) {
    const random = seeded(seed);
    const index = indexWorld(randomProofWorld(random));
    for (const point of index.classes) probe(index, random, point, seed, seen);
  }
  assert.ok(isEnough(), `${JSON.stringify(seen)}: too few to mean something`);
});

test('exposure: lists just the interfaces that the internet reaches, with what it reaches', () => {
  for (const seed of seeds(60)) {
    const index = indexWorld(randomProofWorld(seeded(seed)));
    const listed = new Map(exposures(index).map((each) => [each.ip, each]));
    for (const point of index.classes) {
      for (const member of point.members) {
        const { internet } = outsideOf(index, point, member, 'ingress');
        const exposed = listed.get(member.ip);
        assert.deepEqual(exposed?.region.boxes ?? [], internet.boxes, `seed ${seed} ${member.ip}`);
        assert.equal((exposed?.size ?? 0n) > 0n, internet.boxes.length > 0);
        // Nothing but its listeners guards a network load balancer without groups.
        const isOpen = internet.boxes.length > 0 && isGuarded(member.eni);
        assert.equal((exposed?.rules.length ?? 0) > 0, isOpen);
      }
    }
  }
});
