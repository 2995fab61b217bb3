import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createLab } from '#kernel/lab/lab.ts';
import { nextHop } from '#kernel/lab/links.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import { eniOf, putIn } from '../support/edges.ts';
import { buildWorld, eniId, idFor, testScope } from '../support/network.ts';
import { skip, sweepLeftovers } from './namespaces.ts';
import { buildFrame, readFrame } from './packets.ts';
import { openPort } from './port.ts';

const base = buildWorld({
  subnets: {
    s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' },
    t: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
  },
  groups: { all: { ingress: ['all 0.0.0.0/0', 'all ::/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] } },
  enis: {
    a: { subnet: 's', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['all'] },
    b: { subnet: 't', ips: ['10.0.2.10', '10.0.2.11', '2001:db8:100:2::10'], groups: ['all'] },
    x: { subnet: 's', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['all'] },
  },
});

/** `b` is the second interface of the instance of `a`. */
const second = eniOf(base, 'b');
if (!second.attachment) throw new Error('b is not attached');
const attachment = { ...second.attachment, deviceIndex: 1, instanceId: idFor('i', 'a') as never };
const world = putIn(base, testScope, 'eni', { ...second, attachment });

describe('an instance with two interfaces', { skip }, async () => {
  sweepLeftovers();
  const lab = createLab({ prefix: `rpt-${process.pid}-two` });
  after(() => lab.purge());
  await lab.apply(world, 1);
  assert.equal(lab.status().error, undefined);
  const place = lab.portOf(eniId('x'));
  const instance = lab.namespaceOf(idFor('i', 'a'));
  if (!place || !instance) throw new Error('not attached');
  const port = openPort(place.instance, place.device);
  after(() => port.close());

  /** Whether the instance's own stack answers a ping to one of its addresses. */
  async function answers(from: string, to: string, id: number): Promise<boolean> {
    const isIpv6 = to.includes(':');
    const transport = { kind: 'icmp', type: isIpv6 ? 128 : 8, code: 0, rest: id << 16 } as const;
    port.receive();
    port.send(
      buildFrame({
        source: from,
        destination: to,
        transport,
        sourceMac: eniOf(world, 'x').macAddress,
        destinationMac: nextHop.up.mac,
      }),
    );
    for (let wait = 0; wait < 100; wait++) {
      for (const bytes of port.receive()) {
        const frame = readFrame(bytes);
        if (frame?.source === to && frame.transport.kind === 'icmp' && frame.transport.rest === id << 16)
          return true;
      }
      await pause(5);
    }
    return false;
  }

  const x = { ipv4: '10.0.1.20', ipv6: '2001:db8:100:1::20' };
  const cases = ['10.0.1.10', '10.0.2.10', '10.0.2.11', '2001:db8:100:1::10', '2001:db8:100:2::10'];
  test('answers from every address, by the interface that has it', async () => {
    for (const [index, to] of cases.entries()) {
      assert.equal(await answers(to.includes(':') ? x.ipv6 : x.ipv4, to, 100 + index), true, to);
    }
  });

  test('would not without the rules by source', async () => {
    const routes = inNamespace(instance, () => RouteSocket.open());
    for (const rule of routes.rules('ipv4')) if (rule.source) routes.deleteRule(rule);
    routes.close();
    assert.equal(await answers(x.ipv4, '10.0.2.10', 200), false);
    assert.equal(await answers(x.ipv4, '10.0.1.10', 201), true);
  });
});
