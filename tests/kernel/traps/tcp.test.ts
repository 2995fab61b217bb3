/** What TCP does besides opening and closing politely: strays, resets, both ends at once, ports used again. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { NftRule, Statement } from '#kernel/nft/statement.ts';
import { eniId, type NetworkSpec, securityGroup, withEntity } from '../../support/network.ts';
import { tcp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { buildPacket, tcp as flags } from '../packets.ts';
import { dropping, leadsTo, TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' } },
  groups: {
    client: { egress: ['tcp/80 server'] },
    server: { ingress: ['tcp/80 client'] },
    // Open both ways, so that flows are untracked.
    open: { ingress: ['tcp 0.0.0.0/0', 'tcp ::/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] },
  },
  enis: {
    c: { subnet: 's', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['client'] },
    s: { subnet: 's', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['server'] },
    e: { subnet: 's', ips: ['10.0.1.30', '2001:db8:100:1::30'], groups: ['open'] },
    f: { subnet: 's', ips: ['10.0.1.40', '2001:db8:100:1::40'], groups: ['open'] },
  },
};

describe('TCP', { skip }, async () => {
  const rig = await TrapRig.start('tcp', spec);
  const shut = withEntity(
    rig.world,
    'securityGroup',
    securityGroup('server', { ingress: ['tcp/81 client'] }),
  );
  const blocks = ['tcp 10.0.1.0/24', 'tcp 2001:db8:100:1::/64'];
  const hardened = withEntity(
    rig.world,
    'securityGroup',
    securityGroup('open', { ingress: blocks, egress: blocks }),
  );
  const send = async (
    c: string,
    s: string,
    port: number,
    steps: readonly (readonly ['forth' | 'back', string])[],
  ) => {
    const passed: boolean[] = [];
    for (const [way, flags] of steps) {
      passed.push(
        way === 'forth'
          ? await rig.passes(c, s, tcp(port, 80, flags))
          : await rig.passes(s, c, tcp(80, port, flags)),
      );
    }
    return passed;
  };

  /** Runs work while a parameter of the router's connection tracking has another value. */
  const withParameter = async (
    name: string,
    [usual, other]: readonly [number, number],
    work: () => Promise<void>,
  ) => {
    const set = (value: number) =>
      execFileSync('ip', ['netns', 'exec', rig.router, 'sysctl', '-qw', `net.netfilter.${name}=${value}`]);
    set(other);
    try {
      await work();
    } finally {
      set(usual);
      rig.withFlows((flows) => flows.flush());
    }
  };

  for (const [c, s, e, f] of [
    ['c', 's', 'e', 'f'],
    ['c6', 's6', 'e6', 'f6'],
  ] as const) {
    test(`only a bare SYN opens, ${c}`, async () => {
      const strays = ['A', 'SA', 'FA', 'R', 'RA', 'F', ''] as const;
      const attack = async (port: number) =>
        (
          await send(
            c,
            s,
            port,
            strays.map((flags) => ['forth', flags] as const),
          )
        ).includes(true);
      assert.equal(await attack(1001), false);
      const careless = { chain: 'opening', rules: dropping(leadsTo('rej')) };
      await rig.without([careless], async () =>
        assert.equal(await attack(1002), true, 'without that question'),
      );
      assert.deepEqual(await send(c, s, 1001, [['forth', 'S']]), [true]);
    });

    test(`an untracked connection that becomes tracked goes on where its opener sends, ${e}`, async () => {
      const steps = async (
        port: number,
        ...ways: readonly ('forth' | 'back')[]
      ): Promise<readonly boolean[]> => {
        await rig.connect(e, f, port, 80);
        await rig.to(hardened);
        const passed: boolean[] = [];
        for (const way of ways) {
          const [from, to, ports] = way === 'forth' ? [e, f, [port, 80]] : [f, e, [80, port]];
          passed.push(await rig.passes(from, to, tcp(ports[0] ?? 0, ports[1] ?? 0, 'A')));
        }
        await rig.to(rig.world);
        return passed;
      };
      assert.deepEqual(await steps(1041, 'forth', 'back'), [true, true]);
      assert.deepEqual(await steps(1042, 'back', 'forth', 'back'), [false, true, true]);
      const isDirection = (each: Statement) => each.kind === 'match' && each.field === 'ct direction';
      const anyDirection = (rules: readonly NftRule[]) =>
        rules.map((rule) => rule.filter((each) => !isDirection(each)));
      await rig.without([{ chain: 'opening', rules: anyDirection }], async () =>
        assert.deepEqual(await steps(1043, 'back'), [true], 'where either end may go on'),
      );
      await rig.without([{ chain: 'opening', rules: dropping(isDirection) }], async () =>
        assert.deepEqual(await steps(1044, 'forth'), [false], 'where only a SYN opens'),
      );
    });

    test(`a connection whose SYN nobody saw is not taken up when it becomes tracked, ${e}`, async () => {
      const takenUp = async (port: number): Promise<boolean> => {
        assert.equal(await rig.passes(e, f, tcp(port, 80, 'A')), true, 'untracked');
        assert.equal(await rig.passes(f, e, tcp(80, port, 'A')), true, 'its answer');
        await rig.to(hardened);
        const passes = await rig.passes(e, f, tcp(port, 80, 'A'));
        await rig.to(rig.world);
        return passes;
      };
      assert.equal(await takenUp(1051), false);
      await withParameter('nf_conntrack_tcp_loose', [0, 1], async () =>
        assert.equal(await takenUp(1052), true, 'where the kernel takes up connections in the middle'),
      );
    });

    test(`what is outside a connection’s window passes, as with AWS, ${c}`, async () => {
      const arrives = async (sourcePort: number): Promise<boolean> => {
        await rig.connect(c, s, sourcePort, 80);
        const transport = { kind: 'tcp', sourcePort, destinationPort: 80, flags: flags.ack } as const;
        const bytes = buildPacket({
          source: rig.at[c] ?? '',
          destination: rig.at[s] ?? '',
          transport: { ...transport, sequence: 1 << 30, acknowledgement: 1001 },
          payload: Buffer.from('outside'),
        });
        const seen = await rig.lab.exchangeBytes(eniId('c'), [bytes]);
        return seen.some(({ at, bytes: frame }) => at === eniId('s') && frame.includes('outside'));
      };
      assert.equal(await arrives(1061), true);
      await withParameter('nf_conntrack_tcp_be_liberal', [1, 0], async () =>
        assert.equal(await arrives(1062), false, 'where the kernel looks at windows'),
      );
    });

    test(`a reset passes, and what reopens the connection is judged anew, ${c}`, async () => {
      await rig.connect(c, s, 1101, 80);
      assert.deepEqual(await send(c, s, 1101, [['back', 'RA']]), [true]);
      assert.deepEqual(await send(c, s, 1101, [['forth', 'S']]), [true], 'with its rule');
      assert.deepEqual(
        await send(c, s, 1101, [
          ['back', 'SA'],
          ['forth', 'A'],
          ['forth', 'RA'],
        ]),
        [true, true, true],
      );
      await rig.to(shut);
      assert.deepEqual(await send(c, s, 1101, [['forth', 'S']]), [false], 'without it');
      await rig.to(rig.world);
    });

    test(`ports are used again after a polite end, by the rules of that time, ${c}`, async () => {
      const end = [
        ['forth', 'FA'],
        ['back', 'A'],
        ['back', 'FA'],
        ['forth', 'A'],
      ] as const;
      for (const [port, world, reopens] of [
        [1201, rig.world, true],
        [1202, shut, false],
      ] as const) {
        await rig.to(rig.world);
        await rig.connect(c, s, port, 80);
        assert.deepEqual(await send(c, s, port, end), [true, true, true, true]);
        await rig.to(world);
        assert.deepEqual(await send(c, s, port, [['forth', 'S']]), [reopens]);
      }
      await rig.to(rig.world);
    });

    test(`both ends at once: the second SYN is an answer, before the first it is refused, ${c}`, async () => {
      assert.deepEqual(await send(c, s, 1301, [['back', 'S']]), [false]);
      assert.deepEqual(
        await send(c, s, 1301, [
          ['forth', 'S'],
          ['back', 'S'],
          ['forth', 'SA'],
          ['back', 'A'],
          ['forth', 'A'],
        ]),
        [true, true, true, true, true],
      );
    });

    test(`a tracked connection goes on without its rule, and its neighbour does not begin, ${c}`, async () => {
      await rig.connect(c, s, 1401, 80);
      await rig.to(shut);
      assert.deepEqual(
        await send(c, s, 1401, [
          ['forth', 'A'],
          ['back', 'A'],
          ['forth', 'FA'],
          ['back', 'FA'],
        ]),
        [true, true, true, true],
      );
      assert.deepEqual(await send(c, s, 1402, [['forth', 'S']]), [false]);
      await rig.to(rig.world);
    });
  }
});
