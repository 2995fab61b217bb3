/** Conversations with the internet, in and out: both sides of every edge of a region are asked of `decide`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '#policy/endpoint.ts';
import { ownerOfPublicIp } from '#policy/internet.ts';
import { after, before, ipAt, type Point } from '#proof/address-line.ts';
import { exposures } from '#proof/exposure.ts';
import { internetOf } from '#proof/internet.ts';
import { outsideOf } from '#proof/outside.ts';
import { indexWorld, type PointClass, type ReachIndex } from '#proof/reach-index.ts';
import { type Region, spansAt } from '#proof/region.ts';
import { holds, type Spans } from '#proof/spans.ts';
import { isGuarded } from '#vpc/eni.ts';
import { directions } from '#vpc/security-group.ts';
import { randomNumber, works } from '../../support/conversations.ts';
import { type Random, seeded } from '../../support/random.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';

/** Points on both sides of the region's edges, and some of each family's corners. */
function pointsAround(random: Random, region: Region): readonly Point[] {
  const edges = region.boxes.flatMap(({ first, last }) => [first, last, before(first), after(last)]);
  const corners: readonly Point[] =
    region.family === 'ipv4'
      ? [0x01000000, 0x7fffffff, 0x80000000, 0xcb007100, 0xcb007180, 0xcb0071ff, 0xdfffffff]
      : [0x2000n << 112n, 0x2001_0db8_0009n << 80n, (0x3fffn << 112n) | 9n];
  return Array.from({ length: 4 }, () => random.pick([...edges, ...corners]));
}

/** Real service numbers on both sides of the edges: TCP and UDP ports, else a random one. */
function numbersAround(random: Random, region: Region, spans: Spans): readonly number[] {
  const edges = spans.flatMap(({ first, last }) => [first, last, first - 1, last + 1]);
  const ports = edges.filter((edge) => edge >>> 16 === 6 || edge >>> 16 === 17);
  return [randomNumber(random, region.family), random.pick([...ports, randomNumber(random, region.family)])];
}

function probe(index: ReachIndex, random: Random, point: PointClass, seed: number): [number, number] {
  const { policy, family } = point;
  const member = random.pick(point.members);
  const inside: Endpoint = { kind: 'eni', eniId: member.eni.id, ip: member.ip };
  const space = internetOf(policy.network, policy.vpcId, family);
  let [asked, yes] = [0, 0];
  for (const direction of directions) {
    const region = outsideOf(index, point, member, direction).internet;
    for (const at of pointsAround(random, region)) {
      const isOutside = spansAt(space, at).length > 0;
      if (!isOutside || ownerOfPublicIp(index.world.values(), ipAt(family, at))) continue;
      const outside: Endpoint = { kind: 'internet', ip: ipAt(family, at) };
      const spans = spansAt(region, at);
      for (const number of numbersAround(random, region, spans)) {
        const [from, to] = direction === 'ingress' ? [outside, inside] : [inside, outside];
        const expected = works(index.world, from, to, number, family);
        const what: string = `seed ${seed} ${direction} ${member.ip} ${outside.ip} ${number >>> 16}/${number & 0xffff}`;
        assert.equal(holds(spans, number), expected, what);
        asked++;
        if (expected) yes++;
      }
    }
  }
  return [asked, yes];
}

test('internet: regions in and out agree with decide on both sides of every edge', () => {
  let [asked, yes] = [0, 0];
  for (let seed = 1; seed <= 150; seed++) {
    const random = seeded(seed);
    const index = indexWorld(randomProofWorld(random));
    for (const point of index.classes) {
      const [more, works] = probe(index, random, point, seed);
      asked += more;
      yes += works;
    }
  }
  assert.ok(
    asked > 15_000 && yes > asked / 10,
    `${asked} probes, ${yes} conversations: too few to mean something`,
  );
});

test('exposure: lists just the interfaces that the internet reaches, with what it reaches', () => {
  for (let seed = 1; seed <= 60; seed++) {
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
