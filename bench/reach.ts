/** All pairs of interfaces with groups, CIDRs, ACLs and routes, at three sizes. */
import { can } from '#policy/can.ts';
import { type AllPairs, allPairs } from '#proof/all-pairs.ts';
import { indexWorld, type ReachIndex } from '#proof/reach-index.ts';
import { holds, noSpans } from '#proof/spans.ts';
import { wantedAt } from '../tests/support/conversations.ts';
import { seeded } from '../tests/support/random.ts';
import { largeWorld } from './large-network.ts';
import { cpuMs, machine, median, type Report, round } from './report.ts';

const sizes = [1_000, 10_000, 100_000] as const;
const runs = 3;
const probes = 2_000;

export function run(): Report {
  const rows = [];
  const agreement = [];
  for (const size of sizes) {
    const world = largeWorld(size);
    const times: { index: number; pairs: number }[] = [];
    let found: { index: ReachIndex; pairs: AllPairs } | undefined;
    for (let left = runs; left > 0; left--) {
      const indexed = cpuMs(() => indexWorld(world));
      const computed = cpuMs(() => allPairs(indexed.result));
      times.push({ index: indexed.ms, pairs: computed.ms });
      if (computed.result) found = { index: indexed.result, pairs: computed.result };
    }
    if (!found) throw new Error('nothing was computed');
    const { index, pairs } = found;
    const index_ms = median(times.map((time) => time.index));
    const pairs_ms = median(times.map((time) => time.pairs));
    rows.push({
      interfaces: size,
      policyClasses: index.policies.length,
      addressClasses: index.classes.length,
      pairsOfClasses: pairs.sources.length,
      conversations: conversations(index, pairs),
      'index CPU ms': round(index_ms),
      'pairs CPU ms': round(pairs_ms),
      'total CPU s': round((index_ms + pairs_ms) / 1000),
      'µs a pair': round((1000 * pairs_ms) / pairs.sources.length),
      'RSS MB': Math.round(process.memoryUsage().rss / 2 ** 20),
    });
    agreement.push({
      what: `${probes} random conversations of ${size} interfaces asked of decide packet by packet`,
      agrees: agrees(index, pairs),
    });
  }
  return { name: 'reach', versions: machine, rows, agreement };
}

/** Ordered pairs of interfaces that can converse. */
function conversations({ classes }: ReachIndex, { starts, sources }: AllPairs): number {
  let count = 0;
  for (const [at, target] of classes.entries()) {
    for (let i = starts[at] ?? 0; i < (starts[at + 1] ?? 0); i++) {
      const source = classes[sources[i] ?? -1];
      const own = source === target ? 1 : 0;
      count += (source?.members.length ?? 0) * (target.members.length - own);
    }
  }
  return count;
}

function agrees(index: ReachIndex, { starts, sources, spans }: AllPairs): boolean {
  const random = seeded(7);
  for (let probe = 0; probe < probes; probe++) {
    const target = random.pick(index.classes);
    const [from, to] = [starts[target.id] ?? 0, starts[target.id + 1] ?? 0];
    const at = to > from && random.chance(0.7) ? from + random.int(to - from) : -1;
    const source = at >= 0 ? index.classes[sources[at] ?? -1] : random.pick(index.classes);
    const [client, server] = [source?.members[0], target.members.at(-1)];
    if (!source || !client || !server || client.eni === server.eni) continue;
    const own = sources.subarray(from, to).indexOf(source.id);
    const open = own < 0 ? noSpans : index.pool.spansOf(spans[from + own] ?? 0);
    const number = (6 << 16) | random.pick([22, 80, 443, 3306, 5432, 6379, 8080, 9092, 9050]);
    const endpoint = ({ eni, ip }: typeof client) => ({ kind: 'eni', eniId: eni.id, ip }) as const;
    const answer = can(index.world, endpoint(client), endpoint(server), wantedAt(number, 'ipv4'));
    if (answer.allowed !== holds(open, number)) return false;
  }
  return true;
}
