import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeRouteTablesResult, ReplaceRouteTableAssociationResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

/** The first id with this prefix in an answer. */
const idIn = (answer: unknown, prefix: string): string =>
  new RegExp(`"(${prefix}-[0-9a-f]{17})"`).exec(JSON.stringify(answer))?.[1] ?? assert.fail(prefix);

type World = {
  readonly account: Account;
  readonly VpcId: string;
  readonly RouteTableId: string;
  readonly SubnetId: string;
  readonly gateway: string;
};

/** A VPC with a subnet, a spare route table and an attached gateway. */
function world(quotas = {}): World {
  const account = new Account({ quotas });
  const VpcId = idIn(
    account.call('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }),
    'vpc',
  );
  const SubnetId = idIn(account.call('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' }), 'subnet');
  const RouteTableId = idIn(account.call('CreateRouteTable', { VpcId }), 'rtb');
  const gateway = idIn(account.call('CreateInternetGateway'), 'igw');
  account.call('AttachInternetGateway', { InternetGatewayId: gateway, VpcId });
  return { account, VpcId, RouteTableId, SubnetId, gateway };
}

const routesOf = ({ account }: World, id: string) =>
  account.call<DescribeRouteTablesResult>('DescribeRouteTables', { RouteTableIds: [id] }).RouteTables?.[0]
    ?.Routes ?? assert.fail(id);

test('routes are made, canonical, replaced and deleted', () => {
  const here = world();
  const { account, RouteTableId, gateway } = here;
  account.call('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  account.call('CreateRoute', { RouteTableId, DestinationCidrBlock: '100.68.0.18/18', GatewayId: gateway });
  account.call('CreateRoute', { RouteTableId, DestinationIpv6CidrBlock: '::/0', GatewayId: gateway });
  assert.deepEqual(
    routesOf(here, RouteTableId).map((route) => [
      route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock,
      route.GatewayId,
      route.Origin,
      route.State,
    ]),
    [
      ['10.0.0.0/16', 'local', 'CreateRouteTable', 'active'],
      ['2001:db8:0:100::/56', 'local', 'CreateRouteTable', 'active'],
      ['0.0.0.0/0', gateway, 'CreateRoute', 'active'],
      ['100.68.0.0/18', gateway, 'CreateRoute', 'active'],
      ['::/0', gateway, 'CreateRoute', 'active'],
    ],
  );
  account.call('DeleteRoute', { RouteTableId, DestinationCidrBlock: '100.68.0.0/18' });
  account.call('DeleteRoute', { RouteTableId, DestinationIpv6CidrBlock: '::/0' });
  for (const beside of ['169.254.0.0/16', '169.254.167.0/24', '169.254.172.0/24']) {
    account.call('CreateRoute', { RouteTableId, DestinationCidrBlock: beside, GatewayId: gateway });
    account.call('DeleteRoute', { RouteTableId, DestinationCidrBlock: beside });
  }
  assert.equal(routesOf(here, RouteTableId).length, 3);
});

test('routes that are refused', () => {
  const here = world();
  const { account, RouteTableId, gateway } = here;
  account.call('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  const loose = idIn(account.call('CreateInternetGateway'), 'igw');
  const to = { GatewayId: gateway };
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['CreateRoute', { DestinationCidrBlock: '1.0.0.0/8' }, 'MissingParameter'],
    ['CreateRoute', to, 'MissingParameter'],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', ...to, NatGatewayId: 'nat-00000000' },
      'InvalidParameterCombination',
    ],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', DestinationIpv6CidrBlock: '::/0', ...to },
      'InvalidParameterCombination',
    ],
    ['CreateRoute', { DestinationCidrBlock: '0.0.0.0/0', ...to }, 'RouteAlreadyExists'],
    ['CreateRoute', { DestinationCidrBlock: '9.9.9.9/0', ...to }, 'RouteAlreadyExists'],
    ['CreateRoute', { DestinationCidrBlock: '10.0.0.0/16', ...to }, 'RouteAlreadyExists'],
    ['CreateRoute', { DestinationCidrBlock: '10.0.1.0/24', ...to }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationCidrBlock: '169.254.168.0/22', ...to }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationCidrBlock: '169.254.169.254/32', ...to }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationIpv6CidrBlock: 'fd00:ec2::254/128', ...to }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationCidrBlock: 'x', ...to }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationCidrBlock: '::/0', ...to }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationIpv6CidrBlock: '1.0.0.0/8', ...to }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationPrefixListId: 'pl-00000000', ...to }, 'InvalidPrefixListID.NotFound'],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', GatewayId: 'igw-00000000' },
      'InvalidGatewayID.NotFound',
    ],
    ['CreateRoute', { DestinationCidrBlock: '1.0.0.0/8', GatewayId: loose }, 'InvalidParameterValue'],
    ['CreateRoute', { DestinationCidrBlock: '1.0.0.0/8', GatewayId: 'local' }, 'InvalidParameterValue'],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', NatGatewayId: 'nat-00000000' },
      'InvalidNatGatewayID.NotFound',
    ],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', TransitGatewayId: 'tgw-00000000' },
      'InvalidTransitGatewayID.NotFound',
    ],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', VpcEndpointId: 'vpce-00000000' },
      'InvalidVpcEndpointId.NotFound',
    ],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', InstanceId: 'i-00000000' },
      'InvalidInstanceID.NotFound',
    ],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', NetworkInterfaceId: 'eni-00000000' },
      'InvalidNetworkInterfaceID.NotFound',
    ],
    [
      'CreateRoute',
      { DestinationCidrBlock: '1.0.0.0/8', VpcPeeringConnectionId: 'pcx-00000000' },
      'InvalidVpcPeeringConnectionID.NotFound',
    ],
    ['DeleteRoute', { DestinationCidrBlock: '10.0.0.0/16' }, 'InvalidParameterValue'],
    ['DeleteRoute', { DestinationCidrBlock: '1.0.0.0/8' }, 'InvalidRoute.NotFound'],
    ['DeleteRoute', {}, 'MissingParameter'],
    ['ReplaceRoute', { DestinationCidrBlock: '1.0.0.0/8', ...to }, 'InvalidParameterValue'],
    ['ReplaceRoute', { DestinationCidrBlock: '0.0.0.0/0', LocalTarget: true }, 'InvalidParameterValue'],
    ['ReplaceRoute', { DestinationCidrBlock: '10.0.0.0/16', ...to }, 'InvalidParameterValue'],
    [
      'ReplaceRoute',
      { DestinationCidrBlock: '0.0.0.0/0', LocalTarget: true, ...to },
      'InvalidParameterCombination',
    ],
  ];
  for (const [action, input, code] of rows)
    assert.equal(
      account.refusal(action, { RouteTableId, ...input }),
      code,
      `${action} ${JSON.stringify(input)}`,
    );
  assert.equal(
    account.refusal('CreateRoute', { DestinationCidrBlock: '1.0.0.0/8', ...to }),
    'MissingParameter',
  );
});

test('traffic inside the VPC goes through a middlebox, for whole subnets', () => {
  const here = world();
  const { account, RouteTableId, SubnetId } = here;
  const eni = idIn(account.call('CreateNetworkInterface', { SubnetId }), 'eni');
  const to = { RouteTableId, NetworkInterfaceId: eni };
  assert.equal(
    account.refusal('CreateRoute', { ...to, DestinationCidrBlock: '10.0.1.0/25' }),
    'InvalidParameterValue',
  );
  account.call('CreateRoute', { ...to, DestinationCidrBlock: '10.0.1.0/24' });
  account.call('ReplaceRoute', { ...to, DestinationCidrBlock: '10.0.0.0/16' });
  const [local] = routesOf(here, RouteTableId);
  assert.deepEqual(
    [local?.NetworkInterfaceId, local?.Origin, local?.State],
    [eni, 'CreateRouteTable', 'blackhole'],
  );
  account.call('ReplaceRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/16', LocalTarget: true });
  assert.equal(routesOf(here, RouteTableId)[0]?.GatewayId, 'local');
});

test('a route whose gateway leaves is a blackhole, and recovers', () => {
  const here = world();
  const { account, VpcId, RouteTableId, gateway } = here;
  account.call('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  const state = () => routesOf(here, RouteTableId).at(-1)?.State;
  assert.equal(state(), 'active');
  account.call('DetachInternetGateway', { InternetGatewayId: gateway, VpcId });
  assert.equal(state(), 'blackhole');
  account.call('AttachInternetGateway', { InternetGatewayId: gateway, VpcId });
  assert.equal(state(), 'active');
});

test('the limit of routes does not count local ones', () => {
  const { account, RouteTableId, gateway } = world({ routesPerRouteTable: 2 });
  const create = (DestinationCidrBlock: string) => ({
    RouteTableId,
    DestinationCidrBlock,
    GatewayId: gateway,
  });
  account.call('CreateRoute', create('1.0.0.0/8'));
  account.call('CreateRoute', create('2.0.0.0/8'));
  assert.equal(account.refusal('CreateRoute', create('3.0.0.0/8')), 'RouteLimitExceeded');
});

test('associations of subnets, gateways and the main role', () => {
  const here = world();
  const { account, VpcId, RouteTableId, SubnetId, gateway } = here;
  const id = idIn(account.call('AssociateRouteTable', { RouteTableId, SubnetId }), 'rtbassoc');
  assert.equal(idIn(account.call('AssociateRouteTable', { RouteTableId, SubnetId }), 'rtbassoc'), id);
  const other = idIn(account.call('CreateRouteTable', { VpcId }), 'rtb');
  const [main] = account.network.routeTable.by('mainOf', VpcId);
  const mainAssociation = main?.associations[0]?.id;
  const foreign = [...account.network.subnet.by('vpc', account.defaultVpcId)][0]?.id;
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['AssociateRouteTable', { RouteTableId: other, SubnetId }, 'Resource.AlreadyAssociated'],
    ['AssociateRouteTable', { RouteTableId: other, SubnetId: foreign }, 'InvalidParameterValue'],
    ['AssociateRouteTable', { RouteTableId: other }, 'MissingParameter'],
    [
      'AssociateRouteTable',
      { RouteTableId: other, SubnetId, GatewayId: gateway },
      'InvalidParameterCombination',
    ],
    ['AssociateRouteTable', { RouteTableId: other, GatewayId: 'igw-00000000' }, 'InvalidGatewayID.NotFound'],
    ['DisassociateRouteTable', { AssociationId: mainAssociation }, 'InvalidParameterValue'],
    ['DisassociateRouteTable', { AssociationId: 'rtbassoc-00000000' }, 'InvalidAssociationID.NotFound'],
    ['DisassociateRouteTable', { AssociationId: 'x' }, 'InvalidAssociationID.Malformed'],
    ['DeleteRouteTable', { RouteTableId: main?.id }, 'DependencyViolation'],
    ['DeleteRouteTable', { RouteTableId }, 'DependencyViolation'],
    ['DeleteRouteTable', { RouteTableId: 'rtb-00000000' }, 'InvalidRouteTableID.NotFound'],
    ['ReplaceRouteTableAssociation', { AssociationId: id }, 'MissingParameter'],
  ];
  for (const [action, input, code] of rows)
    assert.equal(account.refusal(action, input), code, `${action} ${JSON.stringify(input)}`);
  const replace = (AssociationId: string | undefined, table: string | undefined) =>
    account.call<ReplaceRouteTableAssociationResult>('ReplaceRouteTableAssociation', {
      AssociationId,
      RouteTableId: table,
    }).NewAssociationId ?? '';
  const moved = replace(id, other);
  assert.notEqual(moved, id);
  assert.equal([...account.network.routeTable.by('subnet', SubnetId)][0]?.id, other);
  account.call('DisassociateRouteTable', { AssociationId: moved });
  assert.equal(account.network.routeTable.countBy('subnet', SubnetId), 0);
  replace(mainAssociation, other);
  assert.equal([...account.network.routeTable.by('mainOf', VpcId)][0]?.id, other);
  account.call('DeleteRouteTable', { RouteTableId: main?.id });
  account.call('AssociateRouteTable', { RouteTableId, GatewayId: gateway });
  assert.equal([...account.network.routeTable.by('gateway', gateway)][0]?.id, RouteTableId);
  // Subnets may use it besides, but it becomes nobody's default.
  account.call('DisassociateRouteTable', {
    AssociationId: idIn(account.call('AssociateRouteTable', { RouteTableId, SubnetId }), 'rtbassoc'),
  });
  const [nowMain] = account.network.routeTable.by('mainOf', VpcId);
  const asMain = { AssociationId: nowMain?.associations[0]?.id, RouteTableId };
  assert.equal(account.refusal('ReplaceRouteTableAssociation', asMain), 'InvalidParameterValue');
  const outward = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway };
  assert.equal(account.refusal('CreateRoute', outward), 'InvalidParameterValue');
  account.call('CreateRoute', { ...outward, RouteTableId: other });
  assert.equal(
    account.refusal('AssociateRouteTable', { RouteTableId: other, GatewayId: gateway }),
    'InvalidParameterValue',
  );
});

test('the same token makes one table', () => {
  const { account, VpcId } = world();
  const make = () => idIn(account.call('CreateRouteTable', { VpcId, ClientToken: 't' }), 'rtb');
  assert.equal(make(), make());
  assert.equal(
    account.refusal('CreateRouteTable', { VpcId: account.defaultVpcId, ClientToken: 't' }),
    'IdempotentParameterMismatch',
  );
});

test('filters of route tables, both sides', () => {
  const here = world();
  const { account, VpcId, RouteTableId, SubnetId, gateway } = here;
  const association = idIn(account.call('AssociateRouteTable', { RouteTableId, SubnetId }), 'rtbassoc');
  account.call('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway });
  const rows: readonly (readonly [name: string, yes: string | undefined, no: string])[] = [
    ['association.gateway-id', undefined, gateway],
    ['association.main', 'false', 'true'],
    ['association.route-table-association-id', association, 'rtbassoc-0'],
    ['association.route-table-id', RouteTableId, 'rtb-0'],
    ['association.subnet-id', SubnetId, 'subnet-0'],
    ['owner-id', '123456789012', '1'],
    ['route-table-id', RouteTableId, 'rtb-0'],
    ['route.destination-cidr-block', '0.0.0.0/0', '1.0.0.0/8'],
    ['route.destination-ipv6-cidr-block', '2001:db8:0:100::/56', '::/0'],
    ['route.destination-prefix-list-id', undefined, '*'],
    ['route.egress-only-internet-gateway-id', undefined, '*'],
    ['route.gateway-id', gateway, 'igw-0'],
    ['route.instance-id', undefined, '*'],
    ['route.nat-gateway-id', undefined, '*'],
    ['route.transit-gateway-id', undefined, '*'],
    ['route.origin', 'CreateRoute', 'EnableVgwRoutePropagation'],
    ['route.state', 'active', 'blackhole'],
    ['route.vpc-peering-connection-id', undefined, '*'],
    ['vpc-id', VpcId, account.defaultVpcId],
  ];
  const has = (Name: string, value: string) =>
    account
      .call<DescribeRouteTablesResult>('DescribeRouteTables', { Filters: [{ Name, Values: [value] }] })
      .RouteTables?.some((table) => table.RouteTableId === RouteTableId);
  for (const [name, yes, no] of rows) {
    if (yes !== undefined) assert.equal(has(name, yes), true, `${name}=${yes}`);
    assert.equal(has(name, no), false, `${name}=${no}`);
  }
  assert.equal(account.refusal('DescribeRouteTables', { MaxResults: 101 }), 'InvalidParameterValue');
});
