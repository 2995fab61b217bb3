import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from './cloud.ts';
import { connectionsAmong, disagreements, matrixText } from './matrix.ts';

const host = (name: string): Host => ({ name, where: name, port: 1, addresses: { ipv4: '', ipv6: '' } });
const [a, b] = [host('a'), host('b')];

test('every ordered pair in both families, nobody with itself', () => {
  const named = connectionsAmong([a, b, host('c')]).map(
    ({ from, to, family }) => `${from.name}${to.name} ${family}`,
  );
  assert.equal(named.length, 12);
  assert.equal(new Set(named).size, 12);
  assert.ok(!named.includes('aa ipv4'));
});

/** Measured, decided → whether they differ. */
const rows: readonly (readonly [boolean | undefined, boolean, boolean])[] = [
  [true, true, false],
  [false, false, false],
  [true, false, true],
  [false, true, true],
  [undefined, true, false],
  [undefined, false, false],
];
for (const [measured, decided, differs] of rows) {
  test(`measured ${measured}, decided ${decided}: ${differs ? 'differs' : 'agrees'}`, () => {
    const cell = {
      from: a,
      to: b,
      family: 'ipv4',
      decided,
      ...(measured === undefined ? {} : { measured }),
    } as const;
    assert.equal(disagreements([cell]).length, differs ? 1 : 0);
    assert.equal(matrixText([a, b], [cell]).includes('DIFFERS'), differs);
  });
}
