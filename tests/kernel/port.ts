/** Whole Ethernet frames in and out of a device in a namespace, for tests that ask what the rules let through. */
import { inNamespace } from '#kernel/netns/namespace.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import {
  AF,
  bindSocket,
  closeDescriptor,
  openSocket,
  receive,
  SOCK,
  send,
  setBuffers,
  setOption,
} from '#kernel/sys/descriptor.ts';

const ETH_P_ALL = 3;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
const frameBytesMax = 65_536;

export type PacketPort = {
  send(frame: Uint8Array): void;
  /** What has come in since the last call, without waiting. The port's own frames are not among it. */
  receive(): Buffer[];
  close(): void;
};

/** Opens a port on a device; it stays in its namespace. */
export function openPort(namespace: string, device: string): PacketPort {
  const fd = inNamespace(namespace, () => bindToDevice(device));
  const buffer = Buffer.alloc(frameBytesMax);
  return {
    send: (frame) => send(fd, frame),
    receive: () => {
      const frames: Buffer[] = [];
      for (;;) {
        const received = receive(fd, buffer, { wait: false });
        if (received.kind === 'empty') return frames;
        if (received.kind === 'overrun') throw new Error(`frames were lost on ${device}`);
        frames.push(Buffer.from(buffer.subarray(0, received.length)));
      }
    },
    close: () => closeDescriptor(fd),
  };
}

/** A socket for sending alone, which collects nothing; for a thread that sends all the time. The caller closes it. */
export function openSender(namespace: string, device: string): number {
  return inNamespace(namespace, () => bindToDevice(device, 0));
}

function bindToDevice(device: string, protocol = ETH_P_ALL): number {
  const routes = RouteSocket.open();
  const index = routes.link(device)?.index;
  routes.close();
  if (index === undefined) throw new Error(`no device ${device}`);
  // Without a protocol until it is bound: otherwise it would collect frames of every device meanwhile.
  const fd = openSocket(AF.packet, SOCK.raw, 0);
  setBuffers(fd, { sendBytes: 1 << 20, receiveBytes: 8 << 20 });
  setOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF.packet, 0);
  address.writeUInt16BE(protocol, 2);
  address.writeInt32LE(index, 4);
  bindSocket(fd, address);
  return fd;
}
