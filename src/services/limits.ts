/** Quotas in force for the caller. */
import { type QuotaName, quotaOf } from '#vpc/quotas.ts';
import type { Context } from './operation.ts';
import { refuse } from './refusal.ts';

/** The limit in force for the caller's account. */
export function limitOf(name: QuotaName, { quotas }: Context): number {
  return quotaOf(name, quotas);
}

/** Refuses where one more than `count` would pass the limit. `what` names the things counted, with their bearer. */
export function checkQuota(
  name: QuotaName,
  { count, code, what }: { readonly count: number; readonly code: string; readonly what: string },
  context: Context,
): void {
  const limit = limitOf(name, context);
  if (count >= limit) refuse('quota', { code, what, limit });
}
