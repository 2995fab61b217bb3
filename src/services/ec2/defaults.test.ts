import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account } from '../../../tests/support/account.ts';
import { attempt } from '../dispatch.ts';
import { ensureDefaults } from './defaults.ts';
import { regions } from './regions.ts';

test('a scope starts with AWS’s default VPC', () => {
  const { network, defaultVpcId } = new Account();
  const subnets = [...network.subnet.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1));
  assert.deepEqual(
    subnets
      .map(({ zone, zoneId, cidr, mapPublicIpOnLaunch }) => [zone, zoneId, cidr, mapPublicIpOnLaunch])
      .slice(0, 2),
    [
      ['us-east-1a', 'use1-az1', '172.31.0.0/20', true],
      ['us-east-1b', 'use1-az2', '172.31.16.0/20', true],
    ],
  );
  assert.equal(subnets.length, 6);
  const [gateway] = network.internetGateway.values();
  const [table] = network.routeTable.by('mainOf', defaultVpcId);
  assert.equal(gateway?.vpcId, defaultVpcId);
  assert.deepEqual(
    table?.routes.map(({ destination, target }) => [destination, target.kind]),
    [
      [{ kind: 'cidr', cidr: '172.31.0.0/16' }, 'local'],
      [{ kind: 'cidr', cidr: '0.0.0.0/0' }, 'internetGateway'],
    ],
  );
  const [acl] = network.networkAcl.values();
  assert.equal(acl?.associations.length, 6);
  assert.deepEqual(
    acl?.entries.map(({ direction, number }) => [direction, number]),
    [
      ['ingress', 100],
      ['egress', 100],
    ],
  );
  const [group] = network.securityGroup.values();
  assert.ok(group);
  assert.deepEqual(
    group.rules.map(({ direction, peer }) => [direction, peer.kind === 'group' ? peer.groupId : peer]),
    [
      ['ingress', group.id],
      ['egress', { kind: 'cidr', cidr: '0.0.0.0/0' }],
    ],
  );
});

test('defaults are made once', () => {
  const account = new Account();
  const before = account.world;
  account.change(ensureDefaults);
  assert.equal(account.world, before);
});

test('a region that AWS does not have is refused', () => {
  const account = new Account();
  account.change((context) => {
    const caller = { ...context.caller, scope: { account: '1', region: 'moon-1' } };
    const transaction = context.transaction.at(caller.scope);
    const outcome = attempt(() => ensureDefaults({ ...context, caller, transaction }));
    assert.equal(outcome.kind === 'refused' && outcome.code, 'AuthFailure');
  });
});

test('every region has zones with ids of its own', () => {
  const ids = regions.flatMap(({ zones }) => zones.map(({ id }) => id));
  assert.equal(new Set(ids).size, ids.length);
  for (const { name, zones } of regions) {
    assert.ok(zones.length >= 2, name);
    for (const zone of zones) assert.match(`${zone.name} ${zone.id}`, /^[a-z-]+\d[a-f] [a-z]+\d-az\d$/);
  }
});
