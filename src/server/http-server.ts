/** The HTTP side: limits, the guard against web pages, and who answers what. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeError } from '#wire/output.ts';
import type { AwsAnswer, AwsEndpoint } from './aws-endpoint.ts';
import { refuseForeign } from './browser-guard.ts';
import {
  answerControl,
  type ControlPorts,
  type ControlResponse,
  controlPrefix,
  importPath,
  problem,
} from './control-endpoint.ts';
import { BodyRoom, bodyBytesMax, ClientGone, importBytesMax, readBody, type Unread } from './request-body.ts';

// An import would also read the exports that load Node's WebSocket client: a tenth of a start.
const { createServer } = process.getBuiltinModule('node:http');

export type HttpPorts = {
  readonly aws: AwsEndpoint;
  readonly control: ControlPorts;
  /** Whether an Authorization header opens Rampart's own paths. */
  readonly mayControl: (authorization: string | undefined) => boolean;
  readonly allowedHosts: ReadonlySet<string>;
  readonly onFault: (error: unknown, about: { readonly requestId: string; readonly action: string }) => void;
};

/** How long a client may take; who sends slower is cut off, so that slow senders cannot hold all connections. */
export type TimeLimits = {
  readonly headersMs: number;
  /** The whole request, headers included. */
  readonly requestMs: number;
  /** How often the two are checked. */
  readonly checkMs: number;
};

const timeLimits: TimeLimits = { headersMs: 10_000, requestMs: 30_000, checkMs: 5_000 };
/** Longer than SDKs keep idle connections, so that they close first. */
const keepAliveTimeoutMs = 65_000;
const headerBytesMax = 16 * 1024;
const connectionsMax = 4096;

/** Sent with every answer: nothing here is a page, and nothing may be kept. */
const commonHeaders = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

/** The server, not listening yet. */
export function createHttpServer(ports: HttpPorts, limits = timeLimits): Server {
  const room = new BodyRoom();
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      maxHeaderSize: headerBytesMax,
      // Whatever NODE_OPTIONS say: a lenient parser lets requests hide in others.
      insecureHTTPParser: false,
      noDelay: true,
    },
    (request, response) => {
      void handle(ports, room, request, response);
    },
  );
  server.maxConnections = connectionsMax;
  return server;
}

async function handle(
  ports: HttpPorts,
  room: BodyRoom,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  const target = request.url ?? '';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  try {
    const foreign = refuseForeign(request.headersDistinct, target, ports.allowedHosts);
    if (foreign) return await send(response, requestId, problem(foreign.status, foreign.message), 'close');
    const query = mark < 0 ? '' : target.slice(mark + 1);
    const isControl = path.startsWith(controlPrefix);
    const mayImport = path === importPath && ports.mayControl(request.headers.authorization);
    const body = mayImport
      ? await readBody(request, new BodyRoom(importBytesMax), importBytesMax)
      : await readBody(request, room);
    if (typeof body === 'string') {
      const { status, message } = unread[body];
      const answer = isControl ? problem(status, message) : unreadForAws(body, requestId);
      return await send(response, requestId, answer, 'close');
    }
    const method = request.method ?? '';
    if (isControl) {
      const authorized = ports.mayControl(request.headers.authorization);
      const asked = { method, path, query, authorized, body };
      return await send(response, requestId, await answerControl(ports.control, asked));
    }
    const startMs = performance.now();
    const headers = request.headersDistinct;
    const sourceAddress = addressText(request.socket.remoteAddress);
    const answer = await ports.aws.answer(
      { method, path, query, headers, body },
      { requestId, sourceAddress },
    );
    sendAws(response, answer);
    ports.control.metrics.answered(answer, (performance.now() - startMs) / 1000);
  } catch (error) {
    if (error instanceof ClientGone) return;
    // The query of a presigned request is as good as a key.
    ports.onFault(error, { requestId, action: path });
    if (!response.headersSent)
      await send(response, requestId, problem(500, 'An internal error has occurred.'));
    else response.destroy();
  }
}

/** A peer's address; IPv4 over a socket of IPv6 is shown as what it is. */
function addressText(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

/**
 * Characters of a body that goes out in one piece with the headers, which saves a short one a system call. A long one,
 * put together from thousands of texts, is written out once instead of three times: to be measured, joined and sent.
 */
const wholeTextMax = 64 * 1024;

function sendAws(response: ServerResponse, { response: { status, headers, body } }: AwsAnswer): void {
  const sent = body.length > wholeTextMax ? Buffer.from(body) : body;
  const length = Buffer.byteLength(sent);
  response.writeHead(status, { ...headers, ...commonHeaders, 'content-length': length });
  // Text of as many bytes as characters is ASCII, and goes out without being looked at once more.
  response.end(sent, length === body.length ? 'latin1' : 'utf8');
}

async function send(
  response: ServerResponse,
  requestId: string,
  { status, contentType, body }: ControlResponse,
  connection?: 'close',
): Promise<void> {
  response.writeHead(status, {
    'content-type': contentType,
    'x-amzn-requestid': requestId,
    ...commonHeaders,
    ...(connection && { connection }),
    ...(typeof body === 'string' && { 'content-length': Buffer.byteLength(body) }),
  });
  if (typeof body === 'string') response.end(body);
  else await stream(body, response);
}

/** Sends a long body as it is made; rejects with `ClientGone` where the client has heard enough. */
async function stream(body: Readable, response: ServerResponse): Promise<void> {
  try {
    await pipeline(body, response);
  } catch (error) {
    const isCutOff = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    throw isCutOff ? new ClientGone('the client went away', { cause: error }) : error;
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html: Unavailable is tried again. */
const unread: Readonly<
  Record<Unread, { readonly code: string; readonly message: string; readonly status: number }>
> = {
  tooLarge: {
    code: 'RequestEntityTooLarge',
    message: `The request is larger than ${bodyBytesMax} bytes.`,
    status: 413,
  },
  noRoom: {
    code: 'Unavailable',
    message: 'Too many long requests are being read. Retry your request.',
    status: 503,
  },
};

/** Which service was meant is in the body that was not read, so it answers as EC2 does. */
function unreadForAws(why: Unread, requestId: string): ControlResponse {
  const { status, headers, body } = encodeError('ec2Query', unread[why], requestId);
  return { status, contentType: headers['content-type'] ?? 'text/xml', body };
}
