/** The server's log: few lines, never secrets or bodies. */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { logName } from './options.ts';

/**
 * JSON lines in `server.log` of the data directory, for a server without a terminal. A line that cannot be written is
 * lost: a full disk must not end a server whose answers say that it cannot store.
 */
export function fileLog(directory: string): Logger {
  const descriptor = openSync(join(directory, logName), 'a', 0o600);
  const write = (line: string) => {
    try {
      writeSync(descriptor, line);
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
    }
  };
  // What is not second is taken for options, and lines go to standard output.
  return pino({}, { write });
}

/** Short lines on standard error, for a person who watches. */
export function terminalLog(): Logger {
  return pino({}, { write: (line: string) => process.stderr.write(`${shortLine(line)}\n`) });
}

type Line = {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly stack?: string };
};

function shortLine(json: string): string {
  const { level, time, msg = '', err } = JSON.parse(json) as Line;
  const name = level >= 50 ? 'error: ' : level >= 40 ? 'warning: ' : '';
  return `${new Date(time).toISOString().slice(11, 19)} ${name}${msg}${err?.stack ? `\n${err.stack}` : ''}`;
}
