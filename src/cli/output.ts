/** What commands print on standard output. */

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Indented JSON; big integers as decimal text, since JSON has none. */
export function printJson(value: unknown): void {
  const plain = (_key: string, part: unknown) => (typeof part === 'bigint' ? part.toString() : part);
  print(JSON.stringify(value, plain, 2));
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
