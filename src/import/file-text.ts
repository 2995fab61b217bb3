/** The text in a file that somebody gives us, whatever wrote it. */
import { constants } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { systemReason } from './system-reason.ts';

/** A file's text, or in a few words why it cannot be had. */
export type FileText = { readonly text: string } | { readonly reason: string };

/**
 * Reads a file: packed with gzip or not; UTF-8, or UTF-16 as Windows PowerShell writes it when output is redirected.
 * @param unpackedMax bytes; more than a text may have is none to Node, and a small file may hold any number of blanks
 */
export function fileText(path: string, unpackedMax: number = constants.MAX_STRING_LENGTH): FileText {
  try {
    const bytes = readFileSync(path);
    return { text: textOf(startsWith(bytes, 0x1f, 0x8b) ? unpacked(bytes, unpackedMax) : bytes) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

const unpacked = (bytes: Buffer, maxOutputLength: number) => gunzipSync(bytes, { maxOutputLength });

const tooLarge: ReadonlySet<string> = new Set([
  'ERR_BUFFER_TOO_LARGE',
  'ERR_FS_FILE_TOO_LARGE',
  'ERR_STRING_TOO_LONG',
]);

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (tooLarge.has(code)) return 'it holds more than 512 MB; split it';
  // https://nodejs.org/api/zlib.html#constants; anything else that it throws has other codes.
  return code.startsWith('Z_') ? 'what gzip packed is damaged' : systemReason(error);
}

/** The mark at the start, which is left out, tells which it is. */
function textOf(bytes: Buffer): string {
  const isLittle = startsWith(bytes, 0xff, 0xfe);
  const isBig = startsWith(bytes, 0xfe, 0xff);
  return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes);
}

const startsWith = (bytes: Buffer, first: number, second: number): boolean =>
  bytes[0] === first && bytes[1] === second;
