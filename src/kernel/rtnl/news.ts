/** What others do to the devices, addresses, routes, rules and neighbours of a namespace, as the kernel tells it. */
import { NetlinkSocket, protocol } from '../netlink/socket.ts';

/** RTMGRP_… of linux/rtnetlink.h: links, neighbours, and of both families addresses, routes and rules. */
const groups = 0x1 | 0x4 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | (1 << 18);

const NEW_LINK = 16;
const IFF_UP = 1;
/** Messages of linux/rtnetlink.h: by threes "new", "delete" and "get" of one kind, one number left out. */
const removals: ReadonlySet<number> = new Set([17, 21, 25, 29, 33]);
/** What somebody may add to the routing: addresses, routes, neighbours, rules. */
const additions: ReadonlySet<number> = new Set([20, 24, 28, 32]);

export class RouteNews {
  readonly #socket = NetlinkSocket.open(protocol.route, groups);

  /** A listener in the namespace that the thread is in. */
  static open(): RouteNews {
    return new RouteNews();
  }

  /**
   * Whether something happened since this was last asked that was not done on a socket for which `isOurs` holds, and
   * that may have taken away, stopped or overruled what was there. The kernel's own doings count where they take away.
   */
  hasForeign(isOurs: (port: number) => boolean): boolean {
    let found = false;
    for (const message of this.#socket.news()) {
      if (message === 'overrun') found = true;
      else if (!isOurs(message.port)) found ||= isHarmful(message);
    }
    return found;
  }

  close(): void {
    this.#socket.close();
  }
}

type News = { readonly type: number; readonly port: number; readonly payload: Buffer };

function isHarmful({ type, port, payload }: News): boolean {
  if (type === NEW_LINK) return (payload.readUInt32LE(8) & IFF_UP) === 0;
  return removals.has(type) || (port !== 0 && additions.has(type));
}
