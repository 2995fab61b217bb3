/**
 * A whole program in the place of whatever a table holds, as one batch that no packet falls into.
 *
 * A packet that a processor is judging when the batch comes into force goes on under the old rules, but what it asks of
 * maps from then on is answered with the new elements, and not at all by a map that is deleted. And concatenated sets of
 * intervals get their elements a moment after the new rules are in force. So what can stay stays: chains that both
 * programs have get other rules, sets of the same kind other elements, those of intervals only what differs. Then a packet
 * finds its way wherever both programs say the same. (A deleted table is worst: the kernel runs its rules for a moment
 * without any element.)
 */
import { readIp } from '#net/address.ts';
import { deltaSteps, ruleCommands } from '../dataplane/delta.ts';
import type { Chain, Program } from '../dataplane/piece.ts';
import { shapeOf } from '../nft/element.ts';
import { ForeignElement } from '../nft/error.ts';
import { kindOf } from '../nft/set-kind.ts';
import { type NftSocket, placeOf } from '../nft/socket.ts';
import type { Command, Element, KeyPart, SetSpec } from '../nft/statement.ts';
import { tagChain } from '../nft/tag.ts';
import type { Steps } from '../steps.ts';

/**
 * Each element that leaves a concatenated set of intervals costs the kernel time by the set's size: 0.5 ms of 3,000. A set
 * that loses more than this many is made anew.
 */
const intervalsTakenMost = 50;

/** Commands that make a program in a table that holds nothing; `more` are chains besides those of its pieces. */
export function* programCommands(
  table: string,
  program: Program,
  more: readonly Chain[],
): Steps<readonly Command[]> {
  const changes = [...program.values()].map((after) => ({ before: undefined, after }));
  const { commands } = yield* deltaSteps(table, changes);
  return [
    { kind: 'addTable', table },
    ...more.map(({ spec }): Command => ({ kind: 'addChain', table, chain: spec })),
    ...commands,
    // Each names chains of the other.
    ...more.flatMap((chain) => ruleCommands(table, chain)),
  ];
}

/** Commands that turn a table with any content into one that holds what `made`, of `programCommands`, would make. */
export function replacementCommands(
  socket: NftSocket,
  table: string,
  made: readonly Command[],
): readonly Command[] {
  const { sets, elements, chains } = contentOf(made);
  const kinds = socket.setKinds(table);
  const differences = new Map<string, Difference>();
  const emptying: Command[] = [];
  for (const [name, kind] of kinds) {
    const set = sets.get(name);
    const stays = set !== undefined && kindOf(set) === kind;
    if (stays && shapeOf(set) === 'ranges') {
      const held = elementsOf(socket, table, set);
      const difference = held && differenceOf(held, elements.get(name) ?? []);
      if (difference && difference.leaving.length <= intervalsTakenMost) {
        differences.set(name, difference);
        emptying.push({ kind: 'deleteElements', table, set, elements: difference.leaving });
        continue;
      }
    } else if (stays) {
      emptying.push({ kind: 'flushSet', table, set: name });
      continue;
    }
    emptying.push({ kind: 'deleteSet', table, set: name });
  }
  const places = socket.hooks(table);
  const there = socket.chains(table);
  const leaving = there.filter((name) => !chains.has(name) || chains.get(name) !== places.get(name));
  return [
    ...there.map((chain): Command => ({ kind: 'flushChain', table, chain })),
    ...emptying,
    ...socket.objects(table).map((object): Command => ({ kind: 'deleteObject', table, object })),
    ...leaving.map((chain): Command => ({ kind: 'deleteChain', table, chain })),
    ...made.map((command): Command => {
      if (command.kind !== 'addElements') return command;
      return { ...command, elements: differences.get(command.set.name)?.coming ?? command.elements };
    }),
  ];
}

/** What the kernel has in a set; undefined where somebody has put something strange into it. */
function elementsOf(socket: NftSocket, table: string, set: SetSpec): readonly Element[] | undefined {
  try {
    return socket.elements(table, set);
  } catch (error) {
    if (error instanceof ForeignElement) return undefined;
    throw error;
  }
}

type Content = {
  readonly sets: ReadonlyMap<string, SetSpec>;
  readonly elements: ReadonlyMap<string, readonly Element[]>;
  /** Where each chain is to stand; undefined for all but base chains. */
  readonly chains: ReadonlyMap<string, string | undefined>;
};

function contentOf(made: readonly Command[]): Content {
  const sets = new Map<string, SetSpec>();
  const elements = new Map<string, readonly Element[]>();
  const chains = new Map<string, string | undefined>([[tagChain, undefined]]);
  for (const command of made) {
    if (command.kind === 'addSet') sets.set(command.set.name, command.set);
    if (command.kind === 'addElements') elements.set(command.set.name, command.elements);
    if (command.kind === 'addChain') chains.set(command.chain.name, placeOf(command.chain));
  }
  return { sets, elements, chains };
}

type Difference = { readonly leaving: readonly Element[]; readonly coming: readonly Element[] };

function differenceOf(before: readonly Element[], after: readonly Element[]): Difference {
  const [old, now] = [byText(before), byText(after)];
  return { leaving: missing(old, now).map(({ key }) => ({ key })), coming: missing(now, old) };
}

const byText = (elements: readonly Element[]): ReadonlyMap<string, Element> =>
  new Map(elements.map((element) => [textOf(element), element]));

const missing = (some: ReadonlyMap<string, Element>, others: ReadonlyMap<string, Element>): Element[] =>
  [...some].flatMap(([text, element]) => (others.has(text) ? [] : element));

/** The same for an element that is to be made and for the one that is read back. */
function textOf({ key, data }: Element): string {
  const parts = key.map((part) => `${numberOf(part, 'first')}-${numberOf(part, 'last')}`).join(' . ');
  if (!data) return parts;
  return `${parts} : ${data.kind === 'goto' ? data.chain : data.value}`;
}

/** Numbers of addresses, which are read back as text where an interval has one alone. */
function numberOf(part: KeyPart, end: 'first' | 'last'): number | bigint | string {
  if (typeof part === 'object') return part[end];
  return typeof part === 'string' ? (readIp(part)?.value ?? part) : part;
}
