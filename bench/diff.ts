/** Differences: regions of many classes against z3 on a sample of them, and whole networks after one change. */
import { regionBeyond } from '#proof/beyond.ts';
import { diffAccess } from '#proof/diff.ts';
import { indexWorld } from '#proof/reach-index.ts';
import { isEmpty } from '#proof/region.ts';
import { networkOf, put } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import type { Rule } from '#vpc/security-group.ts';
import { rule, testScope } from '../tests/support/network.ts';
import { type Random, seeded } from '../tests/support/random.ts';
import { rulesPlace } from '../tests/support/random-rules.ts';
import { rulesFormula } from '../tests/support/z3.ts';
import { largeWorld } from './large-network.ts';
import { cpuMs, machine, median, type Report, round } from './report.ts';
import { runZ3, z3Version } from './z3.ts';

const classes = 5_000;
const sampled = 100;
const runs = 3;

export function run(): Report {
  const regions = ofClasses();
  return {
    name: 'diff',
    versions: { ...machine, z3: z3Version() },
    rows: [regions.row, ...[1_000, 10_000, 100_000].map(ofNetwork)],
    agreement: [regions.agreement],
  };
}

/** What 5,000 classes of 60 rules gain and lose, when each of them has changed. */
function ofClasses() {
  const random = seeded(11);
  const before = Array.from({ length: classes }, () => manyRules(random, 60));
  const after = before.map((rules) => changed(random, rules));
  const times = { ours: [] as number[], z3: [] as number[] };
  let agrees = true;
  for (let left = runs; left > 0; left--) {
    const ours = cpuMs(() =>
      before.map((old, at) => {
        const now = after[at] ?? [];
        const way = { direction: 'ingress', family: 'ipv4' } as const;
        return [regionBeyond(rulesPlace, now, old, way), regionBeyond(rulesPlace, old, now, way)].map(
          (region) => !isEmpty(region),
        );
      }),
    );
    times.ours.push(ours.ms / classes);
    const step = classes / sampled;
    const places = Array.from({ length: sampled }, (_, at) => at * step);
    const z3 = runZ3(
      places.flatMap((at) => {
        const [old, now] = [rulesFormula(before[at] ?? [], 'ipv4'), rulesFormula(after[at] ?? [], 'ipv4')];
        return [`(and ${now} (not ${old}))`, `(and ${old} (not ${now}))`];
      }),
    );
    times.z3.push(z3.cpuMs / sampled);
    agrees &&= places.every((at, i) =>
      [0, 1].every((side) => ours.result[at]?.[side] === (z3.answers[2 * i + side] === 'sat')),
    );
  }
  const [ours, z3] = [median(times.ours), median(times.z3)];
  return {
    row: {
      what: '5,000 classes of 60 rules, each of them changed',
      'ours CPU ms': round(ours * classes),
      'µs a class': round(1000 * ours),
      'z3 µs a class': round(1000 * z3),
      '× z3': Math.round(z3 / ours),
    },
    agreement: { what: `${2 * sampled} questions whether a class gains or loses anything`, agrees },
  };
}

/** A whole network in which one group has opened a port to the world. */
function ofNetwork(interfaces: number) {
  const world = largeWorld(interfaces);
  const network = networkOf(world, testScope);
  const [group] = network.securityGroup.values();
  if (!group) throw new Error('no group');
  const opened = { ...group, rules: [...group.rules, rule('ingress', 'tcp/8443 0.0.0.0/0')] };
  const next = world.set(scopeKey(testScope), put(network, 'securityGroup', opened));
  const [old, now] = [indexWorld(world), indexWorld(next)];
  const times = Array.from({ length: runs }, () => cpuMs(() => diffAccess(old, now)));
  const { changes, compared } = times[0]?.result ?? { changes: [], compared: 0 };
  return {
    what: `one rule added to a network of ${interfaces} interfaces`,
    'ours CPU ms': round(median(times.map(({ ms }) => ms))),
    'interfaces compared': compared,
    changes: changes.length,
  };
}

function manyRules(random: Random, count: number): readonly Rule[] {
  const texts = new Set<string>();
  while (texts.size < count) {
    const from = random.int(2000);
    const service = random.pick([`tcp/${from}`, `tcp/${from}-${from + random.int(100)}`, `udp/${from}`]);
    texts.add(`${service} 10.${random.int(16)}.${random.int(256)}.0/${random.pick([16, 20, 22, 24, 28])}`);
  }
  return [...texts].map((text) => rule('ingress', text));
}

/** The list with a block cut into its halves, which is no change, and sometimes a rule less. */
function changed(random: Random, rules: readonly Rule[]): readonly Rule[] {
  const whole = rule('ingress', 'tcp/1-9 172.16.0.0/12');
  const halves = [rule('ingress', 'tcp/1-9 172.16.0.0/13'), rule('ingress', 'tcp/1-9 172.24.0.0/13')];
  return random.chance(0.5) ? [...rules.slice(1), whole] : [...rules, ...halves];
}
