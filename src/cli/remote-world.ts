/** The world that a server holds now, fetched as a snapshot. */
import { readSnapshot, type Snapshot } from '#state/snapshot.ts';
import { fetchControl, type ServerLink } from './server-link.ts';

/** Fetches the world of a server. */
export async function fetchWorldFrom(server: ServerLink): Promise<Snapshot> {
  const response = await fetchControl(server, 'snapshot');
  return readSnapshot(await response.text());
}
