/** Contracts as people write them: a YAML file of `must`, `never` and `only`. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { systemReason } from '#import/system-reason.ts';
import { parseCidr } from '#net/cidr.ts';
import type { Contract } from '#proof/contract.ts';
import type { Selector } from '#proof/selectors.ts';
import { usageFailure } from '../failure.ts';
import { parseServices } from './services.ts';

const clause = z.strictObject({
  from: z.string(),
  to: z.string(),
  services: z.array(z.union([z.string(), z.number().transform(String)])).nonempty(),
});

const kinds = ['must', 'never', 'only'] as const;

const entry = z
  .strictObject({
    name: z.string(),
    must: clause.optional(),
    never: clause.optional(),
    only: clause.optional(),
  })
  .refine((each) => kinds.filter((kind) => each[kind]).length === 1, 'give one of must, never, only');

const file = z.strictObject({ contracts: z.array(entry).nonempty() });

/** Reads the contracts of a file; fails in one line that says where it is wrong. */
export function readContracts(path: string): readonly Contract[] {
  const document = parseDocument(textOf(path));
  const [error] = document.errors;
  if (error) throw usageFailure(`${path}: ${error.message.split('\n')[0]}`);
  const parsed = file.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw usageFailure(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return parsed.data.contracts.flatMap((each) =>
    kinds.flatMap((kind) => {
      const terms = each[kind];
      if (!terms) return [];
      const services = parseServices(terms.services);
      const [from, to] = [selectorOf(path, terms.from), selectorOf(path, terms.to)];
      return [{ name: each.name, kind, from, to, services }];
    }),
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageFailure(`${path} cannot be read: ${systemReason(error)}`);
  }
}

/** `internet`, `any`, an id of a group, subnet, VPC or interface, a block, or `tag:KEY=VALUE`. */
function selectorOf(path: string, text: string): Selector {
  if (text === 'internet' || text === 'any') return { kind: text };
  if (text.startsWith('sg-')) return { kind: 'group', groupId: text };
  if (text.startsWith('subnet-')) return { kind: 'subnet', subnetId: text };
  if (text.startsWith('vpc-')) return { kind: 'vpc', vpcId: text };
  if (text.startsWith('eni-')) return { kind: 'interface', eniId: text };
  const [, key, value] = /^tag:([^=]+)=(.*)$/.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return { kind: 'tag', key, value };
  const cidr = parseCidr(text);
  if (cidr) return { kind: 'cidr', cidr };
  throw usageFailure(
    `${path}: ${text}: expected internet, any, tag:KEY=VALUE, a block, or an id of a group, subnet, VPC or interface`,
  );
}
