/** What TCP does besides opening and closing politely: strays, resets, both ends at once, ports used again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type NetworkSpec, securityGroup, withEntity } from '../../support/network.ts';
import { tcp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { dropping, leadsTo, TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' } },
  groups: {
    client: { egress: ['tcp/80 server'] },
    server: { ingress: ['tcp/80 client'] },
  },
  enis: {
    c: { subnet: 's', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['client'] },
    s: { subnet: 's', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['server'] },
  },
};

describe('TCP', { skip }, async () => {
  const rig = await TrapRig.start('tcp', spec);
  const shut = withEntity(
    rig.world,
    'securityGroup',
    securityGroup('server', { ingress: ['tcp/81 client'] }),
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

  for (const [c, s] of [
    ['c', 's'],
    ['c6', 's6'],
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
