/**
 * A group as peer means private addresses behind their own ports. What comes through a gateway is nobody's, even where
 * it is from a member and to a public address of the same VPC: three lines of defence, each enough.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gatewayTable, vpcTable } from '#kernel/dataplane/names.ts';
import { listNamespaces } from '#kernel/netns/namespace.ts';
import type { NftRule, SetSpec } from '#kernel/nft/statement.ts';
import type { NetworkSpec } from '../../support/network.ts';
import { tcp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { chainsIn, rulesIn } from '../tap.ts';
import { type Alteration, dropping, leadsTo, TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: {
    web: { egress: ['tcp 0.0.0.0/0'] },
    db: { ingress: ['tcp/5432 web', 'tcp/80 198.18.0.10/32'], egress: ['tcp 0.0.0.0/0'] },
  },
  enis: {
    w: { subnet: 's', ips: ['10.0.1.10'], groups: ['web'], publicIp: '198.18.0.10' },
    d: { subnet: 's', ips: ['10.0.1.20'], groups: ['db'], publicIp: '198.18.0.20' },
  },
};
const outside = '203.0.113.9';

/** The member's identity by address alone, as a layout without ports would have it. */
const byAddress: SetSpec = { name: 'by_address', key: ['ipv4_addr'], data: 'mark', interval: false };

describe('identities through a gateway', { skip }, async () => {
  const rig = await TrapRig.start('gwid', spec);
  await rig.lab.host(outside);
  const [gateway = ''] = listNamespaces(`${rig.lab.prefix}-g-`);

  const untranslated: Alteration = {
    namespace: gateway,
    table: gatewayTable,
    chain: 'src_nat',
    rules: () => [],
  };
  const insideAdmitted: readonly Alteration[] = [
    {
      namespace: gateway,
      table: gatewayTable,
      chain: 'pre',
      rules: dropping((each) => each.kind === 'lookup' && ['vpc4', 'unrouted4'].includes(each.set)),
    },
    {
      chain: 'src4',
      rules: (rules) =>
        rules.filter((rule, index) => index === rules.length - 1 || !rule.some(leadsTo('rej_src'))),
    },
  ];
  const portsForgotten = (): readonly Alteration[] => {
    const number = identityOfWeb();
    const commands = [
      { kind: 'addSet', table: vpcTable, set: byAddress },
      {
        kind: 'addElements',
        table: vpcTable,
        set: byAddress,
        elements: [{ key: ['10.0.1.10'], data: { kind: 'value', value: number } }],
      },
    ] as const;
    const altered = (rules: readonly NftRule[]): readonly NftRule[] =>
      rules.map((rule) =>
        rule.map((each) =>
          each.kind === 'markFromMap' && each.fields.includes('ip saddr')
            ? { ...each, fields: ['ip saddr'], map: byAddress.name }
            : each,
        ),
      );
    // Wherever the far end's identity is asked for; `pre`, `src…` and `own…` ask who sends.
    const chains = chainsIn(vpcTable).filter(
      (name) =>
        !/^(pre|src|own)/.test(name) &&
        rulesIn(vpcTable, name).some((rule) =>
          rule.some((each) => each.kind === 'markFromMap' && each.map === 'id4'),
        ),
    );
    return chains.map((chain, index) => ({ chain, rules: altered, ...(index === 0 && { first: commands }) }));
  };
  const identityOfWeb = (): number =>
    rig.withTables((tables) => {
      const set: SetSpec = { name: 'id4', key: ['ifname', 'ipv4_addr'], data: 'mark', interval: false };
      const [element] = tables.elements(vpcTable, set).filter(({ key }) => key[1] === '10.0.1.10');
      return element?.data?.kind === 'value' ? Number(element.data.value) & 0xfffff : 0;
    });

  test('a member is known by its private address and not by its public one', async () => {
    assert.equal(await rig.passes('w', 'd', tcp(1001, 5432)), true);
    assert.equal(await rig.passes('w', '198.18.0.20', tcp(1002, 5432)), false);
    assert.equal(await rig.passes('w', '198.18.0.20', tcp(1003, 80)), true, 'a rule for its public address');
    assert.equal(await rig.passes('w', 'd', tcp(1004, 80)), false, 'which is not its private one');
    assert.equal(await rig.passes(`${outside}=10.0.1.10`, '198.18.0.20', tcp(1005, 5432)), false);
  });

  const attack = (port: number) => rig.passes('w', '198.18.0.20', tcp(port, 5432));
  test('the gateway’s translation alone may fail', () =>
    rig.without([untranslated], async () => assert.equal(await attack(1101), false)));

  test('and the check of inside sources from outside', () =>
    rig.without([untranslated, ...insideAdmitted], async () => assert.equal(await attack(1102), false)));

  test('without the port in the identity’s key it would get through', async () => {
    await rig.without([untranslated, ...insideAdmitted, ...portsForgotten()], async () => {
      assert.equal(await attack(1103), true);
      assert.equal(await rig.passes(`${outside}=10.0.1.10`, '198.18.0.20', tcp(1104, 5432)), true, 'spoofed');
    });
    assert.equal(await attack(1105), false);
  });
});
