/**
 * Bodies in the `aws-chunked` framing, which clients announce by `x-amz-content-sha256: STREAMING-…`: chunks with a
 * signature each, that may end in trailing headers. Read here; their signatures are verified in chunk-signatures.ts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { encodeBase64 } from './base64.ts';
import { type Crc, crc32, crc32c } from './crc.ts';
import { wireError } from './errors.ts';
import type { Chunk, Chunks, RawRequest, WireError } from './wire.ts';

type Form = { readonly signed: boolean; readonly trailer: boolean };

const forms: ReadonlyMap<string, Form> = new Map([
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signed: true, trailer: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { signed: true, trailer: true }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { signed: false, trailer: true }],
]);

/** The checksums that are verified; a client that sends another one would wrongly think that it was. */
const checksums: ReadonlyMap<string, Crc> = new Map([
  ['x-amz-checksum-crc32', crc32],
  ['x-amz-checksum-crc32c', crc32c],
]);

const trailerSignatureName = 'x-amz-trailer-signature';
const malformedTrailer = 'MalformedTrailerError';
const carriageReturn = 13;
const lineFeed = 10;

/** What is wrong with a body, where the reader is too deep to return it. */
class BadBody extends Error {
  readonly error: WireError;
  constructor(error: WireError) {
    super(error.message);
    this.error = error;
  }
}

/** The chunks of a body that is announced to be in chunks; undefined for every other one. */
export function readChunks(request: RawRequest): Chunks | WireError | undefined {
  const form = request.headers['x-amz-content-sha256']?.[0];
  if (!form?.startsWith('STREAMING-')) return undefined;
  const known = forms.get(form);
  if (!known) return wireError('InvalidRequest', `The payload form ${form} is not supported`);
  const length = request.headers['x-amz-decoded-content-length']?.[0] ?? '';
  if (!/^\d{1,12}$/.test(length)) {
    return wireError('MissingContentLength', 'The header x-amz-decoded-content-length is not a number', 411);
  }
  try {
    const chunks = new BodyReader(request.body).read(form, known);
    if (chunks.body.length !== Number(length)) {
      fail(`The chunks hold ${chunks.body.length} bytes, not ${length}`);
    }
    checkTrailers(chunks, (request.headers['x-amz-trailer'] ?? []).join(','));
    return chunks;
  } catch (error) {
    if (error instanceof BadBody) return error.error;
    throw error;
  }
}

function fail(message: string, code = 'IncompleteBody'): never {
  throw new BadBody(wireError(code, message));
}

/** A hexadecimal size of at most 8 digits, as far as any body reaches. */
const chunkHead = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i;
/** Longer than any line that means something. */
const lineLengthMax = 1024;

class BodyReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(form: string, { signed, trailer }: Form): Chunks {
    const chunks: Chunk[] = [];
    let size: number;
    do {
      const [, digits = '', signature] = chunkHead.exec(this.#line()) ?? fail('A chunk lacks its size');
      if ((signature !== undefined) !== signed) fail(`A chunk of ${form} is${signed ? ' not' : ''} signed`);
      size = Number.parseInt(digits, 16);
      chunks.push({ data: this.#take(size), signature });
      if (size > 0 && this.#line() !== '') fail('A chunk is longer than its size');
    } while (size > 0);
    const trailers = this.#trailers();
    if (this.#at < this.#bytes.length || (!trailer && trailers.size > 0)) {
      fail('The body goes on after its last chunk');
    }
    const trailerSignature = trailers.get(trailerSignatureName);
    trailers.delete(trailerSignatureName);
    if ((trailerSignature !== undefined) !== (signed && trailer)) {
      fail(`The trailing headers are${trailer ? ' not' : ''} signed`, malformedTrailer);
    }
    return { form, chunks, body: joined(chunks), trailers, trailerSignature };
  }

  /** The headers up to an empty line or the end. */
  #trailers(): Map<string, string> {
    const trailers = new Map<string, string>();
    while (this.#at < this.#bytes.length) {
      // AWS's own example ends the value with a line feed besides the line end.
      const line = this.#line().replace(/\n$/, '');
      if (line === '') break;
      const [, name = '', value = ''] =
        /^([a-z0-9-]+):[ \t]*(.*?)[ \t]*$/i.exec(line) ??
        fail('A trailing header is malformed', malformedTrailer);
      if (trailers.has(name.toLowerCase())) fail(`The trailing header ${name} is repeated`, malformedTrailer);
      trailers.set(name.toLowerCase(), value);
    }
    return trailers;
  }

  /** The text up to the next CRLF, which is skipped. */
  #line(): string {
    let text = '';
    const end = Math.min(this.#bytes.length - 1, this.#at + lineLengthMax);
    for (let at = this.#at; at < end; at++) {
      if (this.#bytes[at] === carriageReturn && this.#bytes[at + 1] === lineFeed) {
        this.#at = at + 2;
        return text;
      }
      text += String.fromCharCode(this.#bytes[at] ?? 0);
    }
    return fail('A line of the framing does not end');
  }

  #take(size: number): Uint8Array {
    if (this.#at + size > this.#bytes.length) fail('The body ends within a chunk');
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
}

function joined(chunks: readonly Chunk[]): Uint8Array {
  const body = new Uint8Array(chunks.reduce((length, { data }) => length + data.length, 0));
  let at = 0;
  for (const { data } of chunks) {
    body.set(data, at);
    at += data.length;
  }
  return body;
}

/** Exactly the announced headers came, and their checksums are those of the body. */
function checkTrailers({ trailers, body }: Chunks, announced: string): void {
  const names = announced
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length !== trailers.size || names.some((name) => !trailers.has(name))) {
    fail('The trailing headers are not those that x-amz-trailer announces', malformedTrailer);
  }
  for (const [name, value] of trailers) {
    const crc = checksums.get(name);
    if (crc) {
      if (base64OfUint32(crc(body)) !== value) fail(`The body does not have its ${name}`, 'BadDigest');
    } else if (name.startsWith('x-amz-checksum-')) {
      fail(`${name} is not supported: use ${[...checksums.keys()].join(' or ')}`, 'InvalidRequest');
    }
  }
}

function base64OfUint32(value: number): string {
  return encodeBase64(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}
