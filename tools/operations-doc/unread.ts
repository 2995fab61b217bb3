/**
 * Parameters that the wire model decodes and no code reads: a request that uses one would seem to succeed. Found by
 * text: the folder that answers an operation must name every member of its input somewhere.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Read for every operation by the framework: `perform` and `once`. */
const readForAll: ReadonlySet<string> = new Set(['DryRun', 'ClientToken']);

/** Read by `list` out of the whole request that a folder hands it. */
const readByLists: ReadonlySet<string> = new Set(['Filters', 'MaxResults', 'NextToken']);

/** Operation → the source text of the folder whose table has it. */
export function sourcesByOperation(folder: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const path of globSync(`${folder}/**/*.ts`)) {
    if (path.endsWith('.test.ts')) continue;
    texts.set(dirname(path), `${texts.get(dirname(path)) ?? ''}${readFileSync(path, 'utf8')}`);
  }
  const byOperation = new Map<string, string>();
  for (const text of texts.values()) {
    for (const [, action = ''] of text.matchAll(/^\s+([A-Z]\w+): \{ changes/gm))
      byOperation.set(action, text);
  }
  return byOperation;
}

/** The members that the text never names. */
export function unreadMembers(members: readonly string[], text: string): readonly string[] {
  const words = new Set(text.match(/\w+/g));
  const asksLists = /\blist\(/.test(text);
  return members.filter(
    (member) => !(readForAll.has(member) || words.has(member) || (asksLists && readByLists.has(member))),
  );
}
