/** One thing that cannot be made, or whose rules the kernel refuses, keeps nothing else from being in force. */
import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { namespacePath } from '#kernel/netns/path.ts';
import { buildWorld, eniId, idFor, type NetworkSpec, securityGroup, withEntity } from '../support/network.ts';
import { type Addresses, packet, tcp } from '../support/packets.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';
import { refuseReplacement } from './refusal.ts';

const both: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24' } },
  groups: { web: { ingress: ['tcp/80 10.0.0.0/16'], egress: ['all 0.0.0.0/0'] } },
  enis: {
    p: { subnet: 's', ips: ['10.0.1.10'], groups: ['web'] },
    q: { subnet: 's', ips: ['10.0.1.11'], groups: ['web'] },
  },
};
const three = buildWorld({
  ...both,
  enis: { ...both.enis, r: { subnet: 's', ips: ['10.0.1.12'], groups: ['web'] } },
});
const at: Addresses = { p: '10.0.1.10', q: '10.0.1.11', r: '10.0.1.12' };
const allowing = (port: number) =>
  withEntity(
    three,
    'securityGroup',
    securityGroup('web', { ingress: [`tcp/${port} 10.0.0.0/16`], egress: ['all 0.0.0.0/0'] }),
  );

describe('an instance whose namespace cannot be made', { skip }, async () => {
  const rig = await LabRig.start('broken', buildWorld(both), { isGuarded: true });
  const instance = idFor('i', 'r');
  // Somebody has taken the name for a folder, which cannot be mounted upon as namespaces are.
  const name = `${rig.prefix}-i-${instance.slice(2)}`;
  mkdirSync(namespacePath(name));

  let sourcePort = 1000;

  const passes = async (to: string, port: number) => {
    const sent = {
      packet: packet(at, 'p', to, tcp(++sourcePort, port)),
      origin: { kind: 'eni', eniId: eniId('p') } as const,
    };
    return (await rig.exchange([sent]))[0] !== undefined;
  };

  test('is named, and everything else follows', async () => {
    await rig.lab.apply(three, 50);
    const { ok, error, failing, sequence } = rig.lab.status();
    assert.equal(ok, false);
    assert.deepEqual(
      failing.map(({ resource }) => resource),
      [instance],
    );
    assert.match(error ?? '', /^i-[0-9a-f]+: EISDIR/);
    assert.equal(sequence, 50, 'the rest is in force');
    assert.equal(await passes('q', 80), true);
  });

  test('stays out of the way of later changes', async () => {
    await rig.lab.apply(allowing(90), 51);
    assert.equal(rig.lab.status().sequence, 51);
    assert.deepEqual([await passes('q', 80), await passes('q', 90)], [false, true]);
  });

  test('does not stop a server from starting', async () => {
    await assert.rejects(rig.restart(allowing(91)), /EISDIR/);
    assert.deepEqual([await passes('q', 90), await passes('q', 91)], [false, true]);
  });

  test('is made when it can be', async () => {
    rmdirSync(namespacePath(name));
    for (let wait = 0; wait < 500 && !rig.lab.status().ok; wait++) await pause(10);
    assert.deepEqual(rig.lab.status().failing, []);
    await rig.to(allowing(92));
    assert.deepEqual([await passes('r', 91), await passes('r', 92)], [false, true]);
  });
});

describe('rules that the kernel refuses', { skip }, async () => {
  const spec: NetworkSpec = {
    subnets: { s: { cidr: '10.0.1.0/24' } },
    groups: {
      out: { egress: ['all 0.0.0.0/0'] },
      narrowing: { ingress: ['tcp/80 10.0.0.0/16', 'tcp/81 10.0.0.0/16'] },
      widening: { ingress: ['tcp/80 10.0.0.0/16'] },
    },
    enis: {
      p: { subnet: 's', ips: ['10.0.1.10'], groups: ['out'] },
      q: { subnet: 's', ips: ['10.0.1.11'], groups: ['narrowing'] },
      r: { subnet: 's', ips: ['10.0.1.12'], groups: ['widening'] },
    },
  };
  const before = buildWorld(spec);
  const narrowed = withEntity(
    before,
    'securityGroup',
    securityGroup('narrowing', { ingress: ['tcp/80 10.0.0.0/16'] }),
  );
  const later = withEntity(
    narrowed,
    'securityGroup',
    securityGroup('widening', { ingress: ['tcp/80 10.0.0.0/16', 'tcp/83 10.0.0.0/16'] }),
  );
  const rig = await LabRig.start('refused', before, { isGuarded: true });
  const router = rig.lab.portOf(eniId('q'))?.router ?? '';
  let sourcePort = 1000;
  /** What passes to q by ports 80 and 81, and to r by 80 and 83. */
  const picture = async () => {
    const origin = { kind: 'eni', eniId: eniId('p') } as const;
    const asked = { q: [80, 81], r: [80, 83] };
    const sent = Object.entries(asked).flatMap(([to, ports]) =>
      ports.map((port) => ({ packet: packet(at, 'p', to, tcp(++sourcePort, port)), origin })),
    );
    return (await rig.exchange(sent)).map((arrival) => arrival !== undefined);
  };

  test('the old rules stay, whose access would have narrowed is isolated, and it is tried until it succeeds', async () => {
    assert.deepEqual(await picture(), [true, true, true, false]);
    const relent = refuseReplacement(router);
    for (let wait = 0; wait < 500 && rig.lab.status().failing.length === 0; wait++) await pause(10);
    const started = rig.lab.status();
    assert.deepEqual(
      started.failing.map(({ resource }) => resource),
      [idFor('vpc', 'v')],
    );
    assert.match(started.error ?? '', /E2BIG/);
    assert.deepEqual(await picture(), [true, true, true, false], 'nothing was to be narrowed');

    await rig.lab.apply(later, 60);
    const { ok, sequence, generation } = rig.lab.status();
    assert.deepEqual([ok, sequence], [false, started.sequence], 'the kernel is at an older world');
    assert.deepEqual(await picture(), [false, false, true, false], 'q is closed, r has what it had');

    relent();
    for (let wait = 0; wait < 1000 && !rig.lab.status().ok; wait++) await pause(10);
    assert.deepEqual([rig.lab.status().ok, rig.lab.status().sequence], [true, 60]);
    assert.equal(rig.lab.status().generation, generation + 1);
    assert.deepEqual(await picture(), [true, false, true, true]);
  });
});
