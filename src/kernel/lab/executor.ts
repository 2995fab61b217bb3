/**
 * Brings the kernel to the plan, in the order that never opens what is to be closed and interrupts nothing that is to
 * stay: new places, then one batch for each table that changes, then what is to go, then – after a memory barrier –
 * the flows of released addresses are forgotten and the epoch moves, and last comes what takes a place that something
 * else has left. What cannot be made is owed: everything else goes on without it.
 */
import { namespaceExists } from '../netns/namespace.ts';
import { memoryBarrier } from '../sys/membarrier.ts';
import { Damage } from './damage.ts';
import { type Item, slotOf } from './item.ts';
import type { LabKernel } from './kernel.ts';
import { localTable, mainTable } from './links.ts';
import type { LabPlan, Released } from './plan.ts';
import { sweep, sweepRouting } from './sweep.ts';
import { type TableFailure, Tables } from './tables.ts';
import { placesOf, type TopologyChange } from './topology.ts';

type Pair = Extract<Item, { readonly kind: 'veth' }>;

/** Something of the plan that the kernel does not have. */
export type Shortfall = {
  /** An item, the table of a namespace, or what a VPC's router serves. */
  readonly of:
    | Item
    | { readonly kind: 'table'; readonly namespace: string }
    | { readonly kind: 'services'; readonly vpcId: string };
  readonly error: unknown;
};

/** New items, some ten for each instance, from which on they are made ahead. */
const aheadLeast = 200;

export type ExecutorOptions = {
  /** What the names of all the lab's namespaces start with. */
  readonly prefix: string;
  /** Whether what others change is found and put right. */
  readonly isGuarded: boolean;
};

export class Executor {
  readonly #kernel: LabKernel;
  readonly #plan: LabPlan;
  readonly #options: ExecutorOptions;
  readonly #tables: Tables;
  readonly #damage: Damage;
  #released: readonly Released[] = [];
  /** Whether devices and routes are as the plan had them when it was last asked. */
  #isTopologyKnown = false;
  #shortfalls: Shortfall[] = [];
  /** Items that could not be made. */
  #owed = new Set<Item>();
  /** Items made before the commit that brings them. */
  readonly #ahead = new Set<Item>();
  /** Namespaces that could not be made in this attempt. */
  readonly #broken = new Set<string>();
  /** Pairs that should go with a namespace at one end. */
  #lingering: readonly Pair[] = [];

  constructor(kernel: LabKernel, plan: LabPlan, options: ExecutorOptions) {
    this.#kernel = kernel;
    this.#plan = plan;
    this.#options = options;
    this.#tables = new Tables(kernel, options.isGuarded);
    this.#damage = new Damage(kernel);
  }

  /**
   * Looks for what others have changed since the last call, and says what, a sentence each. What could let something
   * through is closed at once; the next `commit` puts everything right.
   */
  look(): readonly string[] {
    if (!this.#options.isGuarded) return [];
    const items = () => this.#plan.topology.items();
    const damage = this.#damage.look(items, (namespace) => this.#letGo(namespace));
    return [...damage, ...this.#tables.takeChangesFound(), ...this.#tables.look()];
  }

  /**
   * Makes some of what is new and lets nothing through by itself: namespaces of instances, and pairs of devices at
   * routers that are in force, which know no such port yet. Returns whether more is left when the time is over, so that
   * a launch of hundreds of instances does not hold up everything else. `commit` makes and reports what failed here.
   */
  makeAhead(untilMs: number): boolean {
    const added = this.#isTopologyKnown ? this.#plan.topology.added() : [];
    if (added.length < aheadLeast) return false;
    const early = new Set(
      added.flatMap((item) => (item.kind === 'namespace' && !isInstance(item) ? [item.name] : [])),
    );
    for (const item of added) {
      const isSafe =
        isInstance(item) || (item.kind === 'veth' && !placesOf(item).some((place) => early.has(place)));
      if (!isSafe || this.#ahead.has(item)) continue;
      if (performance.now() > untilMs) return true;
      this.#ahead.add(item);
      this.#make([item]);
    }
    return false;
  }

  /**
   * Does everything that is left to do, and returns what failed: it is closed, and tried again by the next call. While the
   * kernel is at work on a batch the event loop turns, but the plan's tables must stay as they are, and nothing else may be
   * asked of this executor.
   */
  async commit(): Promise<readonly Shortfall[]> {
    this.#shortfalls = [];
    this.#broken.clear();
    const plans = this.#plan.tables();
    this.#tables.follow(plans, this.#plan.takeTouched());
    const { added, removed, replaced } = this.#topologyChange();
    this.#released = [...this.#released, ...this.#plan.takeReleased()];
    const released = new Set(
      this.#released.map(({ namespace, flows }) => `${namespace} ${'block' in flows ? flows.block : ''}`),
    );
    const isLate = (item: Item) => released.has(hostOf(item));
    const [places, others] = [added.filter(isPlace), added.filter((item) => !isPlace(item))];
    this.#make(places);
    this.#note(await this.#tables.start(plans));
    this.#make(others.filter((item) => !isLate(item)));
    this.#note(await this.#tables.apply());
    this.#remove(removed);
    for (const item of [...others, ...removed, ...replaced]) this.#noteRoute(item);
    await this.#forget();
    this.#make([...others.filter(isLate), ...replaced]);
    this.#note(this.#tables.restart());
    return this.#shortfalls;
  }

  /** Whether `tidy` has something to do. */
  get isUntidy(): boolean {
    return this.#lingering.length > 0;
  }

  /** Removes pairs that are still there because something keeps their namespace alive: a process that runs in it. */
  tidy(): void {
    const slots = new Set(this.#plan.topology.items().map(slotOf));
    const left = this.#lingering.filter((pair) => !slots.has(slotOf(pair)));
    this.#lingering = [];
    for (const pair of left) this.#attempt(pair, () => this.#kernel.remove(pair));
  }

  /** Stops managing; the kernel keeps filtering. */
  close(): void {
    this.#tables.close();
    this.#kernel.close();
  }

  /** What has changed; or, where the kernel's state is not known, everything, after taking away what is too much. */
  #topologyChange(): TopologyChange {
    const taken = this.#plan.topology.take();
    const unwanted = [...this.#ahead].filter((item) => !this.#plan.topology.hasItem(item));
    this.#ahead.clear();
    const change = { ...taken, removed: [...unwanted.reverse(), ...taken.removed] };
    if (this.#isTopologyKnown) return this.#withOwed(change);
    const items = this.#plan.topology.items();
    this.#owed.clear();
    this.#damage.takeFrom([]);
    this.#make(items.filter(isPlace));
    this.#isTopologyKnown = true;
    const { prefix } = this.#options;
    const swept = sweep(this.#kernel, items, prefix, (namespace, work) => {
      if (!this.#broken.has(namespace))
        this.#attempt({ kind: 'namespace', name: namespace, role: 'instance' }, work);
    });
    this.#released = [...this.#released, ...swept];
    return { added: items, removed: [], replaced: [] };
  }

  /** The change, with what could not be made before and what others have taken away since. */
  #withOwed(change: TopologyChange): TopologyChange {
    if (this.#owed.size === 0 && this.#damage.isEmpty) return change;
    const items = this.#plan.topology.items();
    for (const namespace of this.#damage.altered) {
      this.#attempt({ kind: 'table', namespace }, () => sweepRouting(this.#kernel, items, namespace));
      this.#tables.needEpoch(namespace);
    }
    const wanted = new Set([...change.added, ...this.#owed, ...this.#damage.takeFrom(items)]);
    const replaced = new Set(change.replaced);
    this.#owed.clear();
    return { ...change, added: items.filter((item) => wanted.has(item) && !replaced.has(item)) };
  }

  #make(items: readonly Item[]): void {
    for (const item of items) {
      if (placesOf(item).some((place) => this.#broken.has(place))) {
        this.#owed.add(item);
        continue;
      }
      try {
        // A namespace that somebody has removed comes back empty, and old sockets lead to the old one.
        if (item.kind === 'namespace' && !this.#kernel.isAsMade(item.name)) this.#letGo(item.name);
        this.#kernel.make(item);
      } catch (error) {
        if (item.kind === 'namespace') this.#broken.add(item.name);
        this.#owed.add(item);
        this.#shortfalls.push({ of: item, error });
      }
    }
  }

  /**
   * Removing a device takes the kernel some 60 ms. Where a namespace goes its devices go with it, later and all at
   * once; until then nothing passes them, since tables and routes do not know them any more.
   */
  #remove(items: readonly Item[]): void {
    const leaving = new Set(items.flatMap((item) => (item.kind === 'namespace' ? [item.name] : [])));
    const isLeftAlone = (item: Item): item is Pair =>
      item.kind === 'veth' && [item.near, item.far].some(({ namespace }) => leaving.has(namespace));
    this.#kernel.endPrograms([...leaving]);
    this.#lingering = [...this.#lingering, ...items.filter(isLeftAlone)];
    for (const item of items) {
      if (isLeftAlone(item)) continue;
      this.#attempt(item, () => {
        if (item.kind === 'namespace') this.#letGo(item.name);
        this.#kernel.remove(item);
      });
    }
  }

  #letGo(namespace: string): void {
    this.#tables.drop(namespace);
    this.#kernel.forget(namespace);
  }

  /** Where the work fails it is not known any more what is there. */
  #attempt(of: Shortfall['of'], work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#isTopologyKnown = false;
      this.#shortfalls.push({ of, error });
    }
  }

  #note(failures: readonly TableFailure[]): void {
    for (const { namespace, error } of failures)
      this.#shortfalls.push({ of: { kind: 'table', namespace }, error });
  }

  /** A route of a route table decides between which ports a flow is judged. */
  #noteRoute(item: Item): void {
    if (item.kind !== 'route' && item.kind !== 'rule') return;
    const table = item.kind === 'route' ? item.route.table : item.rule.table;
    if (table !== localTable && table !== mainTable) this.#tables.needEpoch(item.namespace);
  }

  /** Forgets flows of released addresses, and verdicts that rest on what has changed. */
  async #forget(): Promise<void> {
    if (this.#released.length === 0 && !this.#tables.isEpochDue) return;
    await memoryBarrier();
    const left: Released[] = [];
    for (const [namespace, released] of Map.groupBy(this.#released, (each) => each.namespace)) {
      if (!namespaceExists(namespace)) continue;
      try {
        this.#kernel.forgetFlows(
          namespace,
          released.map(({ flows }) => flows),
        );
      } catch (error) {
        left.push(...released);
        this.#shortfalls.push({ of: { kind: 'table', namespace }, error });
      }
    }
    this.#released = left;
    this.#note(await this.#tables.moveEpochs());
  }
}

function isPlace(item: Item): boolean {
  return item.kind === 'namespace';
}

function isInstance(item: Item): boolean {
  return item.kind === 'namespace' && item.role === 'instance';
}

/** The addresses that a route of a router leads to, with its namespace. */
function hostOf(item: Item): string {
  if (item.kind !== 'route' || item.route.table !== localTable) return '';
  return `${item.namespace} ${item.route.destination}`;
}
