/** Devices, addresses, routes, rules and neighbours: what is written is read back, twice is once, gone is gone. */
import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import type { Neighbour, Route, RouteTarget, RoutingRule } from '#kernel/rtnl/types.ts';
import { skip, testNamespace } from './namespaces.ts';

suite('routing', { skip }, () => {
  const near = testNamespace('near');
  const far = testNamespace('far');
  const routes = inNamespace(near, () => RouteSocket.open());
  const farRoutes = inNamespace(far, () => RouteSocket.open());
  after(() => {
    routes.close();
    farRoutes.close();
  });

  test('a veth pair has one end in each namespace', () => {
    routes.createVeth(
      { name: 'p0', mac: '02:00:00:00:00:01', mtu: 9000 },
      { name: 'eth0', mac: '02:00:00:00:00:02', mtu: 1400, namespace: far },
    );
    const end = routes.link('p0');
    assert.deepEqual(
      { ...end, index: 0, peerIndex: 0 },
      { index: 0, name: 'p0', kind: 'veth', mac: '02:00:00:00:00:01', mtu: 9000, up: false, peerIndex: 0 },
    );
    assert.equal(farRoutes.link('eth0')?.mtu, 1400);
    assert.equal(farRoutes.link('eth0')?.mac, '02:00:00:00:00:02');
    assert.equal(farRoutes.link('eth0')?.index, end?.peerIndex);
    assert.equal(routes.link('eth0'), undefined);
    assert.throws(() => routes.createVeth({ name: 'p0' }, { name: 'x' }), /EEXIST/);
    assert.equal(routes.link('x'), undefined);
  });

  test('devices change, move and go', () => {
    routes.changeLink('p0', { up: true, mtu: 1500, mac: '02:00:00:00:00:09' });
    assert.deepEqual([routes.link('p0')?.up, routes.link('p0')?.mtu], [true, 1500]);
    assert.equal(routes.link('p0')?.mac, '02:00:00:00:00:09');
    routes.createVeth({ name: 'd0' }, { name: 'e0' });
    routes.changeLink('d0', { name: 'd1' });
    routes.changeLink('d1', { namespace: far });
    assert.ok(farRoutes.links().some(({ name, kind }) => name === 'd1' && kind === 'veth'));
    assert.ok(!routes.links().some(({ name }) => name.startsWith('d')));
    assert.equal(farRoutes.deleteLink('d1'), true);
    assert.equal(farRoutes.deleteLink('d1'), false);
    assert.equal(routes.link('e0'), undefined);
    assert.throws(() => routes.changeLink('none', { up: true }), /ENODEV/);
  });

  for (const cidr of ['10.0.0.1/24', '10.0.0.2/32', 'fd00::1/64', 'fd00::2/128']) {
    test(`address ${cidr}`, () => {
      const address = { device: 'p0', cidr };
      routes.replaceAddress(address);
      routes.replaceAddress(address);
      assert.equal(routes.addresses().filter((other) => other.cidr === cidr).length, 1);
      assert.ok(routes.addresses().some((other) => other.device === 'p0' && other.cidr === cidr));
      if (cidr === '10.0.0.1/24') return; // the routes below need it
      assert.equal(routes.deleteAddress(address), true);
      assert.equal(routes.deleteAddress(address), false);
      assert.ok(!routes.addresses().some((other) => other.cidr === cidr));
    });
  }

  const via = (gateway: string, more: object = {}): RouteTarget => ({
    kind: 'unicast',
    device: 'p0',
    gateway,
    ...more,
  });
  const link: RouteTarget = { kind: 'unicast', device: 'p0', scope: 'link' };
  const all: readonly Route[] = [
    { destination: '10.1.0.0/16', table: 100, target: link },
    { destination: '10.1.0.5/32', table: 100, target: { ...link, source: '10.0.0.1' } },
    { destination: '0.0.0.0/0', table: 100, target: via('10.0.0.7', { scope: 'universe' }) },
    {
      destination: '10.2.0.0/16',
      table: 70_000,
      target: via('169.254.1.1', { onlink: true, scope: 'universe' }),
    },
    { destination: '10.2.0.0/16', table: 70_000, metric: 5, target: { kind: 'blackhole' } },
    { destination: '10.3.0.0/16', table: 100, target: { kind: 'unreachable' } },
    { destination: '10.4.0.0/16', table: 100, target: { kind: 'prohibit' } },
    { destination: 'fd01::/64', table: 100, metric: 1024, target: { kind: 'unicast', device: 'p0' } },
    { destination: '::/0', table: 100, metric: 7, target: via('fe80::1', { onlink: true }) },
    { destination: 'fd02::/64', table: 100, metric: 1024, target: { kind: 'blackhole' } },
    { destination: 'fd03::1/128', table: 100, metric: 1024, target: { kind: 'prohibit' } },
  ];
  for (const route of all) {
    test(`route ${route.destination} to ${route.target.kind} with metric ${route.metric ?? 'none'}`, () => {
      const family = route.destination.includes(':') ? 'ipv6' : 'ipv4';
      const found = () =>
        routes
          .routes(family, route.table)
          .filter((other) => other.destination === route.destination && other.metric === route.metric);
      routes.replaceRoute(route);
      routes.replaceRoute(route);
      assert.deepEqual(found(), [route]);
      const other: Route = { ...route, target: { kind: 'unreachable' } };
      routes.replaceRoute(other);
      assert.deepEqual(found(), [other]);
      assert.equal(routes.deleteRoute(route), true);
      assert.equal(routes.deleteRoute(route), false);
      assert.deepEqual(found(), []);
    });
  }

  test('a table without routes is empty, and a route needs its device', () => {
    assert.deepEqual(routes.routes('ipv4', 12_345), []);
    assert.deepEqual(routes.routes('ipv6', 12_345), []);
    const target: RouteTarget = { kind: 'unicast', device: 'none' };
    assert.throws(() => routes.replaceRoute({ destination: '10.9.0.0/16', table: 1, target }), /ENODEV/);
  });

  const mark = { value: 0x00100000, mask: 0xfff00000 };
  const rules: readonly RoutingRule[] = [
    { family: 'ipv4', priority: 1000, table: 70_000, mark },
    { family: 'ipv6', priority: 1000, table: 100, mark },
    { family: 'ipv4', priority: 1001, table: 100, mark: { value: 0, mask: 0x80000000 } },
    { family: 'ipv4', priority: 1002, table: 100, device: 'p0' },
    { family: 'ipv6', priority: 1003, table: 100 },
  ];
  for (const rule of rules) {
    test(`rule ${rule.family} ${rule.priority}`, () => {
      const found = () => routes.rules(rule.family).filter(({ priority }) => priority === rule.priority);
      routes.replaceRule({ ...rule, table: 99 });
      routes.replaceRule(rule);
      routes.replaceRule(rule);
      assert.deepEqual(found(), [rule]);
      assert.equal(routes.deleteRule(rule), true);
      assert.equal(routes.deleteRule(rule), false);
      assert.deepEqual(found(), []);
      assert.ok(routes.rules(rule.family).some(({ priority, table }) => priority === 32766 && table === 254));
    });
  }

  for (const address of ['10.0.0.77', '169.254.1.1', 'fe80::77']) {
    test(`neighbour ${address}`, () => {
      const neighbour: Neighbour = { device: 'p0', address, mac: '02:00:00:00:00:77' };
      const found = () => routes.neighbours().filter((other) => other.address === address);
      routes.replaceNeighbour({ ...neighbour, mac: '02:00:00:00:00:78' });
      routes.replaceNeighbour(neighbour);
      assert.deepEqual(found(), [neighbour]);
      assert.equal(routes.deleteNeighbour(neighbour), true);
      assert.deepEqual(found(), []);
      assert.equal(routes.deleteNeighbour({ device: 'none', address }), false);
    });
  }
});
