/** What the kernel does not have as it should, in terms of the user's resources. */
import type { FailingResource } from '../enforcement.ts';
import { NftError, StaleRuleset } from '../nft/error.ts';
import { SystemError } from '../sys/error.ts';
import type { Shortfall } from './executor.ts';
import type { LabPlan } from './plan.ts';
import { resourcesOf } from './resources.ts';

/** One entry for each resource, with the first of its failures. */
export function failingOf(plan: LabPlan, shortfalls: readonly Shortfall[]): readonly FailingResource[] {
  const failing = new Map<string, string>();
  for (const { of, error } of shortfalls) {
    const text = error instanceof Error ? error.message : String(error);
    for (const resource of resourcesOf(plan, of)) if (!failing.has(resource)) failing.set(resource, text);
  }
  return [...failing].map(([resource, error]) => ({ resource, error }));
}

/** The first of them in words, and how many more there are. */
export function textOf([first, ...more]: readonly FailingResource[]): string {
  const text = first ? `${first.resource}: ${first.error}` : '';
  return more.length > 0 ? `${text} (and ${more.length} more)` : text;
}

/** Whether the kernel has refused something; anything else is a fault of ours. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isRefusal);
  if (error instanceof SystemError || error instanceof NftError || error instanceof StaleRuleset) return true;
  // A kernel parameter that could not be written, as Node reports it.
  return error instanceof Error && 'syscall' in error;
}
