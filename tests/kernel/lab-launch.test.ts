/** Many instances at once: made in slices, between which others go on, and taken back where they are not wanted any more. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { inNamespace, listNamespaces } from '#kernel/netns/namespace.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import { buildWorld, eniId, ip, type NetworkSpec } from '../support/network.ts';
import { tcp } from '../support/packets.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const count = 120;

/** A VPC with this many interfaces, each of an instance of its own. */
function worldOf(size: number) {
  const spec: NetworkSpec = {
    cidrs: ['10.0.0.0/16'],
    subnets: { app: { cidr: '10.0.0.0/20' } },
    groups: { web: { ingress: ['tcp/80 10.0.0.0/16'], egress: ['all 0.0.0.0/0'] } },
    enis: Object.fromEntries(
      Array.from({ length: size }, (_, n) => [
        `e${n}`,
        { subnet: 'app', ips: [`10.0.1.${n + 10}`], groups: ['web'] },
      ]),
    ),
  };
  return buildWorld(spec);
}

describe('a launch of many instances', { skip }, async () => {
  const rig = await LabRig.start('launch', worldOf(2));
  const passes = async (from: number, to: number) => {
    const packet = {
      source: ip(`10.0.1.${from + 10}`),
      destination: ip(`10.0.1.${to + 10}`),
      transport: tcp(1000 + to, 80),
    };
    const [arrival] = await rig.exchange([{ packet, origin: { kind: 'eni', eniId: eniId(`e${from}`) } }]);
    return arrival?.at === eniId(`e${to}`);
  };
  const namespaces = () => listNamespaces(`${rig.prefix}-`).length;
  const devices = () => {
    const router = rig.lab.portOf(eniId('e0'))?.router ?? assert.fail();
    return inNamespace(router, () => {
      const socket = RouteSocket.open();
      try {
        return socket.links().length;
      } finally {
        socket.close();
      }
    });
  };

  const [places, links] = [namespaces(), devices()];

  test('lets others go on meanwhile, and then filters', async () => {
    let isDone = false;
    const done = rig.to(worldOf(count)).finally(() => {
      isDone = true;
    });
    let turns = 0;
    for (; !isDone; turns++) await turn();
    await done;
    // 120 instances take the kernel far longer than a slice of 50 ms.
    assert.ok(turns > 3, `the loop turned ${turns} times`);
    assert.equal(namespaces(), places + count - 2);
    assert.equal(rig.lab.status().ok, true);
    assert.ok(await passes(0, count - 1));
  });

  test('is taken back whole where it ends before it is done', async () => {
    await rig.to(worldOf(2));
    let isOver = false;
    const launched = rig.lab.apply(worldOf(count), 1000).finally(() => {
      isOver = true;
    });
    while (namespaces() <= places && !isOver) await turn();
    assert.ok(!isOver, 'some are made already, and not all');
    await Promise.all([launched, rig.to(worldOf(2))]);
    assert.equal(namespaces(), places);
    // The kernel removes the devices of a namespace that is gone after a while.
    for (let tries = 0; devices() > links && tries < 100; tries++) await pause(100);
    assert.equal(devices(), links);
    assert.ok(await passes(0, 1));
  });
});
