/** A client for the API benchmarks: kept connections, one request at a time on each. */
import { Agent, request } from 'node:http';
import { type Peer, processCpuMs } from './api-servers.ts';

export type Call = Readonly<Record<string, string>>;

/** Signed in form; neither server under comparison checks signatures. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/ec2/aws4_request, ' +
  `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;

export class ApiClient {
  /** Answers of 500, each asked again: the peer fails so now and then over several connections. */
  static repeated = 0;
  readonly #agent: Agent;
  readonly #url: URL;

  constructor(endpoint: string, connections: number) {
    this.#url = new URL(endpoint);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** The body of an answer; throws where it is not 200. */
  async call(parameters: Call): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const { status, text } = await this.#send(parameters);
      if (status === 200) return text;
      if (status !== 500 || attempt === 3) {
        throw new Error(`${status} to ${JSON.stringify(parameters)}: ${text.slice(0, 500)}`);
      }
      ApiClient.repeated += 1;
    }
  }

  #send(parameters: Call): Promise<{ readonly status: number | undefined; readonly text: string }> {
    const body = new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString();
    const headers = {
      authorization,
      'x-amz-date': '20260101T000000Z',
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const { hostname, port } = this.#url;
    return new Promise((resolve, reject) => {
      const sent = request(
        { hostname, port, method: 'POST', path: '/', headers, agent: this.#agent },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString('utf8') });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

export type Driven = { readonly perSecond: number; readonly cpuUsPerRequest: number };

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
  const client = new ApiClient(peer.endpoint, connections);
  try {
    let next = 0;
    const cpuBefore = processCpuMs(peer.pid);
    const start = performance.now();
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (next < count) await job(client, next++);
      }),
    );
    const ms = performance.now() - start;
    const total = count * requests;
    return {
      perSecond: (total / ms) * 1000,
      cpuUsPerRequest: ((processCpuMs(peer.pid) - cpuBefore) * 1000) / total,
    };
  } finally {
    client.close();
  }
}

/** The text of the first element of a name. */
export function elementIn(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (found === undefined) throw new Error(`no ${name} in ${xml.slice(0, 300)}`);
  return found;
}
