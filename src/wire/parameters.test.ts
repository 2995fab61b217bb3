import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isWireError } from './errors.ts';
import { decodeComponent, nameOf, readParameters } from './parameters.ts';
import type { Parameter } from './wire.ts';

/** Names with their values, in the order of the tree. */
function leaves(parameter: Parameter): readonly (readonly [string, string])[] {
  const own = parameter.value === undefined ? [] : [[nameOf(parameter), parameter.value] as const];
  return [...own, ...[...parameter.children.values()].flatMap(leaves)];
}

function read(text: string): Parameter {
  const read = readParameters([text]);
  if (isWireError(read)) throw new Error(read.message);
  return read;
}

test('a name finds its place whatever name came before it', () => {
  // Few letters and many dots, so that names often share segments, or begin alike within one.
  const name = fc.array(fc.constantFrom('a', 'b', '.', '1'), { minLength: 1, maxLength: 8 });
  const names = fc.uniqueArray(
    name.map((parts) => parts.join('')),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(names, (given) => {
      const tree = read(given.map((text, index) => `${text}=${index}`).join('&'));
      const expected = given.map((text, index) => [text, String(index)] as const);
      const sorted = (rows: readonly (readonly [string, string])[]) => [...rows].sort();
      deepEqual(sorted(leaves(tree)), sorted(expected));
      for (const [text, value] of expected) {
        let at: Parameter | undefined = tree;
        for (const segment of text.split('.')) at = at?.children.get(segment);
        equal(at?.value, value);
      }
    }),
  );
});

test('components are decoded as the language does it, and refused where it refuses', () => {
  const expected = (text: string) => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      return undefined;
    }
  };
  const rows = [
    '10.0.0.0%2F16',
    '%2f%2F',
    'a+b%2B',
    '%00%7f',
    '%80',
    '%c3%bc/',
    '%C3',
    '%',
    '%2',
    '%2g',
    '%g2',
    '%%41',
  ];
  for (const text of [...rows, 'ü%41', 'x'.repeat(20)]) equal(decodeComponent(text), expected(text), text);
  const part = fc.constantFrom('%', '+', '%41', '%2F', '%c3%bc', '%c3', 'é', 'g', 'F', '1', '@', '`');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      equal(decodeComponent(text), expected(text));
    }),
  );
});

test('few children and many are found and keep their order', () => {
  for (const count of [1, 16, 17, 18, 100]) {
    const names = Array.from({ length: count }, (_, index) => `n${count - index}`);
    const { children } = read(names.map((name) => `${name}=x`).join('&'));
    equal(children.size, count);
    deepEqual(
      [...children.values()].map(({ segment }) => segment),
      names,
    );
    for (const name of names) equal(children.get(name)?.segment, name);
    equal(children.get('n0'), undefined);
  }
});

test('bounds of names', () => {
  const rows = [
    ['a.'.repeat(31), undefined],
    ['a.'.repeat(32), 'InvalidQueryParameter'],
    [`a=1&${'a.'.repeat(31)}b`, undefined],
    [`${'a.'.repeat(31)}b=1&${'a.'.repeat(32)}c`, 'InvalidQueryParameter'],
    ['a=1&a=2', 'InvalidQueryParameter'],
    ['a=1&b=1&a=2', 'InvalidQueryParameter'],
    ['a.b=1&a=2', undefined],
    ['a=%ff', 'MalformedQueryString'],
  ] as const;
  for (const [text, code] of rows) {
    const outcome = readParameters([text]);
    equal(isWireError(outcome) ? outcome.code : undefined, code, text);
  }
});
