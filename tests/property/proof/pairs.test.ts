/** All pairs of interfaces: every answer of the classes is what `decide` does with the packets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '#policy/endpoint.ts';
import { servicesBetween, sourcesOf, targetsOf } from '#proof/pairs.ts';
import { indexWorld, type Member, type PointClass } from '#proof/reach-index.ts';
import { holds, noSpans } from '#proof/spans.ts';
import { randomNumber, worksInside } from '../../support/conversations.ts';
import { seeded } from '../../support/random.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

const worlds = 60;
const probesEach = 200;

const endpoint = ({ eni, ip }: Member): Endpoint => ({ kind: 'eni', eniId: eni.id, ip });

test(`pairs: ${worlds * probesEach} probes of ${worlds} random worlds agree with decide`, () => {
  let yes = 0;
  const isEnough = () => yes > 500;
  for (const seed of seeds(worlds, isEnough)) {
    const random = seeded(seed);
    const world = randomProofWorld(random);
    const index = indexWorld(world);
    for (let probe = 0; probe < probesEach; probe++) {
      const [source, target] = [random.pick(index.classes), random.pick(index.classes)];
      if (source.family !== target.family) continue;
      const [from, to] = [random.pick(source.members), random.pick(target.members)];
      if (from.eni.id === to.eni.id) continue;
      const number = randomNumber(random, source.family);
      const spans = index.pool.spansOf(servicesBetween(index, source, target));
      const expected = worksInside(world, endpoint(from), endpoint(to), number, source.family);
      const what = `seed ${seed} probe ${probe}: ${from.ip} → ${to.ip} ${number >>> 16}/${number & 0xffff}`;
      assert.equal(holds(spans, number), expected, what);
      if (expected) yes++;
    }
  }
  assert.ok(isEnough(), `only ${yes} conversations work: the worlds test nothing`);
});

test('pairs: sources and targets are found complete, from either end', () => {
  for (const seed of seeds(40)) {
    const index = indexWorld(randomProofWorld(seeded(seed)));
    const key = (source: PointClass, target: PointClass) => `${source.id} ${target.id}`;
    const expected = new Map<string, number>();
    for (const source of index.classes) {
      for (const target of index.classes) {
        const spans = servicesBetween(index, source, target);
        if (index.pool.spansOf(spans) !== noSpans) expected.set(key(source, target), spans);
      }
    }
    const bySource = new Map<string, number>();
    const byTarget = new Map<string, number>();
    for (const own of index.classes) {
      for (const { other, spans } of sourcesOf(index, own)) byTarget.set(key(other, own), spans);
      for (const { other, spans } of targetsOf(index, own)) bySource.set(key(own, other), spans);
    }
    const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(sorted(byTarget), sorted(expected), `seed ${seed}`);
    assert.deepEqual(sorted(bySource), sorted(expected), `seed ${seed}`);
  }
});
