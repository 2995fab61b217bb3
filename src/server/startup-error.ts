/** What ends a start or a command with one line for the operator. */
import { DataDirectoryError } from '#state/data-directory.ts';

/** Why a server could not start or be found, in one line for the operator. Anything else that is thrown is a bug. */
export class StartupError extends Error {}

/** What `work` gives; a `DataDirectoryError` of its becomes a `StartupError`. */
export function startupOf<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    throw new StartupError(error.message, { cause: error });
  }
}
