/** A server of a test's own: a free port, a directory of its own, nothing enforced. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type UpOptions, upOptions } from '#server/options.ts';
import { type RunningServer, startServer } from '#server/server.ts';

export const quiet = () => pino({ level: 'silent' });

/** Runs work in a directory that is removed afterwards. */
export async function inDirectory(work: (directory: string) => unknown): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'rpt-server-'));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs work with a server that is stopped afterwards. */
export async function withServer(
  work: (server: RunningServer) => Promise<void>,
  options: Partial<UpOptions> = {},
): Promise<void> {
  await inDirectory(async (data) => {
    const all = upOptions.parse({ port: 0, enforce: 'off', data, ...options });
    const server = await startServer(all, quiet);
    try {
      await work(server);
    } finally {
      await server.stop();
    }
  });
}

export type Sent = {
  readonly method?: string;
  readonly path?: string;
  /** Sent as given, where `fetch` would set its own Host or refuse. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

export type Received = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** Sends one request on a connection of its own. */
export function send(
  endpoint: string,
  { method = 'GET', path = '/', headers = {}, body }: Sent,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const outgoing = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** An Authorization header with a credential of an account and region; the signature is none. */
export function authorization({
  account = '123456789012',
  region = 'us-east-1',
  service = 'ec2',
} = {}): string {
  const credential = `${account}/20260101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}

/** A call of EC2 as a client sends it. */
export function ec2Call(action: string, parameters: Readonly<Record<string, string>> = {}) {
  const body = new URLSearchParams({ Action: action, Version: '2016-11-15', ...parameters }).toString();
  const headers = {
    authorization: authorization(),
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  };
  return { method: 'POST', headers, body };
}
