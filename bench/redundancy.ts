/** Redundant rules of a list: ours against z3 on the same lists, rule by rule. */
import { type RedundantRule, redundantIn } from '#proof/redundant.ts';
import type { Rule } from '#vpc/security-group.ts';
import { rule } from '../tests/support/network.ts';
import { type Random, seeded } from '../tests/support/random.ts';
import { rulesPlace } from '../tests/support/random-rules.ts';
import { rulesFormula } from '../tests/support/z3.ts';
import { cpuMs, machine, median, type Report, round } from './report.ts';
import { runZ3, z3Version } from './z3.ts';

const sizes = [60, 200] as const;
const runs = 5;

export function run(): Report {
  const results = sizes.map(measure);
  return {
    name: 'redundancy',
    versions: { ...machine, z3: z3Version() },
    rows: results.map(({ row }) => row),
    agreement: results.map(({ agreement }) => agreement),
  };
}

function measure(size: number) {
  const rules = manyRules(seeded(size), size);
  const times = { ours: [] as number[], z3: [] as number[] };
  let found: readonly RedundantRule[] = [];
  let agrees = true;
  for (let left = runs; left > 0; left--) {
    // One call is too short for the clock of CPU time.
    const ours = cpuMs(() => {
      for (let again = 0; again < 20; again++) found = redundantIn(rulesPlace, rules);
    });
    times.ours.push(ours.ms / 20);
    const redundant = new Set(found.map((each) => each.rule));
    const kept = rules.filter((each) => !redundant.has(each));
    const z3 = runZ3(
      rules.map((each) => {
        const others = kept.filter((other) => other !== each);
        return `(and ${rulesFormula([each], 'ipv4')} (not ${rulesFormula(others, 'ipv4')}))`;
      }),
    );
    times.z3.push(z3.cpuMs);
    agrees &&= rules.every((each, at) => redundant.has(each) === (z3.answers[at] === 'unsat'));
  }
  const [ours, z3] = [median(times.ours), median(times.z3)];
  return {
    row: {
      rules: size,
      redundant: found.length,
      'ours CPU ms': round(ours),
      'z3 CPU ms': round(z3),
      '× z3': Math.round(z3 / ours),
    },
    agreement: { what: `${size} rules: the same ones are redundant`, agrees },
  };
}

/** IPv4 rules on nested blocks and overlapping ports, a fifth or so of them redundant. */
function manyRules(random: Random, count: number): readonly Rule[] {
  const texts = new Set<string>();
  while (texts.size < count) {
    const from = 20 + random.int(60);
    const service = random.pick([`tcp/${from}`, `tcp/${from}-${from + random.int(200)}`, `udp/${from}`]);
    texts.add(`${service} 10.${random.int(4)}.${random.int(8) * 16}.0/${random.pick([16, 18, 20, 22, 24])}`);
  }
  return [...texts].map((text) => rule('ingress', text));
}
