/** Translates commands into one netlink batch: all of it is applied, or nothing. */
import { flag, type MessageWriter } from '../netlink/writer.ts';
import type { Steps } from '../steps.ts';
import * as nf from './constants.ts';
import { datatypeBytes, keyBytes, keyTypes, typeNumber } from './datatype.ts';
import { ElementWriter } from './element.ts';
import { writeRule } from './rule.ts';
import { dataTypeNumber, setFlags } from './set-kind.ts';
import type { ChainSpec, Command, Element, NftRule, ObjectName, SetSpec, TimeoutSpec } from './statement.ts';
import { commentBytes, setNotes } from './userdata.ts';

const BATCH_BEGIN = 0x10;
const BATCH_END = 0x11;

/** An attribute's length is 16 bits wide; with this much, one more element of any type still fits. */
const elementListBytesMax = 60_000;
const elementsPerMessageMax = 1000;

/** Which command a message of a batch came from. */
export type BatchMessage = {
  readonly command: number;
  /** Where the message starts in the batch. */
  readonly start: number;
  /** Index of the message's first element in its command. */
  readonly firstElement: number;
};

export type Batch = {
  /** Part of the writer's memory: valid until the next batch is encoded with it. */
  readonly bytes: Buffer;
  /** Sequence number of the batch's frame; the messages' own numbers follow it one by one. */
  readonly sequence: number;
  readonly messages: readonly BatchMessage[];
};

/**
 * Encodes commands in their order, a command or so many elements in each step. Only the last message asks for
 * an acknowledgement: failures are answered in any case, and a hundred acknowledgements would have to be
 * read.
 * @param sequence number of the frame; the caller keeps `2 + messages` numbers from it free
 * @param writer to be written with; what it held is lost
 * @param generation of the ruleset that the batch is meant for; the kernel refuses it in any other
 */
export function* encode(
  commands: readonly Command[],
  sequence: number,
  writer: MessageWriter,
  generation?: number,
): Steps<Batch> {
  writer.reset();
  return yield* new BatchEncoder(sequence, writer).encode(commands, generation);
}

class BatchEncoder {
  readonly #writer: MessageWriter;
  readonly #messages: BatchMessage[] = [];
  readonly #sequence: number;
  #command = 0;
  #setId = 0;

  constructor(sequence: number, writer: MessageWriter) {
    this.#sequence = sequence;
    this.#writer = writer;
  }

  *encode(commands: readonly Command[], generation: number | undefined): Steps<Batch> {
    this.#frame(BATCH_BEGIN, this.#sequence, generation);
    for (const [index, command] of commands.entries()) {
      this.#command = index;
      yield* this.#write(command);
      yield;
    }
    this.#frame(BATCH_END, this.#sequence + this.#messages.length + 1);
    const { bytes } = this.#writer;
    const last = this.#messages.at(-1);
    if (last) {
      const flags = last.start + 6;
      bytes.writeUInt16LE(bytes.readUInt16LE(flags) | flag.acknowledge, flags);
    }
    return { bytes, sequence: this.#sequence, messages: this.#messages };
  }

  #frame(type: number, sequence: number, generation?: number): void {
    this.#writer.beginMessage(type, flag.request, sequence);
    this.#writer.u16(0);
    this.#writer.u16be(nf.SUBSYSTEM);
    if (generation !== undefined) this.#writer.attrU32be(nf.BATCH_GENERATION, generation);
    this.#writer.endMessage();
  }

  #message(type: number, flags: number, build: () => void, firstElement = 0): void {
    const writer = this.#writer;
    this.#messages.push({ command: this.#command, start: writer.length, firstElement });
    const sequence = this.#sequence + this.#messages.length;
    writer.beginMessage((nf.SUBSYSTEM << 8) | type, flag.request | flags, sequence);
    writer.u8(nf.FAMILY_INET);
    writer.u8(0);
    writer.u16(0);
    build();
    writer.endMessage();
  }

  *#write(command: Command): Steps {
    const writer = this.#writer;
    switch (command.kind) {
      case 'addTable':
        this.#message(nf.message.newTable, flag.create, () => {
          writer.attrText(nf.table.name, command.table);
        });
        break;
      case 'deleteTable':
        this.#message(nf.message.deleteTable, 0, () => writer.attrText(nf.table.name, command.table));
        break;
      case 'addChain':
        this.#addChain(command.table, command.chain);
        break;
      case 'deleteChain':
        this.#message(nf.message.deleteChain, 0, () => {
          writer.attrText(nf.chain.table, command.table);
          writer.attrText(nf.chain.name, command.chain);
        });
        break;
      case 'flushChain':
        this.#message(nf.message.deleteRule, 0, () => {
          writer.attrText(nf.rule.table, command.table);
          writer.attrText(nf.rule.chain, command.chain);
        });
        break;
      case 'addRule':
        this.#addRule(command.table, command.chain, command.rule, command.comment);
        break;
      case 'addSet':
        this.#addSet(command.table, command.set);
        break;
      case 'addTimeout':
        this.#addTimeout(command.table, command.timeout);
        break;
      case 'deleteTimeout':
        this.#deleteObject(command.table, { name: command.timeout, type: nf.OBJECT_CT_TIMEOUT });
        break;
      case 'deleteObject':
        this.#deleteObject(command.table, command.object);
        break;
      case 'deleteSet':
        this.#message(nf.message.deleteSet, 0, () => {
          writer.attrText(nf.set.table, command.table);
          writer.attrText(nf.set.name, command.set);
        });
        break;
      case 'flushSet':
        this.#message(nf.message.deleteElement, 0, () => {
          writer.attrText(nf.elementList.table, command.table);
          writer.attrText(nf.elementList.set, command.set);
        });
        break;
      case 'addElements':
        yield* this.#elements(command.table, command.set, command.elements, 'add');
        break;
      case 'deleteElements':
        yield* this.#elements(command.table, command.set, command.elements, 'delete');
        break;
      default:
        command satisfies never;
    }
  }

  #addChain(table: string, chain: ChainSpec): void {
    const writer = this.#writer;
    this.#message(nf.message.newChain, flag.create, () => {
      writer.attrText(nf.chain.table, table);
      writer.attrText(nf.chain.name, chain.name);
      if (!chain.hook) return;
      const hook = writer.nest(nf.chain.hook);
      writer.attrU32be(nf.hook.number, nf.hookNumber[chain.hook.hook]);
      writer.attrU32be(nf.hook.priority, chain.hook.priority);
      writer.end(hook);
      writer.attrU32be(nf.chain.policy, nf.verdictCode[chain.hook.policy]);
      writer.attrText(nf.chain.type, chain.hook.type);
    });
  }

  #addRule(table: string, chain: string, rule: NftRule, comment: string | undefined): void {
    const writer = this.#writer;
    this.#message(nf.message.newRule, flag.create | flag.append, () => {
      writer.attrText(nf.rule.table, table);
      writer.attrText(nf.rule.chain, chain);
      const expressions = writer.nest(nf.rule.expressions);
      writeRule(writer, rule);
      writer.end(expressions);
      if (comment !== undefined) writer.attrBytes(nf.rule.userdata, commentBytes(comment));
    });
  }

  #addTimeout(table: string, timeout: TimeoutSpec): void {
    const writer = this.#writer;
    this.#message(nf.message.newObject, flag.create, () => {
      writer.attrText(nf.object.table, table);
      writer.attrText(nf.object.name, timeout.name);
      writer.attrU32be(nf.object.type, nf.OBJECT_CT_TIMEOUT);
      const data = writer.nest(nf.object.data);
      writer.attrU16be(nf.timeout.family, nf.FAMILY_INET);
      writer.attrU8(nf.timeout.protocol, timeout.protocol);
      const policy = writer.nest(nf.timeout.policy);
      if (timeout.protocol === 6) {
        writer.attrU32be(nf.timeoutPolicy.tcpEstablished, timeout.establishedSeconds);
      } else {
        writer.attrU32be(nf.timeoutPolicy.udpUnreplied, timeout.onewaySeconds);
        writer.attrU32be(nf.timeoutPolicy.udpReplied, timeout.streamSeconds);
      }
      writer.end(policy);
      writer.end(data);
    });
  }

  #deleteObject(table: string, { name, type }: ObjectName): void {
    const writer = this.#writer;
    this.#message(nf.message.deleteObject, 0, () => {
      writer.attrText(nf.object.table, table);
      writer.attrText(nf.object.name, name);
      writer.attrU32be(nf.object.type, type);
    });
  }

  #addSet(table: string, set: SetSpec): void {
    const writer = this.#writer;
    const key = keyTypes(set);
    this.#message(nf.message.newSet, flag.create, () => {
      writer.attrText(nf.set.table, table);
      writer.attrText(nf.set.name, set.name);
      writer.attrU32be(nf.set.flags, setFlags(set));
      writer.attrU32be(nf.set.keyType, typeNumber(key));
      writer.attrU32be(nf.set.keyLength, keyBytes(key));
      if (set.data !== undefined) writer.attrU32be(nf.set.dataType, dataTypeNumber(set));
      if (set.data !== undefined && set.data !== 'verdict') {
        writer.attrU32be(nf.set.dataLength, datatypeBytes(set.data));
      }
      this.#describeSet(set);
      // Only told apart within the batch; rules name their sets.
      writer.attrU32be(nf.set.id, ++this.#setId);
      if (set.dynamic) writer.attrU64be(nf.set.timeout, set.dynamic.timeoutMs);
      writer.attrBytes(nf.set.userdata, setNotes(set));
    });
  }

  #describeSet(set: SetSpec): void {
    const writer = this.#writer;
    const key = keyTypes(set);
    const description = writer.nest(nf.set.description);
    if (set.dynamic) writer.attrU32be(nf.setDescription.size, set.dynamic.sizeMax);
    if (key.length > 1) {
      const concat = writer.nest(nf.setDescription.concat);
      for (const type of key) {
        const part = writer.nest(nf.LIST_ELEM);
        writer.attrU32be(nf.setDescription.fieldLength, datatypeBytes(type));
        writer.end(part);
      }
      writer.end(concat);
    }
    writer.end(description);
  }

  *#elements(table: string, set: SetSpec, elements: readonly Element[], purpose: 'add' | 'delete'): Steps {
    const writer = this.#writer;
    const elementWriter = ElementWriter.of(set);
    const type = purpose === 'add' ? nf.message.newElement : nf.message.deleteElement;
    let next = 0;
    while (next < elements.length) {
      const first = next;
      this.#message(
        type,
        purpose === 'add' ? flag.create : 0,
        () => {
          writer.attrText(nf.elementList.table, table);
          writer.attrText(nf.elementList.set, set.name);
          const list = writer.nest(nf.elementList.elements);
          while (next < elements.length && next - first < elementsPerMessageMax) {
            const element = elements[next];
            if (element) elementWriter.write(writer, element, purpose);
            next++;
            if (writer.length - list > elementListBytesMax) break;
          }
          writer.end(list);
        },
        first,
      );
      yield;
    }
  }
}
