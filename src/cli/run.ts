/** Runs one command line and says how it ended. */
import { CommanderError } from 'commander';
import { systemReason } from '#import/system-reason.ts';
import { StartupError } from '#server/startup-error.ts';
import { exitCodes, Failure } from './failure.ts';
import { warn } from './output.ts';
import { buildProgram } from './program.ts';

/** Runs the command that the arguments name. Returns the exit code; what went wrong is on standard error, one line. */
export async function runCli(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  // A reader that has gone (`| head`) is no failure: the command ends in order, unheard.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    warn(`the answer cannot be written: ${systemReason(error)}`);
    process.exit(exitCodes.failed);
  });
  try {
    const program = buildProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has already printed its sentence; asking for help is no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof Failure) {
      warn(error.message);
      return error.exitCode;
    }
    if (error instanceof StartupError) {
      warn(error.message);
      return exitCodes.failed;
    }
    const text = error instanceof Error ? error.message : String(error);
    warn(`internal error, please report it: ${text}`);
    if (process.env['RAMPART_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    else process.stderr.write('RAMPART_DEBUG=1 shows where it happened\n');
    return exitCodes.failed;
  }
}
