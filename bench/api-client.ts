/**
 * A client for the API benchmarks: one kept connection, one request at a time on it. It is lean, since what it takes
 * itself counts as the time of either server: undici's own events, without its promises and streams, take half.
 */
import { Client } from 'undici';
import { type Peer, processCpuMs } from './api-servers.ts';

export type Call = Readonly<Record<string, string>>;

/** Signed in form; neither server under comparison checks signatures. */
const headers = [
  ...[
    'authorization',
    'AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/ec2/aws4_request, ' +
      `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  ],
  ...['x-amz-date', '20260101T000000Z'],
  ...['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
];

/** Parameters as they stand in a body. */
export function formText(parameters: Call): string {
  return new URLSearchParams(parameters).toString();
}

type Answer = { readonly status: number; readonly text: string };

export class ApiClient {
  /** Answers of 500, each asked again: the peer fails so now and then over several connections. */
  static repeated = 0;
  readonly #client: Client;

  constructor(endpoint: string) {
    this.#client = new Client(endpoint, { pipelining: 1 });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /**
   * The body of an answer; throws where it is not 200.
   * @param more further parameters, as `formText` writes them.
   */
  async call(parameters: Call, more?: string): Promise<string> {
    const own = formText({ Version: '2016-11-15', ...parameters });
    const body = more === undefined ? own : `${own}&${more}`;
    for (let attempt = 1; ; attempt++) {
      const { status, text } = await this.#answer(body);
      if (status === 200) return text;
      if (status !== 500 || attempt === 3) throw new Error(`${status} to ${body}: ${text.slice(0, 500)}`);
      ApiClient.repeated += 1;
    }
  }

  #answer(body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let status = 0;
      const chunks: Buffer[] = [];
      this.#client.dispatch(
        { method: 'POST', path: '/', headers, body },
        {
          onRequestStart: () => {},
          onResponseStart: (_, statusCode) => {
            status = statusCode;
          },
          onResponseData: (_, chunk) => {
            chunks.push(chunk);
          },
          onResponseEnd: () => resolve({ status, text: Buffer.concat(chunks).toString() }),
          onResponseError: (_, error) => reject(error),
        },
      );
    });
  }
}

/** Microseconds of CPU time, of the server and of this process. */
export type Driven = {
  readonly perSecond: number;
  readonly cpuUsPerRequest: number;
  readonly clientUsPerRequest: number;
};

/**
 * Runs a job `count` times over the connections and measures the server.
 * @param requests how many requests one job makes.
 */
export async function drive(
  peer: Peer,
  connections: number,
  { count, requests }: { readonly count: number; readonly requests: number },
  job: (client: ApiClient, index: number) => Promise<void>,
): Promise<Driven> {
  const clients = Array.from({ length: connections }, () => new ApiClient(peer.endpoint));
  try {
    let next = 0;
    const cpuBefore = processCpuMs(peer.pid);
    const ownBefore = process.cpuUsage();
    const start = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        while (next < count) await job(client, next++);
      }),
    );
    const ms = performance.now() - start;
    const own = process.cpuUsage(ownBefore);
    const total = count * requests;
    return {
      perSecond: (total / ms) * 1000,
      cpuUsPerRequest: ((processCpuMs(peer.pid) - cpuBefore) * 1000) / total,
      clientUsPerRequest: (own.user + own.system) / total,
    };
  } finally {
    for (const client of clients) await client.close();
  }
}

/** The text of the first element of a name. */
export function elementIn(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (found === undefined) throw new Error(`no ${name} in ${xml.slice(0, 300)}`);
  return found;
}
