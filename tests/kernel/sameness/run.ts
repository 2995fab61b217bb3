/** One random run: packets and changes, each packet's fate in the kernel compared with `decide`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '#policy/decide.ts';
import type { Origin } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import { natId } from '../../support/edges.ts';
import { ip } from '../../support/network.ts';
import { type Random, seeded } from '../../support/random.ts';
import { edgeHosts, randomEdgeChange, randomEdges } from '../../support/random-edges.ts';
import { natPublicIps, withRandomRegional } from '../../support/random-nats.ts';
import { type Host, hosts, randomChange, randomWorld } from '../../support/random-network.ts';
import {
  eniOfHost,
  randomUpheaval,
  soonMs,
  twinHosts,
  withShortTimeouts,
  withTwin,
} from '../../support/random-upheavals.ts';
import { regionalNatId } from '../../support/regional-nat.ts';
import {
  type Disagreement,
  type Expectation,
  historyOf,
  isExpected,
  judgementOf,
  wording,
} from './expectation.ts';
import { KernelMemory } from './kernel-memory.ts';
import { type Seen, SilentLab } from './lab.ts';
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
  /** TCP in any order: the kernel may refuse more of it than `decide`, never less. */
  readonly isWild?: boolean;
};

export type RunResult = {
  readonly sent: number;
  readonly accepted: number;
  readonly changes: number;
  readonly disagreements: readonly Disagreement[];
};

type Settings = Required<RunOptions> & { readonly acls: boolean; readonly hasUpheavals: boolean };

/** Longest wait for a packet that must arrive, and for one that the kernel may refuse, in milliseconds. */
const patienceMs = { must: 500, may: 15 } as const;

const natIds: readonly string[] = [natId('n'), regionalNatId];

/** How far from the end of a flow's time its packets are sent, in milliseconds. */
const marginMs = 300;

/** Runs the packets of a seed in a lab of its own; after a disagreement the run ends, as states may differ. */
export async function runSeed(options: RunOptions): Promise<RunResult> {
  const random = seeded(options.seed);
  const acls = random.chance(0.5);
  const given = { edges: false, waits: 0, isCalm: false, isWild: false, ...options, acls };
  const { world, ends } = startOf(random, given);
  const settings = { ...given, hasUpheavals: !given.isCalm && random.chance(0.6) };
  const lab = await SilentLab.start(options.prefix, world, ends);
  try {
    return await new Run(random, settings, { lab, world, ends }).toEnd();
  } finally {
    await lab.stop();
  }
}

class Run {
  readonly #random: Random;
  readonly #settings: Settings;
  readonly #lab: SilentLab;
  readonly #ends: readonly Host[];
  readonly #traffic: Traffic;
  readonly #expected = new Map<number, Expectation>();
  readonly #disagreements: Disagreement[] = [];
  /** What the kernel remembers; in wild runs also what it does if packets that it has refused have left no trace. */
  readonly #memories: readonly KernelMemory[];
  #world: World;
  #accepted = 0;
  #changes = 0;
  #restedAt = performance.now();

  constructor(
    random: Random,
    settings: Settings,
    { lab, world, ends }: { readonly lab: SilentLab; readonly world: World; readonly ends: readonly Host[] },
  ) {
    const { edges, isCalm, isWild, waits } = settings;
    this.#random = random;
    this.#settings = settings;
    this.#lab = lab;
    this.#ends = ends;
    this.#world = world;
    this.#traffic = new Traffic(random, { edges, isCalm, isWild, mayIdle: waits > 0, hosts: ends, world });
    this.#memories = isWild ? [new KernelMemory(), new KernelMemory()] : [new KernelMemory()];
  }

  async toEnd(): Promise<RunResult> {
    const { packets, waits } = this.#settings;
    const every = Math.ceil(packets / (waits + 1));
    for (let serial = 1; serial <= packets && this.#disagreements.length === 0; serial++) {
      if (this.#random.chance(0.06)) await this.#change(serial);
      if (waits > 0 && serial % every === 0) await this.#rest();
      // Whether a flow is still remembered nobody can say near the end of its time.
      if (waits > 0 && performance.now() - this.#restedAt > soonMs - marginMs) break;
      await this.#send(serial);
    }
    await sleep(50);
    this.#check(this.#lab.receive());
    return {
      sent: this.#expected.size,
      accepted: this.#accepted,
      changes: this.#changes,
      disagreements: this.#disagreements,
    };
  }

  async #send(serial: number): Promise<void> {
    const sent = this.#traffic.next();
    const origin = originOf(this.#world, sent);
    if (!origin) return;
    const nowMs = Date.now();
    const decisions = this.#memories.map((memory) => {
      const { verdict, flows } = decide(this.#world, memory.flows, { packet: sent.packet, origin }, nowMs);
      const judgement = judgementOf(this.#world, verdict, this.#ends);
      return {
        memory,
        judgement,
        remember: () => {
          memory.flows = flows;
        },
      };
    });
    const judgements = decisions.map(({ judgement }) => judgement);
    const mayBeRefused = this.#settings.isWild && isAboutTcp(sent);
    const expectation = { sent, judgements, mayBeRefused };
    this.#expected.set(serial, expectation);
    for (const { verdict } of judgements.slice(0, 1)) this.#traffic.note(verdict);
    this.#lab.send(sent.from, sent.packet, serial);
    const hasArrived = await this.#await(serial, expectation);
    for (const [index, { remember }] of decisions.entries()) {
      if (index === 0 || hasArrived) remember();
    }
    if (hasArrived) this.#mayForget(expectation);
  }

  /** Waits for a packet that must or may arrive. */
  async #await(serial: number, expectation: Expectation): Promise<boolean> {
    const { judgements, mayBeRefused } = expectation;
    if (judgements.every(({ at }) => at === undefined)) {
      this.#check(this.#lab.receive());
      return false;
    }
    const arrivals = await receiveUntil(this.#lab, serial, patienceMs[mayBeRefused ? 'may' : 'must']);
    this.#check(arrivals);
    const hasArrived = arrivals.some((arrival) => arrival.serial === serial);
    if (hasArrived) this.#accepted++;
    else if (!mayBeRefused) this.#complain(serial, expectation, 'did not arrive');
    return hasArrived;
  }

  async #change(serial: number): Promise<void> {
    const { edges, acls, hasUpheavals } = this.#settings;
    let forgets = false;
    if (!hasUpheavals || this.#random.chance(0.6)) {
      this.#world = (edges ? randomEdgeChange : randomChange)(this.#random, this.#world, { acls });
      this.#traffic.follow(this.#world);
    } else {
      const done = randomUpheaval(this.#random, this.#world, { edges, acls, step: serial });
      for (const memory of this.#memories) {
        if (done.released) memory.release(this.#world, done.released);
        if (done.movesPaths) memory.follow(done.world);
        if (done.forgetsTranslations) memory.forgetTranslations();
      }
      this.#world = done.world;
      forgets = done.forgetsTranslations ?? false;
      this.#traffic.follow(this.#world, done);
    }
    await this.#lab.apply(this.#world);
    if (forgets) this.#lab.forgetTranslations();
    this.#changes++;
  }

  /** All flows are left idle for as long as those of some interfaces live. */
  async #rest(): Promise<void> {
    await sleep(soonMs + marginMs);
    for (const memory of this.#memories) memory.expire(Date.now());
    this.#restedAt = performance.now();
  }

  /** After TCP has passed a NAT gateway, the gateway forgets, as it does after long silence. */
  #mayForget({ sent: { packet }, judgements }: Expectation): void {
    const isPassed = judgements.some(({ verdict }) =>
      verdict.steps.some((step) => step.kind === 'translated' && natIds.includes(step.gatewayId)),
    );
    if (!this.#settings.hasUpheavals || !isPassed || packet.transport.kind !== 'tcp') return;
    if (!this.#random.chance(0.2)) return;
    for (const memory of this.#memories) memory.forgetTranslations();
    this.#lab.forgetTranslations();
    this.#traffic.follow(this.#world, { concerns: natPublicIps.map(ip) });
  }

  #check(arrivals: readonly Seen[]): void {
    for (const arrival of arrivals) {
      const { serial, at, source, destination } = arrival;
      // Others' serials are chatter of the namespaces themselves, such as multicast reports.
      const known = this.#expected.get(serial);
      if (known && !isExpected(known, arrival))
        this.#complain(serial, known, `arrived at ${at} from ${source} for ${destination}`);
    }
  }

  #complain(serial: number, expectation: Expectation, seen: string): void {
    const { sent } = expectation;
    this.#disagreements.push({
      seed: this.#settings.seed,
      step: serial,
      sent: JSON.stringify(sent),
      expected: wording(expectation),
      seen,
      history: historyOf(this.#expected, sent),
    });
  }
}

/** Whether it is TCP, or an error about TCP. */
function isAboutTcp({ packet: { transport } }: Sent): boolean {
  return (transport.kind === 'icmp' ? transport.quoted?.transport.kind : transport.kind) === 'tcp';
}

async function receiveUntil(lab: SilentLab, serial: number, withinMs: number): Promise<readonly Seen[]> {
  const deadline = performance.now() + withinMs;
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
  { edges, acls, waits, isCalm }: Pick<Settings, 'edges' | 'acls' | 'waits' | 'isCalm'>,
): { readonly world: World; readonly ends: readonly Host[] } {
  const isRegional = edges && !isCalm && random.chance(0.4);
  const hasTwin = !isCalm && random.chance(0.4);
  let world = (edges ? randomEdges : randomWorld)(random, { acls });
  if (isRegional) world = withRandomRegional(random, world);
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
