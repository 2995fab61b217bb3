/** Answers that AWS gives in pages, as one. */
import { type Json, textOf } from '../json/fields.ts';
import type { Ask } from './sdk.ts';

/**
 * How a service cuts an answer: what asks for a page's size, and where the place to go on stands in requests
 * and answers.
 */
export type Cut = { readonly size: Json; readonly from: string; readonly next: string };

/** Every page of an answer, with lists put together. */
export async function allPages(
  ask: Ask,
  action: string,
  input: Json,
  { size, from, next }: Cut,
): Promise<Json> {
  const whole = new Map<string, unknown>();
  let place: string | undefined;
  do {
    const start: Json = place === undefined ? {} : { [from]: place };
    const { [next]: last, ...page } = await ask(action, { ...input, ...size, ...start });
    for (const [key, value] of Object.entries(page)) {
      const before = whole.get(key);
      whole.set(key, Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value);
    }
    place = textOf({ last }, 'last');
  } while (place !== undefined);
  return Object.fromEntries(whole);
}
