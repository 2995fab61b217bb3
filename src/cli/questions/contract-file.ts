/** Contracts as people write them: a YAML file of `must`, `never` and `only`. */
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { fileText } from '#import/file-text.ts';
import { parseCidr } from '#net/cidr.ts';
import type { Contract } from '#proof/contract.ts';
import type { Selector } from '#proof/selectors.ts';
import { Failure, usageFailure } from '../failure.ts';
import { parseServices } from './services.ts';

const selectors = 'internet, any, tag:KEY=VALUE, a block, or an id of a group, subnet, VPC or interface';
const services = 'services is a list of what it is about, such as [tcp/22], or [all]';

/** Members that are not known, beside those that are. */
const unknownKey =
  (known: string) =>
  (issue: z.core.$ZodRawIssue): string =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')} is not one of ${known}`
      : `it wants ${known}`;

const end = (name: 'from' | 'to') => z.string({ error: `${name} is one of ${selectors}` });

const clause = z.strictObject(
  {
    from: end('from'),
    to: end('to'),
    services: z
      .array(z.union([z.string(), z.number().transform(String)], { error: services }), { error: services })
      .nonempty({ error: services }),
  },
  { error: unknownKey('from, to and services') },
);

const kinds = ['must', 'never', 'only'] as const;

const entry = z
  .strictObject(
    {
      name: z.string({ error: 'a contract has a name' }),
      must: clause.optional(),
      never: clause.optional(),
      only: clause.optional(),
      mayBeEmpty: z.boolean({ error: 'mayBeEmpty is true or false' }).optional(),
    },
    { error: unknownKey('name, must, never, only and mayBeEmpty') },
  )
  .refine((each) => kinds.filter((kind) => each[kind]).length === 1, {
    error: 'a contract has one of must, never and only',
  });

const list = 'contracts is a list with a name and one of must, never and only in each';

const file = z.strictObject(
  { contracts: z.array(entry, { error: list }).nonempty({ error: list }) },
  { error: unknownKey('contracts') },
);

/** Where in the file something stands. */
type Place = (path: readonly PropertyKey[]) => string;

/** Reads the contracts of a file; fails in one line that says where it is wrong and what should stand there. */
export function readContracts(path: string): readonly Contract[] {
  const lines = new LineCounter();
  const document = parseDocument(textOf(path), { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  const place: Place = (at) => `${path}:${lineOf(document, lines, at)}`;
  if (error) throw usageFailure(`${path}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  const parsed = file.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw usageFailure(`${place(issue?.path ?? [])}: ${issue?.message}`);
  }
  return parsed.data.contracts.flatMap((each, index) =>
    kinds.flatMap((kind) => {
      const terms = each[kind];
      if (!terms) return [];
      const at = ['contracts', index, kind];
      const own = terms.services.map((text, item) =>
        located(place([...at, 'services', item]), () => parseServices([text])),
      );
      const ends = { from: terms.from, to: terms.to };
      const [from, to] = (['from', 'to'] as const).map((name) =>
        located(place([...at, name]), () => selectorOf(ends[name])),
      ) as [Selector, Selector];
      const { name, mayBeEmpty } = each;
      return [{ name, kind, from, to, services: own.flat(), ...(mayBeEmpty && { mayBeEmpty }) }];
    }),
  );
}

/** The line of what stands at a path, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** Says where a value stands that cannot be read. */
function located<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw usageFailure(`${place}: ${error.message}`);
  }
}

function textOf(path: string): string {
  const read = fileText(path);
  if ('reason' in read) throw usageFailure(`${path} cannot be read: ${read.reason}`);
  return read.text;
}

/** `internet`, `any`, an id of a group, subnet, VPC or interface, a block, or `tag:KEY=VALUE`. */
function selectorOf(text: string): Selector {
  if (text === 'internet' || text === 'any') return { kind: text };
  if (text.startsWith('sg-')) return { kind: 'group', groupId: text };
  if (text.startsWith('subnet-')) return { kind: 'subnet', subnetId: text };
  if (text.startsWith('vpc-')) return { kind: 'vpc', vpcId: text };
  if (text.startsWith('eni-')) return { kind: 'interface', eniId: text };
  const [, key, value] = /^tag:([^=]+)=(.*)$/.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return { kind: 'tag', key, value };
  const cidr = parseCidr(text);
  if (cidr) return { kind: 'cidr', cidr };
  throw usageFailure(`${text} is not one of ${selectors}`);
}
