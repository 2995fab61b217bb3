import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from './failure.ts';
import { parseWanted, wantedText } from './wanted.ts';

/** What is typed → how it is understood, or refused. */
const rows: readonly (readonly [typed: string, understood: string])[] = [
  ['tcp/0', 'tcp/0'],
  ['tcp/65535', 'tcp/65535'],
  ['tcp/65536', 'refused'],
  ['TCP/80', 'tcp/80'],
  ['udp/53', 'udp/53'],
  ['tcp', 'refused'],
  ['tcp/', 'refused'],
  ['tcp/80/81', 'refused'],
  ['tcp/-1', 'refused'],
  ['tcp/0x50', 'refused'],
  ['icmp', 'icmp/8/0'],
  ['icmp/3', 'icmp/3/0'],
  ['icmp/3/4', 'icmp/3/4'],
  ['icmp/255/255', 'icmp/255/255'],
  ['icmp/256', 'refused'],
  ['icmp/3/4/5', 'refused'],
  ['icmpv6', 'icmpv6/128/0'],
  ['47', 'protocol 47'],
  ['0', 'protocol 0'],
  ['255', 'protocol 255'],
  ['256', 'refused'],
  ['6', 'refused'],
  ['58', 'refused'],
  ['47/1', 'refused'],
  ['gre', 'refused'],
  ['', 'refused'],
];

for (const [typed, understood] of rows) {
  test(`${JSON.stringify(typed)} is ${understood}`, () => {
    const read = () => wantedText(parseWanted(typed));
    if (understood === 'refused')
      assert.throws(read, (error) => error instanceof Failure && error.exitCode === 2);
    else assert.equal(read(), understood);
  });
}
