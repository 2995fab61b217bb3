/** The connection tracking table of one network namespace. */
import { constants } from 'node:os';
import { addressBits, familyOf, readIp } from '#net/address.ts';
import { type Cidr, contains, prefixLength } from '#net/cidr.ts';
import type { Attributes } from '../netlink/reader.ts';
import { NetlinkSocket, protocol, type Reply } from '../netlink/socket.ts';
import type { MessageWriter } from '../netlink/writer.ts';
import { familyNumber } from '../rtnl/bytes.ts';
import { SystemError } from '../sys/error.ts';
import type { ConntrackEntry, ConntrackFilter } from './entry.ts';
import { CTA, type RawEntry, readEntry } from './message.ts';

const SUBSYSTEM = 1 << 8;
const message = { new: 0, get: 1, delete: 2, getStats: 5 } as const;
const NLA_F_NESTED = 0x8000;

export class ConntrackSocket {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** Opens a socket for the namespace that the thread is in. Every failure of a method is a SystemError. */
  static open(): ConntrackSocket {
    return new ConntrackSocket(NetlinkSocket.open(protocol.netfilter));
  }

  close(): void {
    this.#socket.close();
  }

  /** All entries of IPv4 and IPv6 in all zones. */
  entries(): ConntrackEntry[] {
    return this.#read().map(({ entry }) => entry);
  }

  /** Has the kernel load connection tracking, with its parameters, at no cost where that has been done. */
  load(): void {
    this.#socket.get('count conntrack', SUBSYSTEM | message.getStats, [], (writer) => writer.zeros(4));
  }

  /**
   * Deletes the entries that any of the filters fits; returns how many there were. Reading the table, which takes the
   * kernel 20 ms even where it is empty, is what costs: many filters at once cost no more than one.
   */
  delete(...filters: readonly ConntrackFilter[]): number {
    let count = 0;
    const fits = matcherOfAny(filters);
    for (const { entry, attributes } of this.#read()) {
      if (!fits(entry)) continue;
      const reply = this.#request(message.delete, entry, (writer) => writeName(writer, attributes));
      if (reply.errno === 0) count++;
      // It may expire between the two steps.
      else if (reply.errno !== constants.errno.ENOENT) throw failure('delete conntrack entry', reply);
    }
    return count;
  }

  /** Deletes all entries. */
  flush(): void {
    const reply = this.#request(message.delete, undefined, () => {});
    if (reply.errno !== 0) throw failure('flush conntrack', reply);
  }

  /** Keeps the bits of `keep` in the mark of every entry and clears the others; returns how many entries it met. */
  keepMarkBits(keep: number): number {
    let count = 0;
    for (const { entry, attributes } of this.#read()) {
      const reply = this.#request(message.new, entry, (writer) => {
        writeName(writer, attributes);
        writer.attrU32be(CTA.mark, 0);
        writer.attrU32be(CTA.markMask, ~keep >>> 0);
      });
      if (reply.errno === 0) count++;
      else if (reply.errno !== constants.errno.ENOENT) throw failure('change conntrack mark', reply);
    }
    return count;
  }

  #read(): RawEntry[] {
    return this.#socket
      .dump('read conntrack', SUBSYSTEM | message.get, (writer) => writer.zeros(4))
      .map(readEntry)
      .filter((entry) => entry !== undefined);
  }

  #request(type: number, entry: ConntrackEntry | undefined, build: (writer: MessageWriter) => void): Reply {
    return this.#socket.tryRequest(SUBSYSTEM | type, 0, (writer) => {
      writer.u8(entry ? familyNumber[entry.family] : 0);
      writer.zeros(3);
      build(writer);
    });
  }
}

/** An entry is named by its tuple, zone and number: a younger one of the same tuple is left alone. */
function writeName(writer: MessageWriter, attributes: Attributes): void {
  const tuple = attributes.get(CTA.original);
  const zone = attributes.get(CTA.zone);
  const id = attributes.get(CTA.id);
  if (tuple) writer.attrBytes(CTA.original | NLA_F_NESTED, tuple);
  if (zone) writer.attrBytes(CTA.zone, zone);
  if (id) writer.attrBytes(CTA.id, id);
}

function matcherOfAny(filters: readonly ConntrackFilter[]): (entry: ConntrackEntry) => boolean {
  const hosts = new Set<string>();
  const others: ((entry: ConntrackEntry) => boolean)[] = [];
  for (const filter of filters) {
    const host = filter.zone === undefined && filter.protocol === undefined && hostIn(filter.block);
    if (host) hosts.add(host);
    else others.push(matcherOf(filter));
  }
  const isOfHost = ({ original, reply }: ConntrackEntry) =>
    [original.source, original.destination, reply.source, reply.destination].some((ip) => hosts.has(ip));
  return (entry) => isOfHost(entry) || others.some((fits) => fits(entry));
}

/** The one address of a block, as entries have it. */
function hostIn(block: Cidr | undefined): string | undefined {
  if (block === undefined || prefixLength(block) < addressBits[familyOf(block)]) return undefined;
  return block.split('/', 1)[0];
}

function matcherOf({ block, zone, protocol }: ConntrackFilter): (entry: ConntrackEntry) => boolean {
  const isInBlock = block === undefined ? () => true : insideOf(block);
  return (entry) => {
    const { original, reply } = entry;
    return (
      (zone === undefined || zone === entry.zone) &&
      (protocol === undefined || protocol === entry.protocol) &&
      [original.source, original.destination, reply.source, reply.destination].some(isInBlock)
    );
  };
}

/** Whether addresses are in the block; those of one host are told by their text, since there are many entries. */
function insideOf(block: Cidr): (address: string) => boolean {
  const host = hostIn(block);
  if (host !== undefined) return (address) => address === host;
  return (address) => {
    const number = readIp(address);
    return number !== undefined && contains(block, number);
  };
}

function failure(name: string, reply: Reply): SystemError {
  return new SystemError(name, reply.errno, reply.text);
}
