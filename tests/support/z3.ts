/** Questions about rules in z3's language: bit vectors of an address and a 24-bit service number. */
import type { spawnSync } from 'node:child_process';
import { addressBits, type Family, familyOf } from '#net/address.ts';
import { peerCidrs } from '#policy/rules.ts';
import { type Stretch, stretchOf } from '#proof/address-line.ts';
import type { Region } from '#proof/region.ts';
import { type Spans, spansOf } from '#proof/spans.ts';
import type { Rule } from '#vpc/security-group.ts';
import { rulesPlace } from './random-rules.ts';

type Spawn = typeof spawnSync;

/** The installed version, or undefined. */
export function version(spawn: Spawn): string | undefined {
  const { status, stdout } = spawn('z3', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

const between = (name: string, bits: number, first: number | bigint, last: number | bigint) =>
  `(and (bvuge ${name} (_ bv${first} ${bits})) (bvule ${name} (_ bv${last} ${bits})))`;

const any = (parts: readonly string[]) => (parts.length === 0 ? 'false' : `(or false ${parts.join(' ')})`);

function box(family: Family, { first, last }: Stretch, spans: Spans): string {
  const services = any(spans.map((span) => between('s', 24, span.first, span.last)));
  return `(and ${between('a', addressBits[family], first, last)} ${services})`;
}

/** What a list of block rules admits in a family. */
export function rulesFormula(rules: readonly Rule[], family: Family): string {
  return any(
    rules.flatMap(({ peer, service }) =>
      peerCidrs(rulesPlace, peer)
        .filter((cidr) => familyOf(cidr) === family)
        .map((cidr) => box(family, stretchOf(cidr), spansOf(service, family))),
    ),
  );
}

export function regionFormula({ family, boxes }: Region): string {
  return any(boxes.map((each) => box(family, each, each.spans)));
}

export type Question = { readonly family: Family; readonly formula: string };

/** `sat` or `unsat` for each question, from one run. */
export function askZ3(spawn: Spawn, questions: readonly Question[]): readonly string[] {
  const script = questions.map(
    ({ family, formula }) =>
      `(push)(declare-const a (_ BitVec ${addressBits[family]}))(declare-const s (_ BitVec 24))(assert ${formula})(check-sat)(pop)`,
  );
  const { stdout } = spawn('z3', ['-in'], { input: script.join('\n'), encoding: 'utf8', maxBuffer: 1 << 26 });
  return stdout.trim().split('\n');
}
