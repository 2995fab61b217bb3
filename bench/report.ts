/** What a benchmark found: rows of figures, and whether ours and the peer gave the same answers. */
import { cpus } from 'node:os';

export type Report = {
  readonly name: string;
  /** Programs that took part, with versions. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly agreement: readonly { readonly what: string; readonly agrees: boolean }[];
};

/** The machine and runtime, as every report names them. */
export const machine: Readonly<Record<string, string>> = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
};

/** Prints a report as a table. */
export function printReport({ name, versions, rows, agreement }: Report): void {
  console.log(
    `${name}: ${Object.entries(versions)
      .map((pair) => pair.join(' '))
      .join(', ')}`,
  );
  console.table(rows);
  for (const { what, agrees } of agreement) console.log(`${agrees ? 'agrees' : 'DISAGREES'}: ${what}`);
}

/** CPU time of a piece of work in milliseconds, and its result. */
export function cpuMs<T>(work: () => T): { readonly ms: number; readonly result: T } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

/** The same for work that other threads do meanwhile. */
export async function cpuMsAside<T>(
  work: () => Promise<T>,
): Promise<{ readonly ms: number; readonly result: T }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Three significant digits. */
export const round = (value: number): number => Number(value.toPrecision(3));
