/** `rampart can`: asks the engine about a new connection in the world that a server holds. */
import { type Answer, ask } from '#policy/can.ts';
import type { Verdict } from '#policy/verdict.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { askedNetwork, type NetworkOptions, printGaps } from '../network-source.ts';
import { print, printJson } from '../output.ts';
import { dropText, stepText } from '../text/verdict-text.ts';
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
  const { world, sequence, unknowns } = network;
  printGaps(network);
  const asked = ask(world, { from: source, to: destination, wanted });
  if (asked.kind === 'unknown') throw usageFailure(asked.why);
  const allowed = asked.answers.some((answer) => answer.allowed);
  if (options.json) {
    const question = { source, destination, service: wantedText(wanted) };
    printJson({ question, allowed, sequence, answers: asked.answers, unknowns });
  } else {
    const name = `${source} → ${destination} ${wantedText(wanted)}`;
    for (const answer of asked.answers) print(answerText(name, answer));
  }
  return allowed ? exitCodes.ok : exitCodes.failed;
}

/** One family's answer: a headline, the way there, and the way back where it was asked. */
export function answerText(name: string, answer: Answer): string {
  const { family, allowed, request, reply } = answer;
  const lines = [`${allowed ? 'yes' : 'no '}  ${family}  ${name}`];
  lines.push(...verdictLines('request', request), ...(reply ? verdictLines('answer', reply) : []));
  return lines.join('\n');
}

function verdictLines(what: string, verdict: Verdict): readonly string[] {
  const steps = verdict.steps.map((step) => `       ${stepText(step)}`);
  const end = verdict.kind === 'accept' ? [] : [`       dropped: ${dropText(verdict.because)}`];
  return [`     ${what}`, ...steps, ...end];
}
