/** Reads the body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';

/** Far above any request of the API; EC2's own limit for a query is not published. */
export const bodyBytesMax = 1024 * 1024;

/** A network of 100,000 interfaces is about a tenth of it. */
export const importBytesMax = 512 * 1024 * 1024;

/** The body, or `tooLarge` as soon as that is known; rejects with `ClientGone` where the client goes away. */
export function readBody(
  request: IncomingMessage,
  bytesMax: number = bodyBytesMax,
): Promise<Buffer | 'tooLarge'> {
  if (Number(request.headersDistinct['content-length']?.[0] ?? 0) > bytesMax)
    return Promise.resolve('tooLarge');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bytesMax) {
        request.pause();
        resolve('tooLarge');
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    // What goes wrong with a request's stream is the connection: cut off, reset, too slow.
    request.on('error', (cause) => reject(new ClientGone('the connection ended', { cause })));
    request.on('close', () => {
      // Also emitted after every body that was read.
      if (!request.complete) reject(new ClientGone('the client went away'));
    });
  });
}

/** The connection ended before the request did; there is nobody to answer. */
export class ClientGone extends Error {}
