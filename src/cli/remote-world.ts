/** The world that a server holds now, fetched as a snapshot. */
import { readSnapshot, type Snapshot } from '#state/snapshot.ts';
import { fetchControl, findServer, type ServerLink } from './server-link.ts';
import type { ServerOptions } from './server-options.ts';

/** Finds the server and fetches its world. */
export async function fetchWorld(options: ServerOptions): Promise<Snapshot> {
  return await fetchWorldFrom(findServer(options));
}

/** Fetches the world of a server. */
export async function fetchWorldFrom(server: ServerLink): Promise<Snapshot> {
  const response = await fetchControl(server, 'snapshot');
  return readSnapshot(await response.text());
}
