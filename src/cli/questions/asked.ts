/** What every question to the prover does first and last: read a network, prepare it, and name what is not followed. */
import { indexWorld, type ReachIndex } from '#proof/reach-index.ts';
import { type Unknown, unknownsOf } from '#proof/unknowns.ts';
import { type AskedNetwork, askedNetwork, type NetworkOptions, printGaps } from '../network-source.ts';
import { print, printJson } from '../output.ts';
import { unknownText } from '../text/traffic.ts';

export type QuestionOptions = NetworkOptions & { readonly json?: boolean };

export type Asked = {
  readonly network: AskedNetwork;
  readonly index: ReachIndex;
  readonly unknowns: readonly Unknown[];
};

/** The network of the options, prepared; what its source left out is on standard error. */
export async function ask(options: NetworkOptions): Promise<Asked> {
  const network = await askedNetwork(options);
  printGaps(network);
  return prepared(network);
}

/** The same for questions about rules alone, to which only unknown prefix lists matter. */
export async function askAboutRules(options: NetworkOptions): Promise<Asked> {
  const asked = await ask(options);
  return { ...asked, unknowns: asked.unknowns.filter(({ kind }) => kind === 'prefixList') };
}

export function prepared(network: AskedNetwork): Asked {
  return { network, index: indexWorld(network.world), unknowns: unknownsOf(network.world) };
}

/** Prints an answer in the form asked for. In JSON it carries where it comes from and what was not followed. */
export function answer(
  { network, unknowns }: Asked,
  { json }: QuestionOptions,
  value: object,
  lines: () => readonly string[],
): void {
  const { source, sequence } = network;
  if (json) {
    printJson({ network: source, sequence, ...value, unknown: [...network.unknowns, ...unknowns] });
    return;
  }
  for (const line of lines()) print(line);
  for (const unknown of unknowns) print(`unknown: ${unknownText(unknown)}`);
}
