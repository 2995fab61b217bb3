import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listNamespaces } from '#kernel/netns/namespace.ts';
import type { World } from '#vpc/network.ts';
import { networkOf } from '#vpc/network.ts';
import { aclEntity, eniId, gatewayId, groupId, idFor, testScope, withEntity } from '../support/network.ts';
import { origin, packet, ping, type ScenarioStep, tcp, udp } from '../support/packets.ts';
import { tierAddresses, tiers, withRules } from '../support/tiers.ts';
import { agree as agreeAt } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const outside = '192.0.2.7';
const outside6 = '2001:db8:ffff::7';

const agree = (rig: LabRig, steps: readonly ScenarioStep[]) => agreeAt(rig, tierAddresses, steps);

const regrouped = (name: string, ...groups: readonly string[]): World => {
  const eni = networkOf(tiers, testScope).eni.get(eniId(name));
  if (!eni) throw new Error(`no interface ${name}`);
  return withEntity(tiers, 'eni', { ...eni, groupIds: groups.map(groupId) });
};

describe('the lab filters as AWS does', { skip }, async () => {
  const rig = await LabRig.start('lab', tiers);
  for (const host of [outside, outside6]) await rig.host(host);

  test('groups admit by group, block and prefix list, in both families, and refuse the rest', () =>
    agree(rig, [
      [tiers, 'w', 'a', tcp(1001, 8080), 'accept'],
      [tiers, 'w', 'a', tcp(1001, 8081), 'group ingress'],
      [tiers, 'w', 'a', tcp(1001, 22), 'accept'],
      [tiers, 'x', 'a', tcp(1001, 22), 'group ingress'],
      [tiers, 'w', 'a', udp(1002, 53), 'accept'],
      [tiers, 'w', 'a', { kind: 'other', protocol: 47 }, 'accept'],
      [tiers, 'w', 'a', { kind: 'other', protocol: 50 }, 'group ingress'],
      [tiers, 'w6', 'a6', ping(128), 'accept'],
      [tiers, 'w6', 'a6', tcp(1003, 8080), 'accept'],
      [tiers, 'w6', 'd6', tcp(1003, 5432), 'accept'],
      [tiers, 'a6', 'd6', tcp(1003, 5432), 'accept'],
      [tiers, 'a', 'd', tcp(1004, 5432), 'accept'],
      [tiers, 'w', 'd', tcp(1004, 5432), 'group ingress'],
      [tiers, 'a', 'd', tcp(1004, 5433), 'group egress'],
      [tiers, 'w', 'n', tcp(1005, 80), 'group ingress'],
      [tiers, 'n', 'w', tcp(1005, 80), 'group egress'],
    ]));

  test('interfaces of one subnet are filtered by groups and not by ACLs', () =>
    agree(rig, [
      [tiers, 'w', 'x', tcp(1101, 80), 'accept'],
      [tiers, 'w', 'x', tcp(1101, 81), 'group ingress'],
      [tiers, 'w', 'x', udp(1101, 5000), 'accept'],
      [tiers, 'w', 'x', ping(8), 'accept'],
    ]));

  test('a spoofed source is dropped', () =>
    agree(rig, [
      [tiers, 'w=10.0.1.11', 'a', tcp(1201, 8080), 'spoofed'],
      [tiers, 'n=w', 'a', tcp(1201, 8080), 'spoofed'],
      [tiers, 'w=198.18.0.10', 'a', tcp(1201, 8080), 'spoofed'],
    ]));

  test('replies pass by their entry, and a tracked flow survives its rule', () => {
    const closed = withRules(tiers, 'app', { egress: ['tcp/443 0.0.0.0/0'] });
    return agree(rig, [
      [tiers, 'w', 'a', tcp(1301, 8080), 'accept'],
      [tiers, 'a', 'w', tcp(8080, 1301, 'SA'), 'accept'],
      [tiers, 'w', 'a', tcp(1301, 8080, 'A'), 'accept'],
      [tiers, 'a', 'w', tcp(8080, 1302, 'SA'), 'group egress'],
      [closed, 'w', 'a', tcp(1301, 8080, 'A'), 'accept'],
      [closed, 'a', 'w', tcp(8080, 1301, 'A'), 'accept'],
      [closed, 'w', 'a', tcp(1303, 8080), 'group ingress'],
    ]);
  });

  test('an untracked flow is cut when its rule goes', () => {
    const closed = withRules(tiers, 'web', { ingress: ['tcp/443 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] });
    return agree(rig, [
      [tiers, outside, '198.18.0.10', tcp(1401, 80), 'accept'],
      [tiers, 'w', outside, tcp(80, 1401, 'SA'), 'accept'],
      [tiers, outside, '198.18.0.10', tcp(1401, 80, 'A'), 'accept'],
      [closed, outside, '198.18.0.10', tcp(1401, 80, 'A'), 'group ingress'],
      [closed, outside, '198.18.0.10', tcp(1402, 443), 'accept'],
    ]);
  });

  test('ACLs judge every packet that crosses a subnet', () => {
    const open = withEntity(
      tiers,
      'networkAcl',
      aclEntity('shut', { ingress: ['100 allow all 0.0.0.0/0'], egress: ['100 allow all 0.0.0.0/0'] }),
    );
    return agree(rig, [
      [tiers, 'w', 's', tcp(2001, 8080), 'accept'],
      [tiers, 's', 'w', tcp(8080, 2001, 'SA'), 'accept'],
      [tiers, 'w', 's', tcp(2001, 22), 'acl ingress'],
      [tiers, 'w', 's', tcp(1001, 8080), 'accept'],
      [tiers, 's', 'w', tcp(8080, 1001, 'SA'), 'acl egress'],
      [open, 'w', 's', tcp(2001, 22), 'accept'],
      [tiers, 'w', 's', tcp(2001, 22, 'A'), 'acl ingress'],
      [tiers, 'w', 's', tcp(2001, 8080, 'A'), 'accept'],
    ]);
  });

  test('the internet is reached with a public address, a route and a gateway, and only so', () => {
    const detached = withEntity(tiers, 'internetGateway', { id: gatewayId, tags: {} });
    return agree(rig, [
      [tiers, 'w', outside, tcp(1501, 443), 'accept'],
      [tiers, outside, '198.18.0.10', tcp(443, 1501, 'SA'), 'accept'],
      [tiers, 'x', outside, tcp(1501, 443), 'noPublicAddress'],
      [tiers, 'a', outside, tcp(1501, 443), 'noRoute'],
      [tiers, outside, '198.18.0.10', tcp(1502, 81), 'group ingress'],
      [tiers, `${outside}=10.0.2.20`, '198.18.0.10', tcp(1502, 80), 'notRouted'],
      [tiers, `${outside}=198.18.0.12`, '198.18.0.10', tcp(1502, 80), 'spoofed'],
      [tiers, 'w6', outside6, tcp(1503, 443), 'accept'],
      [tiers, outside6, 'w6', tcp(1504, 80), 'accept'],
      [tiers, outside6, 'w6', tcp(1504, 81), 'group ingress'],
      [detached, 'w', outside, tcp(1505, 443), 'blackhole'],
      [detached, outside, '198.18.0.10', tcp(1506, 80), 'notAttached'],
      [tiers, outside, '198.18.0.10', tcp(1506, 80), 'accept'],
    ]);
  });

  test('traffic to a public address of the same VPC turns round at the gateway with a public source', () =>
    agree(rig, [
      [tiers, 'w', '198.18.0.12', tcp(1601, 80), 'accept'],
      [tiers, 'x', '198.18.0.12', tcp(1601, 80), 'noPublicAddress'],
    ]));

  test('an ICMP error passes by the entry of the flow it is about', () => {
    const quoted = packet(tierAddresses, 'w', 'a', udp(1701, 53));
    const error = { kind: 'icmp', type: 3, code: 3, identifier: 0, quoted } as const;
    const other = { ...error, quoted: packet(tierAddresses, 'w', 'a', udp(1799, 53)) } as const;
    return agree(rig, [
      [tiers, 'w', 'a', udp(1701, 53), 'accept'],
      [tiers, 'a', 'w', error, 'accept'],
      [tiers, 'a', 'w', other, 'group egress'],
      [tiers, 'n', 'w', error, 'group egress'],
    ]);
  });

  test('a change of membership counts at once, for the interface and for rules that name the group', () => {
    const member = regrouped('n', 'app');
    const left = regrouped('a', 'none');
    return agree(rig, [
      [tiers, 'n', 'd', tcp(1801, 5432), 'group egress'],
      [member, 'n', 'd', tcp(1801, 5432), 'accept'],
      [tiers, 'n', 'd', tcp(1802, 5432), 'group egress'],
      [tiers, 'a', 'd', tcp(1803, 5432), 'accept'],
      [left, 'a', 'd', tcp(1804, 5432), 'group egress'],
      [left, 'w', 'a', tcp(1805, 8080), 'group ingress'],
    ]);
  });

  test('a stopped instance is gone, and its address starts anew', async () => {
    const network = networkOf(tiers, testScope);
    const instance = network.instance.get(idFor('i', 'a'));
    if (!instance) throw new Error('no instance');
    const stopped = withEntity(tiers, 'instance', { ...instance, state: 'stopped' });
    await agree(rig, [
      [tiers, 'w', 'a', tcp(1901, 8080), 'accept'],
      [stopped, 'w', 'a', tcp(1901, 8080, 'A'), 'notAttached'],
    ]);
    assert.equal(rig.lab.namespaceOf(instance.id), undefined);
    await rig.to(tiers);
    const old = {
      packet: packet(tierAddresses, 'w', 'a', tcp(1901, 8080, 'A')),
      origin: origin(tierAddresses, 'w'),
    };
    const [arrival] = await rig.exchange([{ ...old, origin: { kind: 'eni', eniId: eniId('w') } }]);
    assert.equal(arrival, undefined, 'the flow of before is forgotten');
  });

  test('a restart takes over without a change, and flows go on', async () => {
    await rig.to(tiers);
    const send = async (
      flags: string,
      source = 'w',
      target = 'a',
      ports: [number, number] = [3001, 8080],
    ) => {
      const sent = {
        packet: packet(tierAddresses, source, target, tcp(...ports, flags)),
        origin: origin(tierAddresses, source),
      };
      const [arrival] = await rig.exchange([{ ...sent, origin: { kind: 'eni', eniId: eniId(source) } }]);
      return arrival !== undefined;
    };
    assert.equal(await send('S'), true);
    assert.equal(await send('SA', 'a', 'w', [8080, 3001]), true);
    await rig.restart();
    assert.equal(await send('A'), true);
    assert.equal(await send('S', 'n', 'w', [3002, 80]), false);
  });

  test('purge leaves nothing', async () => {
    assert.ok(listNamespaces(rig.prefix).length > 0);
    await rig.lab.purge();
    assert.deepEqual(listNamespaces(rig.prefix), []);
  });
});
