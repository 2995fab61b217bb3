/** One random run: packets and changes, each packet's fate in the kernel compared with `decide`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '#policy/decide.ts';
import { type Flows, noFlows } from '#policy/flows.ts';
import type { Origin, Verdict } from '#policy/verdict.ts';
import { eniId, idFor } from '../../support/network.ts';
import { seeded } from '../../support/random.ts';
import { edgeHosts, randomEdgeChange, randomEdges } from '../../support/random-edges.ts';
import { type Host, hosts, randomChange, randomWorld } from '../../support/random-network.ts';
import { type Seen, SilentLab } from './lab.ts';
import { outsiders, type Sent, Traffic } from './traffic.ts';

export type RunOptions = {
  readonly seed: number;
  readonly packets: number;
  readonly prefix: string;
  /** With a peered VPC, NAT and egress-only gateways and a middlebox. */
  readonly edges?: boolean;
};

/** A packet whose fate differs from what `decide` says. */
export type Disagreement = {
  readonly seed: number;
  readonly step: number;
  readonly sent: string;
  readonly expected: string;
  readonly seen: string;
  readonly history: readonly string[];
};

export type RunResult = {
  readonly sent: number;
  readonly accepted: number;
  readonly changes: number;
  readonly disagreements: readonly Disagreement[];
};

type Expectation = { readonly sent: Sent; readonly verdict: Verdict; readonly at: string | undefined };

/** Longest wait for a packet that must arrive, in milliseconds. */
const patienceMs = 500;

/** Runs the packets of a seed in a lab of its own; after a disagreement the run ends, as states may differ. */
export async function runSeed({ seed, packets, prefix, edges = false }: RunOptions): Promise<RunResult> {
  const random = seeded(seed);
  const acls = random.chance(0.5);
  let world = (edges ? randomEdges : randomWorld)(random, { acls });
  const ends = edges ? edgeHosts : hosts;
  const lab = await SilentLab.start(prefix, world, ends);
  const traffic = new Traffic(random, { edges });
  const expected = new Map<number, Expectation>();
  const disagreements: Disagreement[] = [];
  let flows: Flows = noFlows;
  let [accepted, changes] = [0, 0];
  const complain = (serial: number, seen: string) => {
    const { sent, verdict, at } = expected.get(serial) ?? {};
    const because = verdict?.kind === 'drop' ? ` (${JSON.stringify(verdict.because)})` : '';
    disagreements.push({
      seed,
      step: serial,
      sent: JSON.stringify(sent),
      expected: `${at ?? 'dropped'}${because}`,
      seen,
      history: sent ? historyOf(expected, sent) : [],
    });
  };
  const check = (arrivals: readonly Seen[]) => {
    for (const { serial, at } of arrivals) {
      // Others' serials are chatter of the namespaces themselves, such as multicast reports.
      const known = expected.get(serial);
      if (known && known.at !== at) complain(serial, `arrived at ${at}`);
    }
  };
  try {
    for (let serial = 1; serial <= packets && disagreements.length === 0; serial++) {
      if (random.chance(0.06)) {
        world = (edges ? randomEdgeChange : randomChange)(random, world, { acls });
        await lab.apply(world);
        changes++;
      }
      const sent = traffic.next();
      const decision = decide(world, flows, { packet: sent.packet, origin: originOf(sent) }, Date.now());
      flows = decision.flows;
      traffic.note(decision.verdict);
      const at = placeOf(decision.verdict, ends);
      expected.set(serial, { sent, verdict: decision.verdict, at });
      lab.send(sent.from, sent.packet, serial);
      if (at === undefined) {
        check(lab.receive());
        continue;
      }
      accepted++;
      const arrivals = await receiveUntil(lab, serial);
      check(arrivals);
      if (!arrivals.some((arrival) => arrival.serial === serial)) complain(serial, 'did not arrive');
    }
    await sleep(50);
    check(lab.receive());
  } finally {
    await lab.stop();
  }
  return { sent: expected.size, accepted, changes, disagreements };
}

/** What was sent before between the same ends, and what became of it by `decide`. */
function historyOf(expected: ReadonlyMap<number, Expectation>, sent: Sent): readonly string[] {
  const ends = ({ packet: { source, destination, transport } }: Sent) => {
    const [from, to] = 'sourcePort' in transport ? [transport.sourcePort, transport.destinationPort] : [0, 0];
    return [`${source} ${from}`, `${destination} ${to}`].sort().join(' ');
  };
  return [...expected].flatMap(([serial, { sent: other, verdict }]) => {
    if (ends(other) !== ends(sent)) return [];
    const groups = verdict.steps.flatMap((step) =>
      step.kind === 'group' ? [`${step.direction} ${step.verdict.kind}`] : [],
    );
    return [`${serial} ${JSON.stringify(other.packet)} ${verdict.kind} (${groups.join(', ')})`];
  });
}

async function receiveUntil(lab: SilentLab, serial: number): Promise<readonly Seen[]> {
  const deadline = performance.now() + patienceMs;
  const arrivals: Seen[] = [];
  for (;;) {
    arrivals.push(...lab.receive());
    if (arrivals.some((arrival) => arrival.serial === serial) || performance.now() > deadline)
      return arrivals;
    await sleep(1);
  }
}

function originOf({ from }: Sent): Origin {
  return from.kind === 'eni' ? { kind: 'eni', eniId: eniId(from.name) } : { kind: 'internet' };
}

/** The place where an accepted packet must be seen; undefined where it must not, or cannot, be seen. */
function placeOf(verdict: Verdict, ends: readonly Host[]): string | undefined {
  if (verdict.kind === 'drop') return undefined;
  if (verdict.delivery.kind === 'internet') {
    const { destination } = verdict.delivery.packet;
    return outsiders.includes(destination) ? destination : undefined;
  }
  if (verdict.delivery.kind === 'service') return undefined;
  const { eniId: id } = verdict.delivery;
  return ends.find(({ name }) => idFor('eni', name) === id)?.name;
}
