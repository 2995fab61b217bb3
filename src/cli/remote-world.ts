/** The world that a server holds now, fetched as a snapshot. */
import { readSnapshot, type Snapshot } from '#state/snapshot.ts';
import { fetchControl, findEndpoint } from './server-link.ts';
import type { ServerOptions } from './server-options.ts';

/** Finds the server and fetches its world. */
export async function fetchWorld(options: ServerOptions): Promise<Snapshot> {
  return await fetchWorldFrom(findEndpoint(options));
}

/** Fetches the world of the server at an endpoint. */
export async function fetchWorldFrom(endpoint: string): Promise<Snapshot> {
  const response = await fetchControl(endpoint, 'snapshot');
  return readSnapshot(await response.text());
}
