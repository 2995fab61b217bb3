import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ip } from '#net/address.ts';
import { buildWorld, cidr, ip, subnetId, testScope, withEntity } from '../../tests/support/network.ts';
import type { Id } from './ids.ts';
import { networkOf } from './network.ts';
import { freeIpv4Count, isReservedIp, isTakenPrefix, nextFreeIp, nextFreePrefixes } from './subnet-space.ts';

test('AWS keeps the first four addresses and the last', () => {
  const rows: readonly (readonly [address: string, reserved: boolean])[] = [
    ['10.0.0.0', true],
    ['10.0.0.3', true],
    ['10.0.0.4', false],
    ['10.0.0.14', false],
    ['10.0.0.15', true],
    ['10.0.0.16', false],
    ['9.255.255.255', false],
  ];
  for (const [address, reserved] of rows)
    assert.equal(isReservedIp(cidr('10.0.0.0/28'), ip(address)), reserved, address);
});

const spec = (ips: readonly string[]) => ({
  subnets: { a: { cidr: '10.0.0.0/28', cidr6: '2001:db8:100::/64' } },
  groups: { g: {} },
  enis: Object.fromEntries(
    ips.map((text, index) => [
      String.fromCharCode(97 + index),
      { subnet: 'a', ips: text.split(' '), groups: ['g'] },
    ]),
  ),
});
const subnetOf = (ips: readonly string[]) => {
  const network = networkOf(buildWorld(spec(ips)), testScope);
  const subnet = network.subnet.get(subnetId('a'));
  assert.ok(subnet);
  return { network, subnet };
};

test('the next free address', () => {
  const all = Array.from({ length: 11 }, (_, index) => `10.0.0.${index + 4}`);
  const rows: readonly (readonly [ips: readonly string[], also: readonly string[], expected: string])[] = [
    [[], [], '10.0.0.4'],
    [[], ['10.0.0.4'], '10.0.0.5'],
    [['10.0.0.4'], [], '10.0.0.5'],
    [['10.0.0.5'], [], '10.0.0.6'],
    [all.slice(1), [], '10.0.0.4'],
    [all.slice(0, -1), [], '10.0.0.14'],
    [all, [], 'none'],
    [all.slice(1), ['10.0.0.4'], 'none'],
  ];
  for (const [ips, also, expected] of rows) {
    const { network, subnet } = subnetOf(ips);
    const taken = new Set(also.map(ip));
    assert.equal(nextFreeIp(network, subnet, 'ipv4', { ips: taken }) ?? 'none', expected, `${ips} ${also}`);
  }
});

test('IPv6 addresses come from the subnet’s IPv6 block', () => {
  const { network, subnet } = subnetOf(['10.0.0.4 2001:db8:100::4']);
  assert.equal(nextFreeIp(network, subnet, 'ipv6'), '2001:db8:100::5');
  assert.equal(nextFreeIp(network, { ...subnet, ipv6Blocks: [] }, 'ipv6'), undefined);
});

test('an address of another VPC’s interface is free here', () => {
  const { network, subnet } = subnetOf(['10.0.0.5']);
  const elsewhere = { ...subnet, vpcId: 'vpc-0000000000000000e' as typeof subnet.vpcId };
  assert.equal(nextFreeIp(network, elsewhere, 'ipv4', { ips: new Set<Ip>([ip('10.0.0.4')]) }), '10.0.0.5');
});

test('the count of free addresses', () => {
  const { network, subnet } = subnetOf(['10.0.0.4 10.0.0.5', '10.0.0.6 2001:db8:100::4']);
  assert.equal(freeIpv4Count(network, subnet), 8);
  const wide = { ...subnet, cidr: cidr('10.0.0.0/16') };
  assert.equal(
    freeIpv4Count(networkOf(withEntity(buildWorld(spec([])), 'subnet', wide), testScope), wide),
    65531,
  );
});

/** A /26 has four prefixes, of which AWS's own addresses spoil the first and the last. */
const wide = (
  ips: readonly string[],
  reservations: readonly (readonly [string, 'prefix' | 'explicit'])[],
) => {
  const plain = spec(ips);
  const world = reservations.reduce(
    (before, [text, type], index) =>
      withEntity(before, 'subnetReservation', {
        id: `scr-0000000000000000${index}` as Id<'subnetReservation'>,
        subnetId: subnetId('a'),
        cidr: cidr(text),
        type,
        tags: {},
      }),
    buildWorld({ ...plain, subnets: { a: { ...plain.subnets.a, cidr: '10.0.0.0/26' } } }),
  );
  const network = networkOf(world, testScope);
  const subnet = network.subnet.get(subnetId('a'));
  assert.ok(subnet);
  return { network, subnet };
};

test('free prefixes: not those with reserved or taken addresses, those reserved for prefixes first', () => {
  type Row = readonly [
    ips: readonly string[],
    reservations: Parameters<typeof wide>[1],
    count: number,
    expected: string,
  ];
  const rows: readonly Row[] = [
    [[], [], 3, '10.0.0.16/28 10.0.0.32/28'],
    [[], [], 1, '10.0.0.16/28'],
    [['10.0.0.31'], [], 2, '10.0.0.32/28'],
    [['10.0.0.15'], [], 1, '10.0.0.16/28'],
    [['10.0.0.4 10.0.0.16/28'], [], 2, '10.0.0.32/28'],
    [[], [['10.0.0.32/28', 'prefix']], 1, '10.0.0.32/28'],
    [[], [['10.0.0.32/28', 'prefix']], 2, '10.0.0.32/28 10.0.0.16/28'],
    [[], [['10.0.0.20/32', 'explicit']], 2, '10.0.0.32/28'],
  ];
  for (const [ips, reservations, count, expected] of rows) {
    const { network, subnet } = wide(ips, reservations);
    const found = nextFreePrefixes(network, subnet, { family: 'ipv4', count, alsoTaken: [] });
    assert.equal(found.join(' '), expected, `${ips} ${reservations}`);
  }
  const { network, subnet } = wide([], []);
  const ask = { family: 'ipv4', count: 1, alsoTaken: [ip('10.0.0.20')] } as const;
  assert.deepEqual(nextFreePrefixes(network, subnet, ask), ['10.0.0.32/28']);
  const ipv6 = nextFreePrefixes(network, subnet, { family: 'ipv6', count: 2, alsoTaken: [] });
  assert.deepEqual(ipv6, ['2001:db8:100:0:1::/80', '2001:db8:100:0:2::/80']);
});

test('whether a prefix is taken', () => {
  const { network, subnet } = wide(['10.0.0.20'], []);
  const rows: readonly (readonly [string, boolean])[] = [
    ['10.0.0.0/28', true],
    ['10.0.0.16/28', true],
    ['10.0.0.32/28', false],
    ['10.0.0.48/28', true],
  ];
  for (const [text, taken] of rows) assert.equal(isTakenPrefix(network, subnet, cidr(text)), taken, text);
});

test('a prefix takes its addresses, and all of them count', () => {
  const { network, subnet } = wide(['10.0.0.4 10.0.0.16/28'], []);
  assert.equal(freeIpv4Count(network, subnet), 64 - 5 - 1 - 16);
  const start = Array.from({ length: 11 }, (_, index) => ip(`10.0.0.${index + 4}`));
  assert.equal(
    nextFreeIp(network, subnet, 'ipv4', { ips: new Set([...start, ip('10.0.0.15')]) }),
    '10.0.0.32',
  );
  const { cidr: _, ...ipv6Only } = subnet;
  assert.equal(freeIpv4Count(network, ipv6Only), 0);
  assert.equal(nextFreeIp(network, ipv6Only, 'ipv4'), undefined);
});
