/** An nftables table as the kernel keeps it, strict where the kernel is, so that batches can be tried without it. */
import type { Program } from '../../src/kernel/dataplane/piece.ts';
import { elementText, keyText } from '../../src/kernel/dataplane/piece.ts';
import type { Command, Element, KeyPart, NftRule, SetSpec } from '../../src/kernel/nft/statement.ts';

type HeldSet = { readonly spec: SetSpec; readonly elements: Map<string, Element> };

export class TableModel {
  readonly #chains = new Map<string, NftRule[]>();
  readonly #sets = new Map<string, HeldSet>();
  readonly #timeouts = new Set<string>();

  /** Applies a batch. Throws where the kernel would refuse it, or would accept what it then looks up wrongly. */
  apply(commands: readonly Command[]): void {
    const touched = new Set<string>();
    for (const command of commands) {
      this.#step(command);
      if (command.kind === 'addElements') touched.add(command.set.name);
    }
    for (const name of touched) this.#checkDisjoint(name);
    this.#checkReferences();
  }

  /** Everything the table holds, for comparison. */
  state(): { chains: Record<string, unknown>; sets: Record<string, readonly string[]> } {
    return stateOf(this.#chains, this.#sets);
  }

  #step(command: Command): void {
    switch (command.kind) {
      case 'addTable':
        return;
      case 'deleteTable':
        this.#chains.clear();
        this.#sets.clear();
        return;
      case 'addChain':
        if (!this.#chains.has(command.chain.name)) this.#chains.set(command.chain.name, []);
        return;
      case 'deleteChain':
        this.#checkUnused(command.chain);
        if (!this.#chains.delete(command.chain)) throw new Error(`no chain ${command.chain}`);
        return;
      case 'flushChain':
        this.#rules(command.chain).length = 0;
        return;
      case 'addRule':
        this.#rules(command.chain).push(command.rule);
        return;
      case 'addSet':
        if (this.#sets.has(command.set.name)) throw new Error(`set ${command.set.name} is there`);
        this.#sets.set(command.set.name, { spec: command.set, elements: new Map() });
        return;
      case 'deleteSet':
        this.#checkSetUnused(command.set);
        if (!this.#sets.delete(command.set)) throw new Error(`no set ${command.set}`);
        return;
      case 'flushSet':
        this.#set(command.set).elements.clear();
        return;
      case 'addElements':
        for (const element of command.elements) {
          const { elements } = this.#set(command.set.name);
          if (elements.has(keyText(element))) throw new Error(`${command.set.name} has ${keyText(element)}`);
          elements.set(keyText(element), element);
        }
        return;
      case 'deleteElements':
        for (const element of command.elements) {
          if (!this.#set(command.set.name).elements.delete(keyText(element)))
            throw new Error(`${command.set.name} lacks ${keyText(element)}`);
        }
        return;
      case 'addTimeout':
        this.#timeouts.add(command.timeout.name);
        return;
      case 'deleteObject':
        throw new Error('no change of a program deletes an object by its type');
      case 'deleteTimeout':
        for (const [chain, rules] of this.#chains) {
          const isUsed = rules
            .flat()
            .some((each) => each.kind === 'timeout' && each.object === command.timeout);
          if (isUsed) throw new Error(`${command.timeout} is used by ${chain}`);
        }
        if (!this.#timeouts.delete(command.timeout)) throw new Error(`no timeout ${command.timeout}`);
        return;
      default:
        command satisfies never;
    }
  }

  #rules(chain: string): NftRule[] {
    const rules = this.#chains.get(chain);
    if (!rules) throw new Error(`no chain ${chain}`);
    return rules;
  }

  #set(name: string): HeldSet {
    const set = this.#sets.get(name);
    if (!set) throw new Error(`no set ${name}`);
    return set;
  }

  #checkUnused(chain: string): void {
    for (const [name, rules] of this.#chains)
      if (rules.some((rule) => chainsIn(rule).includes(chain)))
        throw new Error(`${name} names chain ${chain}`);
    for (const { spec, elements } of this.#sets.values())
      for (const { data } of elements.values())
        if (data?.kind === 'goto' && data.chain === chain)
          throw new Error(`${spec.name} names chain ${chain}`);
  }

  #checkSetUnused(set: string): void {
    for (const [name, rules] of this.#chains)
      if (rules.some((rule) => setsIn(rule).includes(set))) throw new Error(`${name} names set ${set}`);
  }

  #checkReferences(): void {
    for (const rules of this.#chains.values()) {
      for (const rule of rules) {
        for (const chain of chainsIn(rule)) this.#rules(chain);
        for (const set of setsIn(rule)) this.#set(set);
      }
    }
    for (const { elements } of this.#sets.values()) {
      for (const { data } of elements.values()) if (data?.kind === 'goto') this.#rules(data.chain);
    }
  }

  /** The kernel refuses a narrow range inside a wide one, and silently accepts the reverse. */
  #checkDisjoint(name: string): void {
    const { spec, elements } = this.#set(name);
    if (!spec.interval) return;
    const keys = [...elements.values()].map(({ key }) => key);
    for (const [index, a] of keys.entries()) {
      for (const b of keys.slice(index + 1)) {
        if (a.every((part, at) => meets(part, b[at]))) throw new Error(`${name}: two elements overlap`);
      }
    }
  }
}

/** What a table with this program holds. */
export function programState(program: Program): ReturnType<TableModel['state']> {
  const pieces = [...program.values()];
  const chains = new Map(
    pieces.flatMap((piece) => piece.chains).map(({ spec, rules }) => [spec.name, rules]),
  );
  const sets = new Map(
    pieces
      .flatMap((piece) => piece.sets)
      .map((spec) => [spec.name, { spec, elements: new Map<string, Element>() }]),
  );
  for (const { set, elements } of pieces.flatMap((piece) => piece.contributions)) {
    for (const element of elements.values()) sets.get(set.name)?.elements.set(keyText(element), element);
  }
  return stateOf(chains, sets);
}

function stateOf(chains: ReadonlyMap<string, readonly NftRule[]>, sets: ReadonlyMap<string, HeldSet>) {
  return {
    chains: Object.fromEntries([...chains].sort(([a], [b]) => (a < b ? -1 : 1))),
    sets: Object.fromEntries(
      [...sets]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { elements }]) => [name, [...elements.values()].map(elementText).sort()]),
    ),
  };
}

function meets(a: KeyPart, b: KeyPart | undefined): boolean {
  if (b === undefined) return false;
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return BigInt(a.first) <= BigInt(b.last) && BigInt(b.first) <= BigInt(a.last);
}

function chainsIn(rule: NftRule): readonly string[] {
  return rule.flatMap((statement) =>
    statement.kind === 'verdict' && 'chain' in statement ? statement.chain : [],
  );
}

function setsIn(rule: NftRule): readonly string[] {
  return rule.flatMap((statement) => {
    switch (statement.kind) {
      case 'lookup':
      case 'update':
        return statement.set;
      case 'dispatch':
      case 'markFromMap':
      case 'nat':
        return statement.map;
      default:
        return [];
    }
  });
}
