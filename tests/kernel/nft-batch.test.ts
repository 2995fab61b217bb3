/** A batch is applied whole or not at all, says what was refused, and carries 100,000 elements. */
import assert from 'node:assert/strict';
import process from 'node:process';
import { after, suite, test } from 'node:test';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { NftError } from '#kernel/nft/error.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Command, Element, SetSpec } from '#kernel/nft/statement.ts';
import { tagCommands } from '#kernel/nft/tag.ts';
import { memoryBarrier } from '#kernel/sys/membarrier.ts';
import { skip, testNamespace } from './namespaces.ts';

const table = 't';
const ports: SetSpec = { name: 'ports', key: ['inet_proto', 'inet_service'], interval: true };
const names: SetSpec = { name: 'names', key: ['ifname'], data: 'verdict', interval: false };
const addresses: SetSpec = { name: 'addresses', key: ['ipv4_addr'], interval: true };

suite('batches', { skip }, () => {
  const namespace = testNamespace('batch');
  const nft = inNamespace(namespace, () => NftSocket.open());
  after(() => nft.close());

  const fresh: readonly Command[] = [
    { kind: 'addTable', table },
    { kind: 'deleteTable', table },
    { kind: 'addTable', table },
    { kind: 'addChain', table, chain: { name: 'c' } },
    {
      kind: 'addChain',
      table,
      chain: { name: 'base', hook: { type: 'filter', hook: 'input', priority: 0, policy: 'accept' } },
    },
    { kind: 'addRule', table, chain: 'base', rule: [{ kind: 'verdict', verdict: 'jump', chain: 'c' }] },
    ...[ports, names, addresses].map((set): Command => ({ kind: 'addSet', table, set })),
    { kind: 'addElements', table, set: ports, elements: [{ key: [6, { first: 10, last: 20 }] }] },
  ];
  const state = () => ({
    tables: nft.tables(),
    chains: nft.chains(table),
    sets: nft.sets(table),
    elements: [ports, names, addresses].map((set) => nft.elements(table, set)),
    rules: nft.rules(table, 'c'),
  });
  const element = (key: Element['key'], chain?: string): Element => ({
    key,
    ...(chain !== undefined && { data: { kind: 'goto', chain } }),
  });
  const change = (kind: 'addElements' | 'deleteElements', set: SetSpec, elements: Element[]): Command => ({
    kind,
    table,
    set,
    elements,
  });

  /** The last command fails; the ones before it are fine by themselves. */
  const refused: readonly (readonly [string, Command, { element?: number; errno: string }])[] = [
    ['an absent chain', { kind: 'deleteChain', table, chain: 'none' }, { errno: 'ENOENT' }],
    ['an absent table', { kind: 'deleteTable', table: 'none' }, { errno: 'ENOENT' }],
    ['an absent set', { kind: 'flushSet', table, set: 'none' }, { errno: 'ENOENT' }],
    [
      'a rule with an absent set',
      { kind: 'addRule', table, chain: 'c', rule: [{ kind: 'lookup', fields: ['th dport'], set: 'none' }] },
      { errno: 'ENOENT' },
    ],
    [
      'a jump to nowhere',
      { kind: 'addRule', table, chain: 'c', rule: [{ kind: 'verdict', verdict: 'jump', chain: 'none' }] },
      { errno: 'ENOENT' },
    ],
    [
      'a key shorter than the set has it',
      {
        kind: 'addRule',
        table,
        chain: 'c',
        rule: [{ kind: 'lookup', fields: ['th dport'], set: 'ports' }],
      },
      { errno: 'ENODATA' },
    ],
    [
      'the second of three absent elements',
      change('deleteElements', ports, [element([6, { first: 10, last: 20 }]), element([6, 1])]),
      { element: 1, errno: 'ENOENT' },
    ],
    [
      'a narrow range inside a wide one',
      change('addElements', ports, [
        element([17, 1]),
        element([17, 3]),
        element([6, { first: 12, last: 13 }]),
      ]),
      { element: 2, errno: 'EEXIST' },
    ],
    [
      'an interval over another',
      change('addElements', addresses, [
        element([{ first: 10, last: 20 }]),
        element([{ first: 30, last: 40 }]),
        element([{ first: 15, last: 25 }]),
      ]),
      { element: 2, errno: 'EEXIST' },
    ],
    [
      'a map value that differs',
      change('addElements', names, [element(['e1'], 'c'), element(['e1'], 'd')]),
      { element: 1, errno: 'EEXIST' },
    ],
    [
      'a loop of chains (found as too deep a jump)',
      { kind: 'addRule', table, chain: 'd', rule: [{ kind: 'verdict', verdict: 'jump', chain: 'c' }] },
      { errno: 'EMLINK' },
    ],
  ];

  for (const [name, command, expected] of refused) {
    test(`nothing of a batch is done when the kernel refuses ${name}`, () => {
      nft.apply(fresh);
      const before = state();
      const commands: Command[] = [
        { kind: 'addTable', table: 'other' },
        { kind: 'addChain', table, chain: { name: 'd' } },
        {
          kind: 'addRule',
          table,
          chain: 'c',
          rule: [{ kind: 'verdict', verdict: 'jump', chain: 'd' }],
        },
        change('addElements', ports, [element([17, 53])]),
        command,
      ];
      assert.throws(
        () => nft.apply(commands),
        (error) => {
          assert.ok(error instanceof NftError);
          // The loop is found at whichever rule closes it.
          const [failure] = error.failures;
          assert.equal(failure?.errno, expected.errno);
          assert.equal(failure.command, commands.length - 1);
          assert.equal(failure.element, expected.element);
          assert.match(error.message, new RegExp(`^${command.kind} .*${expected.errno}`));
          return true;
        },
      );
      assert.deepEqual(state(), before);
    });
  }

  test('all refused commands are named', () => {
    nft.apply(fresh);
    const absent = (chain: string): Command => ({ kind: 'deleteChain', table, chain });
    assert.throws(
      () => nft.apply([absent('x'), { kind: 'addTable', table }, absent('y')]),
      (error) => {
        assert.ok(error instanceof NftError);
        assert.deepEqual(
          error.failures.map(({ command }) => command),
          [0, 2],
        );
        return true;
      },
    );
  });

  test('adding what is there changes nothing', () => {
    nft.apply(fresh);
    const before = state();
    nft.apply(fresh.filter(({ kind }) => kind !== 'deleteTable' && kind !== 'addRule'));
    assert.deepEqual(state(), before);
  });

  test('a tag is kept, replaced, and gone with its table', () => {
    nft.apply([...fresh, ...tagCommands(table, 'generation 41 é')]);
    assert.equal(nft.tag(table), 'generation 41 é');
    nft.apply(tagCommands(table, 'x'.repeat(252)));
    assert.equal(nft.tag(table), 'x'.repeat(252));
    assert.equal(nft.rules(table, 'rampart_tag').length, 1);
    nft.apply(fresh);
    assert.equal(nft.tag(table), undefined);
    assert.equal(nft.tag('none'), undefined);
    assert.throws(
      () => tagCommands(table, 'x'.repeat(253)).length && nft.apply(tagCommands(table, 'x'.repeat(253))),
      /253 bytes/,
    );
  });

  test('aside, the call returns while the batch is on its way, and nobody uses the socket until it is applied', async () => {
    nft.apply([
      { kind: 'addTable', table },
      { kind: 'deleteTable', table },
    ]);
    const work = nft.applyAside(fresh);
    assert.throws(() => nft.tables(), /on its way/);
    assert.throws(() => nft.apply(fresh), /on its way/);
    await work;
    assert.ok(nft.tables().includes(table));
  });

  test('what the kernel refuses aside is an error, and changes nothing', async () => {
    nft.apply(fresh);
    const absent = { kind: 'deleteSet', table, set: 'absent' } as const;
    await assert.rejects(
      nft.applyAside([{ kind: 'addChain', table, chain: { name: 'x' } }, absent]),
      NftError,
    );
    assert.equal(nft.chains(table).includes('x'), false);
  });

  test('the barrier returns', async () => {
    await memoryBarrier();
  });

  const many = 100_000;
  const large: readonly (readonly [SetSpec, (index: number) => Element])[] = [
    [
      { name: 'id4', key: ['ifname', 'ipv4_addr'], data: 'mark', interval: false },
      (index) => ({
        key: [`e${index}`, `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`],
        data: { kind: 'value', value: index },
      }),
    ],
    [
      { name: 'id6', key: ['ifname', 'ipv6_addr'], data: 'mark', interval: false },
      (index) => ({
        key: [`e${index}`, `fd00::1:2:0:0:${(index + 1).toString(16).slice(-4)}`],
        data: { kind: 'value', value: index },
      }),
    ],
    [names, (index) => ({ key: [`e${index}`], data: { kind: 'goto', chain: 'c' } })],
    [addresses, (index) => ({ key: [{ first: index * 4, last: index * 4 + 2 }] })],
  ];
  for (const [set, make] of large) {
    test(`${many} elements in one batch: ${set.key.join(' . ')}${set.interval ? ', ranges' : ''}`, (context) => {
      const elements = Array.from({ length: many }, (_, index) => make(index));
      nft.apply([...fresh, { kind: 'addSet', table, set }]);
      const before = process.cpuUsage();
      nft.apply([change('addElements', set, elements)]);
      const { user, system } = process.cpuUsage(before);
      context.diagnostic(`${Math.round((user + system) / 1000)} ms CPU (${Math.round(user / 1000)} of ours)`);
      assert.equal(nft.elements(table, set).length, many);
      nft.apply([change('deleteElements', set, elements.slice(1))]);
      assert.deepEqual(nft.elements(table, set).map(text), elements.slice(0, 1).map(text));
    });
  }
});

const text = (element: Element): string => JSON.stringify(element);
