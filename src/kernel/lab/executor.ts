/**
 * Brings the kernel to the plan, in the order that never opens what is to be closed and interrupts nothing that is to
 * stay: new places, then one batch for each table that changes, then what is to go, then – after a memory barrier –
 * the flows of released addresses are forgotten and the epoch moves, and last comes what takes a place that something
 * else has left.
 */
import { namespaceExists } from '../netns/namespace.ts';
import { memoryBarrier } from '../sys/membarrier.ts';
import { type Item, slotOf } from './item.ts';
import type { LabKernel } from './kernel.ts';
import { localTable, mainTable } from './links.ts';
import type { LabPlan, Released } from './plan.ts';
import { sweep } from './sweep.ts';
import { Tables } from './tables.ts';
import type { TopologyChange } from './topology.ts';

type Pair = Extract<Item, { readonly kind: 'veth' }>;

export class Executor {
  readonly #kernel: LabKernel;
  readonly #plan: LabPlan;
  readonly #prefix: string;
  readonly #tables: Tables;
  #released: readonly Released[] = [];
  /** Whether devices and routes are as the plan had them when it was last asked. */
  #isTopologyKnown = false;
  #failures: unknown[] = [];
  /** Pairs that should go with a namespace at one end. */
  #lingering: readonly Pair[] = [];

  /** `prefix` is what the names of all the lab's namespaces start with. */
  constructor(kernel: LabKernel, plan: LabPlan, prefix: string) {
    this.#kernel = kernel;
    this.#plan = plan;
    this.#prefix = prefix;
    this.#tables = new Tables(kernel);
  }

  /**
   * Does everything that is left to do. What fails is closed and tried again by the next call.
   * @throws AggregateError with everything that failed
   */
  commit(): void {
    this.#failures = [];
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
    this.#failures.push(...this.#tables.start(plans));
    this.#make(others.filter((item) => !isLate(item)));
    this.#failures.push(...this.#tables.apply());
    this.#remove(removed);
    for (const item of [...others, ...removed, ...replaced]) this.#noteRoute(item);
    this.#forget();
    this.#make([...others.filter(isLate), ...replaced]);
    this.#tables.restart();
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, describe(this.#failures));
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
    for (const pair of left) this.#attempt(() => this.#kernel.remove(pair));
  }

  /** Stops managing; the kernel keeps filtering. */
  close(): void {
    this.#tables.close();
    this.#kernel.close();
  }

  /** What has changed; or, where the kernel's state is not known, everything, after taking away what is too much. */
  #topologyChange(): TopologyChange {
    const change = this.#plan.topology.take();
    if (this.#isTopologyKnown) return change;
    const items = this.#plan.topology.items();
    this.#make(items.filter(isPlace));
    const swept = sweep(this.#kernel, items, this.#prefix);
    this.#released = [...this.#released, ...swept];
    this.#isTopologyKnown = true;
    return { added: items, removed: [], replaced: [] };
  }

  #make(items: readonly Item[]): void {
    for (const item of items) {
      this.#attempt(() => {
        // A namespace that somebody has removed comes back empty, and old sockets lead to the old one.
        if (item.kind === 'namespace' && !namespaceExists(item.name)) this.#letGo(item.name);
        this.#kernel.make(item);
      });
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
    this.#lingering = [...this.#lingering, ...items.filter(isLeftAlone)];
    for (const item of items) {
      if (isLeftAlone(item)) continue;
      this.#attempt(() => {
        if (item.kind === 'namespace') this.#letGo(item.name);
        this.#kernel.remove(item);
      });
    }
  }

  #letGo(namespace: string): void {
    this.#tables.drop(namespace);
    this.#kernel.forget(namespace);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#isTopologyKnown = false;
      this.#failures.push(error);
    }
  }

  /** A route of a route table decides between which ports a flow is judged. */
  #noteRoute(item: Item): void {
    if (item.kind !== 'route' && item.kind !== 'rule') return;
    const table = item.kind === 'route' ? item.route.table : item.rule.table;
    if (table !== localTable && table !== mainTable) this.#tables.needEpoch(item.namespace);
  }

  /** Forgets flows of released addresses, and verdicts that rest on what has changed. */
  #forget(): void {
    if (this.#released.length === 0 && !this.#tables.isEpochDue) return;
    memoryBarrier();
    const left: Released[] = [];
    for (const each of this.#released) {
      if (!namespaceExists(each.namespace)) continue;
      try {
        this.#kernel.forgetFlows(each.namespace, each.flows);
      } catch (error) {
        left.push(each);
        this.#failures.push(error);
      }
    }
    this.#released = left;
    this.#failures.push(...this.#tables.moveEpochs());
  }
}

function isPlace(item: Item): boolean {
  return item.kind === 'namespace';
}

/** The addresses that a route of a router leads to, with its namespace. */
function hostOf(item: Item): string {
  if (item.kind !== 'route' || item.route.table !== localTable) return '';
  return `${item.namespace} ${item.route.destination}`;
}

function describe(failures: readonly unknown[]): string {
  const [first] = failures;
  const text = first instanceof Error ? first.message : String(first);
  return failures.length > 1 ? `${text} (and ${failures.length - 1} more failures)` : text;
}
