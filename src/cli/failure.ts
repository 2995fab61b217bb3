/** Failures that end a command with one clear line. Anything else that is thrown is a bug. */

export const exitCodes = {
  ok: 0,
  /** The command ran and the answer is no, or it could not do its work. */
  failed: 1,
  /** Wrong usage, or a resource that does not exist. */
  usage: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A failure of what the user typed: wrong usage, or a name that stands for nothing. */
export function usageFailure(message: string): Failure {
  return new Failure(message, exitCodes.usage);
}
