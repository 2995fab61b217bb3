/**
 * The one way to run an operation: look it up, check the request by the model, run it, turn a refusal into
 * AWS's error. A refused operation may have touched its transaction, which the caller must then drop.
 */
import type { Context, History, OperationRow } from './operation.ts';
import { Refusal, refuse } from './refusal.ts';
import { checkRequest } from './request-check.ts';
import { services } from './services.ts';

export type Outcome =
  | { readonly kind: 'ok'; readonly output: unknown }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly status: number };

export type Asked = {
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** The outcome of `prepare`, for the actions that have it. */
  readonly made?: unknown;
};

/** The row of an action; undefined where the service or its action is not supported. */
export function operationOf(service: string, action: string): OperationRow | undefined {
  const table = Object.hasOwn(services, service) ? services[service] : undefined;
  return table && Object.hasOwn(table, action) ? table[action] : undefined;
}

/**
 * Runs an action on decoded input. With `DryRun` everything is validated and the answer is `DryRunOperation`.
 * Actions that AWS's model does not know are the decoder's to refuse, as `InvalidAction`.
 */
export function perform({ service, action, input, made }: Asked, context: Context): Outcome {
  return attempt(() => {
    const row = operationOf(service, action) ?? refuse('unsupportedAction', { service, action });
    if ('recall' in row) throw new Error(`${action} answers from the journal`);
    checkRequest(service, action, input);
    const run = 'run' in row ? row.run : row.runWith(made as never);
    const output = run(input as never, context);
    if ((input as { readonly DryRun?: boolean } | undefined)?.DryRun) refuse('dryRun', { action });
    return output;
  });
}

/** What an action needs that takes long; `made` of the request that is then performed. */
export async function prepare({ service, action, input }: Asked, context: Context): Promise<Outcome> {
  const row = operationOf(service, action);
  if (!row || !('prepare' in row)) return { kind: 'ok', output: undefined };
  return await attemptLater(() => {
    checkRequest(service, action, input);
    return row.prepare(input as never, context);
  });
}

/** Runs an action whose row has `recall`. */
export async function recall(
  { service, action, input }: Asked,
  context: Context,
  history: History,
): Promise<Outcome> {
  const row = operationOf(service, action);
  if (!row || !('recall' in row)) throw new Error(`${action} does not answer from the journal`);
  return await attemptLater(() => row.recall(input as never, context, history));
}

/** Runs work that may refuse; anything but a refusal is a fault and passes on. */
export function attempt(work: () => unknown): Outcome {
  try {
    return { kind: 'ok', output: work() };
  } catch (thrown) {
    return refused(thrown);
  }
}

async function attemptLater(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { kind: 'ok', output: await work() };
  } catch (thrown) {
    return refused(thrown);
  }
}

function refused(thrown: unknown): Outcome {
  if (!(thrown instanceof Refusal)) throw thrown;
  const { code, message, status } = thrown;
  return { kind: 'refused', code, message, status };
}
