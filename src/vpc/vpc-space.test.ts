import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildWorld, cidr, testScope, withEntity } from '../../tests/support/network.ts';
import { emptyWorld, networkOf } from './network.ts';
import { blockRestriction, nextVpcIpv6Block, unusableRange } from './vpc-space.ts';

test('IPv6 blocks of all accounts and regions are apart', () => {
  const world = buildWorld({
    cidrs: ['10.0.0.0/16', '2001:db8:0:100::/56'],
    subnets: {},
    groups: {},
    enis: {},
  });
  assert.equal(nextVpcIpv6Block(emptyWorld), '2001:db8:0:100::/56');
  assert.equal(nextVpcIpv6Block(world), '2001:db8:0:200::/56');
  const [vpc] = networkOf(world, testScope).vpc.values();
  assert.ok(vpc);
  const later = {
    ...vpc,
    ipv6Blocks: vpc.ipv6Blocks.map((block) => ({ ...block, cidr: cidr('2001:db8:0:200::/56') })),
  };
  assert.equal(nextVpcIpv6Block(withEntity(world, 'vpc', later)), '2001:db8:0:100::/56');
});

test('what may join a VPC’s blocks', () => {
  const rows: readonly (readonly [existing: readonly string[], block: string, allowed: boolean])[] = [
    [['10.2.0.0/16'], '10.3.0.0/16', true],
    [['10.2.0.0/16'], '10.0.0.0/16', true],
    [['10.1.0.0/16'], '10.0.0.0/24', false],
    [['10.2.0.0/16', '10.1.0.0/24'], '10.0.0.0/24', false],
    [['10.1.0.0/16'], '10.2.0.0/16', true],
    [['10.0.0.0/16'], '172.16.0.0/16', false],
    [['10.0.0.0/16'], '192.168.0.0/24', false],
    [['10.0.0.0/16'], '198.19.0.0/24', false],
    [['10.0.0.0/16'], '198.18.0.0/24', true],
    [['10.0.0.0/16'], '100.64.0.0/16', true],
    [['172.16.0.0/16'], '172.17.0.0/16', true],
    [['172.16.0.0/16'], '172.31.0.0/20', false],
    [['192.168.0.0/24'], '192.168.1.0/24', true],
    [['198.19.0.0/24'], '198.19.1.0/24', true],
    [['198.19.0.0/24'], '10.0.0.0/24', false],
    [['100.64.0.0/16'], '10.0.0.0/24', false],
    [['100.64.0.0/16'], '8.8.8.0/24', true],
    [['8.8.8.0/24'], '192.168.0.0/24', false],
  ];
  for (const [existing, block, allowed] of rows) {
    const blocks = existing.map(cidr);
    const primary = blocks[0] ?? cidr('0.0.0.0/0');
    assert.equal(
      blockRestriction(primary, blocks, cidr(block)) === undefined,
      allowed,
      `${existing} ${block}`,
    );
  }
});

test('ranges that no VPC may have', () => {
  const rows: readonly (readonly [block: string, usable: boolean])[] = [
    ['0.255.0.0/16', false],
    ['1.0.0.0/16', true],
    ['126.255.0.0/16', true],
    ['127.0.0.0/28', false],
    ['169.254.0.0/16', false],
    ['169.255.0.0/16', true],
    ['223.255.0.0/16', true],
    ['224.0.0.0/16', false],
    ['255.255.255.240/28', false],
  ];
  for (const [block, usable] of rows) assert.equal(unusableRange(cidr(block)) === undefined, usable, block);
});
