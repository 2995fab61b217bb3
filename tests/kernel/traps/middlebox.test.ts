/**
 * A packet that a middlebox forwards passes the router twice with one tuple. Were both passes one flow to connection
 * tracking, that the first was let in would let the second in: so each pair of middlebox and port has its own zone.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asMiddlebox, eniOf, withRoute } from '../../support/edges.ts';
import { groupId, type NetworkSpec, securityGroup, withEntity } from '../../support/network.ts';
import { tcp, udp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { type Alteration, dropping, leadsTo, TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { a: { cidr: '10.0.1.0/24' }, m: { cidr: '10.0.2.0/24' }, b: { cidr: '10.0.3.0/24' } },
  groups: {
    client: { egress: ['udp 10.0.0.0/16', 'tcp 10.0.0.0/16'] },
    box: { ingress: ['udp 10.0.0.0/16', 'tcp 10.0.0.0/16'], egress: ['udp 10.0.0.0/16', 'tcp 10.0.0.0/16'] },
    friends: { ingress: ['udp/53 box', 'tcp/80 box', 'udp/54 10.0.1.0/24', 'tcp/81 10.0.1.0/24'] },
  },
  enis: {
    a: { subnet: 'a', ips: ['10.0.1.10'], groups: ['client'] },
    m: { subnet: 'm', ips: ['10.0.2.20'], groups: ['box'] },
    b: { subnet: 'b', ips: ['10.0.3.30'], groups: ['friends'] },
  },
};

const withoutZones: readonly Alteration[] = [{ chain: 'pre', rules: dropping(leadsTo('zone')) }];

describe('a middlebox', { skip }, async () => {
  const rig = await TrapRig.start('box', spec);
  const target = { kind: 'eni', id: eniOf(rig.world, 'm').id } as const;
  const there = withRoute(asMiddlebox(rig.world, 'm'), 'a', '10.0.3.0/24', target);
  const world = withRoute(there, 'b', '10.0.1.0/24', target);
  await rig.to(world);

  for (const [name, refused, admitted] of [
    ['UDP', udp(1001, 53), udp(1002, 54)],
    ['TCP', tcp(1001, 80), tcp(1002, 81)],
  ] as const) {
    test(`what it may take in it may not therefore pass on, ${name}`, async () => {
      const attack = async () => {
        assert.equal(await rig.passes('a', 'b', refused), true, 'into the middlebox');
        return rig.passes('m=a', 'b', refused);
      };
      assert.equal(await attack(), false);
      await rig.without(withoutZones, async () => {
        assert.equal(await attack(), true, 'with one flow for both passes');
      });
      assert.equal(await attack(), false);
      assert.equal(await rig.passes('a', 'b', admitted), true);
      assert.equal(await rig.passes('m=a', 'b', admitted), true, 'what the receiver admits from the sender');
    });
  }

  test('its own groups do not speak for whom it forwards', async () => {
    assert.equal(await rig.passes('m', 'b', udp(2001, 53)), true, 'for itself');
    assert.equal(await rig.passes('a', 'b', udp(2002, 53)), true);
    assert.equal(await rig.passes('m=a', 'b', udp(2002, 53)), false, 'for another');
  });

  test('an answer by another way than the question’s needs a rule', async () => {
    // What b sends to a goes straight, past the middlebox.
    const bent = withRoute(world, 'b', '10.0.1.0/24', { kind: 'local' });
    await rig.to(bent);
    try {
      assert.equal(await rig.passes('a', 'b', udp(4001, 54)), true, 'into the middlebox');
      assert.equal(await rig.passes('m=a', 'b', udp(4001, 54)), true, 'to the receiver');
      assert.equal(await rig.passes('b', 'a', udp(54, 4001)), false, 'straight back');
      await rig.without(withoutZones, async () => {
        assert.equal(await rig.passes('a', 'b', udp(4002, 54)), true, 'into the middlebox');
        assert.equal(await rig.passes('m=a', 'b', udp(4002, 54)), true, 'to the receiver');
        assert.equal(await rig.passes('b', 'a', udp(54, 4002)), true, 'with one flow for both passes');
      });
      assert.equal(await rig.passes('a', 'b', udp(4001, 54)), true, 'into the middlebox once more');
      assert.equal(await rig.passes('m=a', 'b', udp(4001, 54)), true, 'to the receiver once more');
      const answering = securityGroup('friends', {
        ingress: spec.groups['friends']?.ingress ?? [],
        egress: ['udp 10.0.1.0/24'],
      });
      const awaiting = securityGroup('client', {
        ingress: ['udp 10.0.3.0/24'],
        egress: spec.groups['client']?.egress ?? [],
      });
      await rig.to(withEntity(withEntity(bent, 'securityGroup', answering), 'securityGroup', awaiting));
      assert.equal(await rig.passes('b', 'a', udp(54, 4001)), true, 'by rules of its own');
      await rig.to(world);
      assert.equal(await rig.passes('b', 'a', udp(54, 4001)), true, 'back through the middlebox');
      assert.equal(await rig.passes('m=b', 'a', udp(54, 4001)), true, 'to who asked');
    } finally {
      await rig.to(world);
    }
  });

  // World 56000064 of the sameness test, where `decide` lets the ACK pass: docs/deviations.md, windows of TCP.
  test('after an answer to an address that nobody has, the opener’s ACK is refused', async () => {
    await rig.to(withRoute(world, 'b', '10.0.1.0/24', { kind: 'local' }));
    try {
      for (const time of ['once', 'again']) {
        assert.equal(await rig.passes('m=10.0.1.99', 'b', tcp(5001, 81)), true, `as nobody, ${time}`);
        assert.equal(await rig.passes('b', '10.0.1.99', tcp(81, 5001, 'SA')), false, `to nobody, ${time}`);
        assert.equal(await rig.passes('m=10.0.1.99', 'b', tcp(5001, 81, 'A')), false, `unanswered, ${time}`);
      }
    } finally {
      await rig.to(world);
    }
  });

  test('a released address leaves no flow in any zone', async () => {
    assert.equal(await rig.passes('a', 'b', udp(3001, 54)), true);
    assert.equal(await rig.passes('m=a', 'b', udp(3001, 54)), true);
    const zones = () => rig.withFlows((flows) => flows.entries().filter(({ zone }) => zone !== 0).length);
    assert.notEqual(zones(), 0);
    const eni = eniOf(world, 'b');
    await rig.to(withEntity(world, 'eni', { ...eni, privateIps: [], groupIds: [groupId('friends')] }));
    const left = rig.withFlows((flows) =>
      flows
        .entries()
        .filter(({ original, reply }) => [original.destination, reply.source].includes('10.0.3.30')),
    );
    assert.deepEqual(left, []);
    await rig.to(world);
  });
});
