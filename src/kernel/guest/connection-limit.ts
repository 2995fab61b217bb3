/** How many connections one guest may hold open at a service at once, so that it cannot take them from others. */
import type { Socket } from 'node:net';

export class ConnectionLimit {
  readonly #most: number;
  readonly #open = new Map<string, number>();
  readonly #sockets = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the connection may go on; else it is closed at once. */
  takes(socket: Socket): boolean {
    const { remoteAddress } = socket;
    const count = this.#open.get(remoteAddress ?? '') ?? 0;
    if (remoteAddress === undefined || count >= this.#most) {
      socket.destroy();
      return false;
    }
    this.#open.set(remoteAddress, count + 1);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      const left = (this.#open.get(remoteAddress) ?? 1) - 1;
      if (left > 0) this.#open.set(remoteAddress, left);
      else this.#open.delete(remoteAddress);
    });
    return true;
  }

  /** Closes all connections: an open one would keep the namespace alive. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
