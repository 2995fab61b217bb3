/**
 * An instance that talks with itself by its own public address: the packet leaves through the gateway and comes back
 * with the public source. Where both ports are equal, both ways have the same addresses and ports.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NetworkSpec } from '../../support/network.ts';
import { tcp, udp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { TrapRig } from './trap-rig.ts';

const own = '198.18.0.10';
const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: {
    web: { ingress: [`tcp ${own}/32`, `udp ${own}/32`], egress: ['tcp 198.18.0.0/24', 'udp 198.18.0.0/24'] },
  },
  enis: { w: { subnet: 's', ips: ['10.0.1.10'], groups: ['web'], publicIp: own } },
};

describe('oneself by a public address', { skip }, async () => {
  const rig = await TrapRig.start('self', spec);
  const sent = (from: number, to: number) => async (flags: readonly string[]) => {
    const passed: string[] = [];
    for (const each of flags) if (await rig.passes('w', own, tcp(from, to, each))) passed.push(each);
    return passed;
  };

  test('from one port to another: a SYN may come again at any time', async () => {
    const [forth, back] = [sent(1000, 80), sent(80, 1000)];
    assert.deepEqual(await forth(['S']), ['S']);
    assert.deepEqual(await back(['SA']), ['SA']);
    assert.deepEqual(await forth(['A', 'S', 'RA', 'S']), ['A', 'S', 'RA', 'S']);
  });

  test('from a port to the same port: a connection opens, and another SYN in it counts as an answer’s', async () => {
    const mirror = sent(22, 22);
    assert.deepEqual(await mirror(['S', 'S', 'SA', 'A', 'A']), ['S', 'S', 'SA', 'A', 'A']);
    assert.deepEqual(await mirror(['S', 'A']), ['A'], 'while it is open');
    assert.deepEqual(await mirror(['RA', 'S']), ['RA'], 'after its reset');
  });

  test('UDP goes both ways, by equal ports too', async () => {
    for (const [from, to] of [
      [53, 53],
      [53, 54],
      [54, 53],
    ] as const)
      assert.equal(await rig.passes('w', own, udp(from, to)), true, `${from} ${to}`);
  });
});
