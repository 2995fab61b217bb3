/** Who reaches whom: every connection between the demo's hosts, as the engine says and as real packets show. */
import { styleText } from 'node:util';
import { families } from '#net/address.ts';
import { tableText } from '../output.ts';
import type { Host } from './cloud.ts';
import type { Connection } from './engine.ts';

/** What is known of one connection; `measured` is absent where no packets can be sent. */
export type Cell = Connection & { readonly decided: boolean; readonly measured?: boolean };

/** Every connection from one host to another, in both families. */
export function connectionsAmong(hosts: readonly Host[]): readonly Connection[] {
  return families.flatMap((family) =>
    hosts.flatMap((from) => hosts.filter((to) => to !== from).map((to) => ({ from, to, family }))),
  );
}

/** Cells where the packets and the engine disagree. */
export function disagreements(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter(({ decided, measured }) => measured !== undefined && measured !== decided);
}

/** One table a family: rows ask, columns serve. */
export function matrixText(hosts: readonly Host[], cells: readonly Cell[]): string {
  const tables = families.map((family) => {
    const header = [
      `${family === 'ipv4' ? 'IPv4' : 'IPv6'} from`,
      ...hosts.map(({ name, port }) => `${name}:${port}`),
    ];
    const rows = hosts.map((from) => [
      from.name,
      ...hosts.map((to) => {
        const cell = cells.find((each) => each.from === from && each.to === to && each.family === family);
        return cell ? cellText(cell) : '';
      }),
    ]);
    return tableText(header, rows);
  });
  return tables.join('\n\n').replaceAll(/\b(yes|no)\b|DIFFERS/g, coloured);
}

function cellText({ decided, measured }: Cell): string {
  const word = (yes: boolean) => (yes ? 'yes' : 'no');
  if (measured === undefined) return word(decided);
  return `${word(measured)} = ${word(decided)}`.replace(' =', measured === decided ? ' =' : ' DIFFERS');
}

/** Colours on a terminal; plain text elsewhere. */
function coloured(word: string): string {
  const style = word === 'yes' ? 'green' : word === 'no' ? 'gray' : 'red';
  return styleText(style, word, { stream: process.stdout });
}
