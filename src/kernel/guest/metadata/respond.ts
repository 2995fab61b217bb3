/**
 * One request to the metadata service and what it gets, IMDSv1 and v2.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
import type { Family } from '#net/address.ts';
import type { Guest } from './guest.ts';
import { makeToken, tokenSecondsLeft, tokenSecondsMax } from './token.ts';
import { type Directory, type Node, treeOf, versions } from './tree.ts';

export type MetadataRequest = {
  readonly method: string;
  /** Path with query, as it came. */
  readonly target: string;
  /** A header's value by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly family: Family;
};

export type MetadataResponse = {
  readonly status: number;
  readonly type: 'text/plain' | 'application/json' | 'application/octet-stream' | 'text/html';
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of token responses: over how many hops they may go. */
  readonly hopLimit?: number;
};

export type Means = { readonly secret: Uint8Array; readonly nowMs: number };

const tokenPath = '/latest/api/token';
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
const tokenHeader = 'x-aws-ec2-metadata-token';

const reasons = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  500: 'Internal Server Error',
} as const;

/** An answer that says no more than its status. */
export function failure(
  status: keyof typeof reasons,
  headers?: Readonly<Record<string, string>>,
): MetadataResponse {
  const title = `${status} - ${reasons[status]}`;
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, type: 'text/html', body, ...(headers && { headers }) };
}

/** The answer to a guest's request. */
export function respond(guest: Guest, request: MetadataRequest, means: Means): MetadataResponse {
  const { metadata } = guest.instance.options;
  if (metadata.endpoint === 'disabled') return failure(403);
  if (request.family === 'ipv6' && metadata.ipv6 === 'disabled') return failure(403);
  const path = pathOf(request.target);
  if (path === undefined) return failure(400);
  if (path === tokenPath) return tokenResponse(guest, request, means);
  if (request.method !== 'GET' && request.method !== 'HEAD') return failure(405, { Allow: 'GET, HEAD' });
  const token = request.header(tokenHeader);
  if (token === undefined) return metadata.tokens === 'required' ? failure(401) : read(guest, path);
  const secondsLeft = tokenSecondsLeft(means.secret, guest.instance.id, token, means.nowMs);
  if (secondsLeft === 0) return failure(401);
  const found = read(guest, path);
  return found.status === 200 ? { ...found, headers: lifeHeader(secondsLeft) } : found;
}

/** How long a token is still good, as AWS says with each answer that one was shown for. */
function lifeHeader(seconds: number): Readonly<Record<string, string>> {
  return { 'X-Aws-Ec2-Metadata-Token-Ttl-Seconds': String(seconds) };
}

/** Without query and doubled slashes; undefined where an escape is broken. */
function pathOf(target: string): string | undefined {
  const [path = ''] = target.split('?', 1);
  if (!path.startsWith('/')) return undefined;
  try {
    return decodeURIComponent(path).replace(/\/{2,}/g, '/');
  } catch {
    return undefined;
  }
}

function tokenResponse(guest: Guest, { method, header }: MetadataRequest, means: Means): MetadataResponse {
  if (method !== 'PUT') return failure(405, { Allow: 'OPTIONS, PUT' });
  // A proxy that forwards whatever it is asked must not fetch tokens for strangers.
  if (header('x-forwarded-for') !== undefined) return failure(403);
  const text = header(ttlHeader) ?? '';
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > tokenSecondsMax) return failure(400);
  const { instance } = guest;
  return {
    status: 200,
    type: 'text/plain',
    body: makeToken(means.secret, instance.id, means.nowMs + 1000 * seconds),
    headers: lifeHeader(seconds),
    hopLimit: instance.options.metadata.hopLimit,
  };
}

/** A slash at the end makes no difference, for leaves either: botocore asks for the zone with one. */
function read(guest: Guest, path: string): MetadataResponse {
  const [version, ...names] = path.split('/').filter((part) => part !== '');
  if (version === undefined) return text(versions.join('\n'));
  if (!versions.includes(version)) return failure(404);
  let node: Node | undefined = treeOf(guest);
  for (const name of names) {
    node = isDirectory(node) ? node.children.get(name) : undefined;
    if (node === undefined) return failure(404);
  }
  if (isDirectory(node)) return text(listing(node));
  if (typeof node !== 'string') return { status: 200, type: 'application/octet-stream', body: node };
  return names[0] === 'dynamic' ? { ...text(node), type: 'application/json' } : text(node);
}

function text(body: string): MetadataResponse {
  return { status: 200, type: 'text/plain', body };
}

function isDirectory(node: Node | undefined): node is Directory {
  return typeof node === 'object' && 'children' in node;
}

/** Names, directories with a slash; but tags and keys by their plain names. */
function listing({ children, titles }: Directory): string {
  return [...children]
    .map(([name, node]) => titles?.get(name) ?? (isDirectory(node) ? `${name}/` : name))
    .join('\n');
}
