/** ACLs have no memory: what lets a request pass says nothing of its reply, nor yesterday's packet of today's. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NftRule } from '#kernel/nft/statement.ts';
import { aclEntity, type NetworkSpec, withEntity } from '../../support/network.ts';
import { ping, tcp, udp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { TrapRig } from './trap-rig.ts';

const requestsOnly = {
  ingress: ['100 allow all 0.0.0.0/0', '101 allow all ::/0'],
  egress: ['100 allow tcp/1024-65535 0.0.0.0/0', '101 allow tcp/1024-65535 ::/0'],
};
const spec: NetworkSpec = {
  subnets: {
    a: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' },
    b: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64', acl: requestsOnly },
  },
  // Open both ways, so that flows are untracked and only ACLs can refuse anything.
  groups: { open: { ingress: ['all 0.0.0.0/0', 'all ::/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] } },
  enis: {
    c: { subnet: 'a', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['open'] },
    s: { subnet: 'b', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['open'] },
  },
};

/** One remembered verdict for both directions. */
const oneBit = (rules: readonly NftRule[]): readonly NftRule[] =>
  rules.map((rule) => rule.filter((each) => !(each.kind === 'match' && each.field === 'ct direction')));

describe('stateless ACLs', { skip }, async () => {
  const rig = await TrapRig.start('acl', spec);

  for (const [c, s] of [
    ['c', 's'],
    ['c6', 's6'],
  ] as const) {
    test(`a reply needs its own rule although its request passed, ${c}`, async () => {
      const request = udp(1001, 53);
      const reply = udp(53, 1001);
      assert.equal(await rig.passes(c, s, request), true);
      assert.equal(await rig.passes(s, c, reply), false);
      assert.equal(await rig.passes(c, s, request), true, 'the request goes on passing');
      assert.equal(await rig.passes(s, c, reply), false);
      await rig.without([{ chain: 'fast', rules: oneBit }], async () => {
        assert.equal(await rig.passes(c, s, request), true);
        assert.equal(await rig.passes(s, c, reply), true, 'with one bit for both directions');
      });
      assert.equal(await rig.passes(s, c, reply), false);
    });

    test(`ports decide over replies, and pings have none, ${c}`, async () => {
      assert.equal(await rig.passes(c, s, tcp(2001, 80)), true);
      assert.equal(await rig.passes(s, c, tcp(80, 2001, 'SA')), true, 'to an ephemeral port');
      assert.equal(await rig.passes(c, s, tcp(1001, 80)), true);
      assert.equal(await rig.passes(s, c, tcp(80, 1001, 'SA')), false, 'below the ephemeral ports');
      const [request, reply] = c === 'c' ? [8, 0] : [128, 129];
      assert.equal(await rig.passes(c, s, ping(request)), true);
      assert.equal(await rig.passes(s, c, ping(reply)), false);
    });

    test(`a change counts for the next packet of a flow that has long passed, ${c}`, async () => {
      await rig.connect(c, s, 3001, 80);
      const shut = { ingress: ['90 deny tcp/80 0.0.0.0/0', '91 deny tcp/80 ::/0', ...requestsOnly.ingress] };
      await rig.to(withEntity(rig.world, 'networkAcl', aclEntity('b', { ...requestsOnly, ...shut })));
      assert.equal(await rig.passes(c, s, tcp(3001, 80, 'A')), false);
      assert.equal(await rig.passes(s, c, tcp(80, 3001, 'A')), true, 'the other direction is as it was');
      await rig.to(rig.world);
      assert.equal(await rig.passes(c, s, tcp(3001, 80, 'A')), true);
    });
  }
});
