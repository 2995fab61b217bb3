/** The lab: enforcement of a world in network namespaces of this machine. */
import { type Ip, ipNumber } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { whyNotOnTheInternet } from '#vpc/internet-space.ts';
import { locate, type World } from '#vpc/network.ts';
import { portName } from '../dataplane/names.ts';
import { type Enforcement, type EnforcementStatus, NotOnTheInternet } from '../enforcement.ts';
import { GuestServices } from '../guest/guest-services.ts';
import { resolverConfig } from '../guest/resolver-config.ts';
import { deleteNamespace, listNamespaces, namespaceExists } from '../netns/namespace.ts';
import { NftError } from '../nft/error.ts';
import { SystemError } from '../sys/error.ts';
import { Executor } from './executor.ts';
import { type Figures, Histogram } from './histogram.ts';
import { LabKernel } from './kernel.ts';
import { notEnforced } from './not-enforced.ts';
import { PlaceNames } from './place-names.ts';
import { LabPlan } from './plan.ts';
import { recoverNumbers } from './recover.ts';
import { blocksOf } from './vpc-topology.ts';

export type LabOptions = {
  /** What the names of all namespaces start with: `rp-` and a tag of the data directory. */
  readonly prefix: string;
  /** Told of bugs in what guests are served; a warning of the process where absent. */
  readonly onFault?: (error: unknown) => void;
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
  /** Milliseconds from a change's arrival here to the kernel. */
  figures(): Figures;
  /** Where an attached interface is plugged in, or undefined where it is isolated or unknown. */
  portOf(eniId: string): PortPlace | undefined;
}

type Waiter = { readonly resolve: () => void; readonly reject: (error: unknown) => void };
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
  readonly #kernel = new LabKernel((namespace) => this.#guests.drop(namespace));
  readonly #plan: LabPlan;
  readonly #executor: Executor;
  readonly #histogram = new Histogram();
  #target: Target | undefined;
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tidyTimer: NodeJS.Timeout | undefined;
  #isScheduled = false;
  #failures = 0;
  #generation = 0;
  #sequence = 0;
  #error: string | undefined;
  #notEnforced: { readonly world: World; readonly sentences: readonly string[] } | undefined;
  #started = Promise.withResolvers<void>();

  constructor({ prefix, onFault = warn }: LabOptions) {
    this.#names = new PlaceNames(prefix);
    this.#guests = new GuestServices({ router: (vpcId) => this.#names.router(vpcId), onFault });
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
    this.#executor = new Executor(this.#kernel, this.#plan, prefix);
    for (const name of listNamespaces(`${prefix}-`)) {
      const address = this.#names.addressOfHost(name);
      if (address && whyNotOnTheInternet(address) === undefined) this.#plan.addHost(address);
    }
  }

  apply(world: World, sequence: number): Promise<void> {
    // The oldest change that waits is the one whose lag counts.
    this.#target = { world, sequence, sinceMs: this.#target?.sinceMs ?? performance.now() };
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#schedule();
    });
  }

  status(): EnforcementStatus {
    const { world } = this.#plan;
    if (this.#notEnforced?.world !== world) {
      this.#notEnforced = { world, sentences: notEnforced(world) };
    }
    return {
      mode: 'lab',
      ok: this.#target === undefined && this.#error === undefined,
      generation: this.#generation,
      sequence: this.#sequence,
      notEnforced: this.#notEnforced.sentences,
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }

  figures(): Figures {
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
    this.#executor.commit();
    return this.#names.host(address);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#tidyTimer);
    this.#target = undefined;
    this.#guests.close();
    this.#executor.close();
    this.#release();
  }

  async purge(): Promise<void> {
    await this.close();
    for (const name of listNamespaces(`${this.#names.prefix}-`)) deleteNamespace(name);
  }

  /** Changes that come in one go are applied together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    clearTimeout(this.#timer);
    setImmediate(() => this.#run());
  }

  #run(): void {
    this.#isScheduled = false;
    const target = this.#target;
    if (!target) return;
    try {
      this.#plan.update(target.world);
      this.#executor.commit();
      this.#guests.follow(target.world);
      this.#target = undefined;
      this.#sequence = target.sequence;
      this.#generation++;
      this.#failures = 0;
      this.#error = undefined;
      this.#histogram.observe(performance.now() - target.sinceMs);
      this.#started.resolve();
      this.#tidyLater();
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
      const delayMs = Math.min(retryMostMs, retryFirstMs * 2 ** this.#failures++);
      this.#timer = setTimeout(() => this.#schedule(), delayMs).unref();
      if (!isRefusal(error)) {
        for (const { reject } of this.#takeWaiters()) reject(error);
      }
    }
    this.#release();
  }

  #tidyLater(): void {
    if (!this.#executor.isUntidy) return;
    clearTimeout(this.#tidyTimer);
    this.#tidyTimer = setTimeout(() => this.#executor.tidy(), tidyAfterMs).unref();
  }

  #release(): void {
    for (const { resolve } of this.#takeWaiters()) resolve();
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }

  /** A host on the internet may not have an address that leads into a VPC, or that no host has. */
  #refuseInside(address: Ip): void {
    const why = whyNotOnTheInternet(address);
    if (why !== undefined) throw new NotOnTheInternet(why);
    const ip = ipNumber(address);
    for (const network of this.#plan.world.values()) {
      const isPublic = [...network.address.by('publicIp', address), ...network.eni.by('publicIp', address)];
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

/** Whether the kernel has refused something; anything else is a fault of ours. */
function isRefusal(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isRefusal);
  if (error instanceof SystemError || error instanceof NftError) return true;
  // A kernel parameter that could not be written, as Node reports it.
  return error instanceof Error && 'syscall' in error;
}
