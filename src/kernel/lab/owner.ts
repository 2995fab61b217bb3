/**
 * Whose a namespace is: the data directory, as the alias of its loopback device. So the note lives exactly as long as the
 * namespace, and tells also when the directory is gone.
 */
import { inNamespace, listNamespaces, namespaceExists } from '../netns/namespace.ts';
import { RouteSocket } from '../rtnl/socket.ts';

const head = 'rampart ';
/** IFALIASZ of linux/if.h, less the zero at the end. */
const aliasBytesMax = 255;

/** Notes the directory in the namespace that the socket is of; one whose path is too long stays unnoted. */
export function noteOwner(routes: RouteSocket, directory: string): void {
  const alias = `${head}${directory}`;
  if (Buffer.byteLength(alias) <= aliasBytesMax) routes.changeLink('lo', { alias });
}

/** Prefixes of all labs on this machine, with the data directory of each, where one is noted. */
export function labs(): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const name of listNamespaces('rp-')) {
    const prefix = /^rp-[^-]+(?=-)/.exec(name)?.[0];
    if (prefix !== undefined && found.get(prefix) === undefined) found.set(prefix, ownerOf(name));
  }
  return found;
}

function ownerOf(namespace: string): string | undefined {
  let alias: string | undefined;
  try {
    alias = inNamespace(namespace, readAlias);
  } catch (error) {
    // It may go at any moment: it is somebody else's.
    if (namespaceExists(namespace)) throw error;
  }
  return alias?.startsWith(head) ? alias.slice(head.length) : undefined;
}

function readAlias(): string | undefined {
  const routes = RouteSocket.open();
  try {
    return routes.link('lo')?.alias;
  } finally {
    routes.close();
  }
}
