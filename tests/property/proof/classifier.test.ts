/** The compiled classifier against plain looking at every rule, one packet at a time and in bulk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admissionOf } from '#proof/admission.ts';
import { Classifier } from '#proof/classifier.ts';
import { randomNumber } from '../../support/conversations.ts';
import { seeded } from '../../support/random.ts';
import { admits, randomPoint, randomRules, rulesPlace } from '../../support/random-rules.ts';
import { seeds } from '../../support/seeds.ts';

test('classifier: 60,000 decisions over classes small and large are those of the rules', () => {
  let accepted = 0;
  for (const seed of seeds(30, () => accepted > 5_000)) {
    const random = seeded(seed);
    const lists = Array.from({ length: 10 }, () =>
      randomRules(random, 1 + random.int(random.chance(0.3) ? 150 : 15)),
    );
    const regions = lists.map((rules) => admissionOf(rulesPlace, rules, 'ingress', 'ipv4').region);
    const classifier = new Classifier(regions);
    for (const [classId, rules] of lists.entries()) {
      const addresses = Uint32Array.from({ length: 200 }, () => Number(randomPoint(random, 'ipv4')));
      const services = Uint32Array.from({ length: 200 }, () => randomNumber(random, 'ipv4'));
      const verdicts = new Uint8Array(200);
      classifier.decideAll(classId, addresses, services, verdicts);
      for (const [at, address] of addresses.entries()) {
        const service = services[at] ?? 0;
        const expected = admits(rules, 'ipv4', address, service);
        const what = `seed ${seed} class ${classId} ${address} ${service >>> 16}/${service & 0xffff}`;
        assert.equal(verdicts[at] === 1, expected, what);
        assert.equal(classifier.decide(classId, address, service), expected, what);
        if (expected) accepted++;
      }
    }
  }
  assert.ok(accepted > 5_000, `${accepted} accepted`);
});

test('classifier: nothing is open in an empty region, all in a whole one', () => {
  const whole = {
    family: 'ipv4',
    boxes: [{ first: 0, last: 0xffff_ffff, spans: [{ first: 0, last: 0xff_ffff }] }],
  } as const;
  const classifier = new Classifier([{ family: 'ipv4', boxes: [] }, whole]);
  for (const address of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
    for (const service of [0, (6 << 16) | 80, (17 << 16) | 65535, 0xff_ffff]) {
      assert.equal(classifier.decide(0, address, service), false);
      assert.equal(classifier.decide(1, address, service), true);
    }
  }
});
