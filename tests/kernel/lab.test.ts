import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listNamespaces } from '#kernel/netns/namespace.ts';
import type { World } from '#vpc/network.ts';
import { networkOf } from '#vpc/network.ts';
import {
  aclEntity,
  buildWorld,
  eniId,
  gatewayId,
  groupId,
  idFor,
  type NetworkSpec,
  securityGroup,
  testScope,
  withEntity,
} from '../support/network.ts';
import { type Addresses, origin, packet, ping, type ScenarioStep, tcp, udp } from '../support/packets.ts';
import { agree as agreeAt } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const spec: NetworkSpec = {
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    priv: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
    shut: {
      cidr: '10.0.3.0/24',
      acl: {
        ingress: ['90 deny tcp/22 0.0.0.0/0', '100 allow all 10.0.0.0/16'],
        egress: ['100 allow tcp/1024-65535 0.0.0.0/0'],
      },
    },
  },
  groups: {
    web: {
      ingress: ['tcp/80 0.0.0.0/0', 'tcp/80 ::/0', 'udp/5000 10.0.0.0/16', 'icmp/8 10.0.0.0/16'],
      egress: ['all 0.0.0.0/0', 'all ::/0'],
    },
    app: {
      ingress: ['tcp/8080 web', 'udp/53 web', 'proto/47 web', 'icmpv6/128 web', 'tcp/22 pl:office'],
      egress: ['tcp/5432 db', 'tcp/443 0.0.0.0/0'],
    },
    db: { ingress: ['tcp/5432 app', 'tcp/5432 2001:db8:100:1::/64'] },
    none: {},
  },
  prefixLists: { office: ['192.0.2.0/24', '10.0.1.10/32'] },
  enis: {
    w: { subnet: 'pub', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['web'], publicIp: '198.18.0.10' },
    x: { subnet: 'pub', ips: ['10.0.1.11', '2001:db8:100:1::11'], groups: ['web'] },
    a: { subnet: 'priv', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['app'] },
    d: { subnet: 'priv', ips: ['10.0.2.30', '2001:db8:100:2::30'], groups: ['db'] },
    n: { subnet: 'priv', ips: ['10.0.2.40'], groups: ['none'] },
    s: { subnet: 'shut', ips: ['10.0.3.50'], groups: ['web', 'app'] },
    h: { subnet: 'pub', ips: ['10.0.1.12'], groups: ['web'], publicIp: '198.18.0.12' },
  },
};
const world = buildWorld(spec);
const at: Addresses = {
  w: '10.0.1.10',
  w6: '2001:db8:100:1::10',
  x: '10.0.1.11',
  a: '10.0.2.20',
  a6: '2001:db8:100:2::20',
  d: '10.0.2.30',
  d6: '2001:db8:100:2::30',
  n: '10.0.2.40',
  s: '10.0.3.50',
  h: '10.0.1.12',
};
const outside = '192.0.2.7';
const outside6 = '2001:db8:ffff::7';

const agree = (rig: LabRig, steps: readonly ScenarioStep[]) => agreeAt(rig, at, steps);

const withGroup = (base: World, name: string, rules: NetworkSpec['groups'][string]) =>
  withEntity(base, 'securityGroup', securityGroup(name, rules));
const regrouped = (name: string, ...groups: readonly string[]): World => {
  const eni = networkOf(world, testScope).eni.get(eniId(name));
  if (!eni) throw new Error(`no interface ${name}`);
  return withEntity(world, 'eni', { ...eni, groupIds: groups.map(groupId) });
};

describe('the lab filters as AWS does', { skip }, async () => {
  const rig = await LabRig.start('lab', world);
  for (const host of [outside, outside6]) await rig.host(host);

  test('groups admit by group, block and prefix list, in both families, and refuse the rest', () =>
    agree(rig, [
      [world, 'w', 'a', tcp(1001, 8080), 'accept'],
      [world, 'w', 'a', tcp(1001, 8081), 'group ingress'],
      [world, 'w', 'a', tcp(1001, 22), 'accept'],
      [world, 'x', 'a', tcp(1001, 22), 'group ingress'],
      [world, 'w', 'a', udp(1002, 53), 'accept'],
      [world, 'w', 'a', { kind: 'other', protocol: 47 }, 'accept'],
      [world, 'w', 'a', { kind: 'other', protocol: 50 }, 'group ingress'],
      [world, 'w6', 'a6', ping(128), 'accept'],
      [world, 'w6', 'a6', tcp(1003, 8080), 'accept'],
      [world, 'w6', 'd6', tcp(1003, 5432), 'accept'],
      [world, 'a6', 'd6', tcp(1003, 5432), 'accept'],
      [world, 'a', 'd', tcp(1004, 5432), 'accept'],
      [world, 'w', 'd', tcp(1004, 5432), 'group ingress'],
      [world, 'a', 'd', tcp(1004, 5433), 'group egress'],
      [world, 'w', 'n', tcp(1005, 80), 'group ingress'],
      [world, 'n', 'w', tcp(1005, 80), 'group egress'],
    ]));

  test('interfaces of one subnet are filtered by groups and not by ACLs', () =>
    agree(rig, [
      [world, 'w', 'x', tcp(1101, 80), 'accept'],
      [world, 'w', 'x', tcp(1101, 81), 'group ingress'],
      [world, 'w', 'x', udp(1101, 5000), 'accept'],
      [world, 'w', 'x', ping(8), 'accept'],
    ]));

  test('a spoofed source is dropped', () =>
    agree(rig, [
      [world, 'w=10.0.1.11', 'a', tcp(1201, 8080), 'spoofed'],
      [world, 'n=w', 'a', tcp(1201, 8080), 'spoofed'],
      [world, 'w=198.18.0.10', 'a', tcp(1201, 8080), 'spoofed'],
    ]));

  test('replies pass by their entry, and a tracked flow survives its rule', () => {
    const closed = withGroup(world, 'app', { egress: ['tcp/443 0.0.0.0/0'] });
    return agree(rig, [
      [world, 'w', 'a', tcp(1301, 8080), 'accept'],
      [world, 'a', 'w', tcp(8080, 1301, 'SA'), 'accept'],
      [world, 'w', 'a', tcp(1301, 8080, 'A'), 'accept'],
      [world, 'a', 'w', tcp(8080, 1302, 'SA'), 'group egress'],
      [closed, 'w', 'a', tcp(1301, 8080, 'A'), 'accept'],
      [closed, 'a', 'w', tcp(8080, 1301, 'A'), 'accept'],
      [closed, 'w', 'a', tcp(1303, 8080), 'group ingress'],
    ]);
  });

  test('an untracked flow is cut when its rule goes', () => {
    const closed = withGroup(world, 'web', { ingress: ['tcp/443 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] });
    return agree(rig, [
      [world, outside, '198.18.0.10', tcp(1401, 80), 'accept'],
      [world, 'w', outside, tcp(80, 1401, 'SA'), 'accept'],
      [world, outside, '198.18.0.10', tcp(1401, 80, 'A'), 'accept'],
      [closed, outside, '198.18.0.10', tcp(1401, 80, 'A'), 'group ingress'],
      [closed, outside, '198.18.0.10', tcp(1402, 443), 'accept'],
    ]);
  });

  test('ACLs judge every packet that crosses a subnet', () => {
    const open = withEntity(
      world,
      'networkAcl',
      aclEntity('shut', { ingress: ['100 allow all 0.0.0.0/0'], egress: ['100 allow all 0.0.0.0/0'] }),
    );
    return agree(rig, [
      [world, 'w', 's', tcp(2001, 8080), 'accept'],
      [world, 's', 'w', tcp(8080, 2001, 'SA'), 'accept'],
      [world, 'w', 's', tcp(2001, 22), 'acl ingress'],
      [world, 'w', 's', tcp(1001, 8080), 'accept'],
      [world, 's', 'w', tcp(8080, 1001, 'SA'), 'acl egress'],
      [open, 'w', 's', tcp(2001, 22), 'accept'],
      [world, 'w', 's', tcp(2001, 22, 'A'), 'acl ingress'],
      [world, 'w', 's', tcp(2001, 8080, 'A'), 'accept'],
    ]);
  });

  test('the internet is reached with a public address, a route and a gateway, and only so', () => {
    const detached = withEntity(world, 'internetGateway', { id: gatewayId, tags: {} });
    return agree(rig, [
      [world, 'w', outside, tcp(1501, 443), 'accept'],
      [world, outside, '198.18.0.10', tcp(443, 1501, 'SA'), 'accept'],
      [world, 'x', outside, tcp(1501, 443), 'noPublicAddress'],
      [world, 'a', outside, tcp(1501, 443), 'noRoute'],
      [world, outside, '198.18.0.10', tcp(1502, 81), 'group ingress'],
      [world, `${outside}=10.0.2.20`, '198.18.0.10', tcp(1502, 80), 'spoofed'],
      [world, `${outside}=198.18.0.12`, '198.18.0.10', tcp(1502, 80), 'spoofed'],
      [world, 'w6', outside6, tcp(1503, 443), 'accept'],
      [world, outside6, 'w6', tcp(1504, 80), 'accept'],
      [world, outside6, 'w6', tcp(1504, 81), 'group ingress'],
      [detached, 'w', outside, tcp(1505, 443), 'blackhole'],
      [detached, outside, '198.18.0.10', tcp(1506, 80), 'notAttached'],
      [world, outside, '198.18.0.10', tcp(1506, 80), 'accept'],
    ]);
  });

  test('traffic to a public address of the same VPC turns round at the gateway with a public source', () =>
    agree(rig, [
      [world, 'w', '198.18.0.12', tcp(1601, 80), 'accept'],
      [world, 'x', '198.18.0.12', tcp(1601, 80), 'noPublicAddress'],
    ]));

  test('an ICMP error passes by the entry of the flow it is about', () => {
    const quoted = packet(at, 'w', 'a', udp(1701, 53));
    const error = { kind: 'icmp', type: 3, code: 3, identifier: 0, quoted } as const;
    const other = { ...error, quoted: packet(at, 'w', 'a', udp(1799, 53)) } as const;
    return agree(rig, [
      [world, 'w', 'a', udp(1701, 53), 'accept'],
      [world, 'a', 'w', error, 'accept'],
      [world, 'a', 'w', other, 'group egress'],
      [world, 'n', 'w', error, 'group egress'],
    ]);
  });

  test('a change of membership counts at once, for the interface and for rules that name the group', () => {
    const member = regrouped('n', 'app');
    const left = regrouped('a', 'none');
    return agree(rig, [
      [world, 'n', 'd', tcp(1801, 5432), 'group egress'],
      [member, 'n', 'd', tcp(1801, 5432), 'accept'],
      [world, 'n', 'd', tcp(1802, 5432), 'group egress'],
      [world, 'a', 'd', tcp(1803, 5432), 'accept'],
      [left, 'a', 'd', tcp(1804, 5432), 'group egress'],
      [left, 'w', 'a', tcp(1805, 8080), 'group ingress'],
    ]);
  });

  test('a stopped instance is gone, and its address starts anew', async () => {
    const network = networkOf(world, testScope);
    const instance = network.instance.get(idFor('i', 'a'));
    if (!instance) throw new Error('no instance');
    const stopped = withEntity(world, 'instance', { ...instance, state: 'stopped' });
    await agree(rig, [
      [world, 'w', 'a', tcp(1901, 8080), 'accept'],
      [stopped, 'w', 'a', tcp(1901, 8080, 'A'), 'notAttached'],
    ]);
    assert.equal(rig.lab.namespaceOf(instance.id), undefined);
    await rig.to(world);
    const old = { packet: packet(at, 'w', 'a', tcp(1901, 8080, 'A')), origin: origin(at, 'w') };
    const [arrival] = await rig.exchange([{ ...old, origin: { kind: 'eni', eniId: eniId('w') } }]);
    assert.equal(arrival, undefined, 'the flow of before is forgotten');
  });

  test('a restart takes over without a change, and flows go on', async () => {
    await rig.to(world);
    const send = async (
      flags: string,
      source = 'w',
      target = 'a',
      ports: [number, number] = [3001, 8080],
    ) => {
      const sent = { packet: packet(at, source, target, tcp(...ports, flags)), origin: origin(at, source) };
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
