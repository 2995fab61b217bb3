/** Reads the body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';

/** Far above any request of the API; EC2's own limit for a query is not published. */
export const bodyBytesMax = 1024 * 1024;

/** A network of 100,000 interfaces is about a tenth of it. */
export const importBytesMax = 512 * 1024 * 1024;

/** Of each body so much always finds room: nearly every one is shorter. */
const alwaysHeldBytes = 64 * 1024;
const longBodiesBytesMax = 256 * 1024 * 1024;

/**
 * Room for what is long of the bodies that are being read. Whoever may connect may send one, before it is known who that
 * is, and on thousands of connections at once: together they must not fill the memory.
 */
export class BodyRoom {
  #left: number;

  constructor(bytesMax: number = longBodiesBytesMax) {
    this.#left = bytesMax;
  }

  /** Lets a body grow from a size to another, if there is room for that. */
  takes(from: number, to: number): boolean {
    const more = beyond(to) - beyond(from);
    if (more > 0 && more > this.#left) return false;
    this.#left -= more;
    return true;
  }

  /** A body of this size is read, or given up. */
  frees(size: number): void {
    this.#left += beyond(size);
  }
}

const beyond = (size: number): number => Math.max(0, size - alwaysHeldBytes);

/** Why a body was not read to its end. */
export type Unread = 'tooLarge' | 'noRoom';

/**
 * The body; `tooLarge` as soon as it is known to be, or `noRoom` where others take all there is. Rejects with
 * `ClientGone` where the client goes away.
 */
export function readBody(
  request: IncomingMessage,
  room: BodyRoom,
  bytesMax: number = bodyBytesMax,
): Promise<Buffer | Unread> {
  if (Number(request.headersDistinct['content-length']?.[0] ?? 0) > bytesMax)
    return Promise.resolve('tooLarge');
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const giveUp = (why: Unread) => {
      request.pause();
      room.frees(size);
      [chunks, size] = [[], 0];
      resolve(why);
    };
    request.on('data', (chunk: Buffer) => {
      const grown = size + chunk.length;
      if (grown > bytesMax) giveUp('tooLarge');
      else if (!room.takes(size, grown)) giveUp('noRoom');
      else {
        chunks.push(chunk);
        size = grown;
      }
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    // What goes wrong with a request's stream is the connection: cut off, reset, too slow.
    request.on('error', (cause) => reject(new ClientGone('the connection ended', { cause })));
    request.on('close', () => {
      room.frees(size);
      // Also emitted after every body that was read.
      if (!request.complete) reject(new ClientGone('the client went away'));
    });
  });
}

/** The connection ended before the request did; there is nobody to answer. */
export class ClientGone extends Error {}
