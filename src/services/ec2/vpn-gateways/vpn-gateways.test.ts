import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeVpnGatewaysRequest, DescribeVpnGatewaysResult } from '@aws-sdk/client-ec2';
import type { Cidr } from '#net/cidr.ts';
import { Account } from '../../../../tests/support/account.ts';

const id = 'vgw-0123456789abcdef0';

/** An account whose default VPC was imported with a route to a virtual private gateway. */
function imported(): Account {
  const account = new Account();
  const [table] = account.network.routeTable.values();
  assert.ok(table);
  const cidr = '192.168.0.0/16' as Cidr;
  account.change(({ transaction }) =>
    transaction.put('routeTable', {
      ...table,
      routes: [
        ...table.routes,
        { destination: { kind: 'cidr', cidr }, target: { kind: 'other', id }, origin: 'CreateRoute' },
        {
          destination: { kind: 'cidr', cidr: '192.0.2.0/24' as Cidr },
          target: { kind: 'other', id: 'lgw-0123456789abcdef0' },
          origin: 'CreateRoute',
        },
      ],
    }),
  );
  return account;
}

const described = (account: Account, input: DescribeVpnGatewaysRequest = {}) =>
  account.call<DescribeVpnGatewaysResult>('DescribeVpnGateways', input).VpnGateways ?? [];

test('an account has no gateway but those that an imported network names', () => {
  assert.deepEqual(described(new Account()), []);
  const account = imported();
  assert.deepEqual(described(account), [
    {
      VpnGatewayId: id,
      State: 'available',
      Type: 'ipsec.1',
      VpcAttachments: [{ VpcId: account.defaultVpcId, State: 'attached' }],
      Tags: [],
    },
  ]);
  assert.deepEqual(described(account, { VpnGatewayIds: [id] }).length, 1);
  const unknown = { VpnGatewayIds: ['vgw-0123456789abcdef1'] };
  assert.equal(account.refusal('DescribeVpnGateways', unknown), 'InvalidVpnGatewayID.NotFound');
});

test('a gateway whose traffic a table leads is one', () => {
  const account = new Account();
  const [table] = account.network.routeTable.values();
  assert.ok(table);
  account.change(({ transaction }) => {
    const [main] = table.associations;
    assert.ok(main);
    const subject = { kind: 'gateway', gatewayId: id } as const;
    transaction.put('routeTable', { ...table, associations: [main, { id: main.id, subject }] });
  });
  assert.deepEqual(
    described(account).map(({ VpnGatewayId }) => VpnGatewayId),
    [id],
  );
});

test('filters', () => {
  const account = imported();
  const rows: readonly (readonly [name: string, yes: string | undefined, no: string])[] = [
    ['amazon-side-asn', undefined, '*'],
    ['attachment.state', 'attached', 'detached'],
    ['attachment.vpc-id', account.defaultVpcId, 'vpc-0'],
    ['availability-zone', undefined, '*'],
    ['state', 'available', 'deleted'],
    ['tag-key', undefined, '*'],
    ['type', 'ipsec.1', 'ipsec.2'],
    ['vpn-gateway-id', 'vgw-*', 'vgw-1*'],
  ];
  const count = (Name: string, value: string) =>
    described(account, { Filters: [{ Name, Values: [value] }] }).length;
  for (const [name, yes, no] of rows) {
    if (yes !== undefined) assert.equal(count(name, yes), 1, name);
    assert.equal(count(name, no), 0, name);
  }
  const unknown = { Filters: [{ Name: 'nothing', Values: ['x'] }] };
  assert.equal(account.refusal('DescribeVpnGateways', unknown), 'InvalidParameterValue');
});
