/** z3 as a second opinion: equivalence, redundancy and difference of random rules, with the same answers. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { type Family, families } from '#net/address.ts';
import { admissionOf } from '#proof/admission.ts';
import { regionBeyond } from '#proof/beyond.ts';
import { redundantIn, redundantRules } from '#proof/redundant.ts';
import { subtract } from '#proof/region.ts';
import { sameRules } from '#proof/same.ts';
import type { Rule } from '#vpc/security-group.ts';
import { buildWorld, securityGroup, withEntity } from '../../support/network.ts';
import { seeded } from '../../support/random.ts';
import { listBlocks, randomRules, rulesPlace } from '../../support/random-rules.ts';
import { askZ3, regionFormula, rulesFormula, version } from '../../support/z3.ts';

const installed = version(spawnSync);
const skip = installed ? false : 'z3 is not installed (Debian package z3)';

const blocksOnly = (rules: readonly Rule[]) => rules.filter(({ peer }) => peer.kind !== 'group');
const regionOfRules = (rules: readonly Rule[], family: Family) =>
  admissionOf(rulesPlace, rules, 'ingress', family).region;

/** A rule, whether it is said to be redundant, and what it admits beyond the rules that are kept, by family. */
type Question = {
  readonly isRedundant: boolean;
  readonly beyond: readonly { readonly family: Family; readonly formula: string }[];
};

function questionsOf(rules: readonly Rule[], redundant: ReadonlySet<Rule>): readonly Question[] {
  const kept = rules.filter((rule) => !redundant.has(rule));
  return rules.map((rule) => {
    const others = kept.filter((other) => other !== rule);
    const beyond = families.map((family) => ({
      family,
      formula: `(and ${rulesFormula([rule], family)} (not ${rulesFormula(others, family)}))`,
    }));
    return { isRedundant: redundant.has(rule), beyond };
  });
}

/** z3 finds that just the redundant rules admit nothing in either family that the kept ones do not. */
function assertAddNothing(asked: readonly Question[]): void {
  const answers = askZ3(
    spawnSync,
    asked.flatMap(({ beyond }) => beyond),
  );
  for (const [at, { isRedundant }] of asked.entries()) {
    const addsNothing = answers.slice(2 * at, 2 * at + 2).every((answer) => answer === 'unsat');
    assert.equal(isRedundant, addsNothing, `question ${at}`);
  }
}

test('z3: 50 questions of equivalence, in both families', { skip }, () => {
  const asked = Array.from({ length: 50 }, (_, at) => {
    const random = seeded(1000 + at);
    const one = blocksOnly(randomRules(random, 8));
    const gone = new Set(redundantIn(rulesPlace, one).map(({ rule }) => rule));
    const less = one.filter((each) => !gone.has(each));
    const other = random.chance(0.5) ? less : less.slice(1);
    const formulas = families.map((family) => ({
      family,
      formula: `(xor ${rulesFormula(one, family)} ${rulesFormula(other, family)})`,
    }));
    return { same: sameRules(rulesPlace, one, other), formulas };
  });
  const answers = askZ3(
    spawnSync,
    asked.flatMap(({ formulas }) => formulas),
  );
  for (const [at, { same }] of asked.entries()) {
    const differs = answers.slice(2 * at, 2 * at + 2).includes('sat');
    assert.equal(same, !differs, `question ${at}`);
  }
  assert.equal(new Set(asked.map(({ same }) => same)).size, 2, 'both answers must occur');
});

test('z3: redundancy of every rule of 30 lists', { skip }, () => {
  const asked = Array.from({ length: 30 }, (_, at) => {
    const rules = blocksOnly(randomRules(seeded(2000 + at), 10));
    return questionsOf(rules, new Set(redundantIn(rulesPlace, rules).map(({ rule }) => rule)));
  }).flat();
  assertAddNothing(asked);
  assert.ok(asked.length > 200);
});

test('z3: redundancy across the groups of an interface', { skip }, () => {
  const asked = Array.from({ length: 25 }, (_, at) => {
    const lists = [0, 1].map((side) => blocksOnly(randomRules(seeded(4000 + 2 * at + side), 5)));
    const rules = lists.flat();
    const names = ['g0', 'g1'];
    const empty = Object.fromEntries(names.map((name) => [name, {}]));
    const world = names.reduce(
      (built, name, side) =>
        withEntity(built, 'securityGroup', { ...securityGroup(name, {}), rules: lists[side] ?? [] }),
      buildWorld({
        subnets: { s: { cidr: '10.0.1.0/24' } },
        groups: empty,
        prefixLists: listBlocks,
        enis: { e: { subnet: 's', ips: ['10.0.1.10'], groups: names } },
      }),
    );
    const redundant = redundantRules(world).flatMap((each) => each.rules.map(({ rule }) => rule));
    return questionsOf(rules, new Set(redundant));
  }).flat();
  assertAddNothing(asked);
  assert.ok(asked.filter(({ isRedundant }) => isRedundant).length > 20);
});

test('z3: 100 differences are just what one list admits and the other does not', { skip }, () => {
  const asked = Array.from({ length: 100 }, (_, at) => {
    const random = seeded(3000 + at);
    const family = families[at % 2] ?? 'ipv4';
    const [one, other] = [blocksOnly(randomRules(random, 8)), blocksOnly(randomRules(random, 8))];
    const beyond = `(and ${rulesFormula(one, family)} (not ${rulesFormula(other, family)}))`;
    const region = regionBeyond(rulesPlace, one, other, { direction: 'ingress', family });
    assert.deepEqual(region, subtract(regionOfRules(one, family), regionOfRules(other, family)));
    return { family, formula: `(xor ${beyond} ${regionFormula(region)})` };
  });
  assert.deepEqual(new Set(askZ3(spawnSync, asked)), new Set(['unsat']));
});
