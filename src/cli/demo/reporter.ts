/** How the demo looks on a terminal and in a log. */
import { styleText } from 'node:util';
import type { Cell } from './matrix.ts';

export type Reporter = {
  readonly chapter: (title: string) => void;
  readonly line: (text: string) => void;
  readonly text: (block: string) => void;
  /** One connection, measured and decided. */
  readonly cell: (when: string, cell: Cell) => void;
  readonly difference: (sentence: string) => void;
};

const style = (format: Parameters<typeof styleText>[0], text: string) =>
  styleText(format, text, { stream: process.stdout });

const word = (yes: boolean) => (yes ? style('green', 'yes') : style('gray', 'no '));

/** Not cleaned of control characters, which colours are: the demo names all things itself. */
const print = (text: string) => process.stdout.write(`${text}\n`);

/** Prints on standard output; colours only where it is a terminal that has them. */
export function terminalReporter(): Reporter {
  let chapters = 0;
  return {
    chapter: (title) => print(`\n${style('bold', `${++chapters}. ${title}`)}`),
    line: (text) => print(`  ${text}`.trimEnd()),
    text: (block) => print(block),
    cell: (when, { from, to, family, decided, measured }) => {
      const family4 = family === 'ipv4' ? 'IPv4' : 'IPv6';
      const name = `${from.name} → ${to.name}:${to.port}`;
      const packets = measured === undefined ? '' : `packets ${word(measured)}  `;
      print(`  ${family4}  ${name.padEnd(20)} ${packets}engine ${word(decided)}  ${style('gray', when)}`);
    },
    difference: (sentence) => print(style('red', `  DIFFERS: ${sentence}`)),
  };
}
