/** What every question to the prover does first and last: read a network, prepare it, and name what is not followed. */
import { indexWorld, type ReachIndex } from '#proof/reach-index.ts';
import { type Unknown, unknownsOf } from '#proof/unknowns.ts';
import type { World } from '#vpc/network.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import {
  type AskedNetwork,
  askedNetwork,
  gapsView,
  type NetworkOptions,
  printGaps,
} from '../network-source.ts';
import { oneLine, print, printJson, warn } from '../output.ts';
import { withProgress } from '../progress.ts';
import { unknownText } from '../text/traffic.ts';

export type QuestionOptions = NetworkOptions & { readonly json?: boolean };

/** A network, and what the prover does not follow in it. */
export type Asked = { readonly network: AskedNetwork; readonly unknowns: readonly Unknown[] };

/** One that is prepared for questions about all of its interfaces. */
export type Prepared = Asked & { readonly index: ReachIndex };

/** The network of the options, prepared; what its source left out is on standard error. */
export async function ask(options: NetworkOptions): Promise<Prepared> {
  const network = await askedNetwork(options);
  printGaps(network);
  return prepared(network);
}

/** The same for questions about rules alone: nothing is prepared, and only unknown prefix lists matter. */
export async function askAboutRules(options: NetworkOptions): Promise<Asked> {
  const network = await askedNetwork(options);
  printGaps(network);
  const unknowns = unknownsOf(network.world).filter(({ kind }) => kind === 'prefixList');
  return { network, unknowns };
}

export function prepared(network: AskedNetwork): Prepared {
  return { network, index: indexed(network.world), unknowns: unknownsOf(network.world) };
}

/** A world prepared, with how far that is. */
export function indexed(world: World): ReachIndex {
  return withProgress('interfaces:', (onProgress) => indexWorld(world, onProgress));
}

/**
 * Prints an answer in the form asked for, and makes that form alone. In JSON it carries where it comes from and what was
 * not followed.
 */
export function answer(
  { network, unknowns }: Asked,
  { json }: QuestionOptions,
  value: () => object,
  lines: () => Iterable<string>,
): void {
  const { source, sequence } = network;
  if (json) {
    printJson({ network: source, sequence, ...value(), ...gapsView(network), notFollowed: unknowns });
    return;
  }
  for (const line of lines()) print(oneLine(line));
  for (const unknown of unknowns) print(oneLine(`unknown: ${unknownText(unknown)}`));
}

/** Options of questions whose exit code is a gate. */
export type GateOptions = { readonly allowUnknown?: boolean };

/** Whether nothing is missing from the network that could admit more than an answer says. */
export const isWhole = ({ problems, unknowns }: AskedNetwork): boolean =>
  problems.length === 0 && !unknowns.some(({ hidesAccess }) => hidesAccess === true);

/**
 * The exit code of a gate that found nothing. Where parts of the networks could not be read it has not looked at all of
 * them: a file that was cut off must not open it.
 */
export function passedExit(
  networks: readonly AskedNetwork[],
  { allowUnknown = false }: GateOptions,
): ExitCode {
  if (allowUnknown || networks.every(isWhole)) return exitCodes.ok;
  warn(
    'nothing is proved: what is missing or cannot be read may admit more; --allow-unknown passes all the same',
  );
  return exitCodes.usage;
}
