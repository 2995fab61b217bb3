/** ICMP errors belong to the flow they quote, but only its holders may send them, and ACLs judge them all the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accept, jump } from '#kernel/dataplane/statements.ts';
import type { NftRule } from '#kernel/nft/statement.ts';
import type { Transport } from '#policy/packet.ts';
import type { NetworkSpec } from '../../support/network.ts';
import { packet, udp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { dropping, leadsTo, TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' },
    // UDP both ways and nothing else.
    udp: {
      cidr: '10.0.2.0/24',
      cidr6: '2001:db8:100:2::/64',
      acl: {
        ingress: ['100 allow udp 0.0.0.0/0', '101 allow udp ::/0'],
        egress: ['100 allow udp 0.0.0.0/0', '101 allow udp ::/0'],
      },
    },
  },
  groups: {
    client: { egress: ['udp/53 server'] },
    server: { ingress: ['udp/53 client'] },
    none: {},
    pinger: { egress: ['icmp 0.0.0.0/0', 'icmpv6 ::/0'] },
  },
  enis: {
    c: { subnet: 'pub', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['client'] },
    s: { subnet: 'pub', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['server'] },
    t: { subnet: 'udp', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['server'] },
    x: { subnet: 'pub', ips: ['10.0.1.66', '2001:db8:100:1::66'], groups: ['none'] },
    y: { subnet: 'pub', ips: ['10.0.1.67', '2001:db8:100:1::67'], groups: ['pinger'] },
  },
};

describe('ICMP errors', { skip }, async () => {
  const rig = await TrapRig.start('icmp', spec);
  /** The error that says a packet of `from` did not reach its port at `to`. */
  const unreachable = (from: string, to: string, transport: Transport): Transport => {
    const quoted = packet(rig.at, from, to, transport);
    const [type, code] = from.endsWith('6') ? [1, 4] : [3, 3];
    return { kind: 'icmp', type, code, identifier: 0, quoted };
  };
  const relatedAccepted = (rules: readonly NftRule[]): readonly NftRule[] =>
    rules.map((rule) => (rule.some(leadsTo('rel')) ? [...rule.slice(0, -1), accept] : rule));
  const relatedFast = (rules: readonly NftRule[]) => [[jump('fast')], ...rules];

  for (const [c, s, t, x, y] of [
    ['c', 's', 't', 'x', 'y'],
    ['c6', 's6', 't6', 'x6', 'y6'],
  ] as const) {
    const flow = udp(1001, 53);

    test(`an error of the flow’s own end passes, a stranger’s does not, ${c}`, async () => {
      assert.equal(await rig.passes(c, s, flow), true);
      const error = unreachable(c, s, flow);
      assert.equal(await rig.passes(s, c, error), true, 'its own end');
      assert.equal(await rig.passes(x, c, error), false, 'a stranger without a rule');
      // What the stranger may send by a rule the receiver takes, as it is about a flow of its own.
      assert.equal(await rig.passes(y, c, error), true, 'a stranger with a rule');
      assert.equal(await rig.passes(`x=${s}`, c, error), false, 'a stranger in the end’s name');
      const unknown = unreachable(c, s, udp(1999, 53));
      assert.equal(await rig.passes(s, c, unknown), false, 'about no flow');
      await rig.without([{ chain: 'forw', rules: relatedAccepted }], async () => {
        assert.equal(await rig.passes(c, s, flow), true);
        assert.equal(await rig.passes(x, c, error), true, 'where related packets are simply accepted');
      });
      assert.equal(await rig.passes(c, s, flow), true);
      assert.equal(await rig.passes(x, c, error), false);
    });

    test(`a stranger’s error does not pass by the flow’s remembered verdict, ${c}`, async () => {
      const error = unreachable(c, s, flow);
      const talk = async () => {
        assert.equal(await rig.passes(c, s, flow), true);
        assert.equal(await rig.passes(s, c, udp(53, 1001)), true);
      };
      await talk();
      assert.equal(await rig.passes(x, c, error), false);
      await rig.without([{ chain: 'forw', rules: relatedFast }], async () => {
        await talk();
        assert.equal(await rig.passes(x, c, error), true, 'where related packets take the fast path');
      });
    });

    test(`ACLs judge an error that its flow would let pass, ${c}`, async () => {
      const error = unreachable(c, t, flow);
      assert.equal(await rig.passes(c, t, flow), true);
      assert.equal(await rig.passes(t, c, error), false, 'the ACL lets out UDP alone');
      await rig.without([{ chain: 'rel', rules: dropping(leadsTo('acl')) }], async () => {
        assert.equal(await rig.passes(c, t, flow), true);
        assert.equal(await rig.passes(t, c, error), true, 'where ACLs are not asked');
      });
    });

    test(`an error leaves the mark of its flow alone, ${c}`, async () => {
      const marks = () => rig.withFlows((flows) => flows.entries().map(({ mark }) => mark));
      rig.withFlows((flows) => flows.flush());
      assert.equal(await rig.passes(c, s, flow), true);
      const before = marks();
      await rig.passes(s, c, unreachable(c, s, flow));
      await rig.passes(y, c, unreachable(c, s, flow));
      assert.deepEqual(marks(), before);
      assert.equal(before.length, 1);
    });
  }
});
