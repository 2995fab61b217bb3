/** Decisions in bulk: the compiled classifier against two linear scans of the same rules. */
import { contains } from '#net/cidr.ts';
import { peerCidrs } from '#policy/rules.ts';
import { admissionOf, itemsOf } from '#proof/admission.ts';
import { Classifier } from '#proof/classifier.ts';
import { holds, spansOf } from '#proof/spans.ts';
import type { Rule } from '#vpc/security-group.ts';
import { rule } from '../tests/support/network.ts';
import { type Random, seeded } from '../tests/support/random.ts';
import { rulesPlace } from '../tests/support/random-rules.ts';
import { cpuMs, machine, median, type Report, round } from './report.ts';

const packets = 2_000_000;
const runs = 5;

export function run(): Report {
  const cases = [
    { name: '1 class of 1,000 rules', classes: 1, rules: 1000 },
    { name: '1,000 classes of 60 rules', classes: 1000, rules: 60 },
  ];
  const results = cases.map(measure);
  return {
    name: 'decide',
    versions: machine,
    rows: results.map(({ row }) => row),
    agreement: results.flatMap(({ agreement }) => agreement),
  };
}

type Case = { readonly name: string; readonly classes: number; readonly rules: number };

function measure({ name, classes, rules }: Case) {
  const random = seeded(5);
  const lists = Array.from({ length: classes }, () => manyRules(random, rules));
  const build = cpuMs(
    () => new Classifier(lists.map((list) => admissionOf(rulesPlace, list, 'ingress', 'ipv4').region)),
  );
  const perClass = packets / classes;
  const traffic = lists.map(() => ({
    addresses: Uint32Array.from({ length: perClass }, () => randomAddress(random)),
    services: Uint32Array.from({ length: perClass }, () => randomService(random)),
    verdicts: new Uint8Array(perClass),
  }));
  const times = { ours: [] as number[], numbers: [] as number[], rules: [] as number[] };
  // A scan of every packet would take minutes: the scans get a share, spread over all classes.
  const sample = Math.max(1, Math.floor(20_000 / classes));
  const slowSample = Math.max(1, Math.floor(2_000 / classes));
  let agrees = true;
  for (let left = runs; left > 0; left--) {
    times.ours.push(
      cpuMs(() => {
        for (const [at, { addresses, services, verdicts }] of traffic.entries())
          build.result.decideAll(at, addresses, services, verdicts);
      }).ms / packets,
    );
    const numbers = scan(lists, traffic, sample, scanNumbers);
    const plain = scan(lists, traffic, slowSample, scanRules);
    times.numbers.push(numbers.ms);
    times.rules.push(plain.ms);
    agrees &&= numbers.agrees && plain.agrees;
  }
  const [ours, numbers, plain] = [times.ours, times.numbers, times.rules].map(median) as [
    number,
    number,
    number,
  ];
  return {
    row: {
      case: name,
      'build ms': round(build.ms),
      'ours M/s': round(0.001 / ours),
      'scan of rules M/s': round(0.001 / plain),
      '× scan of rules': Math.round(plain / ours),
      'scan of numbers M/s': round(0.001 / numbers),
      '× scan of numbers': Math.round(numbers / ours),
    },
    agreement: [{ what: `${name}: the scans' packets get the classifier's verdicts`, agrees }],
  };
}

type Traffic = {
  readonly addresses: Uint32Array;
  readonly services: Uint32Array;
  readonly verdicts: Uint8Array;
};
type Scan = (rules: readonly Rule[]) => (address: number, service: number) => boolean;

function scan(lists: readonly (readonly Rule[])[], traffic: readonly Traffic[], sample: number, how: Scan) {
  const scans = lists.map(how);
  let agrees = true;
  const { ms } = cpuMs(() => {
    for (const [at, { addresses, services, verdicts }] of traffic.entries()) {
      const admitted = scans[at] as ReturnType<Scan>;
      for (let i = 0; i < sample; i++) {
        const open = admitted(addresses[i] as number, services[i] as number);
        if (open !== (verdicts[i] === 1)) agrees = false;
      }
    }
  });
  return { ms: ms / (sample * lists.length), agrees };
}

/** Looks at one rule after the other, as `decide` does. */
const scanRules: Scan = (rules) => (address, service) => {
  const ip = { family: 'ipv4', value: BigInt(address) } as const;
  return rules.some(
    (each) =>
      holds(spansOf(each.service, 'ipv4'), service) &&
      peerCidrs(rulesPlace, each.peer).some((cidr) => contains(cidr, ip)),
  );
};

/** The same with every rule prepared as four numbers: the fastest scan there is. */
const scanNumbers: Scan = (rules) => {
  const items = rules.flatMap((each) => itemsOf(rulesPlace, each, 'ipv4'));
  const bounds = Float64Array.from(
    items.flatMap(({ first, last, value }) => [
      Number(first),
      Number(last),
      value[0]?.first ?? 1,
      value[0]?.last ?? 0,
    ]),
  );
  return (address, service) => {
    for (let i = 0; i < bounds.length; i += 4) {
      const inside = (bounds[i] as number) <= address && address <= (bounds[i + 1] as number);
      if (inside && (bounds[i + 2] as number) <= service && service <= (bounds[i + 3] as number)) return true;
    }
    return false;
  };
};

function manyRules(random: Random, count: number): readonly Rule[] {
  const texts = new Set<string>();
  while (texts.size < count) {
    const from = random.int(10_000);
    const service = random.chance(0.6)
      ? `tcp/${from}`
      : random.pick([`tcp/${from}-${from + random.int(500)}`, `udp/${from}`, 'icmp/8']);
    const block = `10.${random.int(64)}.${random.int(256)}.${random.int(256)}/${16 + random.int(17)}`;
    texts.add(`${service} ${block}`);
  }
  return [...texts].map((text) => rule('ingress', text));
}

const randomAddress = (random: Random) => (0x0a00_0000 + random.int(64 << 16)) >>> 0;
const randomService = (random: Random) => (random.chance(0.8) ? 6 << 16 : 17 << 16) | random.int(10_500);
