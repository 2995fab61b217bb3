import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Account } from '../../tests/support/account.ts';
import { type Fields, readFilters } from './filters.ts';
import type { Context } from './operation.ts';
import { Refusal } from './refusal.ts';

type Thing = { readonly name: string; readonly open: boolean; readonly ports: readonly number[] };
const fields: Fields<Thing> = {
  name: ({ name }) => name,
  open: ({ open }) => open,
  port: ({ ports }) => ports,
  absent: () => undefined,
};
const tagsOf = () => ({ Owner: 'TeamA', empty: '' });
const thing: Thing = { name: 'web-1*', open: true, ports: [22, 443] };

const cases: readonly (readonly [filter: string, values: readonly string[], matches: boolean])[] = [
  ['name', ['web-1*'], true],
  ['name', ['web-1\\*'], true],
  ['name', ['web-2\\*'], false],
  ['name', ['web'], false],
  ['name', ['web*'], true],
  ['name', ['*1?'], true],
  ['name', ['*1??'], false],
  ['name', ['*'], true],
  ['name', ['??????'], true],
  ['name', ['?????'], false],
  ['name', ['WEB-1*'], false],
  ['name', ['no', 'web-??'], true],
  ['name', ['*web-1\\*\\*'], false],
  ['name', ['w*b*1*'], true],
  ['name', ['w*b*2*'], false],
  ['open', ['true'], true],
  ['open', ['false'], false],
  ['port', ['443'], true],
  ['port', ['44?'], true],
  ['port', ['80'], false],
  ['absent', ['*'], false],
  ['tag:Owner', ['TeamA'], true],
  ['tag:Owner', ['Team?'], true],
  ['tag:owner', ['TeamA'], false],
  ['tag:empty', [''], true],
  ['tag:toString', ['*'], false],
  ['tag-key', ['Owner'], true],
  ['tag-value', ['TeamB'], false],
];

test('a filter matches by value, wildcard, escape and tag', () => {
  const account = new Account();
  account.change((context: Context) => {
    for (const [name, values, expected] of cases) {
      const [filter] = readFilters([{ Name: name, Values: [...values] }], fields, tagsOf);
      assert.equal(filter?.matches(thing, context), expected, `${name} ${values}`);
    }
  });
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.code;
    throw thrown;
  }
  return 'ok';
};

test('wrong filters are refused', () => {
  const values = (count: number) => ({ Name: 'name', Values: new Array<string>(count).fill('a') });
  const rows: readonly (readonly [() => unknown, string])[] = [
    [() => readFilters([{ Name: 'nmae', Values: ['a'] }], fields, tagsOf), 'InvalidParameterValue'],
    [() => readFilters([{ Name: 'toString', Values: ['a'] }], fields, tagsOf), 'InvalidParameterValue'],
    [() => readFilters([{ Name: 'tag:', Values: ['a'] }], fields, tagsOf), 'InvalidParameterValue'],
    [() => readFilters([{ Name: 'tag:a', Values: ['a'] }], fields), 'InvalidParameterValue'],
    [() => readFilters([{ Values: ['a'] }], fields, tagsOf), 'MissingParameter'],
    [() => readFilters([{ Name: 'name' }], fields, tagsOf), 'MissingParameter'],
    [() => readFilters([values(200)], fields, tagsOf), 'ok'],
    [() => readFilters([values(201)], fields, tagsOf), 'FilterLimitExceeded'],
    [() => readFilters(new Array(50).fill(values(1)), fields, tagsOf), 'ok'],
    [() => readFilters(new Array(51).fill(values(1)), fields, tagsOf), 'FilterLimitExceeded'],
  ];
  for (const [work, code] of rows) assert.equal(codeOf(work), code, String(work));
});

test('wildcards agree with a regular expression made from them', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\\'), maxLength: 8 });
  const account = new Account();
  account.change((context) => {
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        const source = pattern.replace(/\\(.)|([*?])|([^*?])/gs, (_, escaped, wild, plain) =>
          wild === '*' ? '.*' : wild === '?' ? '.' : `\\x${(escaped ?? plain).charCodeAt(0).toString(16)}`,
        );
        const [filter] = readFilters([{ Name: 'name', Values: [pattern] }], fields);
        const expected = new RegExp(`^${source}$`, 's').test(name);
        return filter?.matches({ name, open: true, ports: [] }, context) === expected;
      }),
      { numRuns: 2000 },
    );
  });
});
