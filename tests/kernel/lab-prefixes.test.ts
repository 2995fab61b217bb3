/** Prefixes delegated to interfaces: all their addresses are the interface's, in the kernel as in the model. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eniOf, putIn } from '../support/edges.ts';
import { buildWorld, testScope } from '../support/network.ts';
import { type Addresses, ping, type ScenarioStep, tcp, udp } from '../support/packets.ts';
import { agree as agreeAt } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const prefix = { ipv4: '10.0.1.32/28', ipv6: '2001:db8:100:1:5::/80' } as const;

const world = buildWorld({
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    priv: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
  },
  groups: {
    pods: { ingress: ['tcp/80 10.0.2.0/24', 'tcp/80 ::/0'], egress: ['tcp/5432 db', 'tcp/443 ::/0'] },
    db: { ingress: ['tcp/5432 pods', 'udp/53 10.0.1.40/32'], egress: ['all 0.0.0.0/0', 'all ::/0'] },
  },
  enis: {
    p: {
      subnet: 'pub',
      ips: ['10.0.1.10', '2001:db8:100:1::10', ...Object.values(prefix)],
      groups: ['pods'],
    },
    d: { subnet: 'priv', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['db'] },
  },
});
/** The first letter is the interface's name. */
const at: Addresses = {
  p: '10.0.1.10',
  pFirst: '10.0.1.32',
  pPod: '10.0.1.40',
  pLast: '10.0.1.47',
  pPod6: '2001:db8:100:1:5::99',
  pLast6: '2001:db8:100:1:5:ffff:ffff:ffff',
  d: '10.0.2.20',
  d6: '2001:db8:100:2::20',
};
const [past, past6, outside6] = ['10.0.1.48', '2001:db8:100:1:6::', '2001:db8:ffff::7'];

describe('delegated prefixes', { skip }, async () => {
  const rig = await LabRig.start('prefixes', world);
  await rig.host(outside6);
  const agree = (steps: readonly ScenarioStep[]) => agreeAt(rig, at, steps);

  test('the interface gets what is sent to them, and nothing beyond their ends', () =>
    agree([
      [world, 'd', 'pFirst', tcp(1001, 80), 'accept'],
      [world, 'd', 'pPod', tcp(1001, 80), 'accept'],
      [world, 'd', 'pLast', tcp(1001, 80), 'accept'],
      [world, 'd', 'pLast', tcp(1001, 81), 'group ingress'],
      [world, 'd', past, tcp(1001, 80), 'noInterface'],
      [world, 'd6', 'pPod6', tcp(1001, 80), 'accept'],
      [world, 'd6', 'pLast6', tcp(1001, 80), 'accept'],
      [world, 'd6', past6, tcp(1001, 80), 'noInterface'],
    ]));

  test('it may send from them, and from nothing beyond', () =>
    agree([
      [world, 'p=pFirst', 'd', tcp(1101, 5432), 'accept'],
      [world, 'p=pLast', 'd', tcp(1101, 5432), 'accept'],
      [world, `p=${past}`, 'd', tcp(1101, 5432), 'spoofed'],
      [world, 'p=pLast6', 'd6', tcp(1101, 5432), 'accept'],
      [world, `p=${past6}`, 'd6', tcp(1101, 5432), 'spoofed'],
      [world, 'd=pPod', 'p', tcp(1101, 80), 'spoofed'],
    ]));

  test('they are of its groups, for rules that name groups and for rules that name blocks', () =>
    agree([
      [world, 'p=pPod', 'd', udp(1201, 53), 'group egress'],
      [world, 'pPod', 'd', tcp(1201, 5432), 'accept'],
      [world, 'd', 'pPod', tcp(5432, 1201, 'SA'), 'accept'],
      [world, 'pPod6', 'd6', tcp(1201, 5432), 'accept'],
      [world, 'd6', 'pPod6', tcp(5432, 1201, 'SA'), 'accept'],
      [world, 'pPod6', 'd6', ping(128), 'group egress'],
    ]));

  test('IPv6 ones are on the internet', () =>
    agree([
      [world, outside6, 'pPod6', tcp(1301, 80), 'accept'],
      [world, outside6, 'pPod6', tcp(1301, 81), 'group ingress'],
      [world, 'pPod6', outside6, tcp(1302, 443), 'accept'],
      [world, outside6, 'pPod6', tcp(443, 1302, 'SA'), 'accept'],
    ]));

  test('without them the interface has its own addresses alone, and their flows are forgotten', () => {
    const { prefixes: _, ...bare } = eniOf(world, 'p');
    const without = putIn(world, testScope, 'eni', bare);
    return agree([
      [world, 'd', 'pPod', tcp(1401, 80), 'accept'],
      [world, 'pPod', 'd', tcp(80, 1401, 'SA'), 'accept'],
      [without, 'd', 'pPod', tcp(1401, 80, 'A'), 'noInterface'],
      [without, 'pPod', 'd', tcp(80, 1401, 'A'), 'spoofed'],
      [without, 'd', 'p', tcp(1402, 80), 'accept'],
    ]);
  });

  test('another lab finds them as they are', async () => {
    await rig.to(world);
    await rig.restart();
    assert.deepEqual(rig.lab.status().error, undefined);
    await agree([
      [world, 'd', 'pPod', tcp(1501, 80), 'accept'],
      [world, 'pPod6', 'd6', tcp(1501, 5432), 'accept'],
    ]);
  });
});
