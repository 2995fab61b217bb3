/**
 * The canonical request of Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
import { decodeComponent } from './parameters.ts';
import { decodeUtf8 } from './utf8.ts';
import type { Credential, RawRequest } from './wire.ts';

/**
 * The canonical text of a request, or undefined where its query is not percent-encoded UTF-8 or a signed header is not
 * there.
 */
export function canonicalRequest(
  request: RawRequest,
  credential: Pick<Credential, 'signedHeaders'>,
  payloadHash: string,
): string | undefined {
  const query = canonicalQuery(request.query);
  const headers = canonicalHeaders(request, credential.signedHeaders);
  if (query === undefined || headers === undefined) return undefined;
  const names = credential.signedHeaders.join(';');
  return [request.method, canonicalPath(request.path), query, headers, names, payloadHash].join('\n');
}

/** Dot segments and empty segments go, and what is left is encoded once more: all services but S3 do. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(encode(segment));
  }
  const tail = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${tail}`;
}

/** Decoded as the parameters are read, so that what is verified is what is meant; encoded anew and sorted. */
function canonicalQuery(query: string): string | undefined {
  const pairs: (readonly [string, string])[] = [];
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
    const value = decodeComponent(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    if (name !== 'X-Amz-Signature') pairs.push([encode(name), encode(value)]);
  }
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function canonicalHeaders(request: RawRequest, names: readonly string[]): string | undefined {
  let text = '';
  for (const name of names) {
    const values = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
    if (values === undefined) return undefined;
    text += `${name}:${values.map(headerText).join(',')}\n`;
  }
  return text;
}

/** Runs of spaces become one. HTTP servers give bytes as Latin-1 characters; clients sign UTF-8. */
function headerText(value: string): string {
  const text = value.replaceAll(/[ \t\r\n]+/g, ' ').replaceAll(/^ | $/g, '');
  if (/[^\0-\xff]/.test(text) || !/[\x80-\xff]/.test(text)) return text;
  return decodeUtf8(Uint8Array.from(text, (char) => char.charCodeAt(0))) ?? text;
}

/** RFC 3986: everything but unreserved characters is escaped. A lone surrogate has no encoding and becomes U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
