/** A spoofed packet must be refused before connection tracking: behind it, it would be part of another's flow. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { back, setMark } from '#kernel/dataplane/statements.ts';
import type { NetworkSpec } from '../../support/network.ts';
import { tcp, udp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { type Alteration, dropping, leadsTo, TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' } },
  groups: {
    client: { egress: ['udp/53 server', 'tcp/80 server'] },
    server: { ingress: ['udp/53 client', 'tcp/80 client'] },
    none: {},
  },
  enis: {
    c: { subnet: 's', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['client'] },
    s: { subnet: 's', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['server'] },
    x: { subnet: 's', ips: ['10.0.1.66', '2001:db8:100:1::66'], groups: ['none'] },
  },
};

/** The walk of a packet without the question whether the sender may have this source. */
const sourcesUnchecked: readonly Alteration[] = ['src4', 'src6'].map((chain) => ({
  chain,
  rules: (rules) => [...dropping(leadsTo('rej_src'))(rules), [setMark(0), back]],
}));

describe('spoofed sources', { skip }, async () => {
  const rig = await TrapRig.start('spoof', spec);

  for (const [c, s] of [
    ['c', 's'],
    ['c6', 's6'],
  ] as const) {
    test(`nobody gets through by the remembered verdict of another’s flow, ${c}`, async () => {
      const attack = () => rig.passes(`x=${c}`, s, udp(1001, 53));
      const prepare = async () => {
        assert.equal(await rig.passes(c, s, udp(1001, 53)), true);
        assert.equal(await rig.passes(s, c, udp(53, 1001)), true);
      };
      await prepare();
      assert.equal(await attack(), false);
      await rig.without(sourcesUnchecked, async () => {
        await prepare();
        assert.equal(await attack(), true, 'without the check of sources');
      });
      assert.equal(await attack(), false);
    });

    test(`nobody resets another’s connection, ${c}`, async () => {
      const isLive = () =>
        rig.withFlows((flows) =>
          flows.entries().some(({ protocol, timeoutSeconds }) => protocol === 6 && timeoutSeconds > 1000),
        );
      await rig.connect(c, s, 2001, 80);
      assert.equal(await rig.passes(`x=${c}`, s, tcp(2001, 80, 'R')), false);
      assert.equal(await rig.passes(`x=${s}`, c, tcp(80, 2001, 'RA')), false);
      assert.equal(isLive(), true, 'the flow lives');
      assert.equal(await rig.passes(s, c, tcp(80, 2001, 'A')), true);
      await rig.without(sourcesUnchecked, async () => {
        await rig.passes(`x=${c}`, s, tcp(2001, 80, 'R'));
        assert.equal(isLive(), false, 'without the check of sources the flow is closed');
      });
    });
  }

  test('an address of nobody, of the router, and of outside is no source', async () => {
    for (const source of [
      '10.0.1.99',
      '169.254.1.1',
      '203.0.113.9',
      '127.0.0.1',
      '0.0.0.0',
      '255.255.255.255',
    ])
      assert.equal(await rig.passes(`c=${source}`, 's', udp(1002, 53)), false, source);
    for (const source of ['2001:db8:100:1::99', 'fe80::1', '::1', 'ff02::1'])
      assert.equal(await rig.passes(`c=${source}`, 's6', udp(1002, 53)), false, source);
  });
});
