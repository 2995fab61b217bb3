/**
 * Keeps web pages out. A browser runs on loopback too: a form needs no CORS preflight, and a page whose own name is
 * rebound to 127.0.0.1 may read the answer. So the name that was addressed and the page that asks are checked on every
 * request, before anything else is read.
 */
/** What is wrong with a request; undefined: nothing. */
export type Refused = { readonly status: 400 | 403; readonly message: string };

/** Names that stand for this machine wherever it is asked. */
const loopbackNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Lower-case names to their values in the order received, as Node's `headersDistinct`. */
export type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** The request's headers against the names that the operator allows besides the loopback ones. */
export function refuseForeign(
  headers: DistinctHeaders,
  target: string,
  allowedHosts: ReadonlySet<string>,
): Refused | undefined {
  if (!target.startsWith('/')) return { status: 400, message: 'The request target must be a path.' };
  const [host, second] = headers['host'] ?? [];
  if (host === undefined) return { status: 400, message: 'The request has no Host header.' };
  // Two of them name two servers, and a proxy may have looked at the other one (RFC 9112, section 3.2).
  if (second !== undefined) return { status: 400, message: 'The request has more than one Host header.' };
  const name = nameOf(host);
  if (name === undefined || !(loopbackNames.has(name) || allowedHosts.has(name))) {
    return { status: 403, message: 'This Host is not allowed; see allowedHosts in the configuration.' };
  }
  const own = `http://${host.toLowerCase()}`;
  if (headers['origin']?.some((origin) => origin.toLowerCase() !== own)) {
    return { status: 403, message: 'Requests from other origins are not allowed.' };
  }
  if (headers['sec-fetch-site']?.some((site) => site !== 'same-origin' && site !== 'none')) {
    return { status: 403, message: 'Requests from other sites are not allowed.' };
  }
  return undefined;
}

/** The name in a Host header, lower case, without the port; undefined where the header is malformed. */
function nameOf(host: string): string | undefined {
  return /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.exec(host.toLowerCase())?.[1];
}
