/**
 * One table in one namespace: what the kernel has of its program, and what it still lacks. A batch is applied as a
 * whole or not at all, so what the kernel has is always known, until a failure makes it doubtful: then the next
 * attempt replaces the table in one batch. A batch is good for one generation of the ruleset alone: where somebody else
 * has changed it, the table is replaced instead.
 */
import { randomInt } from 'node:crypto';
import { constants } from 'node:os';
import { deltaOf, deltaSteps, type PieceChange, type Renewal } from '../dataplane/delta.ts';
import { epochChains, epochCommands, nextEpoch } from '../dataplane/epoch.ts';
import {
  emptyFingerprint,
  exchanged,
  type Fingerprint,
  fingerprintOf,
  fingerprintText,
} from '../dataplane/fingerprint.ts';
import type { Concern, Piece, Program } from '../dataplane/piece.ts';
import { vpcSets } from '../dataplane/vpc-sets.ts';
import { NftError, StaleRuleset } from '../nft/error.ts';
import { type NftSocket, nextGeneration } from '../nft/socket.ts';
import type { Command } from '../nft/statement.ts';
import { tagCommands } from '../nft/tag.ts';
import { inSlices } from '../steps.ts';
import { SystemError } from '../sys/error.ts';
import { programCommands, replacementCommands } from './replacement.ts';
import { SetNames } from './set-names.ts';

/** Changes with the meaning of programs, so that a newer server does not adopt an older one's table. */
const programVersion = 4;

/** Epochs begin in the lower half, so that the end is far off. */
const firstEpochMax = 1 << 27;

/** Elements of renewed sets that one batch brings: encoding them takes some 50 ms. */
const elementsAtOnce = 20_000;

/** What is in the place of a program's fingerprint in a table that is not what any program says. */
const unlikeAny = 'none';

export type KeeperOptions = {
  readonly table: string;
  /** Whether verdicts are remembered in conntrack marks under an epoch. */
  readonly hasEpoch: boolean;
  /** Clears remembered verdicts of every epoch from the marks of all flows. */
  readonly clearVerdicts: () => void;
  /** Whether what others change is put right; else it stays until the program changes there. */
  readonly isGuarded?: boolean;
};

/** What a keeper finds when it looks: its table, another one than it left, or none that is whole. */
export type Look = 'same' | 'changed' | 'gone';

/** What a table says of itself; without a fingerprint where another program wrote it. */
type Tag = { readonly fingerprint: string; readonly generation: number; readonly epoch: number };

type PortConcern = Extract<Concern, { readonly kind: 'port' }>;

export class TableKeeper {
  readonly #socket: NftSocket;
  readonly #options: KeeperOptions;
  #applied = new Map<string, Piece>();
  readonly #stale = new Set<string>();
  #fingerprint: Fingerprint = emptyFingerprint;
  #names = SetNames.plain;
  #epoch: number;
  /** Whether `applied` is what the kernel has. */
  #isKnown = false;
  /** Whether a batch was refused, so that something in the table is not as it should be. */
  #isDoubtful = false;
  /** Ports that were taken out of the map of ports. */
  readonly #isolated = new Set<string>();
  #isEpochDue = false;
  /** The ruleset's generation after our last batch, where somebody else's changes are of interest. */
  #generation: number | undefined;
  #changesFound = 0;

  constructor(socket: NftSocket, options: KeeperOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#epoch = randomInt(1, firstEpochMax);
  }

  /** Notes pieces that may differ from what the kernel has. */
  mark(names: Iterable<string>): void {
    for (const name of names) this.#stale.add(name);
  }

  /** Whether the kernel has the program as last applied and no port is isolated. */
  get isSettled(): boolean {
    return this.#isKnown && !this.#isDoubtful && this.#stale.size === 0;
  }

  /** Notes that remembered verdicts rest on something outside the table that has changed. */
  needEpoch(): void {
    this.#isEpochDue = this.#options.hasEpoch;
  }

  /** Whether remembered verdicts rest on something that has changed. */
  get isEpochDue(): boolean {
    return this.#isEpochDue;
  }

  /**
   * Brings the table to the program with one batch. The program must stay as it is until then.
   * @throws NftError; then the table is as it was
   */
  async apply(program: Program): Promise<void> {
    try {
      if (!this.#isKnown || this.#isDoubtful) await this.#takeOver(program);
      else if (this.#stale.size > 0) await this.#applyChangesOrAll(program);
    } catch (error) {
      this.#isDoubtful = true;
      throw error;
    }
  }

  /** Looks whether somebody else has changed the ruleset; then the next `apply` replaces the table. */
  look(): Look {
    if (this.#isDoubtful || this.#generation === undefined) return 'same';
    if (this.#socket.generation() === this.#generation) return 'same';
    this.#isDoubtful = true;
    return this.#readTag() ? 'changed' : 'gone';
  }

  /** How often, since this was last asked, `apply` has found what somebody else had changed. */
  takeChangesFound(): number {
    const found = this.#changesFound;
    this.#changesFound = 0;
    return found;
  }

  async #applyChangesOrAll(program: Program): Promise<void> {
    try {
      await this.#applyChanges(program);
    } catch (error) {
      if (!(error instanceof StaleRuleset)) throw error;
      this.#changesFound++;
      this.#isDoubtful = true;
      await this.#takeOver(program);
    }
  }

  /** Sends a batch for the ruleset as this keeper left it. */
  async #send(commands: readonly Command[]): Promise<void> {
    await this.#socket.applyAside(commands, this.#generation);
    if (this.#generation !== undefined) this.#generation = nextGeneration(this.#generation);
  }

  async #applyChanges(program: Program): Promise<void> {
    const changes = this.#changes(program);
    const delta = await inSlices(deltaSteps(this.#options.table, changes, { program }));
    if (delta.commands.length > 0) {
      await this.#renew(delta.renewals);
      const fingerprint = await inSlices(exchanged(this.#fingerprint, changes));
      const left = delta.renewals.map(({ set }) => this.#names.actual(set.name));
      const names = this.#names.exchanged(delta.renewals.map(({ set }) => set.name));
      await this.#send([
        ...names.translated(delta.commands),
        ...left.map((set): Command => ({ kind: 'deleteSet', table: this.#options.table, set })),
        ...this.#tag(fingerprint, this.#epoch),
      ]);
      this.#names = names;
      this.#fingerprint = fingerprint;
    }
    if (delta.epochMoves) this.#isEpochDue = this.#options.hasEpoch;
    for (const name of this.#stale) {
      const piece = program.get(name);
      if (piece) this.#applied.set(name, piece);
      else this.#applied.delete(name);
    }
    this.#stale.clear();
  }

  /**
   * Makes sets that no rule asks yet, under their other names, so that the batch that makes rules ask them finds them
   * whole. Until then the table is what no program says.
   */
  async #renew(renewals: readonly Renewal[]): Promise<void> {
    const { table } = this.#options;
    const names = this.#names.exchanged(renewals.map(({ set }) => set.name));
    for (let next = 0; next < renewals.length; ) {
      const commands: Command[] = [...this.#tagOf(unlikeAny, this.#epoch)];
      for (let elements = 0; next < renewals.length && elements < elementsAtOnce; next++) {
        const renewal = renewals[next];
        if (!renewal) continue;
        elements += renewal.elements.length;
        commands.push(
          { kind: 'addSet', table, set: renewal.set },
          { kind: 'addElements', table, ...renewal },
        );
      }
      await this.#send(names.translated(commands));
    }
  }

  #changes(program: Program): readonly PieceChange[] {
    return [...this.#stale].map((name) => ({ before: this.#applied.get(name), after: program.get(name) }));
  }

  /** Forgets all remembered verdicts. To be called after a memory barrier that follows `apply`. */
  async moveEpoch(): Promise<void> {
    const epoch = nextEpoch(this.#epoch);
    const { table } = this.#options;
    try {
      if (epoch < this.#epoch) {
        // Flows that have been silent since long ago may carry a number that comes again now.
        await this.#send([{ kind: 'flushChain', table, chain: 'fast' }]);
        this.#options.clearVerdicts();
      }
      await this.#send([...epochCommands(table, epoch), ...this.#tag(this.#fingerprint, epoch)]);
    } catch (error) {
      this.#isDoubtful = true;
      throw error;
    }
    this.#epoch = epoch;
    this.#isEpochDue = false;
  }

  /**
   * After a failed `apply`, closes a router's ports whose access would have narrowed: takes them out of the map of
   * ports, all of them where it is not known what the kernel has, and forgets remembered verdicts. The next `apply`
   * replaces the table.
   * @throws where not even that can be done
   */
  async isolate(program: Program): Promise<void> {
    const { table } = this.#options;
    if (!this.#socket.tables().includes(table))
      throw new SystemError(`table ${table}`, constants.errno.ENOENT);
    const narrowed = this.#isKnown ? this.#portsOf(deltaOf(table, this.#changes(program)).narrowed) : [];
    const ports = narrowed.filter((port) => !this.#isolated.has(port));
    if (this.#isKnown && ports.length === 0) return;
    const elements = ports.map((port) => ({ key: [port] }));
    // Whatever the ruleset is by now: closing must not wait for anybody.
    this.#generation = undefined;
    await this.#send([
      this.#isKnown
        ? { kind: 'deleteElements', table, set: vpcSets.ports, elements }
        : { kind: 'flushSet', table, set: vpcSets.ports.name },
      ...this.#tagOf(unlikeAny, this.#epoch),
    ]);
    for (const port of ports) this.#isolated.add(port);
    await this.moveEpoch();
  }

  /** Ports that the given concerns are about, as the kernel has them. */
  #portsOf(concerns: readonly Concern[]): readonly string[] {
    const ports = [...this.#applied.values()].flatMap(({ concern }) =>
      concern.kind === 'port' ? [concern] : [],
    );
    return ports.filter((port) => concerns.some((concern) => isAbout(concern, port))).map(({ port }) => port);
  }

  /**
   * Adopts the table in the kernel if it is the one to be made and nobody has touched the ruleset since, else replaces it
   * in one batch.
   */
  async #takeOver(program: Program): Promise<void> {
    const { hasEpoch, isGuarded = false } = this.#options;
    this.#generation = isGuarded ? this.#socket.generation() : undefined;
    const fingerprint = await inSlices(fingerprintOf(program));
    const found = this.#readTag();
    if (found) this.#epoch = found.epoch;
    const isOurs = this.#generation === undefined || found?.generation === this.#generation;
    if (this.#isDoubtful || !isOurs || found?.fingerprint !== fingerprintText(fingerprint)) {
      await this.#replace(program, fingerprint);
      this.#names = SetNames.plain;
    } else this.#names = SetNames.of(this.#socket.sets(this.#options.table));
    this.#fingerprint = fingerprint;
    this.#isKnown = true;
    this.#isDoubtful = false;
    this.#isolated.clear();
    this.#isEpochDue = hasEpoch;
    this.#applied = new Map(program);
    this.#stale.clear();
  }

  /** Puts the program in the place of whatever the table holds, in one batch. */
  async #replace(program: Program, fingerprint: Fingerprint): Promise<void> {
    const { table, hasEpoch } = this.#options;
    const epoch = hasEpoch ? epochChains(this.#epoch) : [];
    const made = [
      ...(await inSlices(programCommands(table, program, epoch))),
      ...this.#tagOf(fingerprintText(fingerprint), this.#epoch),
    ];
    if (this.#socket.tables().includes(table)) {
      try {
        await this.#send(replacementCommands(this.#socket, table, made));
        return;
      } catch (error) {
        // Something in the table that is not of our kinds: a flow table.
        if (!(error instanceof NftError)) throw error;
      }
    }
    // Deleting needs a table to be there; packets see the old one or the new one.
    await this.#send([{ kind: 'addTable', table }, { kind: 'deleteTable', table }, ...made]);
  }

  #tag(fingerprint: Fingerprint, epoch: number): readonly Command[] {
    return this.#tagOf(this.#isolated.size > 0 ? unlikeAny : fingerprintText(fingerprint), epoch);
  }

  /**
   * The tag for the end of a batch. It names the generation that the batch makes, so that a server that starts sees
   * whether anybody has changed the ruleset since; 0 where that is of no interest.
   */
  #tagOf(fingerprint: string, epoch: number): readonly Command[] {
    const generation = this.#generation === undefined ? 0 : nextGeneration(this.#generation);
    const text = `rampart ${programVersion} ${fingerprint} ${generation} ${epoch}`;
    return tagCommands(this.#options.table, text);
  }

  /**
   * What the table in force says of itself. Its epoch counts whatever program wrote it: where a replacement began
   * another one, packets of flows that are remembered would be judged in the moment when the new rules are in force
   * and their interval sets not yet, and be lost.
   */
  #readTag(): Tag | undefined {
    const text = this.#socket.tables().includes(this.#options.table)
      ? this.#socket.tag(this.#options.table)
      : undefined;
    const [, version, rest = '', epoch] = /^rampart (\w+) (.*) (\d+)$/.exec(text ?? '') ?? [];
    if (epoch === undefined) return undefined;
    const [fingerprint = '', generation] = version === String(programVersion) ? rest.split(' ') : [];
    return { fingerprint, generation: Number(generation), epoch: Number(epoch) };
  }

  /** Closes the socket; the kernel keeps the table. */
  close(): void {
    this.#socket.close();
  }
}

function isAbout(concern: Concern, port: PortConcern): boolean {
  switch (concern.kind) {
    case 'everybody':
      return true;
    case 'port':
      return concern.port === port.port;
    case 'class':
      return concern.number === port.classNumber;
    case 'subnet':
      return concern.subnetId === port.subnetId;
    default:
      return concern satisfies never;
  }
}
