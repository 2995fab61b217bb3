/** A netlink socket: requests with acknowledgement and dumps, which block, and atomic batches, which need not. */
import { constants } from 'node:os';
import {
  AF,
  bindSocket,
  closeDescriptor,
  openSocket,
  receive,
  SOCK,
  send,
  sendAside,
  setBuffers,
  setOption,
  socketAddressOf,
} from '../sys/descriptor.ts';
import { SystemError } from '../sys/error.ts';
import { eachAttribute, type Message, readMessages, textOf } from './reader.ts';
import { flag, MessageWriter } from './writer.ts';

export const protocol = { route: 0, netfilter: 12 } as const;

const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;

/** The kernel makes dump messages of at most 32 KB. */
const datagramBytesMax = 256 * 1024;
/** How often a dump that changed under our hands is started again. */
const dumpAttemptsMax = 20;

/** The kernel's answer to one message. */
export type Reply = {
  readonly sequence: number;
  /** 0 where it succeeded. */
  readonly errno: number;
  /** The kernel's own sentence, where it has one. */
  readonly text?: string;
  /** Where in the message the offending attribute starts. */
  readonly offset?: number;
};

/** A batch, and the number of its message whose answer is the last one. */
export type Written = { readonly bytes: Buffer; readonly last: number };

export class NetlinkSocket {
  readonly #fd: number;
  readonly #receiveBuffer = Buffer.allocUnsafeSlow(datagramBytesMax);
  #sequence = 0;
  #sendBytes = 1 << 20;
  /** Whether a batch is being written or on its way, whose answers another request would take. */
  #isBusy = false;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Opens a socket that speaks to the network namespace of this moment, whatever is entered later.
   * @param groups of the protocol whose news the socket hears, as bits
   */
  static open(which: number, groups = 0): NetlinkSocket {
    const fd = openSocket(AF.netlink, SOCK.raw, which);
    const socket = new NetlinkSocket(fd);
    try {
      setBuffers(fd, { sendBytes: socket.#sendBytes, receiveBytes: 64 << 20 });
      setOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
      setOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
      // Route dumps heed their filters only when asked to be strict.
      if (which === protocol.route) setOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
      const address = Buffer.alloc(12);
      address.writeUInt16LE(AF.netlink);
      address.writeUInt32LE(groups, 8);
      bindSocket(fd, address);
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
    return socket;
  }

  close(): void {
    closeDescriptor(this.#fd);
  }

  /** The number by which the kernel knows the socket in its namespace. */
  get port(): number {
    return socketAddressOf(this.#fd).readUInt32LE(4);
  }

  /** The messages that wait, each with a view of memory that the next ones take; `overrun` where some were lost. */
  *news(): Generator<Message | 'overrun'> {
    for (;;) {
      const received = receive(this.#fd, this.#receiveBuffer, { wait: false });
      if (received.kind === 'empty') return;
      if (received.kind === 'overrun') yield 'overrun';
      else yield* readMessages(this.#receiveBuffer.subarray(0, received.length));
    }
  }

  /** Numbers for `count` messages; returns the first. */
  claimSequence(count: number): number {
    // Half of what 32 bits hold, so that numbers run on without a break after this call too.
    if (this.#sequence > 0x7fffffff) this.#sequence = 0;
    const first = this.#sequence + 1;
    this.#sequence += count;
    return first;
  }

  /**
   * Sends one request and waits for its acknowledgement.
   * @param name what the request is called in an error
   * @throws SystemError with the kernel's errno and sentence
   */
  request(name: string, type: number, flags: number, build: (writer: MessageWriter) => void): void {
    const reply = this.tryRequest(type, flags, build);
    if (reply.errno !== 0) throw new SystemError(name, reply.errno, reply.text);
  }

  /** Like `request`, but hands the kernel's answer back. */
  tryRequest(type: number, flags: number, build: (writer: MessageWriter) => void): Reply {
    const sequence = this.#send(type, flag.request | flag.acknowledge | flags, build);
    for (;;) {
      for (const message of this.#receive()) {
        if (message.type === NLMSG_ERROR && message.sequence === sequence) return readReply(message);
      }
    }
  }

  /** Sends a request for one object; undefined where the kernel answers with one of the `absent` errors. */
  get(
    name: string,
    type: number,
    absent: readonly number[],
    build: (writer: MessageWriter) => void,
  ): Buffer | undefined {
    const sequence = this.#send(type, flag.request, build);
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        if (message.type !== NLMSG_ERROR) return Buffer.from(message.payload);
        const reply = readReply(message);
        if (absent.includes(reply.errno)) return undefined;
        throw new SystemError(name, reply.errno, reply.text);
      }
    }
  }

  /**
   * Reads everything that a dump request yields. A dump that the kernel marks as changed meanwhile is read again,
   * so what is returned is one consistent state.
   */
  dump(name: string, type: number, build: (writer: MessageWriter) => void): Buffer[] {
    for (let attempt = 0; attempt < dumpAttemptsMax; attempt++) {
      const found = this.#dumpOnce(name, type, build);
      if (found) return found;
    }
    throw new Error(`${name}: changed during each of ${dumpAttemptsMax} attempts to read it`);
  }

  #dumpOnce(name: string, type: number, build: (writer: MessageWriter) => void): Buffer[] | undefined {
    const sequence = this.#send(type, flag.request | flag.dump, build);
    const found: Buffer[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
        if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
          const errno = message.payload.length >= 4 ? -message.payload.readInt32LE(0) : 0;
          if (errno === constants.errno.EINTR) return undefined;
          if (errno !== 0) throw new SystemError(name, errno, readReplyText(message));
          return interrupted ? undefined : found;
        }
        found.push(Buffer.from(message.payload));
      }
    }
  }

  /**
   * Sends a batch as one datagram, as the kernel demands of transactions, and collects every answer to it. The
   * kernel works on it before `sendto` returns, so there is nothing to wait for. The answer to the message numbered
   * `last` ends the answers: the kernel delivers them in the order of the messages, after one to the batch as such.
   */
  exchange(batch: Buffer, last?: number): Reply[] {
    this.checkFree();
    this.#makeRoom(batch);
    send(this.#fd, batch);
    return this.#answers(last);
  }

  /**
   * Like `exchange`, while the event loop turns: in writing the batch, as far as `write` lets it, and while the kernel works
   * on another thread. The batch's memory, and the socket, must not be used meanwhile.
   */
  async exchangeAside<T extends Written>(
    write: () => Promise<T>,
  ): Promise<{ readonly written: T; readonly replies: readonly Reply[] }> {
    this.checkFree();
    this.#isBusy = true;
    let written: T;
    try {
      written = await write();
      this.#makeRoom(written.bytes);
      await sendAside(this.#fd, written.bytes);
    } finally {
      this.#isBusy = false;
    }
    return { written, replies: this.#answers(written.last) };
  }

  #makeRoom(batch: Buffer): void {
    if (batch.length + 4096 <= this.#sendBytes) return;
    this.#sendBytes = batch.length * 2;
    setBuffers(this.#fd, { sendBytes: this.#sendBytes, receiveBytes: 64 << 20 });
  }

  /** @throws where a batch is being written or on its way */
  checkFree(): void {
    if (this.#isBusy) throw new Error('a netlink socket is used while a batch of its is on its way');
  }

  /** The answers that wait, up to the one numbered `last`. */
  #answers(last: number | undefined): Reply[] {
    const replies: Reply[] = [];
    let overrun = false;
    for (;;) {
      const received = receive(this.#fd, this.#receiveBuffer, { wait: false });
      if (received.kind === 'empty') break;
      if (received.kind === 'overrun') {
        overrun = true;
        continue;
      }
      for (const message of readMessages(this.#receiveBuffer.subarray(0, received.length))) {
        if (message.type === NLMSG_ERROR) replies.push(readReply(message));
      }
      if (last !== undefined && replies.at(-1)?.sequence === last) break;
    }
    // Answers were lost, so whether the batch was applied is not known from here.
    if (overrun) throw new SystemError('netlink batch', constants.errno.ENOBUFS);
    return replies;
  }

  #send(type: number, flags: number, build: (writer: MessageWriter) => void): number {
    this.checkFree();
    const sequence = this.claimSequence(1);
    const writer = new MessageWriter(512);
    writer.beginMessage(type, flags, sequence);
    build(writer);
    writer.endMessage();
    // Without an address: what is connected to nobody sends to the kernel.
    send(this.#fd, writer.bytes);
    return sequence;
  }

  /** The messages of the next datagram. Lost ones are fatal to whoever waits for them. */
  #receive(): Message[] {
    const received = receive(this.#fd, this.#receiveBuffer, { wait: true });
    if (received.kind !== 'data') throw new SystemError('netlink receive', constants.errno.ENOBUFS);
    return readMessages(this.#receiveBuffer.subarray(0, received.length));
  }
}

function readReply(message: Message): Reply {
  const errno = -message.payload.readInt32LE(0);
  if (errno === 0) return { sequence: message.sequence, errno };
  return { sequence: message.sequence, errno, ...readDetails(message) };
}

function readReplyText(message: Message): string | undefined {
  return message.type === NLMSG_ERROR ? readDetails(message).text : undefined;
}

/** The extended acknowledgement behind the error number and the echoed header (and body, unless capped). */
function readDetails(message: Message): { text?: string; offset?: number } {
  if (!(message.flags & NLM_F_ACK_TLVS)) return {};
  const echoed = message.flags & NLM_F_CAPPED ? 16 : (message.payload.readUInt32LE(4) + 3) & ~3;
  const details: { text?: string; offset?: number } = {};
  eachAttribute(message.payload.subarray(4 + echoed), (type, content) => {
    if (type === NLMSGERR_ATTR_MSG) details.text = textOf(content);
    if (type === NLMSGERR_ATTR_OFFS) details.offset = content.readUInt32LE(0);
  });
  return details;
}
