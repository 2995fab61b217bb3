/** The tables of all the lab's namespaces: applied one batch each, closed where that fails. */
import { namespaceExists } from '../netns/namespace.ts';
import type { LabKernel } from './kernel.ts';
import type { TablePlan } from './plan.ts';
import { TableKeeper } from './table-keeper.ts';

/** The conntrack mark's bits that say who holds an entry. */
const entryBits = 3;

type Kept = { readonly keeper: TableKeeper; plan: TablePlan };

export class Tables {
  readonly #kernel: LabKernel;
  readonly #kept = new Map<string, Kept>();
  /** Namespaces that forward nothing because their table could not be trusted. */
  readonly #stopped = new Set<string>();

  constructor(kernel: LabKernel) {
    this.#kernel = kernel;
  }

  /** Follows which tables there should be, and which of their pieces may differ from the kernel's. */
  follow(plans: ReadonlyMap<string, TablePlan>, touched: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const namespace of this.#kept.keys()) if (!plans.has(namespace)) this.drop(namespace);
    for (const [namespace, names] of touched) this.#kept.get(namespace)?.keeper.mark(names);
    for (const [namespace, plan] of plans) {
      const kept = this.#kept.get(namespace);
      if (kept) kept.plan = plan;
    }
  }

  /** Loads the tables of namespaces that have come; `plans` as given to `follow`. Returns what failed. */
  start(plans: ReadonlyMap<string, TablePlan>): readonly unknown[] {
    const fresh = [...plans.values()].filter(({ namespace }) => !this.#kept.has(namespace));
    return fresh.flatMap((plan) => {
      if (!namespaceExists(plan.namespace)) return [];
      const { namespace, table, hasEpoch } = plan;
      const clearVerdicts = () => this.#kernel.flows(namespace).keepMarkBits(entryBits);
      const options = { table, hasEpoch, clearVerdicts };
      const keeper = new TableKeeper(this.#kernel.openTables(namespace), options);
      const kept = { keeper, plan };
      this.#kept.set(plan.namespace, kept);
      return this.#applyOne(kept);
    });
  }

  /** Applies what is outstanding. Returns what failed. */
  apply(): readonly unknown[] {
    return [...this.#kept.values()].flatMap((kept) => this.#applyOne(kept));
  }

  /** Notes that remembered verdicts of a namespace rest on something that has changed outside its table. */
  needEpoch(namespace: string): void {
    this.#kept.get(namespace)?.keeper.needEpoch();
  }

  get isEpochDue(): boolean {
    return [...this.#kept.values()].some(({ keeper }) => keeper.isEpochDue);
  }

  /** Forgets remembered verdicts where that is due; a memory barrier must have followed `apply`. */
  moveEpochs(): readonly unknown[] {
    return [...this.#kept.values()].flatMap(({ keeper, plan }) => {
      if (!keeper.isEpochDue) return [];
      try {
        keeper.moveEpoch();
        return [];
      } catch (error) {
        this.#stop(plan.namespace);
        return [error];
      }
    });
  }

  /** Lets namespaces forward again whose table is right by now. */
  restart(): void {
    for (const namespace of this.#stopped) {
      const kept = this.#kept.get(namespace);
      if (kept && !(kept.keeper.isSettled && !kept.keeper.isEpochDue)) continue;
      if (kept) this.#kernel.startForwarding(namespace, kept.plan.role);
      this.#stopped.delete(namespace);
    }
  }

  /** Lets go of a namespace that is to be removed. */
  drop(namespace: string): void {
    this.#kept.get(namespace)?.keeper.close();
    this.#kept.delete(namespace);
  }

  close(): void {
    for (const namespace of [...this.#kept.keys()]) this.drop(namespace);
  }

  #applyOne({ keeper, plan }: Kept): readonly unknown[] {
    try {
      keeper.apply(plan.program);
      return [];
    } catch (error) {
      return [error, ...this.#closeDown(keeper, plan)];
    }
  }

  /** Isolates whose access would have narrowed; where that fails too, the namespace forwards nothing. */
  #closeDown(keeper: TableKeeper, { namespace, program, hasEpoch }: TablePlan): readonly unknown[] {
    try {
      if (hasEpoch) keeper.isolate(program);
      else this.#stop(namespace);
      return [];
    } catch (error) {
      this.#stop(namespace);
      return [error];
    }
  }

  #stop(namespace: string): void {
    this.#stopped.add(namespace);
    this.#kernel.stopForwarding(namespace);
  }
}
