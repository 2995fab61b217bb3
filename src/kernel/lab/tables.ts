/** The tables of all the lab's namespaces: applied one batch each, closed where that fails. */
import { namespaceExists } from '../netns/namespace.ts';
import type { LabKernel } from './kernel.ts';
import type { TablePlan } from './plan.ts';
import { TableKeeper } from './table-keeper.ts';

/** What went wrong, and in which namespace. */
export type TableFailure = { readonly namespace: string; readonly error: unknown };

/** The conntrack mark's bits that say who holds an entry. */
const entryBits = 3;

type Kept = { readonly keeper: TableKeeper; plan: TablePlan };

export class Tables {
  readonly #kernel: LabKernel;
  readonly #kept = new Map<string, Kept>();
  /** Namespaces that forward nothing because their table could not be trusted. */
  readonly #stopped = new Set<string>();

  readonly #isGuarded: boolean;

  constructor(kernel: LabKernel, isGuarded: boolean) {
    this.#kernel = kernel;
    this.#isGuarded = isGuarded;
  }

  /**
   * Looks whether somebody else has changed tables, and says where and how. What has no table forwards nothing from
   * then on; the next `apply` puts all of them right.
   */
  look(): readonly string[] {
    return [...this.#kept.values()].flatMap(({ keeper, plan: { namespace, table } }) => {
      const found = keeper.look();
      if (found === 'same') return [];
      if (found === 'gone') this.#stop(namespace);
      return [`${namespace}: the rules of table ${table} were ${found === 'gone' ? 'removed' : 'changed'}`];
    });
  }

  /** The same for what `apply` has found changed, and put right, since this was last asked. */
  takeChangesFound(): readonly string[] {
    return [...this.#kept.values()].flatMap(({ keeper, plan: { namespace, table } }) =>
      keeper.takeChangesFound() > 0 ? [`${namespace}: the rules of table ${table} were changed`] : [],
    );
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
  async start(plans: ReadonlyMap<string, TablePlan>): Promise<readonly TableFailure[]> {
    const fresh = [...plans.values()].filter(({ namespace }) => !this.#kept.has(namespace));
    return inTurn(fresh, async (plan) => {
      if (!namespaceExists(plan.namespace)) return [];
      const failures = attempt(plan.namespace, () => this.#keep(plan));
      const kept = this.#kept.get(plan.namespace);
      return kept ? this.#applyOne(kept) : failures;
    });
  }

  #keep(plan: TablePlan): void {
    const { namespace, table, hasEpoch } = plan;
    const clearVerdicts = () => this.#kernel.flows(namespace).keepMarkBits(entryBits);
    const options = { table, hasEpoch, clearVerdicts, isGuarded: this.#isGuarded };
    const keeper = new TableKeeper(this.#kernel.openTables(namespace), options);
    this.#kept.set(plan.namespace, { keeper, plan });
  }

  /** Applies what is outstanding. Returns what failed. */
  async apply(): Promise<readonly TableFailure[]> {
    return inTurn([...this.#kept.values()], (kept) => this.#applyOne(kept));
  }

  /** Notes that remembered verdicts of a namespace rest on something that has changed outside its table. */
  needEpoch(namespace: string): void {
    this.#kept.get(namespace)?.keeper.needEpoch();
  }

  get isEpochDue(): boolean {
    return [...this.#kept.values()].some(({ keeper }) => keeper.isEpochDue);
  }

  /** Forgets remembered verdicts where that is due; a memory barrier must have followed `apply`. */
  async moveEpochs(): Promise<readonly TableFailure[]> {
    const due = [...this.#kept.values()].filter(({ keeper }) => keeper.isEpochDue);
    return inTurn(due, async ({ keeper, plan: { namespace } }) => {
      const failures = await attemptAside(namespace, keeper.moveEpoch());
      return failures.length === 0 ? [] : [...failures, ...this.#stop(namespace)];
    });
  }

  /** Lets namespaces forward again whose table is right by now. Returns what failed. */
  restart(): readonly TableFailure[] {
    return [...this.#stopped].flatMap((namespace) => {
      const kept = this.#kept.get(namespace);
      if (kept && !(kept.keeper.isSettled && !kept.keeper.isEpochDue)) return [];
      const failures = kept
        ? attempt(namespace, () => this.#kernel.startForwarding(namespace, kept.plan.role))
        : [];
      if (failures.length === 0) this.#stopped.delete(namespace);
      return failures;
    });
  }

  /** Lets go of a namespace that is to be removed. */
  drop(namespace: string): void {
    this.#kept.get(namespace)?.keeper.close();
    this.#kept.delete(namespace);
  }

  close(): void {
    for (const namespace of [...this.#kept.keys()]) this.drop(namespace);
  }

  async #applyOne({ keeper, plan }: Kept): Promise<readonly TableFailure[]> {
    const failures = await attemptAside(plan.namespace, keeper.apply(plan.program));
    return failures.length === 0 ? [] : [...failures, ...(await this.#closeDown(keeper, plan))];
  }

  /** Isolates whose access would have narrowed; where that fails too, the namespace forwards nothing. */
  async #closeDown(
    keeper: TableKeeper,
    { namespace, program, hasEpoch }: TablePlan,
  ): Promise<readonly TableFailure[]> {
    if (!hasEpoch) return this.#stop(namespace);
    const failures = await attemptAside(namespace, keeper.isolate(program));
    return failures.length === 0 ? [] : [...failures, ...this.#stop(namespace)];
  }

  #stop(namespace: string): readonly TableFailure[] {
    this.#stopped.add(namespace);
    return attempt(namespace, () => this.#kernel.stopForwarding(namespace));
  }
}

/** Does the work for one after another, and returns what failed. */
async function inTurn<T>(
  all: readonly T[],
  work: (each: T) => Promise<readonly TableFailure[]>,
): Promise<readonly TableFailure[]> {
  const failures: TableFailure[] = [];
  for (const each of all) failures.push(...(await work(each)));
  return failures;
}

/** Waits for the work, and returns how it failed. */
async function attemptAside(namespace: string, work: Promise<void>): Promise<readonly TableFailure[]> {
  try {
    await work;
    return [];
  } catch (error) {
    return [{ namespace, error }];
  }
}

/** Does the work, and returns how it failed. */
function attempt(namespace: string, work: () => unknown): readonly TableFailure[] {
  try {
    work();
    return [];
  } catch (error) {
    return [{ namespace, error }];
  }
}
