/** How a command finds the server and asks it. */
import { dataDirectory } from '#server/options.ts';
import { type FoundServer, isAlive, readServerFile } from '#server/server-file.ts';
import { StartupError } from '#server/startup-error.ts';
import { Failure, usageFailure } from './failure.ts';
import type { ServerOptions } from './server-options.ts';

/** Long enough for a server that is loading a large world. */
const answerTimeoutMs = 30_000;

/** A server, and what opens its own paths where that is known. */
export type ServerLink = { readonly endpoint: string; readonly token?: string | undefined };

/**
 * Where the server answers: that of `--data`, else `$RAMPART_ENDPOINT`, else that of `$RAMPART_DATA` or of the default
 * data directory. Fails where there is none.
 */
export function findServer({ data }: ServerOptions): ServerLink {
  const named = process.env['RAMPART_ENDPOINT'];
  if (data === undefined && named) {
    if (!URL.canParse(named)) throw new Failure(`RAMPART_ENDPOINT is no URL: ${named}`);
    return { endpoint: named };
  }
  const directory = dataDirectory(data);
  const file = serverFileIn(directory);
  if (!file || !isAlive(file)) {
    throw new Failure(`no server runs on ${directory}; start one with "rampart up" or name it with --data`);
  }
  if (file.endpoint === undefined) throw new Failure(`the server on ${directory} is still starting`);
  return { endpoint: file.endpoint, token: file.token };
}

function serverFileIn(directory: string): FoundServer | undefined {
  try {
    return readServerFile(directory);
  } catch (error) {
    if (error instanceof StartupError) throw new Failure(error.message);
    throw error;
  }
}

/** Rampart's own paths want a header that no page of another site can send; without a token its value means nothing. */
const headersFor = ({ token }: ServerLink) => ({
  authorization: token === undefined ? 'rampart-cli' : `Bearer ${token}`,
});

/** Fetches one of the server's own paths; fails in one line where it does not answer or refuses. */
export async function fetchControl(
  server: ServerLink,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const { endpoint } = server;
  const url = new URL(`/_rampart/${path}`, endpoint);
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      headers: headersFor(server),
      signal: init.signal ?? AbortSignal.timeout(answerTimeoutMs),
    });
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new Failure(`the server at ${endpoint} ${late ? 'does not answer' : 'cannot be reached'}`);
  }
  if (response.ok) return response;
  const text = await response.text();
  const message = refusalIn(text) ?? `HTTP ${response.status} from ${url.href}; is that Rampart?`;
  // Not found is about a name that was typed.
  throw response.status === 404 ? usageFailure(message) : new Failure(message);
}

/** The same, with the answer read as JSON. */
export async function askControl(server: ServerLink, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetchControl(server, path, init);
  return await response.json();
}

function refusalIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: string }).error;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
