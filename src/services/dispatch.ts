/**
 * The one way to run an operation: look it up, run it, turn a refusal into AWS's error. A refused operation may have
 * touched its transaction, which the caller must then drop.
 */
import type { Context, History, OperationRow } from './operation.ts';
import { Refusal, refuse } from './refusal.ts';
import { services } from './services.ts';

export type Outcome =
  | { readonly kind: 'ok'; readonly output: unknown }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly status: number };

/** The row of an action; undefined where the service or its action is not supported. */
export function operationOf(service: string, action: string): OperationRow | undefined {
  const table = Object.hasOwn(services, service) ? services[service] : undefined;
  return table && Object.hasOwn(table, action) ? table[action] : undefined;
}

/**
 * Runs an action on decoded input. With `DryRun` everything is validated and the answer is `DryRunOperation`.
 * Actions that AWS's model does not know are the decoder's to refuse, as `InvalidAction`.
 */
export function perform(service: string, action: string, input: unknown, context: Context): Outcome {
  return attempt(() => {
    const row = operationOf(service, action) ?? refuse('unsupportedAction', { service, action });
    if (!('run' in row)) throw new Error(`${action} answers from the journal`);
    const output = row.run(input as never, context);
    if ((input as { readonly DryRun?: boolean } | undefined)?.DryRun) refuse('dryRun', { action });
    return output;
  });
}

/** Runs an action whose row has `recall`. */
export async function recall(
  { service, action, input }: { readonly service: string; readonly action: string; readonly input: unknown },
  context: Context,
  history: History,
): Promise<Outcome> {
  const row = operationOf(service, action);
  if (!row || !('recall' in row)) throw new Error(`${action} does not answer from the journal`);
  try {
    return { kind: 'ok', output: await row.recall(input as never, context, history) };
  } catch (thrown) {
    return refused(thrown);
  }
}

/** Runs work that may refuse; anything but a refusal is a fault and passes on. */
export function attempt(work: () => unknown): Outcome {
  try {
    return { kind: 'ok', output: work() };
  } catch (thrown) {
    return refused(thrown);
  }
}

function refused(thrown: unknown): Outcome {
  if (!(thrown instanceof Refusal)) throw thrown;
  const { code, message, status } = thrown;
  return { kind: 'refused', code, message, status };
}
