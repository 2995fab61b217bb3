import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { InternetGatewayId } from '#vpc/ids.ts';
import { emptyWorld, networkOf } from '#vpc/network.ts';
import { BadSnapshot, parseSnapshot, readSnapshot, snapshotLines } from './snapshot.ts';
import { Transaction } from './transaction.ts';

const scope = { account: '123456789012', region: 'us-east-1' };
const elsewhere = { account: '999999999999', region: 'eu-west-1' };
const gateway = (id: string) => ({ id: id as InternetGatewayId, tags: { Name: 'line\nend' } });

test('a world written and read is the same', () => {
  const transaction = Transaction.begin(emptyWorld, scope);
  transaction.put('internetGateway', gateway('igw-1'));
  transaction.put('internetGateway', gateway('igw-2'));
  transaction.at(elsewhere).put('internetGateway', gateway('igw-3'));
  transaction.at(elsewhere).remove('internetGateway', 'igw-3');
  const world = transaction.world;
  const read = readSnapshot([...snapshotLines({ world, sequence: 7 })].join('\n'));
  equal(read.sequence, 7);
  deepEqual([...read.world.keys()], [...world.keys()]);
  const all = (of: typeof world) => [...networkOf(of, scope).internetGateway.values()];
  deepEqual(all(read.world), all(world));
  equal(networkOf(read.world, elsewhere).internetGateway.size, 0);
});

test('other text is refused', () => {
  for (const text of ['', '{}', 'x', '{"format":"rampart-snapshot","version":2,"sequence":1}']) {
    throws(() => readSnapshot(text), Error, text);
  }
  const head = '{"format":"rampart-snapshot","version":1,"sequence":1}';
  const lines: readonly (readonly [line: string, isGood: boolean])[] = [
    ['{"account":"1","region":"r"}', true],
    ['{"account":"1","region":"r","kind":"internetGateway","body":{"id":"x","tags":{}}}', true],
    ['{"account":"1","region":"r","kind":"weapon","body":{"id":"x"}}', false],
    ['{"account":"1","region":"r","kind":"internetGateway","body":{"tags":{}}}', false],
    ['{"account":"1","region":"r","kind":"internetGateway","body":null}', false],
    ['{"account":"1","region":"r","body":{"id":"x"}}', false],
    ['{"account":1,"region":"r"}', false],
    ['{"region":"r"}', false],
    ['null', false],
    ['[]', false],
    ['{', false],
  ];
  for (const [line, isGood] of lines) {
    const read = () => parseSnapshot(`${head}\n${line}`);
    if (isGood) equal(read().sequence, 1);
    else throws(read, BadSnapshot, line);
  }
});
