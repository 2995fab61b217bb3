/** Messages of DHCP over IPv4: RFC 2131 for the frame, RFC 2132 and RFC 3442 for the options. */
import { type Ip, ipNumber } from '#net/address.ts';
import { ipOfOctets, octetsOf } from '#net/octets.ts';

export type DhcpQuestion = {
  readonly kind: 'discover' | 'request' | 'inform';
  /** Of the Ethernet device that asks: six octets in lower case with colons. */
  readonly mac: string;
  /** The address that the client wants or has. */
  readonly address?: Ip;
  /** The server whose offer it takes. */
  readonly server?: Ip;
  /** The fixed part of the message, which the answer repeats in part. */
  readonly frame: Buffer;
};

export type DhcpAnswer = {
  readonly kind: 'offer' | 'ack' | 'nak';
  /** The client's from now on; absent where it has one already, or may not have the one it wants. */
  readonly address?: Ip;
  /** By option number. */
  readonly options: ReadonlyMap<number, Buffer>;
};

export const option = {
  subnetMask: 1,
  router: 3,
  domainNameServers: 6,
  domainName: 15,
  interfaceMtu: 26,
  ntpServers: 42,
  netbiosNameServers: 44,
  netbiosNodeType: 46,
  requestedAddress: 50,
  leaseSeconds: 51,
  messageType: 53,
  server: 54,
  classlessRoutes: 121,
  end: 255,
} as const;

const BOOTREQUEST = 1;
const BOOTREPLY = 2;
const ETHERNET = 1;
const frameBytes = 236;
const magicCookie = 0x63825363;
/** What every client and relay of BOOTP's days expects at least. */
const messageBytesLeast = 300;
const at = {
  hops: 3,
  transaction: 4,
  flags: 10,
  clientAddress: 12,
  yourAddress: 16,
  relay: 24,
  mac: 28,
} as const;
const questionTypes: ReadonlyMap<number, DhcpQuestion['kind']> = new Map([
  [1, 'discover'],
  [3, 'request'],
  [8, 'inform'],
]);
const answerTypes: Readonly<Record<DhcpAnswer['kind'], number>> = { offer: 2, ack: 5, nak: 6 };

/** Reads what a client asks of a server on its own link; undefined for everything else. */
export function readQuestion(bytes: Buffer): DhcpQuestion | undefined {
  if (bytes.length < frameBytes + 4 || bytes.readUInt32BE(frameBytes) !== magicCookie) return undefined;
  const isEthernet = bytes[1] === ETHERNET && bytes[2] === 6;
  if (bytes[0] !== BOOTREQUEST || !isEthernet || bytes.readUInt32BE(at.relay) !== 0) return undefined;
  const options = readOptions(bytes.subarray(frameBytes + 4));
  const kind = questionTypes.get(options.get(option.messageType)?.[0] ?? 0);
  if (!kind) return undefined;
  const held = bytes.readUInt32BE(at.clientAddress) === 0 ? undefined : bytes.subarray(at.clientAddress);
  const address = addressIn(options.get(option.requestedAddress) ?? held);
  const server = addressIn(options.get(option.server));
  return {
    kind,
    mac: [...bytes.subarray(at.mac, at.mac + 6)]
      .map((octet) => octet.toString(16).padStart(2, '0'))
      .join(':'),
    ...(address && { address }),
    ...(server && { server }),
    frame: Buffer.from(bytes.subarray(0, frameBytes)),
  };
}

export function writeAnswer({ frame }: DhcpQuestion, { kind, address, options }: DhcpAnswer): Buffer {
  const head = Buffer.alloc(frameBytes + 4);
  head.set([BOOTREPLY, ETHERNET, 6]);
  frame.copy(head, at.transaction, at.transaction, at.transaction + 4);
  frame.copy(head, at.flags, at.flags, at.clientAddress + (kind === 'nak' ? 0 : 4));
  if (address) head.set(octetsOf(ipNumber(address)), at.yourAddress);
  frame.copy(head, at.mac, at.mac, at.mac + 16);
  head.writeUInt32BE(magicCookie, frameBytes);
  const all = new Map([[option.messageType, Buffer.of(answerTypes[kind])], ...options]);
  const written = [...all].map(([code, value]) => Buffer.concat([Buffer.of(code, value.length), value]));
  const message = Buffer.concat([head, ...written, Buffer.of(option.end)]);
  return Buffer.concat([message, Buffer.alloc(Math.max(0, messageBytesLeast - message.length))]);
}

function addressIn(bytes: Buffer | undefined): Ip | undefined {
  return bytes && bytes.length >= 4 ? ipOfOctets(bytes.subarray(0, 4)) : undefined;
}

/** Options by number; of a repeated or truncated one nothing is believed beyond the first whole one. */
function readOptions(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  let next = 0;
  for (;;) {
    const code = bytes[next];
    const length = bytes[next + 1];
    if (code === 0) {
      next++;
      continue;
    }
    if (code === undefined || code === option.end || length === undefined) return options;
    const value = bytes.subarray(next + 2, next + 2 + length);
    if (value.length < length) return options;
    if (!options.has(code)) options.set(code, value);
    next += 2 + length;
  }
}
