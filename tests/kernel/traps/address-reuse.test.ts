/** An address that is given to somebody else must not bring the flows of its last holder along. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConntrackSocket } from '#kernel/conntrack/socket.ts';
import { networkOf, remove, type World } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import { buildWorld, eniId, type NetworkSpec, testScope } from '../../support/network.ts';
import { tcp, udp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' } },
  groups: {
    client: { egress: ['all 10.0.0.0/16', 'all 2001:db8:100::/56'] },
    server: { ingress: ['all client'] },
    none: {},
  },
  enis: {
    c: { subnet: 's', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['client'] },
    s: { subnet: 's', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['server'] },
  },
};
const { s: old, ...others } = spec.enis;
/** The server is gone, and a newcomer that admits nobody has its addresses. */
const reused: World = buildWorld({
  ...spec,
  enis: { ...others, n: { subnet: 's', ips: old?.ips ?? [], groups: ['none'] } },
});

describe('reuse of a released address', { skip }, async () => {
  const rig = await TrapRig.start('reuse', spec);
  const gone = rig.world.set(scopeKey(testScope), remove(networkOf(rig.world, testScope), 'eni', eniId('s')));
  const talk = async (c: string, s: string) => {
    await rig.to(rig.world);
    await rig.connect(c, s, 1001, 80);
    assert.equal(await rig.passes(c, s, udp(1002, 53)), true);
    assert.equal(await rig.passes(s, c, udp(53, 1002)), true);
  };
  const through = async (c: string, s: string) => [
    await rig.passes(c, s, tcp(1001, 80, 'A')),
    await rig.passes(c, s, udp(1002, 53)),
    await rig.passes(`n=${rig.at[s]}`, c, udp(53, 1002)),
  ];

  for (const [c, s] of [
    ['c', 's'],
    ['c6', 's6'],
  ] as const) {
    for (const [how, way] of [
      ['at once', [reused]],
      ['after a pause', [gone, reused]],
    ] as const) {
      test(`${how}, ${c}`, async () => {
        await talk(c, s);
        for (const world of way) await rig.to(world);
        assert.deepEqual(await through(c, s), [false, false, false]);
      });
    }

    test(`after a restart, ${c}`, async () => {
      await talk(c, s);
      await rig.lab.restart(reused);
      assert.deepEqual(await through(c, s), [false, false, false]);
    });

    test(`where flows are not forgotten they pass to the newcomer, ${c}`, async () => {
      const forget = ConntrackSocket.prototype.delete;
      await talk(c, s);
      ConntrackSocket.prototype.delete = () => 0;
      try {
        await rig.to(reused);
      } finally {
        ConntrackSocket.prototype.delete = forget;
      }
      assert.deepEqual(await through(c, s), [true, true, true]);
      rig.withFlows((flows) => flows.flush());
    });
  }
});
