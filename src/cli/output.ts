/** What commands print: answers on standard output, everything else on standard error. */

/** Prints lines for people. */
export function print(text: string): void {
  process.stdout.write(`${legible(text)}\n`);
}

/** Tells of what is beside the answer. */
export function warn(text: string): void {
  process.stderr.write(`rampart: ${legible(text)}\n`);
}

/** What ends a line, moves a cursor or turns the direction of text, none of which can be seen. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

const escaped = (char: string): string => `\\u{${char.codePointAt(0)?.toString(16)}}`;

/** Lines with all else that cannot be seen written out: who names a thing must not paint on the reader's terminal. */
function legible(text: string): string {
  return text.replace(unseen, (char) => (char === '\n' ? char : escaped(char)));
}

/** The same on one line: who names a thing must not add lines to an answer either. */
export function oneLine(text: string): string {
  return text.replace(unseen, escaped);
}

/** A list whose elements are made while it is printed: a long one never stands in memory whole. */
export class Streamed<T> {
  readonly elements: Iterable<T>;

  constructor(elements: Iterable<T>) {
    this.elements = elements;
  }
}

/** Bytes, about, that are written at once. */
const chunkSize = 1 << 16;

/** Indented JSON; big integers as decimal text, since JSON has none. */
export function printJson(value: unknown): void {
  let chunk = '';
  for (const part of jsonParts(value, '')) {
    chunk += part;
    if (chunk.length < chunkSize) continue;
    process.stdout.write(chunk);
    chunk = '';
  }
  process.stdout.write(`${chunk}\n`);
}

/** The text of `JSON.stringify` with two blanks, in pieces; what is not to be shown is undefined. */
export function* jsonParts(value: unknown, indent: string): IterableIterator<string> {
  if (value instanceof Streamed) yield* listParts(value.elements, indent);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value))
    yield* objectParts(value, indent);
  else yield JSON.stringify(value ?? null, plain, 2).replaceAll('\n', `\n${indent}`);
}

const plain = (_key: string, part: unknown) => (typeof part === 'bigint' ? part.toString() : part);

function* objectParts(value: object, indent: string): IterableIterator<string> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const inside = `${indent}  `;
  for (const [at, [name, member]] of members.entries()) {
    yield `${at === 0 ? '{' : ','}\n${inside}${JSON.stringify(name)}: `;
    yield* jsonParts(member, inside);
  }
  yield members.length === 0 ? '{}' : `\n${indent}}`;
}

function* listParts(elements: Iterable<unknown>, indent: string): IterableIterator<string> {
  const inside = `${indent}  `;
  let isEmpty = true;
  for (const element of elements) {
    yield `${isEmpty ? '[' : ','}\n${inside}`;
    yield* jsonParts(element, inside);
    isEmpty = false;
  }
  yield isEmpty ? '[]' : `\n${indent}]`;
}

/** Rows under a header, in columns as wide as their widest cell. */
export function tableText(header: readonly string[], content: readonly (readonly string[])[]): string {
  const rows = content.map((cells) => cells.map(oneLine));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map((row) => `  ${line(row)}`).join('\n');
}
