/**
 * A DNS query as bytes to its response as bytes (RFC 1035, RFC 6891). The library reads and writes records; the
 * question is copied as it came, so that names come back exactly as they were asked for.
 */
import { type Answer, type DecodedPacket, decode, encode, type OptAnswer } from 'dns-packet';
import type { Lookup, NameRecord } from './names.ts';

const headerBytes = 12;
/** Without EDNS (RFC 1035, 4.2.1). */
const plainBytesMax = 512;
/** What passes every link unfragmented; clients that announce more get no more. */
export const ednsBytesMax = 1232;
/** Private names: what AWS's resolver lets clients keep. */
const ttlSeconds = 60;

const rcode = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  noName: 3,
  notImplemented: 4,
  refused: 5,
} as const;
/** BADVERS is 16: its upper bits stand in the OPT record. */
const badVersion = 1 << 4;
const flag = {
  response: 0x8000,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
} as const;
const opcodeMask = 0x7800;
const classIn = 1;

export type Names = (name: string) => Lookup;
export type Transport = 'udp' | 'tcp';

/** The response to a message; undefined where none is due: too short for a header, or itself a response. */
export function respond(query: Buffer, transport: Transport, names: Names): Buffer | undefined {
  if (query.length < headerBytes) return undefined;
  const flags = query.readUInt16BE(2);
  if ((flags & flag.response) !== 0) return undefined;
  const reply = new Reply(query, transport);
  if ((flags & opcodeMask) !== 0) return reply.with(rcode.notImplemented);
  const read = decoded(query);
  const end = questionEnd(query);
  if (!read || end === undefined) return reply.with(rcode.formatError);
  reply.question = query.subarray(headerBytes, end);
  const options = (read.additionals ?? []).filter(isOption);
  const [option] = options;
  if (options.length > 1) return reply.with(rcode.formatError);
  if (option) reply.offer(option);
  if (option && option.ednsVersion !== 0) return reply.with(badVersion);
  const [question] = read.questions ?? [];
  if (!question || query.readUInt16BE(end - 2) !== classIn) return reply.with(rcode.refused);
  const { name, type } = question;
  const lookup = names(name);
  switch (lookup.kind) {
    case 'foreign':
      return reply.with(rcode.serverFailure);
    case 'noName':
      return reply.with(rcode.noName);
    case 'name':
      return reply.with(rcode.noError, recordsOf(name, type, lookup.records));
    default:
      return lookup satisfies never;
  }
}

/** The response that says that the server failed; undefined where none is due. */
export function respondFailure(query: Buffer): Buffer | undefined {
  if (query.length < headerBytes || (query.readUInt16BE(2) & flag.response) !== 0) return undefined;
  return new Reply(query, 'udp').with(rcode.serverFailure);
}

/** Undefined where the bytes are no message: the library says so by throwing. */
function decoded(query: Buffer): DecodedPacket | undefined {
  try {
    return decode(query);
  } catch {
    return undefined;
  }
}

/** Where the one question ends; undefined where there is another number of them, or a pointer in the first name. */
function questionEnd(query: Buffer): number | undefined {
  if (query.readUInt16BE(4) !== 1) return undefined;
  let at = headerBytes;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63) return undefined;
    at += 1 + length;
    if (length === 0) break;
  }
  const end = at + 4;
  return end <= query.length ? end : undefined;
}

function isOption(record: Answer): record is OptAnswer {
  return record.type === 'OPT';
}

function recordsOf(name: string, type: string, records: readonly NameRecord[]): readonly Answer[] {
  return records
    .filter((record) => type === 'ANY' || record.type === type)
    .map((record) => ({ type: record.type, name, ttl: ttlSeconds, class: 'IN', data: record.data }));
}

/** A response in the making. */
class Reply {
  readonly #query: Buffer;
  #bytesMax: number;
  #hasOption = false;
  question: Buffer = Buffer.alloc(0);

  constructor(query: Buffer, transport: Transport) {
    this.#query = query;
    this.#bytesMax = transport === 'tcp' ? 65_535 : plainBytesMax;
  }

  /** Takes what the client offers by EDNS, and answers with the same. */
  offer({ udpPayloadSize }: OptAnswer): void {
    this.#hasOption = true;
    // Values below 512 mean 512 (RFC 6891, 6.2.3).
    if (this.#bytesMax === 65_535) return;
    this.#bytesMax = Math.min(ednsBytesMax, Math.max(plainBytesMax, udpPayloadSize));
  }

  /** The response; where the answers do not fit, none of them and the truncation flag. */
  with(code: number, answers: readonly Answer[] = []): Buffer {
    const whole = this.#bytes(code, answers, 0);
    return whole.length <= this.#bytesMax ? whole : this.#bytes(code, [], flag.truncated);
  }

  #bytes(code: number, answers: readonly Answer[], more: number): Buffer {
    const asked = this.#query.readUInt16BE(2) & (opcodeMask | flag.recursionDesired);
    const body = encode({
      type: 'response',
      id: this.#query.readUInt16BE(0),
      flags: asked | flag.recursionAvailable | more | (code & 15),
      answers: [...answers],
      additionals: this.#hasOption ? [optionRecord(code >> 4)] : [],
    });
    if (this.question.length > 0) body.writeUInt16BE(1, 4);
    return Buffer.concat([body.subarray(0, headerBytes), this.question, body.subarray(headerBytes)]);
  }
}

function optionRecord(extendedRcode: number): OptAnswer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: ednsBytesMax,
    extendedRcode,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}
