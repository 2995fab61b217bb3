/** `rampart test`: hands over to the project's test runner. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ExitCode, exitCodes } from '../failure.ts';

/** Runs tools/test.ts with the given options; fails where it fails. */
export async function test(options: readonly string[]): Promise<ExitCode> {
  const runner = fileURLToPath(new URL('../../../tools/test.ts', import.meta.url));
  const { status } = spawnSync(process.execPath, [runner, ...options], { stdio: 'inherit' });
  return status === 0 ? exitCodes.ok : exitCodes.failed;
}
