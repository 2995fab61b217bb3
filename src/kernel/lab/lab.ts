/** The lab: enforcement of a world in network namespaces of this machine. */
import { setImmediate as turn } from 'node:timers/promises';
import { type Ip, ipNumber } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { whyNoHost } from '#vpc/internet-space.ts';
import { locate, type World } from '#vpc/network.ts';
import { portName } from '../dataplane/names.ts';
import {
  type DelayFigures,
  type Enforcement,
  type EnforcementStatus,
  type FailingResource,
  NotOnTheInternet,
} from '../enforcement.ts';
import { GuestServices } from '../guest/guest-services.ts';
import { resolverConfig } from '../guest/resolver-config.ts';
import { deleteNamespace, listNamespaces, namespaceExists } from '../netns/namespace.ts';
import { inSlices, sliceMs, unless } from '../steps.ts';
import { Executor, type Shortfall } from './executor.ts';
import { failingOf, isRefusal, textOf } from './failing.ts';
import { Histogram } from './histogram.ts';
import { LabKernel } from './kernel.ts';
import { notEnforced } from './not-enforced.ts';
import { PlaceNames } from './place-names.ts';
import { LabPlan } from './plan.ts';
import { recoverNumbers } from './recover.ts';
import { resourcesOf } from './resources.ts';
import { blocksOf } from './vpc-topology.ts';
import { Watch } from './watch.ts';

export type LabOptions = {
  /** What the names of all namespaces start with: `rp-` and a tag of the data directory. */
  readonly prefix: string;
  /** The data directory, which is noted in each namespace. */
  readonly owner?: string;
  /** Told of bugs in what guests are served; a warning of the process where absent. */
  readonly onFault?: (error: unknown) => void;
  /** Told of what others had changed in the kernel, one sentence each, when it is being put right. */
  readonly onRepair?: (found: readonly string[]) => void;
  /** False leaves alone what others change, for tests that take a remedy away; true where absent. */
  readonly isGuarded?: boolean;
};

/** Where an interface is plugged in, for tools that inject or watch packets. */
export type PortPlace = {
  /** The router's namespace and its device towards the interface. */
  readonly router: string;
  readonly port: string;
  /** The instance's namespace and its device. */
  readonly instance: string;
  readonly device: string;
};

export interface Lab extends Enforcement {
  /** Where an attached interface is plugged in, or undefined where it is isolated or unknown. */
  portOf(eniId: string): PortPlace | undefined;
}

type Waiter = { readonly resolve: () => void; readonly reject: (error: unknown) => void };
/** A world that the kernel is to have, and since when somebody waits for it. */
type Target = { readonly world: World; readonly sequence: number; readonly sinceMs: number };

const retryFirstMs = 100;
const retryMostMs = 30_000;
/** How long the kernel may take to remove a namespace with its devices by itself. */
const tidyAfterMs = 2000;
/** A lab that takes over what namespaces of its prefix are there already. Needs root. */
export function createLab(options: LabOptions): Lab {
  return new NamespaceLab(options);
}

class NamespaceLab implements Lab {
  readonly #names: PlaceNames;
  readonly #guests: GuestServices;
  readonly #kernel: LabKernel;
  readonly #plan: LabPlan;
  readonly #executor: Executor;
  readonly #histogram = new Histogram();
  /** The newest world that nothing was done about yet. */
  #next: Target | undefined;
  /** The world that the plan follows and the kernel does not have yet. */
  #target: Target | undefined;
  /** Those who wait for what has not begun yet. */
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tidyTimer: NodeJS.Timeout | undefined;
  /** Whether there is something to do that no attempt has begun with. */
  #isDue = false;
  /** Attempts, one after another, until nothing is due. */
  #work: Promise<void> | undefined;
  #isClosed = false;
  #failures = 0;
  #generation = 0;
  #sequence = 0;
  /** Of the last attempt. */
  #shortfalls: readonly Shortfall[] = [];
  #failing: readonly FailingResource[] = [];
  readonly #watch: Watch;
  #notEnforced: { readonly world: World; readonly sentences: readonly string[] } | undefined;
  #started = Promise.withResolvers<void>();

  constructor({ prefix, owner, onFault = warn, onRepair = () => {}, isGuarded = true }: LabOptions) {
    this.#names = new PlaceNames(prefix);
    this.#guests = new GuestServices({ router: (vpcId) => this.#names.router(vpcId), onFault });
    this.#kernel = new LabKernel((namespace) => this.#guests.drop(namespace), owner);
    this.#plan = new LabPlan({
      names: this.#names,
      recover: (compiler, place) => {
        const router = this.#names.router(compiler.vpcId);
        if (!namespaceExists(router)) return;
        const socket = this.#kernel.openTables(router);
        try {
          recoverNumbers(socket, compiler, place);
        } finally {
          socket.close();
        }
      },
    });
    this.#executor = new Executor(this.#kernel, this.#plan, { prefix, isGuarded });
    this.#watch = new Watch({
      look: () => this.#executor.look(),
      isAtWork: () => this.#work !== undefined,
      onFound: (found) => {
        onRepair(found);
        this.#schedule();
      },
    });
    for (const name of listNamespaces(`${prefix}-`)) {
      const address = this.#names.addressOfHost(name);
      if (address && whyNoHost(address) === undefined) this.#plan.addHost(address);
    }
  }

  apply(world: World, sequence: number): Promise<void> {
    // The oldest change that waits is the one whose lag counts.
    this.#next = { world, sequence, sinceMs: this.#next?.sinceMs ?? performance.now() };
    return this.#attempted();
  }

  status(): EnforcementStatus {
    this.#watch.refresh();
    const { world } = this.#plan;
    if (this.#notEnforced?.world !== world) {
      this.#notEnforced = { world, sentences: notEnforced(world) };
    }
    return {
      mode: 'lab',
      ok: !this.#next && !this.#target && !this.#watch.isRepairDue && this.#failing.length === 0,
      generation: this.#generation,
      sequence: this.#sequence,
      notEnforced: this.#notEnforced.sentences,
      ...(this.#failing.length > 0 && { error: textOf(this.#failing) }),
      failing: this.#failing,
      ...this.#watch.repairs,
    };
  }

  delays(): DelayFigures {
    return this.#histogram.figures();
  }

  namespaceOf(instanceId: string): string | undefined {
    const name = this.#names.instance(instanceId);
    return this.#plan.topology.hasItem({ kind: 'namespace', name, role: 'instance' }) ? name : undefined;
  }

  resolverConfigOf(instanceId: string): string | undefined {
    return resolverConfig(this.#plan.world, instanceId);
  }

  portOf(eniId: string): PortPlace | undefined {
    const eni = locate(this.#plan.world, 'eni', eniId)?.entity;
    if (!eni?.attachment || !this.#plan.topology.has(`port ${eniId}`)) return undefined;
    return {
      router: this.#names.router(eni.vpcId),
      port: portName(eni.id),
      instance: this.#names.instance(eni.attachment.instanceId),
      device: `eth${eni.attachment.deviceIndex}`,
    };
  }

  async internetHost(address: Ip): Promise<string> {
    // Before the first world is in force, making a host would sweep away what that world needs.
    await this.#started.promise;
    this.#refuseInside(address);
    this.#plan.addHost(address);
    await this.#attempted();
    const failed = this.#shortfalls.find(({ of }) => resourcesOf(this.#plan, of).includes(address));
    if (failed) throw failed.error;
    return this.#names.host(address);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch.stop();
    // The kernel may be at work on a batch.
    await this.#work;
    clearTimeout(this.#timer);
    clearTimeout(this.#tidyTimer);
    this.#next = undefined;
    this.#target = undefined;
    this.#guests.close();
    this.#executor.close();
  }

  async purge(): Promise<void> {
    await this.close();
    const names = listNamespaces(`${this.#names.prefix}-`);
    this.#kernel.endPrograms(names);
    for (const name of names) deleteNamespace(name);
  }

  /** Resolves when an attempt that begins after this call has ended. */
  #attempted(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    this.#isDue = true;
    clearTimeout(this.#timer);
    this.#work ??= this.#attempts();
  }

  async #attempts(): Promise<void> {
    // Changes that come in one go are applied together.
    await turn();
    while (this.#isDue && !this.#isClosed) {
      await this.#attempt();
      // Only now the plan is what the kernel has.
      this.#watch.catchUp();
    }
    // Before anybody else has the word: from here on it takes new attempts.
    this.#work = undefined;
    if (this.#isClosed) this.#release(this.#takeWaiters());
  }

  /** Brings the kernel to the newest world: computes in slices, and leaves the long batches to another thread. */
  async #attempt(): Promise<void> {
    const waiters: Waiter[] = [];
    do {
      this.#isDue = false;
      waiters.push(...this.#takeWaiters());
      await this.#followNext();
    } while (!this.#isClosed && (await this.#isLeftAhead()));
    if (this.#isClosed) return this.#release(waiters);
    const unserved = await this.#executor.commit();
    const silent = this.#guests
      .follow(this.#plan.world)
      .map(({ vpcId, error }): Shortfall => ({ of: { kind: 'services', vpcId }, error }));
    this.#settle([...unserved, ...silent], waiters);
    this.#watch.start();
    this.#release(waiters);
  }

  /** Brings the plan to the newest world that waits; once begun that is done to the end, whatever comes meanwhile. */
  async #followNext(): Promise<void> {
    if (!this.#next) return;
    const next = this.#next;
    this.#next = undefined;
    this.#target = { ...next, sinceMs: this.#target?.sinceMs ?? next.sinceMs };
    await inSlices(unless(() => this.#isClosed, this.#plan.update(next.world)));
  }

  /** Makes ahead for as long as a slice, and says after a turn of the event loop whether more is left. */
  async #isLeftAhead(): Promise<boolean> {
    if (!this.#executor.makeAhead(performance.now() + sliceMs)) return false;
    await turn();
    return true;
  }

  /**
   * Takes note of how an attempt went. What concerns single places does not keep the rest from being in force; where the
   * rules of a table are not, the kernel is at an older world.
   */
  #settle(shortfalls: readonly Shortfall[], waiters: readonly Waiter[]): void {
    const target = this.#target;
    this.#watch.settled();
    this.#shortfalls = shortfalls;
    this.#failing = failingOf(this.#plan, shortfalls);
    if (target && !shortfalls.some(({ of }) => of.kind === 'table')) {
      this.#target = undefined;
      this.#sequence = target.sequence;
      this.#generation++;
      this.#histogram.observe(performance.now() - target.sinceMs);
      this.#started.resolve();
    }
    if (shortfalls.length === 0) {
      this.#failures = 0;
      this.#tidyLater();
      return;
    }
    clearTimeout(this.#timer);
    const delayMs = Math.min(retryMostMs, retryFirstMs * 2 ** this.#failures++);
    this.#timer = setTimeout(() => this.#schedule(), delayMs).unref();
    const faults = shortfalls.map(({ error }) => error).filter((error) => !isRefusal(error));
    if (faults.length > 0)
      for (const { reject } of waiters) reject(new AggregateError(faults, textOf(this.#failing)));
  }

  #tidyLater(): void {
    if (!this.#executor.isUntidy) return;
    clearTimeout(this.#tidyTimer);
    const tidy = () => (this.#work !== undefined ? this.#tidyLater() : this.#executor.tidy());
    this.#tidyTimer = setTimeout(tidy, tidyAfterMs).unref();
  }

  #release(waiters: readonly Waiter[]): void {
    for (const { resolve } of waiters) resolve();
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }

  /** A host on the internet may not have an address that leads into a VPC, or that no host has. */
  #refuseInside(address: Ip): void {
    const why = whyNoHost(address);
    if (why !== undefined) throw new NotOnTheInternet(why);
    const ip = ipNumber(address);
    for (const network of this.#plan.world.values()) {
      const isPublic = [network.address, network.eni, network.natGateway].flatMap((table) => [
        ...table.by('publicIp', address),
      ]);
      const inVpc = [...network.vpc.values()].some((vpc) =>
        blocksOf(vpc).some((block) => contains(block, ip)),
      );
      if (isPublic.length > 0 || inVpc)
        throw new NotOnTheInternet(`${address} belongs to a VPC, not to the internet`);
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
