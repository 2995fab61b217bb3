/** From changed pieces to one batch: structure first, then elements out, elements in, structure nobody uses last. */
import type { Command, Element, SetSpec, TimeoutSpec } from '../nft/statement.ts';
import { atOnce, type Steps } from '../steps.ts';
import type { Chain, Concern, Contribution, Piece, Program } from './piece.ts';

/** A piece before and after; an absent side is undefined. */
export type PieceChange = { readonly before: Piece | undefined; readonly after: Piece | undefined };

/** A set that loses so much that another one, made beforehand, takes its place. */
export type Renewal = { readonly set: SetSpec; readonly elements: readonly Element[] };

export type Delta = {
  readonly commands: readonly Command[];
  /** The commands make the rules ask these sets anew, and leave their elements alone. */
  readonly renewals: readonly Renewal[];
  /** Whether remembered verdicts must be forgotten afterwards. */
  readonly epochMoves: boolean;
  /** Whose access the batch narrows, perhaps together with widening it. */
  readonly narrowed: readonly Concern[];
};

/**
 * The kernel looks for an element that leaves a concatenated set of intervals from the set's beginning on, some 5 µs each,
 * and an element that enters takes about as long.
 */
const stepsMost = 1000;

export type DeltaOptions = {
  /** All pieces as they are to be; sets are renewed only where this is known. */
  readonly program?: Program;
  /** How many steps in search of elements that leave make it worth while to renew their set. */
  readonly renewAbove?: number;
};

/** The batch that turns the old pieces into the new ones in a table that holds the old ones. */
export function deltaOf(table: string, changes: readonly PieceChange[], options: DeltaOptions = {}): Delta {
  return atOnce(deltaSteps(table, changes, options));
}

/** The same, a piece or a set in each step. */
export function* deltaSteps(
  table: string,
  changes: readonly PieceChange[],
  { program, renewAbove = stepsMost }: DeltaOptions = {},
): Steps<Delta> {
  const before = changes.flatMap(({ before: piece }) => piece ?? []);
  const after = changes.flatMap(({ after: piece }) => piece ?? []);
  const sets = difference(
    byName(before.flatMap((piece) => piece.sets)),
    byName(after.flatMap((piece) => piece.sets)),
  );
  const chains = difference(chainsOf(before), chainsOf(after));
  const rewritten: (typeof chains.kept)[number][] = [];
  for (const kept of chains.kept) {
    if (hasOtherRules(kept.old, kept.now)) rewritten.push(kept);
    yield;
  }
  const timeouts = difference(timeoutsOf(before), timeoutsOf(after));
  const gone = new Set(sets.removed.map(({ name }) => name));
  const { elements, forgets, narrowed } = yield* elementChanges(changes);
  const losers = new Set(
    elements
      .filter(({ set, steps }) => steps > renewAbove && set.interval && set.key.length > 1)
      .map(({ set }) => set.name),
  );
  const written = [...chains.added, ...rewritten.map(({ now }) => now)];
  const { renewals, asking } = program ? renewalsOf(changes, program, losers) : nothingRenewed;
  const asked = asking.filter((chain) => !written.includes(chain));
  const isRenewed = new Set(renewals.map(({ set }) => set.name));
  const commands: Command[] = [
    ...sets.added.map((set): Command => ({ kind: 'addSet', table, set })),
    ...timeouts.added.map((timeout): Command => ({ kind: 'addTimeout', table, timeout })),
    ...chains.added.map(({ spec }): Command => ({ kind: 'addChain', table, chain: spec })),
    ...[...rewritten.map(({ now }) => now), ...asked].map(
      ({ spec }): Command => ({ kind: 'flushChain', table, chain: spec.name }),
    ),
    ...[...written, ...asked].flatMap((chain) => ruleCommands(table, chain)),
  ];
  for (const { set, removed } of elements) {
    if (removed.length > 0 && !gone.has(set.name) && !isRenewed.has(set.name))
      commands.push({ kind: 'deleteElements', table, set, elements: removed });
  }
  for (const { set, added } of elements) {
    if (added.length > 0 && !isRenewed.has(set.name))
      commands.push({ kind: 'addElements', table, set, elements: added });
  }
  const dead = chains.removed.map(({ spec }) => spec.name);
  commands.push(
    ...dead.map((chain): Command => ({ kind: 'flushChain', table, chain })),
    ...dead.map((chain): Command => ({ kind: 'deleteChain', table, chain })),
    ...timeouts.removed.map(({ name }): Command => ({ kind: 'deleteTimeout', table, timeout: name })),
    ...sets.removed.map((set): Command => ({ kind: 'deleteSet', table, set: set.name })),
  );
  return {
    commands,
    renewals,
    epochMoves: forgets,
    narrowed,
  };
}

type Renewed = { readonly renewals: readonly Renewal[]; readonly asking: readonly Chain[] };

const nothingRenewed: Renewed = { renewals: [], asking: [] };

/** Of the sets named, those that can be renewed: known whole and asked by known chains, before and after. */
function renewalsOf(changes: readonly PieceChange[], program: Program, losers: ReadonlySet<string>): Renewed {
  const renewals: Renewal[] = [];
  const asking = new Set<Chain>();
  for (const { before, after } of losers.size > 0 ? changes : []) {
    const asker = after?.askedBy === undefined ? undefined : program.get(after.askedBy);
    const known = new Set(before?.sets.map(({ name }) => name));
    for (const { set, elements } of asker ? (after?.contributions ?? []) : []) {
      if (!losers.has(set.name) || !known.has(set.name)) continue;
      renewals.push({ set, elements: [...elements.values()] });
      for (const chain of asker?.chains ?? []) if (asks(chain, set.name)) asking.add(chain);
    }
  }
  return { renewals, asking: [...asking] };
}

const asks = ({ rules }: Chain, set: string): boolean =>
  rules.some((rule) => rule.some((statement) => 'set' in statement && statement.set === set));

/** The rules of a chain that is there and empty. */
export function ruleCommands(table: string, { spec, rules }: Chain): readonly Command[] {
  return rules.map((rule): Command => ({ kind: 'addRule', table, chain: spec.name, rule }));
}

type Difference<T> = {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly kept: readonly { readonly old: T; readonly now: T }[];
};

function difference<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Difference<T> {
  const added: T[] = [];
  const kept: { old: T; now: T }[] = [];
  for (const [name, now] of after) {
    const old = before.get(name);
    if (old === undefined) added.push(now);
    else kept.push({ old, now });
  }
  const removed = [...before].filter(([name]) => !after.has(name)).map(([, old]) => old);
  return { added, removed, kept };
}

function byName(sets: readonly SetSpec[]): ReadonlyMap<string, SetSpec> {
  return new Map(sets.map((set) => [set.name, set]));
}

function timeoutsOf(pieces: readonly Piece[]): ReadonlyMap<string, TimeoutSpec> {
  return new Map(pieces.flatMap(({ timeouts = [] }) => timeouts).map((timeout) => [timeout.name, timeout]));
}

function chainsOf(pieces: readonly Piece[]): ReadonlyMap<string, Chain> {
  return new Map(pieces.flatMap(({ chains }) => chains).map((chain) => [chain.spec.name, chain]));
}

/** An element and its text. */
type Named = { readonly text: string; readonly element: Element };

type ElementChange = {
  readonly set: SetSpec;
  readonly removed: readonly Element[];
  readonly added: readonly Element[];
  /** Elements that leave times elements that were there. */
  readonly steps: number;
};

type ElementChanges = {
  /** By set; an element that moves from one piece to another neither leaves nor comes. */
  readonly elements: readonly ElementChange[];
  /** Whether something leaves a piece on which remembered verdicts may rest. */
  readonly forgets: boolean;
  /** Whom the pieces concern that something leaves. */
  readonly narrowed: readonly Concern[];
};

/** Once through all changes, since there may be 100,000 of them. */
function* elementChanges(changes: readonly PieceChange[]): Steps<ElementChanges> {
  const bySet = new Map<string, { set: SetSpec; removed: Named[]; added: Named[]; steps: number }>();
  const entry = (set: SetSpec) => {
    const known = bySet.get(set.name) ?? { set, removed: [], added: [], steps: 0 };
    bySet.set(set.name, known);
    return known;
  };
  const narrowed: Concern[] = [];
  let forgets = false;
  for (const { before, after } of changes) {
    let leaves = changesRules({ before, after });
    forgets ||= leaves;
    eachMissing(before, after, ({ set, remembered, elements }, text, element) => {
      const known = entry(set);
      known.removed.push({ text, element });
      known.steps += elements.size;
      leaves = true;
      forgets ||= remembered;
    });
    if (leaves && before) narrowed.push(before.concern);
    eachMissing(after, before, ({ set }, text, element) => entry(set).added.push({ text, element }));
    yield;
  }
  const elements: ElementChange[] = [];
  for (const { set, removed, added, steps } of bySet.values()) {
    elements.push({
      set,
      steps,
      removed: missing(removed, added).map(keyOnly),
      added: missing(added, removed),
    });
    yield;
  }
  return { elements, forgets, narrowed };
}

/** Whether a chain that verdicts rest on has other rules than it had. */
function changesRules({ before, after }: PieceChange): boolean {
  return (before?.chains ?? []).some((old) => {
    if (!old.remembered) return false;
    const now = after?.chains.find(({ spec }) => spec.name === old.spec.name);
    return now !== undefined && hasOtherRules(old, now);
  });
}

function hasOtherRules(old: Chain, now: Chain): boolean {
  return old !== now && JSON.stringify(old.rules) !== JSON.stringify(now.rules);
}

/** Elements that one piece has and the other has not in the same set. */
function eachMissing(
  piece: Piece | undefined,
  other: Piece | undefined,
  visit: (contribution: Contribution, text: string, element: Element) => void,
): void {
  for (const contribution of piece?.contributions ?? []) {
    const others = other?.contributions.find(({ set }) => set.name === contribution.set.name)?.elements;
    if (others === contribution.elements) continue;
    for (const [text, element] of contribution.elements) {
      if (!others?.has(text)) visit(contribution, text, element);
    }
  }
}

function missing(some: readonly Named[], others: readonly Named[]): readonly Element[] {
  const texts = new Set(others.map(({ text }) => text));
  return some.flatMap(({ text, element }) => (texts.has(text) ? [] : element));
}

/** The kernel finds an element by its key. */
function keyOnly(element: Element): Element {
  return element.data ? { key: element.key } : element;
}
