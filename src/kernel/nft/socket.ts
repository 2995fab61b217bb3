/** The nftables of one network namespace: atomic changes, and reading back what is in force. */
import { constants } from 'node:os';
import { type Attributes, eachAttribute, nested, readAttributes, textOf } from '../netlink/reader.ts';
import { NetlinkSocket, protocol, type Reply } from '../netlink/socket.ts';
import { MessageWriter } from '../netlink/writer.ts';
import { atOnce, inSlices, type Steps } from '../steps.ts';
import { errnoName } from '../sys/error.ts';
import * as nf from './constants.ts';
import { decodeElements, readCounter } from './decode.ts';
import { shapeOf } from './element.ts';
import { type Batch, type BatchMessage, encode } from './encode.ts';
import { NftError, type NftFailure, StaleRuleset } from './error.ts';
import { kindRead } from './set-kind.ts';
import { readSettled } from './settled.ts';
import type { ChainSpec, Command, Element, ObjectName, SetSpec } from './statement.ts';
import { tagChain } from './tag.ts';
import { readComment } from './userdata.ts';

/** ERESTART, which user space never sees otherwise, so that Node has no name for it. */
const staleErrno = errnoName(85);

/** The generation after this one. */
export function nextGeneration(generation: number): number {
  return generation === 0xffffffff ? 1 : generation + 1;
}

/** One rule as read back: what the rule says is in the kernel's own language, so only its notes are here. */
export type RuleState = {
  readonly comment?: string;
  /** Of the rule's first `counter`. */
  readonly counter?: { readonly packets: number; readonly bytes: number };
};

export class NftSocket {
  readonly #socket: NetlinkSocket;
  readonly #writer = new MessageWriter();

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** Opens a socket for the namespace that the thread is in. Needs CAP_NET_ADMIN there. */
  static open(): NftSocket {
    return new NftSocket(NetlinkSocket.open(protocol.netfilter));
  }

  close(): void {
    this.#socket.close();
  }

  /**
   * Applies all commands at once; tables are of the family `inet`. Packets see the rules of before or of after,
   * except that interval sets switch a moment later than rules.
   * @param generation of the ruleset that the commands are meant for
   * @throws NftError where the kernel refused something: then nothing has changed. StaleRuleset where the ruleset is of
   *   another generation. SystemError ENOBUFS where the kernel's answers were lost: then the state must be read back.
   */
  apply(commands: readonly Command[], generation?: number): void {
    if (commands.length === 0) return;
    this.#socket.checkFree();
    const { batch, bytes, last } = atOnce(this.#written(commands, generation));
    check(commands, batch, this.#socket.exchange(bytes, last));
  }

  /**
   * Like `apply`, while the event loop turns, also between parts of a long batch that are written. Nothing else may be asked
   * of this socket until then.
   */
  async applyAside(commands: readonly Command[], generation?: number): Promise<void> {
    if (commands.length === 0) return;
    const write = () => inSlices(this.#written(commands, generation));
    const { written, replies } = await this.#socket.exchangeAside(write);
    check(commands, written.batch, replies);
  }

  *#written(
    commands: readonly Command[],
    generation: number | undefined,
  ): Steps<{ readonly batch: Batch; readonly bytes: Buffer; readonly last: number }> {
    const batch = yield* encode(commands, this.#socket.claimSequence(1), this.#writer, generation);
    this.#socket.claimSequence(batch.messages.length + 1);
    return { batch, bytes: batch.bytes, last: batch.sequence + batch.messages.length };
  }

  /** How often the namespace's ruleset was changed, by whomever: one more with each batch, and never 0. */
  generation(): number {
    const type = (nf.SUBSYSTEM << 8) | nf.message.getGeneration;
    const payload = this.#socket.get('read generation', type, [], header);
    const id = payload && readAttributes(payload.subarray(4)).get(nf.generation.id);
    if (!id) throw new Error('the kernel named no generation');
    return id.readUInt32BE(0);
  }

  /** Names of the tables. */
  tables(): string[] {
    return this.#names(nf.message.getTable, nf.table.name);
  }

  /** Names of a table's chains; none where the table is absent. */
  chains(table: string): string[] {
    return this.#names(nf.message.getChain, nf.chain.name, { attribute: nf.chain.table, table });
  }

  /** Names of a table's sets and maps. */
  sets(table: string): string[] {
    return this.#names(nf.message.getSet, nf.set.name, { attribute: nf.set.table, table });
  }

  /** The kinds of a table's sets and maps, by name; see `kindOf`. */
  setKinds(table: string): ReadonlyMap<string, string> {
    const payloads = this.#of('read sets', nf.message.getSet, { attribute: nf.set.table, table });
    return new Map(payloads.map((attributes) => [textAt(attributes, nf.set.name), kindRead(attributes)]));
  }

  /** A table's objects. */
  objects(table: string): ObjectName[] {
    const payloads = this.#of('read objects', nf.message.getObject, { attribute: nf.object.table, table });
    return payloads.map((attributes) => ({
      name: textAt(attributes, nf.object.name),
      type: attributes.get(nf.object.type)?.readUInt32BE(0) ?? 0,
    }));
  }

  /** Where a table's base chains stand: type, number of the hook, priority. Others are left out. */
  hooks(table: string): ReadonlyMap<string, string> {
    const payloads = this.#of('read chains', nf.message.getChain, { attribute: nf.chain.table, table });
    return new Map(
      payloads.flatMap((attributes): [string, string][] => {
        const hook = nested(attributes, nf.chain.hook);
        const number = hook.get(nf.hook.number)?.readUInt32BE(0);
        const priority = hook.get(nf.hook.priority)?.readInt32BE(0);
        if (number === undefined || priority === undefined) return [];
        const place = `${textAt(attributes, nf.chain.type)} ${number} ${priority}`;
        return [[textAt(attributes, nf.chain.name), place]];
      }),
    );
  }

  /** A chain's rules in their order. */
  rules(table: string, chain: string): RuleState[] {
    const payloads = this.#dump('read rules', nf.message.getRule, (writer) => {
      writer.attrText(nf.rule.table, table);
      writer.attrText(nf.rule.chain, chain);
    });
    return payloads.map(readRule);
  }

  /** A set's elements, in no particular order, with addresses in canonical text. */
  elements(table: string, set: SetSpec): Element[] {
    const read = (): Element[] => decodeElements(set, this.#elementPayloads(table, set));
    return shapeOf(set) === 'exact' ? readSettled(read) : read();
  }

  #elementPayloads(table: string, set: SetSpec): Buffer[] {
    return this.#dump('read elements', nf.message.getElement, (writer) => {
      writer.attrText(nf.elementList.table, table);
      writer.attrText(nf.elementList.set, set.name);
    });
  }

  /** The text that `tagCommands` left in a table, or undefined. */
  tag(table: string): string | undefined {
    if (!this.chains(table).includes(tagChain)) return undefined;
    return this.rules(table, tagChain)[0]?.comment;
  }

  #dump(name: string, type: number, build: (writer: MessageWriter) => void): Buffer[] {
    return this.#socket.dump(name, (nf.SUBSYSTEM << 8) | type, (writer) => {
      header(writer);
      build(writer);
    });
  }

  #names(type: number, nameAttribute: number, of?: OfTable): string[] {
    return this.#of('read names', type, of).map((attributes) => textAt(attributes, nameAttribute));
  }

  /** Attributes of everything of a type, in one table where one is given. */
  #of(name: string, type: number, of?: OfTable): Attributes[] {
    const payloads = this.#dump(name, type, (writer) => {
      if (of) writer.attrText(of.attribute, of.table);
    });
    const all = payloads.map((payload) => readAttributes(payload.subarray(4)));
    // Older kernels list all tables' chains whatever is asked.
    return of ? all.filter((attributes) => textAt(attributes, of.attribute) === of.table) : all;
  }
}

/** Where a base chain is to stand, as `hooks` has it; undefined for other chains. */
export function placeOf({ hook }: ChainSpec): string | undefined {
  return hook && `${hook.type} ${nf.hookNumber[hook.hook]} ${hook.priority}`;
}

type OfTable = { readonly attribute: number; readonly table: string };

function textAt(attributes: Attributes, type: number): string {
  const content = attributes.get(type);
  return content ? textOf(content) : '';
}

/** Writes `struct nfgenmsg`. */
function header(writer: MessageWriter): void {
  writer.u8(nf.FAMILY_INET);
  writer.u8(0);
  writer.u16(0);
}

function readRule(payload: Buffer): RuleState {
  const attributes = readAttributes(payload.subarray(4));
  const userdata = attributes.get(nf.rule.userdata);
  const comment = userdata && readComment(userdata);
  let counter: RuleState['counter'];
  const expressions = attributes.get(nf.rule.expressions);
  if (expressions) {
    eachAttribute(expressions, (_type, content) => {
      counter ??= readCounter(content);
    });
  }
  return { ...(comment !== undefined && { comment }), ...(counter && { counter }) };
}

function describe(command: Command | undefined): string {
  if (!command) return 'batch';
  const parts: string[] = [command.kind, command.table];
  if ('chain' in command) parts.push(typeof command.chain === 'string' ? command.chain : command.chain.name);
  if ('set' in command) parts.push(typeof command.set === 'string' ? command.set : command.set.name);
  return parts.join(' ');
}

/** Throws where the answers say that something was refused. */
function check(commands: readonly Command[], batch: Batch, replies: readonly Reply[]): void {
  const failures = failuresOf(batch, replies);
  if (failures.length === 0) return;
  if (failures.some(({ errno }) => errno === staleErrno)) throw new StaleRuleset();
  throw new NftError(failures, (index) => describe(commands[index]));
}

/** What of a batch was refused. No answer at all to a batch that asked for one is a failure too. */
function failuresOf(batch: Batch, replies: readonly Reply[]): NftFailure[] {
  const end = batch.sequence + batch.messages.length;
  const mine = replies.filter(({ sequence }) => sequence >= batch.sequence && sequence <= end + 1);
  const failures = mine.filter(({ errno }) => errno !== 0).map((reply) => failureOf(batch, reply));
  if (failures.length === 0 && mine.length === 0) {
    return [{ errno: errnoName(constants.errno.EPROTO), text: 'the kernel did not answer' }];
  }
  return failures;
}

function failureOf(batch: Batch, reply: Reply): NftFailure {
  const errno = errnoName(reply.errno);
  const text = reply.text === undefined ? {} : { text: reply.text };
  const message = batch.messages[reply.sequence - batch.sequence - 1];
  if (!message) return { errno, ...text };
  const element = reply.offset === undefined ? undefined : elementAt(batch, message, reply.offset);
  return { command: message.command, ...(element !== undefined && { element }), errno, ...text };
}

/** Which element of the command an attribute at `offset` of the message belongs to. */
function elementAt(batch: Batch, message: BatchMessage, offset: number): number | undefined {
  const start = message.start;
  const bytes = batch.bytes.subarray(start, start + batch.bytes.readUInt32LE(start));
  const type = bytes.readUInt8(4);
  if (type !== nf.message.newElement && type !== nf.message.deleteElement) return undefined;
  const body = 20;
  let found: number | undefined;
  eachAttribute(bytes.subarray(body), (attribute, list, at) => {
    if (attribute !== nf.elementList.elements) return;
    let index = message.firstElement - 1;
    eachAttribute(list, (_type, item, itemAt) => {
      const flags = readAttributes(item).get(nf.element.flags);
      const isEnd = flags !== undefined && (flags.readUInt32BE(0) & nf.ELEMENT_INTERVAL_END) !== 0;
      if (!isEnd) index++;
      const itemStart = body + at + 4 + itemAt;
      if (offset >= itemStart && offset < itemStart + 4 + item.length) found = index;
    });
  });
  return found;
}
