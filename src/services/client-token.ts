/**
 * Idempotent creates: the same request with the same token gives the resources that it gave first.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
import { dayKey } from '#vpc/network.ts';
import { fingerprint } from './fingerprint.ts';
import type { Context } from './operation.ts';
import { refuse } from './refusal.ts';

/** How long a token is remembered. */
const rememberedMs = 24 * 3_600_000;

type Input = { readonly ClientToken?: string | undefined; readonly DryRun?: boolean | undefined };

/**
 * The ids that `create` gives, or that it gave when the same input came with the same token.
 * Tokens are case-sensitive ASCII of at most `maxLength` characters (64 unless AWS's page says more).
 */
export function once(
  { action, input, maxLength = 64 }: { action: string; input: Input; maxLength?: number },
  context: Context,
  create: () => readonly string[],
): readonly string[] {
  const { ClientToken: token, DryRun: _, ...rest } = input;
  if (token === undefined || token === '') return create();
  if (token.length > maxLength || !/^[\x21-\x7e]+$/.test(token)) {
    return refuse('invalidClientToken', { token, maxLength });
  }
  const { transaction, nowMs } = context;
  const id = `${action} ${token}`;
  const hash = fingerprint(rest);
  const known = transaction.network.clientToken.get(id);
  if (known && nowMs - known.createdAtMs < rememberedMs) {
    return known.fingerprint === hash ? known.resourceIds : refuse('tokenMismatch', { token });
  }
  const resourceIds = create();
  forgetExpired(context);
  transaction.put('clientToken', { id, fingerprint: hash, resourceIds, createdAtMs: nowMs });
  return resourceIds;
}

/** Once a day, with the first token of the day, so that the scan costs nothing to speak of. */
function forgetExpired({ transaction, nowMs }: Context): void {
  const tokens = transaction.network.clientToken;
  if (tokens.countBy('day', dayKey(nowMs)) > 0) return;
  for (const { id, createdAtMs } of tokens.values()) {
    if (nowMs - createdAtMs >= rememberedMs) transaction.remove('clientToken', id);
  }
}
