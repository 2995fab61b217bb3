/** `rampart history`: who changed what and when, with the sequences that `snapshot:` takes. */
import { counted } from '#server/counted.ts';
import type { JournalEntry } from '#state/journal.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { oneLine, print, printJson, tableText } from '../output.ts';
import { askControl, findServer } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';
import { listText } from '../text/traffic.ts';

export type HistoryOptions = ServerOptions & {
  readonly limit: string;
  /** The sequence that the newest entry is to come before. */
  readonly before?: string;
  readonly json?: boolean;
};

/** Prints the newest changes, or the newest of one resource. */
export async function historyCommand(
  resource: string | undefined,
  { limit, before, json, ...server }: HistoryOptions,
): Promise<ExitCode> {
  if (!/^([1-9]\d{0,2}|1000)$/.test(limit))
    throw usageFailure(`--limit ${limit}: give a number from 1 to 1000`);
  if (before !== undefined && !/^[1-9]\d{0,14}$/.test(before))
    throw usageFailure(`--before ${before}: give a journal sequence`);
  const asked = new URLSearchParams({
    limit,
    ...(before && { from: String(Number(before) - 1) }),
    ...(resource && { resource }),
  });
  const { entries } = (await askControl(findServer(server), `journal?${asked}`)) as {
    readonly entries: readonly JournalEntry[];
  };
  if (json) {
    printJson({ changes: entries.map(viewOf) });
    return exitCodes.ok;
  }
  if (entries.length > 0) print(tableText(['journal', 'time', 'by', 'action', 'what'], entries.map(rowOf)));
  const oldest = entries.at(-1)?.sequence ?? 0;
  const more = entries.length === Number(limit) && oldest > 1 ? `; older ones: --before ${oldest}` : '';
  print(`${counted(entries.length, 'change')}${more}`);
  return exitCodes.ok;
}

type Change = JournalEntry['changes'][number];

/** JSON has no undefined: what is absent in a change did not exist. */
const changeOf = ({ before, after }: Change) =>
  before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed';

const viewOf = ({ sequence, timeMs, principal, action, scope, requestId, changes }: JournalEntry) => ({
  sequence,
  time: new Date(timeMs).toISOString(),
  principal,
  action,
  ...scope,
  requestId,
  resources: changes.map((each) => ({ kind: each.kind, id: each.id, change: changeOf(each) })),
});

const rowOf = ({ sequence, timeMs, principal, action, changes }: JournalEntry): readonly string[] =>
  [
    String(sequence),
    new Date(timeMs).toISOString(),
    principal.replace(/^arn:[^:]*:[^:]*:[^:]*:/, ''),
    action,
    listText(changes, (each) => `${changeOf(each)} ${each.id}`),
  ].map(oneLine);
