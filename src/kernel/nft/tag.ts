/**
 * A short text kept in a table, by which a restarted server knows whether the rules in force are its own. The
 * kernel never changes a table's own comment, so the text is the comment of a rule in a chain that nothing enters.
 */
import type { Command } from './statement.ts';

export const tagChain = 'rampart_tag';

/** Commands that put `text` (at most 252 bytes) into a table, in place of what was there. */
export function tagCommands(table: string, text: string): Command[] {
  return [
    { kind: 'addChain', table, chain: { name: tagChain } },
    { kind: 'flushChain', table, chain: tagChain },
    { kind: 'addRule', table, chain: tagChain, rule: [{ kind: 'counter' }], comment: text },
  ];
}
