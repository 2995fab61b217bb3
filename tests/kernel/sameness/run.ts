/** One random run: packets and changes, each packet's fate in the kernel compared with `decide`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '#policy/decide.ts';
import type { Origin, Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import { natId } from '../../support/edges.ts';
import { ip } from '../../support/network.ts';
import { type Random, seeded } from '../../support/random.ts';
import { edgeHosts, natPublicIp, randomEdgeChange, randomEdges } from '../../support/random-edges.ts';
import { type Host, hosts, randomChange, randomWorld } from '../../support/random-network.ts';
import {
  eniOfHost,
  hostOfEni,
  randomUpheaval,
  soonMs,
  twinHosts,
  withShortTimeouts,
  withTwin,
} from '../../support/random-upheavals.ts';
import { KernelMemory } from './kernel-memory.ts';
import { type Seen, SilentLab } from './lab.ts';
import { outsiders } from './strangers.ts';
import type { Sent } from './talk.ts';
import { Traffic } from './traffic.ts';

export type RunOptions = {
  readonly seed: number;
  readonly packets: number;
  readonly prefix: string;
  /** With a peered VPC, NAT and egress-only gateways and a middlebox. */
  readonly edges?: boolean;
  /** Some interfaces forget soon, and so often all flows are left idle that long. */
  readonly waits?: number;
  /** Without what `random-upheavals` brings, as in the days of old seeds. */
  readonly isCalm?: boolean;
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

/** How far from the end of a flow's time its packets are sent, in milliseconds. */
const marginMs = 300;

/** Runs the packets of a seed in a lab of its own; after a disagreement the run ends, as states may differ. */
export async function runSeed(options: RunOptions): Promise<RunResult> {
  const { seed, packets, prefix, edges = false, waits = 0, isCalm = false } = options;
  const random = seeded(seed);
  const acls = random.chance(0.5);
  const start = startOf(random, { edges, acls, waits, isCalm });
  let { world } = start;
  const { ends } = start;
  const hasUpheavals = !isCalm && random.chance(0.6);
  const lab = await SilentLab.start(prefix, world, ends);
  const traffic = new Traffic(random, { edges, isCalm, mayIdle: waits > 0, hosts: ends, world });
  const expected = new Map<number, Expectation>();
  const disagreements: Disagreement[] = [];
  const memory = new KernelMemory();
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
    for (const arrival of arrivals) {
      const { serial, at } = arrival;
      // Others' serials are chatter of the namespaces themselves, such as multicast reports.
      const known = expected.get(serial);
      if (known && known.at !== at) complain(serial, `arrived at ${at}`);
      else if (known && !isAddressedAs(known.verdict, arrival))
        complain(serial, `arrived from ${arrival.source} for ${arrival.destination}`);
    }
  };
  const change = (serial: number) => {
    if (!hasUpheavals || random.chance(0.6)) {
      world = (edges ? randomEdgeChange : randomChange)(random, world, { acls });
      traffic.follow(world);
      return;
    }
    const done = randomUpheaval(random, world, { edges, acls, step: serial });
    if (done.released) memory.release(world, done.released);
    if (done.movesPaths) memory.follow(done.world);
    world = done.world;
    traffic.follow(world, done);
  };
  /** After TCP has passed a NAT gateway, the gateway forgets, as it does after long silence. */
  const mayForget = ({ sent: { packet }, verdict }: Expectation) => {
    const passes = verdict.steps.some((step) => step.kind === 'translated' && step.gatewayId === natId('n'));
    if (!hasUpheavals || !passes || packet.transport.kind !== 'tcp' || !random.chance(0.2)) return;
    memory.forgetTranslations();
    lab.forgetTranslations();
    traffic.follow(world, { concerns: [ip(natPublicIp)] });
  };
  const every = Math.ceil(packets / (waits + 1));
  let restedAt = performance.now();
  try {
    for (let serial = 1; serial <= packets && disagreements.length === 0; serial++) {
      if (random.chance(0.06)) {
        change(serial);
        await lab.apply(world);
        changes++;
      }
      if (waits > 0 && serial % every === 0) {
        await sleep(soonMs + marginMs);
        memory.expire(Date.now());
        restedAt = performance.now();
      }
      // Whether a flow is still remembered nobody can say near the end of its time.
      if (waits > 0 && performance.now() - restedAt > soonMs - marginMs) break;
      const sent = traffic.next();
      const origin = originOf(world, sent);
      if (!origin) continue;
      const decision = decide(world, memory.flows, { packet: sent.packet, origin }, Date.now());
      memory.flows = decision.flows;
      traffic.note(decision.verdict);
      const at = placeOf(world, decision.verdict, ends);
      const expectation = { sent, verdict: decision.verdict, at };
      expected.set(serial, expectation);
      lab.send(sent.from, sent.packet, serial);
      if (at === undefined) {
        check(lab.receive());
        continue;
      }
      accepted++;
      const arrivals = await receiveUntil(lab, serial);
      check(arrivals);
      if (!arrivals.some((arrival) => arrival.serial === serial)) complain(serial, 'did not arrive');
      mayForget(expectation);
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

/** A random world, with all hosts that it has at any time. */
function startOf(
  random: Random,
  {
    edges,
    acls,
    waits,
    isCalm,
  }: Required<Pick<RunOptions, 'edges' | 'waits' | 'isCalm'>> & { readonly acls: boolean },
): { readonly world: World; readonly ends: readonly Host[] } {
  const hasTwin = !isCalm && random.chance(0.4);
  let world = (edges ? randomEdges : randomWorld)(random, { acls });
  if (hasTwin) world = withTwin(random, world);
  if (waits > 0) world = withShortTimeouts(random, world);
  return { world, ends: [...(edges ? edgeHosts : hosts), ...(hasTwin ? twinHosts : [])] };
}

/** Where a packet starts; undefined while its host is gone. */
function originOf(world: World, { from }: Sent): Origin | undefined {
  if (from.kind === 'internet') return { kind: 'internet' };
  const eni = eniOfHost(world, from.name);
  return eni && { kind: 'eni', eniId: eni.id };
}

/** Whether the packet arrived under the addresses that it was delivered under. */
function isAddressedAs(verdict: Verdict, { source, destination }: Seen): boolean {
  if (verdict.kind === 'drop') return true;
  const { packet } = verdict.delivery;
  return packet.source === source && packet.destination === destination;
}

/** The place where an accepted packet must be seen; undefined where it must not, or cannot, be seen. */
function placeOf(world: World, verdict: Verdict, ends: readonly Host[]): string | undefined {
  if (verdict.kind === 'drop') return undefined;
  if (verdict.delivery.kind === 'internet') {
    const { destination } = verdict.delivery.packet;
    return outsiders.includes(destination) ? destination : undefined;
  }
  if (verdict.delivery.kind !== 'eni') return undefined;
  const host = hostOfEni(world, verdict.delivery.eniId);
  return ends.find(({ name }) => name === host)?.name;
}
