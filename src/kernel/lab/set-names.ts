/**
 * By which names the kernel knows the sets of a program. A set that is made anew stands beside the old one until the rules
 * ask it, so each has two names that take turns; the program knows one.
 */
import type { Command, NftRule, Statement } from '../nft/statement.ts';

/** No name of a program ends so. */
const suffix = '.b';

export class SetNames {
  /** Names of the program whose sets have the other name in the kernel. */
  readonly #others: ReadonlySet<string>;

  private constructor(others: ReadonlySet<string>) {
    this.#others = others;
  }

  /** Of a table that was made as the program says. */
  static readonly plain = new SetNames(new Set());

  /** Of a table that has these sets. */
  static of(found: readonly string[]): SetNames {
    const others = found.filter((name) => name.endsWith(suffix));
    return new SetNames(new Set(others.map((name) => name.slice(0, -suffix.length))));
  }

  /** After these sets were made anew. */
  exchanged(names: readonly string[]): SetNames {
    return new SetNames(this.#others.symmetricDifference(new Set(names)));
  }

  /** The kernel's name of a set. */
  actual(name: string): string {
    return this.#others.has(name) ? `${name}${suffix}` : name;
  }

  /** The commands with the kernel's names. */
  translated(commands: readonly Command[]): readonly Command[] {
    return this.#others.size === 0 ? commands : commands.map((command) => this.#command(command));
  }

  #command(command: Command): Command {
    switch (command.kind) {
      case 'addSet':
      case 'addElements':
      case 'deleteElements': {
        const { set } = command;
        return this.#others.has(set.name)
          ? { ...command, set: { ...set, name: this.actual(set.name) } }
          : command;
      }
      case 'deleteSet':
      case 'flushSet':
        return { ...command, set: this.actual(command.set) };
      case 'addRule':
        return { ...command, rule: this.#rule(command.rule) };
      default:
        return command;
    }
  }

  #rule(rule: NftRule): NftRule {
    return rule.map((statement): Statement => {
      if ('set' in statement) return { ...statement, set: this.actual(statement.set) };
      return 'map' in statement ? { ...statement, map: this.actual(statement.map) } : statement;
    });
  }
}
