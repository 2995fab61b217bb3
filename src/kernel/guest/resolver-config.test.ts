import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '#vpc/network.ts';
import type { DhcpOptions } from '#vpc/vpc.ts';
import { buildWorld, idFor, testScope, vpcId, withEntity } from '../../../tests/support/network.ts';
import { resolverConfig } from './resolver-config.ts';

const world = buildWorld({
  cidrs: ['10.3.0.0/20'],
  subnets: { a: { cidr: '10.3.1.0/24' } },
  groups: { none: {} },
  enis: { n: { subnet: 'a', ips: ['10.3.1.5'], groups: ['none'] } },
});
const vpc = networkOf(world, testScope).vpc.get(vpcId);
if (!vpc) throw new Error('the world lacks its VPC');
const dhcpOptionsId = idFor('dopt', 'd') as DhcpOptions['id'];
const having = (configurations: DhcpOptions['configurations']) =>
  withEntity(withEntity(world, 'vpc', { ...vpc, dhcpOptionsId }), 'dhcpOptions', {
    id: dhcpOptionsId,
    configurations,
    tags: {},
  });

const rows: readonly (readonly [string, DhcpOptions['configurations'], string])[] = [
  [
    'Amazon’s own server and domain',
    [
      { key: 'domain-name', values: ['ec2.internal'] },
      { key: 'domain-name-servers', values: ['AmazonProvidedDNS'] },
    ],
    'search ec2.internal\nnameserver 10.3.0.2\n',
  ],
  [
    'servers of the user’s',
    [{ key: 'domain-name-servers', values: ['10.3.1.7', 'AmazonProvidedDNS'] }],
    'nameserver 10.3.1.7\nnameserver 10.3.0.2\n',
  ],
  ['options that say nothing of names', [{ key: 'ntp-servers', values: ['10.3.1.7'] }], ''],
];
for (const [what, configurations, expected] of rows) {
  test(what, () => assert.equal(resolverConfig(having(configurations), idFor('i', 'n')), expected));
}

test('a VPC without options, and an instance that is not', () => {
  assert.equal(resolverConfig(world, idFor('i', 'n')), '');
  assert.equal(resolverConfig(world, 'i-0'), undefined);
});
