/**
 * The sockets of a router on which it is asked for addresses and for itself. Node's own sockets do not serve: they have no
 * ICMP, and fail where the other's address is of a link whose device is in another namespace.
 */
import type { Ip } from '#net/address.ts';
import { dhcp6 } from '#vpc/link-services.ts';
import { bindUdp } from '../../netns/listen.ts';
import {
  AF,
  closeDescriptor,
  deviceIndex,
  deviceName,
  openSocket,
  receiveFrom,
  SOCK,
  sendIfPossible,
  setOption,
  setOptionBytes,
} from '../../sys/descriptor.ts';
import { whenReadable } from '../../sys/readiness.ts';
import { readSocketAddress, writeSocketAddress } from '../../sys/socket-address.ts';
import { routerSolicitation } from './router-advertisement.ts';

const IPPROTO_IPV6 = 41;
const IPPROTO_ICMPV6 = 58;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MULTICAST_HOPS = 18;
const ICMP6_FILTER = 1;
/** What neighbour discovery asks for, so that nothing from beyond the link passes for it (RFC 4861). */
const hopLimit = 255;
const messageBytesMax = 2048;
const unspecifiedPort = 0;

/** Somebody on a link: his link-local address, and the router's device towards him. */
export type OnLink = { readonly address: Ip; readonly device: string; readonly index: number };

/** A message, and who sent it where that is somebody on a link. */
export type Arrived = { readonly message: Buffer; readonly from?: OnLink };

/** A socket that is asked by neighbours; to be opened inside the router's namespace. */
export class LinkSocket {
  readonly #fd: number;
  readonly #port: number;
  readonly #buffer = Buffer.alloc(messageBytesMax);
  #ignore: (() => void) | undefined;

  private constructor(fd: number, port: number) {
    this.#fd = fd;
    this.#port = port;
  }

  /** For router solicitations, which the kernel tells from all other ICMPv6. */
  static ofSolicitations(): LinkSocket {
    const fd = openSocket(AF.inet6, SOCK.raw | SOCK.nonblock, IPPROTO_ICMPV6);
    try {
      setOptionBytes(fd, IPPROTO_ICMPV6, ICMP6_FILTER, onlyType(routerSolicitation));
      setOption(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, hopLimit);
      setOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hopLimit);
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
    return new LinkSocket(fd, unspecifiedPort);
  }

  static ofDhcp6(): LinkSocket {
    return new LinkSocket(bindUdp('::' as Ip, dhcp6.server), dhcp6.client);
  }

  /** The next message, if one waits. */
  receive(): Arrived | undefined {
    const received = receiveFrom(this.#fd, this.#buffer);
    if (!received) return undefined;
    const message = Buffer.from(this.#buffer.subarray(0, received.length));
    const { address, scope: index } = readSocketAddress(received.from);
    if (index === undefined) return { message };
    const device = deviceName(this.#fd, index);
    return device === undefined ? { message } : { message, from: { address, device, index } };
  }

  /** False where the device is down or gone. */
  send(message: Uint8Array, to: Pick<OnLink, 'address' | 'index'>): boolean {
    const end = writeSocketAddress({ address: to.address, port: this.#port, scope: to.index });
    return sendIfPossible(this.#fd, message, end);
  }

  /** The index of a device of the router. */
  indexOf(device: string): number | undefined {
    return deviceIndex(this.#fd, device);
  }

  /** Has `onReadable` called while messages wait, until the socket is closed. It must not throw. */
  whenReadable(onReadable: () => void): void {
    this.#ignore?.();
    this.#ignore = whenReadable(this.#fd, onReadable);
  }

  close(): void {
    this.#ignore?.();
    closeDescriptor(this.#fd);
  }
}

/** `struct icmp6_filter`: a bit for each type that is not to be received. */
function onlyType(type: number): Buffer {
  const filter = Buffer.alloc(32, 0xff);
  const word = (type >> 5) * 4;
  filter.writeUInt32LE((filter.readUInt32LE(word) & ~(1 << (type & 31))) >>> 0, word);
  return filter;
}
