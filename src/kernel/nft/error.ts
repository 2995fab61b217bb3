/** Why the kernel refused a batch. */

/** One thing that the kernel refused; the whole batch is undone even if it is the only one. */
export type NftFailure = {
  /** Index of the command; absent where the batch as a whole was refused. */
  readonly command?: number;
  /** Index of the element within the command, where the kernel named one. */
  readonly element?: number;
  /** Symbolic name: `ENOENT`, `EEXIST` … `ENFILE` ("too many open files") means that a set is full. */
  readonly errno: string;
  /** The kernel's own sentence, where it has one. */
  readonly text?: string;
};

/** A batch that was refused: nothing of it is in force. */
export class NftError extends Error {
  readonly failures: readonly NftFailure[];

  constructor(failures: readonly NftFailure[], describe: (command: number) => string) {
    super(
      failures
        .slice(0, 3)
        .map((failure) => sentence(failure, describe))
        .join('; '),
    );
    this.name = 'NftError';
    this.failures = failures;
  }
}

/** Somebody else has changed the ruleset that a batch was made for; nothing of the batch is in force. */
export class StaleRuleset extends Error {
  constructor() {
    super('somebody else has changed the ruleset');
    this.name = 'StaleRuleset';
  }
}

/** A set holds an element of a kind that is never made here, so somebody else has put it there. */
export class ForeignElement extends Error {
  constructor(set: string, what: string) {
    super(`set ${set} holds ${what}`);
    this.name = 'ForeignElement';
  }
}

function sentence(failure: NftFailure, describe: (command: number) => string): string {
  const what = failure.command === undefined ? 'batch' : describe(failure.command);
  const element = failure.element === undefined ? '' : ` element ${failure.element}`;
  return `${what}${element}: ${failure.errno}${failure.text === undefined ? '' : ` (${failure.text})`}`;
}
