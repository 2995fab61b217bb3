/** What commands print on standard output. */

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
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
  print(chunk);
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
export function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
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
