/** `rampart when`: since when a path exists, and whose change opened or closed it. */
import type { Question } from '#policy/can.ts';
import { askFully } from '#proof/can-answer.ts';
import { unknownsOf } from '#proof/unknowns.ts';
import { type PastChange, type PathHistory, pathHistory, type TurningPoint } from '#proof/when.ts';
import { counted } from '#server/counted.ts';
import type { JournalEntry } from '#state/journal.ts';
import { undo } from '#state/world-text.ts';
import type { World } from '#vpc/network.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { askedNetwork, printGaps } from '../network-source.ts';
import { askControl, findServer, type ServerLink } from '../server-link.ts';
import { parseWanted, wantedText } from '../wanted.ts';
import { answer, type QuestionOptions } from './asked.ts';

export type WhenOptions = QuestionOptions & { readonly all?: boolean };

const pageSize = 500;

/** Asks about a path now and before every change of the journal, back to the change that made it so. */
export async function whenCommand(
  places: { readonly from: string; readonly to: string; readonly service: string },
  options: WhenOptions,
): Promise<ExitCode> {
  const wanted = parseWanted(places.service);
  const question = { from: places.from, to: places.to, wanted };
  const network = await askedNetwork(options);
  printGaps(network);
  if (network.sequence === undefined)
    throw usageFailure('when needs the journal of a server: --network live or snapshot:…');
  const now = askFully(network.world, question);
  if (now.kind === 'unknown') throw usageFailure(now.why);
  const changes = changesBefore(findServer(options), network.world, network.sequence);
  const turnsMax = options.all ? Number.POSITIVE_INFINITY : 1;
  const history = await pathHistory(network.world, changes, (world) => isOpen(world, question), { turnsMax });
  const name = `${places.from} → ${places.to} ${wantedText(wanted)}`;
  const unknowns = unknownsOf(network.world);
  answer(
    { network, unknowns },
    options,
    () => ({ question: name, ...history }),
    () => linesOf(name, history),
  );
  return history.isOpen ? exitCodes.ok : exitCodes.failed;
}

/** A place that did not exist yet had no path. */
function isOpen(world: World, question: Question): boolean {
  const asked = askFully(world, question);
  return asked.kind === 'answered' && asked.answers.some(({ allowed }) => allowed);
}

/** The changes up to a sequence, newest first, with the world that each found; read as they are asked for. */
async function* changesBefore(
  server: ServerLink,
  now: World,
  sequence: number,
): AsyncGenerator<PastChange, void, void> {
  let [world, next] = [now, sequence];
  while (next > 0) {
    const { entries } = (await askControl(server, `journal?from=${next}&limit=${pageSize}`)) as {
      readonly entries: readonly JournalEntry[];
    };
    if (entries.length === 0) return;
    for (const { sequence: at, timeMs, principal, action, changes } of entries) {
      world = undo(world, changes);
      next = at - 1;
      yield { sequence: at, timeMs, principal, action, before: world };
    }
  }
}

function linesOf(name: string, { isOpen: open, turns, asked }: PathHistory): readonly string[] {
  const state = `${open ? 'yes' : 'no '}  ${name}`;
  if (turns.length > 0) return [state, ...turns.map(turnText)];
  return [state, `     so since the journal begins, ${counted(asked, 'change')} ago`];
}

function turnText({ sequence, timeMs, principal, action, opened }: TurningPoint): string {
  const time = new Date(timeMs).toISOString();
  return `     ${opened ? 'opened' : 'closed'} at ${time} by ${principal}: ${action} (journal ${sequence})`;
}
