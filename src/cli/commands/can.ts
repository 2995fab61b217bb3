/** `rampart can`: asks the engine about a new connection in the world that a server holds. */

import { askFully } from '#proof/can-answer.ts';
import { unknownsOf } from '#proof/unknowns.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { askedNetwork, gapsView, type NetworkOptions, printGaps } from '../network-source.ts';
import { oneLine, print, printJson } from '../output.ts';
import { answerText } from '../text/answer-text.ts';
import { unknownText } from '../text/traffic.ts';
import { parseWanted, wantedText } from '../wanted.ts';

export type CanOptions = NetworkOptions & {
  readonly source: string;
  readonly destination: string;
  readonly service: string;
  readonly json?: boolean;
};

/** Prints the answer of each address family. Succeeds where some family works. */
export async function canCommand(options: CanOptions): Promise<ExitCode> {
  const { source, destination, service } = options;
  const wanted = parseWanted(service);
  const network = await askedNetwork(options);
  const { world, sequence } = network;
  printGaps(network);
  const asked = askFully(world, { from: source, to: destination, wanted });
  if (asked.kind === 'unknown') throw usageFailure(asked.why);
  const notFollowed = unknownsOf(world);
  const allowed = asked.answers.some((answer) => answer.allowed);
  if (options.json) {
    const question = { source, destination, service: wantedText(wanted) };
    const { answers } = asked;
    printJson({
      network: network.source,
      question,
      allowed,
      sequence,
      answers,
      ...gapsView(network),
      notFollowed,
    });
  } else {
    const name = `${source} → ${destination} ${wantedText(wanted)}`;
    for (const answer of asked.answers) print(answerText(name, answer));
    for (const unknown of notFollowed) print(oneLine(`unknown: ${unknownText(unknown)}`));
  }
  return allowed ? exitCodes.ok : exitCodes.failed;
}
