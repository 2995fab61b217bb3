/** Contracts as people write them: what is read, and what is said of each mistake, with its line. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { exitCodes, Failure } from '../failure.ts';
import { readContracts } from './contract-file.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rpt-contracts-'));
after(() => rmSync(scratch, { recursive: true }));

const written = (text: string | Buffer): string => {
  const path = join(scratch, 'contracts.yaml');
  writeFileSync(path, text);
  return path;
};

test('a file may be as Windows writes it', () => {
  const text = one('from: internet, to: any, services: [all]');
  const crlf = text.replaceAll('\n', '\r\n');
  for (const bytes of [
    Buffer.from(crlf),
    Buffer.from(`\ufeff${crlf}`),
    Buffer.from(`\ufeff${crlf}`, 'utf16le'),
  ])
    assert.equal(readContracts(written(bytes))[0]?.kind, 'never');
});

const one = (terms: string) => `contracts:\n  - name: x\n    never: { ${terms} }\n`;

test('each kind of selector and service is read, in YAML and in JSON', () => {
  const [never] = readContracts(written(one('from: internet, to: "tag:Role=db", services: [tcp/22, 47]')));
  assert.deepEqual(never, {
    name: 'x',
    kind: 'never',
    from: { kind: 'internet' },
    to: { kind: 'tag', key: 'Role', value: 'db' },
    services: [
      { kind: 'ports', protocol: 6, from: 22, to: 22 },
      { kind: 'protocol', protocol: 47 },
    ],
  });
  const json = JSON.stringify({
    contracts: [{ name: 'y', must: { from: 'sg-1', to: '10.0.0.0/8', services: ['all'] } }],
  });
  assert.deepEqual(readContracts(written(json)), [
    {
      name: 'y',
      kind: 'must',
      from: { kind: 'group', groupId: 'sg-1' },
      to: { kind: 'cidr', cidr: '10.0.0.0/8' },
      services: [{ kind: 'all' }],
    },
  ]);
});

const mistakes: readonly (readonly [text: string, expected: RegExp])[] = [
  ['', /:1: it wants contracts$/],
  ['- a\n', /:1: it wants contracts$/],
  ['contracts: []\n', /:1: contracts is a list/],
  ['\n\ncontract: []\n', /:1: contracts is a list/],
  ['contracts:\n  - must: { from: any, to: any, services: [all] }\n', /:2: a contract has a name$/],
  ['contracts:\n  - name: x\n', /:2: a contract has one of must, never and only$/],
  [
    'contracts:\n  - name: x\n    forbid: {}\n',
    /:2: forbid is not one of name, must, never, only and mayBeEmpty$/,
  ],
  [`${one('from: any, to: any, services: [all]')}    mayBeEmpty: 1\n`, /:4: mayBeEmpty is true or false$/],
  [`${one('from: any, to: any, services: [all]')}    must: 1\n`, /:4: it wants from, to and services$/],
  [one('from: any, to: any'), /:3: services is a list/],
  [one('from: any, to: any, services: tcp/22'), /:3: services is a list/],
  [one('from: any, to: any, services: []'), /:3: services is a list/],
  [one('from: any, services: [all]'), /:3: to is one of internet, any, tag:KEY=VALUE/],
  [one('from: [any], to: any, services: [all]'), /:3: from is one of internet/],
  [one('from: any, to: any, services: [all], port: 22'), /:3: port is not one of from, to and services$/],
  [one('from: internt, to: any, services: [all]'), /:3: internt is not one of internet, any/],
  [one('from: tag:Role, to: any, services: [all]'), /:3: tag:Role is not one of/],
  [one('from: 10.0.0.0/33, to: any, services: [all]'), /:3: 10.0.0.0\/33 is not one of/],
  [
    'contracts:\n  - name: x\n    never:\n      from: any\n      to: any\n      services:\n        - tcp/22\n        - ssh\n',
    /:8: ssh: expected all, tcp/,
  ],
  [one('from: any, to: any, services: [tcp/65536]'), /:3: tcp\/65536: expected/],
  [one('from: any, to: any, services: [tcp/22-21]'), /:3: tcp\/22-21: expected/],
  ['contracts:\n  - name: x\n   never: 1\n', /:3: /],
];

for (const [text, expected] of mistakes) {
  test(`a mistake in contracts: ${JSON.stringify(text).slice(0, 90)}`, () => {
    assert.throws(
      () => readContracts(written(text)),
      (error) =>
        error instanceof Failure && error.exitCode === exitCodes.usage && expected.test(error.message),
    );
  });
}
