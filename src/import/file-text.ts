/** The text in a file that somebody gives us, whatever wrote it. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { systemReason } from './system-reason.ts';

/** A file's text, or in a few words why it cannot be had. */
export type FileText = { readonly text: string } | { readonly reason: string };

/** Reads a file: packed with gzip or not; UTF-8, or UTF-16 as Windows PowerShell writes it when output is redirected. */
export function fileText(path: string): FileText {
  try {
    const bytes = readFileSync(path);
    return { text: textOf(startsWith(bytes, 0x1f, 0x8b) ? gunzipSync(bytes) : bytes) };
  } catch (error) {
    return { reason: isOfZlib(error) ? 'what gzip packed is damaged' : systemReason(error) };
  }
}

/** https://nodejs.org/api/zlib.html#constants; anything else that it throws has other codes. */
const isOfZlib = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));

/** The mark at the start, which is left out, tells which it is. */
function textOf(bytes: Buffer): string {
  const isLittle = startsWith(bytes, 0xff, 0xfe);
  const isBig = startsWith(bytes, 0xfe, 0xff);
  return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes);
}

const startsWith = (bytes: Buffer, first: number, second: number): boolean =>
  bytes[0] === first && bytes[1] === second;
