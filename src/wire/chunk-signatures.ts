/**
 * The signatures of a body in chunks: each is over one chunk and the signature before it, the first one after that of
 * the request, so that no chunk can be changed, moved, dropped or taken from another request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
import type { Chunks } from './wire.ts';

type Chain = {
  /** The signature of the request itself. */
  readonly seed: string;
  /** `X-Amz-Date` and credential scope, two lines of every text that is signed. */
  readonly context: readonly [time: string, scope: string];
  /** Lower-case hex of the signature of a text. */
  readonly sign: (text: string) => string;
  /** Lower-case hex of SHA-256. */
  readonly sha256: (data: string | Uint8Array) => string;
  readonly equal: (a: string, b: string) => boolean;
};

/** Where the chain of a signed body breaks, as the subject of a sentence; undefined: nowhere. */
export function brokenLink(
  { chunks, trailers, trailerSignature }: Chunks,
  { seed, context, sign, sha256, equal }: Chain,
): string | undefined {
  const emptyHash = sha256('');
  let before = seed;
  for (const [index, { data, signature = '' }] of chunks.entries()) {
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', ...context, before, emptyHash, sha256(data)];
    if (!equal(sign(text.join('\n')), signature)) return `The signature of chunk ${index + 1}`;
    before = signature;
  }
  if (trailerSignature === undefined) return undefined;
  const canonical = [...trailers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`);
  const text = ['AWS4-HMAC-SHA256-TRAILER', ...context, before, sha256(canonical.join(''))];
  return equal(sign(text.join('\n')), trailerSignature) ? undefined : 'The signature of the trailing headers';
}
