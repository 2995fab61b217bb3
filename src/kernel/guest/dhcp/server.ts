/** The DHCP server of a VPC, on a socket of its router. */
import { createSocket, type Socket } from 'node:dgram';
import { dhcp } from '#vpc/link-services.ts';
import type { View } from '../dns/names.ts';
import { answerTo } from './lease.ts';
import { readQuestion, writeAnswer } from './message.ts';

export type DhcpOptions = {
  readonly view: () => View | undefined;
  readonly onFault: (error: unknown) => void;
};

/**
 * Answers on a bound UDP socket, which it owns from now on. Answers go to the address of the interface in whose name was
 * asked: the router knows the way there and the device's own address, so no client has to have its address yet.
 */
export function serveDhcp(fd: number, { view, onFault }: DhcpOptions): Socket {
  const socket = createSocket('udp4');
  socket.on('error', onFault);
  socket.on('message', (bytes) => {
    const seen = view();
    const question = readQuestion(bytes);
    const found = seen && question && answerTo(seen, question);
    if (found) socket.send(writeAnswer(question, found.answer), dhcp.client, found.to, () => {});
  });
  socket.bind({ fd });
  return socket;
}
