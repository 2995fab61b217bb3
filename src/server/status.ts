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
    return { kind: 'silent', endpoint, why: stranger };
  } catch (error) {
    return { kind: 'silent', endpoint, why: silenceOf(error) };
  }
}

const stranger = 'what answers there is not this version of Rampart';

/** What an error of `fetch` says of who was asked. Throws any other. */
function silenceOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'it does not answer in time';
  // No JSON.
  if (error instanceof SyntaxError) return stranger;
  // https://fetch.spec.whatwg.org/#concept-network-error
  if (error instanceof TypeError) return 'nothing answers there';
  throw error;
}
