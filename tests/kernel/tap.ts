/**
 * Sees every batch that a lab of this process sends to the kernel, and changes it where a test wants to know what
 * would happen without a rule. A security test that cannot fail shows nothing.
 */
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Command, NftRule } from '#kernel/nft/statement.ts';

/** A batch on its way; what is returned goes to the kernel, and nothing where it is empty. */
export type Tamper = (commands: readonly Command[]) => readonly Command[];

const honest: Tamper = (commands) => commands;

/** Chain → its rules as last loaded, by `table chain`. */
const loaded = new Map<string, readonly NftRule[]>();
let tamper: Tamper = honest;

const { apply, applyAside } = NftSocket.prototype;
NftSocket.prototype.apply = function (this: NftSocket, commands: readonly Command[]): void {
  const changed = tamper(commands);
  if (changed.length > 0) apply.call(this, changed);
  for (const command of changed) record(command);
};
NftSocket.prototype.applyAside = async function (
  this: NftSocket,
  commands: readonly Command[],
): Promise<void> {
  const changed = tamper(commands);
  if (changed.length > 0) await applyAside.call(this, changed);
  for (const command of changed) record(command);
};

function record(command: Command): void {
  if (command.kind === 'addRule') {
    const key = `${command.table} ${command.chain}`;
    loaded.set(key, [...(loaded.get(key) ?? []), command.rule]);
  } else if (command.kind === 'flushChain' || command.kind === 'deleteChain') {
    loaded.delete(`${command.table} ${command.chain}`);
  } else if (command.kind === 'deleteTable') {
    for (const key of loaded.keys()) if (key.startsWith(`${command.table} `)) loaded.delete(key);
  }
}

/** Changes all batches from now on, until called without an argument. */
export function tamperWith(how: Tamper = honest): void {
  tamper = how;
}

/** The rules of a chain as last loaded by this process. Throws where there is no such chain. */
export function rulesIn(table: string, chain: string): readonly NftRule[] {
  const rules = loaded.get(`${table} ${chain}`);
  if (!rules) throw new Error(`no rules were loaded into ${table} ${chain}`);
  return rules;
}

/** Chains of a table that were loaded, by name. */
export function chainsIn(table: string): readonly string[] {
  return [...loaded.keys()]
    .filter((key) => key.startsWith(`${table} `))
    .map((key) => key.slice(table.length + 1));
}

/** Other rules for a chain that is there. */
export function rewriteCommands(table: string, chain: string, rules: readonly NftRule[]): readonly Command[] {
  return [
    { kind: 'flushChain', table, chain },
    ...rules.map((rule): Command => ({ kind: 'addRule', table, chain, rule })),
  ];
}
