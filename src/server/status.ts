/** `rampart status`: what a server says of itself. */
import { type Health, healthSchema } from './health.ts';

export type Status =
  | { readonly kind: 'answers'; readonly endpoint: string; readonly health: Health }
  | { readonly kind: 'silent'; readonly endpoint: string; readonly why: string };

const answerTimeoutMs = 5_000;

/** Asks the server at an endpoint for its health. */
export async function statusOf(endpoint: string): Promise<Status> {
  try {
    const response = await fetch(new URL('/_rampart/health', endpoint), {
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const read = healthSchema.safeParse(await response.json());
    if (read.success) return { kind: 'answers', endpoint, health: read.data };
    return { kind: 'silent', endpoint, why: 'what answers there is not this version of Rampart' };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const why = error.name === 'TimeoutError' ? 'it does not answer in time' : 'nothing answers there';
    return { kind: 'silent', endpoint, why };
  }
}
