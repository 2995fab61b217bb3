/** The CLI as a program beside a server that runs in the test's own process. */
import { execFile } from 'node:child_process';
import { cliProgram } from './cli.ts';

export type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** Runs a command to its end while this process goes on. */
export function ran(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, encoding: 'utf8' } as const;
    execFile(process.execPath, [cliProgram, ...args], options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
