/** `rampart exec`: becomes a command inside a lab instance or on an internet host. */
import { parseIp } from '#net/address.ts';
import { internetHosts } from '#policy/endpoint.ts';
import { parseId } from '#vpc/ids.ts';
import { whyNoHost } from '#vpc/internet-space.ts';
import { type ExitCode, Failure, usageFailure } from '../failure.ts';
import { askControl, findServer, type ServerLink } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

export type ExecOptions = ServerOptions & { readonly from?: string };

/**
 * Asks the server for the namespace and replaces this process with the command in it, so that streams, signals and
 * the exit code are the command's own. Returns only where the command cannot be run.
 */
export async function exec(
  where: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExitCode | 126 | 127> {
  const place = placeOf(where, options.from);
  const [program, ...rest] = command;
  if (program === undefined) throw usageFailure('no command was given');
  if (process.getuid?.() !== 0) throw new Failure('entering a lab instance needs root');
  const { namespace, resolverConfig } = await askForPlace(findServer(options), place);
  const { enterAndExec } = await import('#kernel/netns/exec.ts');
  const { namespaceVariable } = await import('#kernel/netns/processes.ts');
  const { SystemError } = await import('#kernel/sys/error.ts');
  try {
    const env = { ...process.env, [namespaceVariable]: namespace };
    return enterAndExec(namespace, [program, ...rest], env, { resolverConfig });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new Failure(`the namespace ${namespace} cannot be entered: ${error.message}`);
  }
}

type Place = { readonly path: string; readonly init: RequestInit };

/** What to ask the server about a place; checks what was typed. */
function placeOf(where: string, from: string | undefined): Place {
  if (where === 'internet') {
    const address = from === undefined ? internetHosts.ipv4 : parseIp(from);
    if (address === undefined) throw usageFailure(`${from} is no address`);
    const why = whyNoHost(address);
    if (why !== undefined) throw usageFailure(`--from: ${why}`);
    return { path: 'lab/internet-host', init: { method: 'POST', body: JSON.stringify({ address }) } };
  }
  if (from !== undefined) throw usageFailure('--from goes with the word internet only');
  if (!parseId('instance', where)) throw usageFailure(`${where} is no instance id, nor the word internet`);
  return { path: `lab/namespace?instance=${where}`, init: {} };
}

type Answer = { readonly namespace?: string; readonly resolverConfig?: string };

async function askForPlace(server: ServerLink, { path, init }: Place) {
  const { namespace, resolverConfig } = (await askControl(server, path, init)) as Answer;
  if (namespace === undefined) throw new Failure(`the server at ${server.endpoint} names no namespace`);
  return { namespace, resolverConfig };
}
