/**
 * What runs inside each lab instance of the demo, and on its internet hosts: a server, and a client that connects as
 * it is told. Orders come as JSON lines on standard input; each is answered by one line on standard output.
 *
 *   node host.ts NAME [http|tcp] PORT
 */
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** An order, with a number that its answer repeats. */
export type Order = { readonly id: number } & (
  | {
      readonly kind: 'try' | 'open';
      readonly address: string;
      readonly port: number;
      readonly timeoutMs: number;
    }
  /** Asks once more over the connection that `open` made to this address, and waits for the answer. */
  | { readonly kind: 'again'; readonly address: string; readonly timeoutMs: number }
);

export type Report = { readonly id: number; readonly ok: boolean };

const [name = 'host', protocol = 'tcp', port = '0'] = process.argv.slice(2);

/** Sends a line and waits for the server to answer with any bytes. */
function exchange(socket: Socket, line: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (ok: boolean) => {
      clearTimeout(timer);
      socket.removeAllListeners('data').removeAllListeners('close');
      resolve(ok);
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.once('data', () => finish(true));
    socket.once('close', () => finish(false));
    socket.write(line);
  });
}

/** A connection over which the server has answered; undefined where there is none in time. */
function open(address: string, to: number, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: to });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    // An error is always followed by close.
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(undefined));
    socket.once('connect', async () => {
      const ok = await exchange(socket, request, timeoutMs);
      clearTimeout(timer);
      if (!ok) socket.destroy();
      resolve(ok ? socket : undefined);
    });
  });
}

/** HTTP to every server: the plain TCP ones answer to any bytes. */
const request = 'GET / HTTP/1.1\r\nHost: demo\r\nConnection: keep-alive\r\n\r\n';

const held = new Map<string, Socket>();

async function obey(order: Order): Promise<boolean> {
  switch (order.kind) {
    case 'try': {
      const socket = await open(order.address, order.port, order.timeoutMs);
      socket?.destroy();
      return socket !== undefined;
    }
    case 'open': {
      const socket = await open(order.address, order.port, order.timeoutMs);
      held.get(order.address)?.destroy();
      if (socket) held.set(order.address, socket);
      return socket !== undefined;
    }
    case 'again': {
      const socket = held.get(order.address);
      return socket?.destroyed === false && (await exchange(socket, request, order.timeoutMs));
    }
    default:
      return order satisfies never;
  }
}

function report(line: Report): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const server =
  protocol === 'http'
    ? createHttpServer((_request, response) => response.end(`hello from ${name}\n`))
    : createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', () => socket.write(`hello from ${name}\n`));
      });
if ('keepAliveTimeout' in server) server.keepAliveTimeout = 0;
// Both families: the unspecified IPv6 address serves IPv4 as well.
server.listen(Number(port), '::', () => report({ id: 0, ok: true }));
// The demo may go without a word; the end of standard input ends this host too.
createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const order = JSON.parse(line) as Order;
    report({ id: order.id, ok: await obey(order) });
  })
  .on('close', () => process.exit());
