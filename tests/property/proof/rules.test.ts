/** Redundancy, sameness and compaction of rules against plain looking at every rule. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { families } from '#net/address.ts';
import { admissionOf } from '#proof/admission.ts';
import { compactRules } from '#proof/compact.ts';
import { redundantIn, redundantRules } from '#proof/redundant.ts';
import { spansAt } from '#proof/region.ts';
import { sameRules } from '#proof/same.ts';
import { holds } from '#proof/spans.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { Rule } from '#vpc/security-group.ts';
import { randomNumber } from '../../support/conversations.ts';
import { buildWorld, groupId, rule, securityGroup, testScope, withEntity } from '../../support/network.ts';
import { type Random, seeded } from '../../support/random.ts';
import {
  addressText,
  admits,
  admitsGroup,
  randomPoint,
  randomRules,
  rulesPlace,
} from '../../support/random-rules.ts';
import { seeds } from '../../support/seeds.ts';

/** Asks both lists of the same random packets; a group's members have addresses of their VPC alone. */
function assertSame(random: Random, one: readonly Rule[], other: readonly Rule[], what: string): void {
  for (let probe = 0; probe < 60; probe++) {
    const family = random.pick(families);
    const [at, number] = [randomPoint(random, family), randomNumber(random, family)];
    assert.equal(
      admits(one, family, at, number),
      admits(other, family, at, number),
      `${what}: ${addressText(family, at)} ${number >>> 16}/${number & 0xffff}`,
    );
    const member =
      family === 'ipv4' ? 0x0a00_0000 + random.int(0x1_0000) : (0x2001_0db8_0000_0100n << 64n) | 5n;
    const group = groupId(random.pick(['g', 'h']));
    const open = (rules: readonly Rule[]) =>
      admits(rules, family, member, number) || admitsGroup(rules, family, group, number);
    assert.equal(open(one), open(other), `${what}: member of ${group} at ${addressText(family, member)}`);
  }
}

test('admission: a region holds just what some rule admits', () => {
  for (const seed of seeds(150)) {
    const random = seeded(seed);
    const rules = randomRules(random, 1 + random.int(14));
    for (const family of families) {
      const { region } = admissionOf(rulesPlace, rules, 'ingress', family);
      for (let probe = 0; probe < 60; probe++) {
        const [at, number] = [randomPoint(random, family), randomNumber(random, family)];
        const what = `seed ${seed} ${addressText(family, at)} ${number >>> 16}/${number & 0xffff}`;
        assert.equal(holds(spansAt(region, at), number), admits(rules, family, at, number), what);
      }
    }
  }
});

test('redundant: without the found rules all is admitted as before, and no other rule could go too', () => {
  let found = 0;
  for (const seed of seeds(150, () => found > 100)) {
    const random = seeded(seed);
    const rules = randomRules(random, 2 + random.int(16));
    const redundant = redundantIn(rulesPlace, rules);
    const gone = new Set(redundant.map((each) => each.rule));
    const kept = rules.filter((each) => !gone.has(each));
    assertSame(random, rules, kept, `seed ${seed}`);
    found += redundant.length;
    for (const { rule: own, coveredBy } of redundant) {
      assert.ok(
        coveredBy.every((each) => kept.includes(each)),
        `seed ${seed}: covered by what goes too`,
      );
      assert.ok(sameRules(rulesPlace, coveredBy, [...coveredBy, own]), `seed ${seed}: not covered`);
    }
    for (const each of kept) {
      const less = kept.filter((other) => other !== each);
      assert.ok(
        !sameRules(rulesPlace, kept, less),
        `seed ${seed}: ${each.id} is redundant and was not found`,
      );
    }
  }
  assert.ok(found > 100, `${found} redundant rules in all`);
});

/** Interfaces with one to three of four groups of random rules. */
function randomGroups(random: Random): World {
  const names = ['ga', 'gb', 'gc', 'gd'];
  const enis = Array.from({ length: 1 + random.int(4) }, (_, at) => {
    const groups = random.some(names, 0.6);
    return [
      `e${at}`,
      { subnet: 's', ips: [`10.0.1.${10 + at}`], groups: groups.length > 0 ? groups : ['ga'] },
    ];
  });
  const world = buildWorld({
    subnets: { s: { cidr: '10.0.1.0/24' } },
    groups: Object.fromEntries(names.map((name) => [name, {}])),
    enis: Object.fromEntries(enis),
  });
  return names.reduce((built, name) => {
    const rules = randomRules(random, 1 + random.int(5)).map((each) => ({
      ...each,
      id: `${name} ${each.id}` as Rule['id'],
    }));
    return withEntity(built, 'securityGroup', { ...securityGroup(name, {}), rules });
  }, world);
}

test('redundant: with the groups beside a group, no interface admits less, and no other rule could go', () => {
  let found = 0;
  for (const seed of seeds(150, () => found > 60)) {
    const world = randomGroups(seeded(seed));
    const network = networkOf(world, testScope);
    const place = { world, network };
    const redundant = redundantRules(world).flatMap(({ rules }) => rules);
    const gone = new Set(redundant.map(({ rule: own }) => own));
    const keptOf = (ids: readonly string[]) =>
      ids.flatMap((id) => network.securityGroup.get(id)?.rules ?? []).filter((each) => !gone.has(each));
    for (const { groupIds } of network.eni.values()) {
      const all = groupIds.flatMap((id) => network.securityGroup.get(id)?.rules ?? []);
      assert.ok(sameRules(place, all, keptOf(groupIds)), `seed ${seed}: ${groupIds.join()}`);
    }
    for (const { rule: own, coveredBy, because } of redundant) {
      assert.ok(
        coveredBy.every((each) => !gone.has(each)),
        `seed ${seed}: covered by what goes too`,
      );
      if (because !== 'coveredWithOthers') continue;
      found++;
      const [home] = network.securityGroup.by('rule', own.id);
      for (const { groupIds } of home ? network.eni.by('group', home.id) : []) {
        const here = coveredBy.filter((each) => keptOf(groupIds).includes(each));
        assert.ok(sameRules(place, here, [...here, own]), `seed ${seed}: ${own.id} is not covered`);
      }
    }
    for (const group of network.securityGroup.values()) {
      const carriers = [...network.eni.by('group', group.id)].map(({ groupIds }) => keptOf(groupIds));
      for (const each of carriers.length > 0 ? keptOf([group.id]) : []) {
        const isNeeded = carriers.some(
          (kept) =>
            !sameRules(
              place,
              kept,
              kept.filter((other) => other !== each),
            ),
        );
        assert.ok(isNeeded, `seed ${seed}: ${each.id} is redundant and was not found`);
      }
    }
  }
  assert.ok(found > 60, `${found} rules covered by other groups in all`);
});

test('redundant: by whom a rule is covered depends on who stands beside it', () => {
  const groups = { web: { ingress: ['tcp/443 10.0.0.0/9'] }, all: { ingress: ['tcp/443 10.0.0.0/8'] } };
  const rows: readonly (readonly [readonly (readonly string[])[], readonly string[]])[] = [
    [[['web', 'all']], ['web coveredWithOthers']],
    [[['web', 'all'], ['all']], ['web coveredWithOthers']],
    [[['web', 'all'], ['web']], []],
    [[['web'], ['all']], []],
    [[], []],
  ];
  for (const [interfaces, expected] of rows) {
    const enis = interfaces.map((names, at) => [
      `e${at}`,
      { subnet: 's', ips: [`10.0.1.${10 + at}`], groups: names },
    ]);
    const world = buildWorld({
      subnets: { s: { cidr: '10.0.1.0/24' } },
      groups,
      enis: Object.fromEntries(enis),
    });
    const found = redundantRules(world).flatMap(({ group, rules }) =>
      rules.map(({ because }) => `${group.name} ${because}`),
    );
    assert.deepEqual(found, expected, JSON.stringify(interfaces));
  }
});

test('compact: never more rules, and the same admission', () => {
  let saved = 0;
  for (const seed of seeds(80, () => saved > 60)) {
    const random = seeded(seed);
    const rules = randomRules(random, 2 + random.int(12));
    const { kept, removed, added } = compactRules(rulesPlace, rules);
    assert.equal(kept.length + removed.length, rules.length);
    assert.ok(added.length <= removed.length, `seed ${seed}`);
    const news = added.map((each, at) => ({ ...each, id: `new-${at}`, tags: {} }) as unknown as Rule);
    assertSame(random, rules, [...kept, ...news], `seed ${seed}`);
    saved += removed.length - added.length;
  }
  assert.ok(saved > 60, `${saved} rules saved in all`);
});

const lists: readonly (readonly [string, readonly string[], readonly string[], boolean])[] = [
  ['two halves are the whole', ['tcp/22 0.0.0.0/0'], ['tcp/22 0.0.0.0/1', 'tcp/22 128.0.0.0/1'], true],
  ['one address less', ['tcp/22 10.0.0.0/31'], ['tcp/22 10.0.0.0/32'], false],
  ['ports joined', ['tcp/80-81 10.0.0.0/8'], ['tcp/80 10.0.0.0/8', 'tcp/81 10.0.0.0/8'], true],
  ['one port less', ['tcp/80-82 10.0.0.0/8'], ['tcp/80 10.0.0.0/8', 'tcp/82 10.0.0.0/8'], false],
  ['a list and its blocks', ['tcp/22 pl:list'], ['tcp/22 10.64.0.0/12', 'tcp/22 10.128.0.0/16'], true],
  [
    'a member is in its VPC',
    ['all 10.0.0.0/16', 'all 2001:db8:0:100::/56', 'all g'],
    ['all 10.0.0.0/16', 'all 2001:db8:0:100::/56'],
    true,
  ],
  ['a member has IPv6 too', ['all 10.0.0.0/16', 'all g'], ['all 10.0.0.0/16'], false],
  ['other groups are others', ['tcp/22 g'], ['tcp/22 h'], false],
  ['ICMP of the other family says nothing', ['icmpv6/128 10.0.0.0/8'], [], true],
];

for (const [name, one, other, expected] of lists) {
  test(`same: ${name}`, () => {
    const rules = (texts: readonly string[]) => texts.map((text) => rule('ingress', text));
    assert.equal(sameRules(rulesPlace, rules(one), rules(other)), expected);
  });
}
