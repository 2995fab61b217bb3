import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateVpcEndpointResult,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointServicesResult,
  DescribeVpcEndpointsResult,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { Transaction } from '#state/transaction.ts';
import { Account } from '../../../../tests/support/account.ts';

const s3 = 'com.amazonaws.us-east-1.s3';
const sqs = 'com.amazonaws.us-east-1.sqs';
const make = (account: Account, input: object): VpcEndpoint =>
  account.call<CreateVpcEndpointResult>('CreateVpcEndpoint', { VpcId: account.defaultVpcId, ...input })
    .VpcEndpoint ?? assert.fail();
const shown = (account: Account, id: string | undefined): VpcEndpoint =>
  account.call<DescribeVpcEndpointsResult>('DescribeVpcEndpoints', { VpcEndpointIds: [id] })
    .VpcEndpoints?.[0] ?? assert.fail(id);
const subnets = (account: Account) =>
  [...account.network.subnet.by('vpc', account.defaultVpcId)]
    .sort((a, b) => (a.zone < b.zone ? -1 : 1))
    .map(({ id }) => id);
const tableOf = (account: Account) =>
  [...account.network.routeTable.by('mainOf', account.defaultVpcId)][0] ?? assert.fail();

test('a gateway endpoint is a route in each of its tables', () => {
  const account = new Account();
  const RouteTableId = tableOf(account).id;
  const { VpcEndpointId } = make(account, { ServiceName: s3, RouteTableIds: [RouteTableId] });
  assert.deepEqual(shown(account, VpcEndpointId).RouteTableIds, [RouteTableId]);
  const route = tableOf(account).routes.at(-1);
  const list = route?.destination.kind === 'prefixList' ? route.destination.prefixListId : '';
  assert.equal(account.network.prefixList.get(list)?.name, s3);
  const again = { VpcId: account.defaultVpcId, ServiceName: s3, RouteTableIds: [RouteTableId] };
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['CreateVpcEndpoint', again, 'RouteAlreadyExists'],
    ['DeleteRoute', { RouteTableId, DestinationPrefixListId: list }, 'InvalidParameterValue'],
    [
      'ReplaceRoute',
      { RouteTableId, DestinationPrefixListId: list, GatewayId: 'igw-00000000' },
      'InvalidParameterValue',
    ],
    [
      'CreateRoute',
      { RouteTableId, DestinationCidrBlock: '9.0.0.0/8', VpcEndpointId },
      'InvalidParameterValue',
    ],
    ['ModifyVpcEndpoint', { VpcEndpointId, AddSubnetIds: subnets(account) }, 'InvalidParameter'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
  account.call('ModifyVpcEndpoint', { VpcEndpointId, RemoveRouteTableIds: [RouteTableId] });
  assert.deepEqual(shown(account, VpcEndpointId).RouteTableIds, []);
  account.call('ModifyVpcEndpoint', { VpcEndpointId, AddRouteTableIds: [RouteTableId] });
  const deleted = account.call<DeleteVpcEndpointsResult>('DeleteVpcEndpoints', {
    VpcEndpointIds: [VpcEndpointId, 'vpce-00000000', 'x'],
  });
  assert.deepEqual(
    deleted.Unsuccessful?.map(({ ResourceId, Error: problem }) => [ResourceId, problem?.Code]),
    [
      ['vpce-00000000', 'InvalidVpcEndpoint.NotFound'],
      ['x', 'InvalidVpcEndpointId.Malformed'],
    ],
  );
  assert.equal(tableOf(account).routes.length, 2);
});

test('an interface endpoint has interfaces of its own, under its groups', () => {
  const account = new Account();
  const [first, second] = subnets(account);
  const made = make(account, { VpcEndpointType: 'Interface', ServiceName: sqs, SubnetIds: [first] });
  assert.equal(made.State, 'pending');
  account.nowMs += 1000;
  const { VpcEndpointId, State, Groups, NetworkInterfaceIds, DnsEntries } = shown(
    account,
    made.VpcEndpointId,
  );
  assert.equal(State, 'available');
  assert.deepEqual(
    Groups?.map(({ GroupName }) => GroupName),
    ['default'],
  );
  assert.ok(DnsEntries?.some(({ DnsName }) => DnsName === 'sqs.us-east-1.amazonaws.com'));
  const eni = account.network.eni.get(NetworkInterfaceIds?.[0] ?? '');
  assert.deepEqual([eni?.interfaceType, eni?.requesterManaged, eni?.subnetId], ['vpc_endpoint', true, first]);
  const { GroupId } = account.call<{ GroupId: string }>('CreateSecurityGroup', {
    GroupName: 'g',
    Description: 'd',
  });
  const old = Groups?.[0]?.GroupId;
  account.call('ModifyVpcEndpoint', {
    VpcEndpointId,
    AddSubnetIds: [second],
    RemoveSubnetIds: [first],
    AddSecurityGroupIds: [GroupId],
    RemoveSecurityGroupIds: [old],
  });
  const [moved] = account.network.eni.by('group', GroupId);
  assert.deepEqual([moved?.subnetId, account.network.eni.size], [second, 1]);
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ RemoveSecurityGroupIds: [GroupId] }, 'InvalidParameter'],
    [{ RemoveSecurityGroupIds: [old] }, 'InvalidParameter'],
    [{ RemoveSubnetIds: [first] }, 'InvalidParameter'],
    [{ AddSubnetIds: [second] }, 'DuplicateSubnetsInSameZone'],
    [{ AddRouteTableIds: [tableOf(account).id] }, 'InvalidParameter'],
    [{ PolicyDocument: 'x' }, 'InvalidPolicyDocument'],
    [{ PolicyDocument: '{"Statement":[]}', ResetPolicy: true }, 'InvalidParameterCombination'],
  ];
  for (const [input, code] of rows)
    assert.equal(
      account.refusal('ModifyVpcEndpoint', { VpcEndpointId, ...input }),
      code,
      JSON.stringify(input),
    );
  account.call('ModifyVpcEndpoint', { VpcEndpointId, PolicyDocument: '{"Statement":[]}' });
  assert.equal(shown(account, VpcEndpointId).PolicyDocument, '{"Statement":[]}');
  assert.equal(account.refusal('DeleteSubnet', { SubnetId: second }), 'DependencyViolation');
  account.call('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] });
  assert.equal(account.network.eni.size, 0);
  assert.equal(
    account.refusal('DescribeVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }),
    'InvalidVpcEndpointId.NotFound',
  );
});

test('what is refused', () => {
  const account = new Account();
  const VpcId = account.defaultVpcId;
  const [first] = subnets(account);
  const ours = { VpcId, ServiceName: sqs, VpcEndpointType: 'Interface' };
  make(account, ours);
  const quiet = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc.VpcId;
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ ServiceName: s3 }, 'MissingParameter'],
    [{ VpcId }, 'MissingParameter'],
    [{ VpcId: 'vpc-00000000', ServiceName: s3 }, 'InvalidVpcID.NotFound'],
    [{ VpcId, ServiceName: 'com.amazonaws.us-east-1.nothing' }, 'InvalidServiceName'],
    [{ VpcId, ServiceName: sqs }, 'InvalidParameter'],
    [{ VpcId, ServiceName: s3, VpcEndpointType: 'GatewayLoadBalancer' }, 'UnsupportedOperation'],
    [{ VpcId, ServiceName: s3, SubnetIds: [first] }, 'InvalidParameter'],
    [{ VpcId, ServiceName: s3, PrivateDnsEnabled: true }, 'InvalidParameter'],
    [{ VpcId, ServiceName: s3, PolicyDocument: '[]' }, 'InvalidPolicyDocument'],
    [ours, 'InvalidParameter'],
    [{ ...ours, VpcId: quiet }, 'InvalidParameter'],
    [{ ...ours, VpcId: quiet, PrivateDnsEnabled: false, SubnetIds: [first] }, 'InvalidParameter'],
    [{ ...ours, PrivateDnsEnabled: false, RouteTableIds: [tableOf(account).id] }, 'InvalidParameter'],
    [{ ...ours, PrivateDnsEnabled: false, IpAddressType: 'ipv6' }, 'InvalidParameterValue'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('CreateVpcEndpoint', input), code, JSON.stringify(input));
  make(account, { ...ours, VpcId: quiet, PrivateDnsEnabled: false });
  assert.equal(account.refusal('DeleteVpc', { VpcId: quiet }), 'DependencyViolation');
});

test('limits and tokens', () => {
  const account = new Account({ quotas: { gatewayEndpointsPerRegion: 1, interfaceEndpointsPerVpc: 1 } });
  const gateway = { ServiceName: s3, ClientToken: 't' };
  assert.equal(make(account, gateway).VpcEndpointId, make(account, gateway).VpcEndpointId);
  const VpcId = account.defaultVpcId;
  assert.equal(account.refusal('CreateVpcEndpoint', { VpcId, ServiceName: s3 }), 'VpcEndpointLimitExceeded');
  const second = { VpcId, ServiceName: sqs, VpcEndpointType: 'Interface' };
  make(account, second);
  assert.equal(
    account.refusal('CreateVpcEndpoint', { ...second, PrivateDnsEnabled: false }),
    'VpcEndpointLimitExceeded',
  );
});

test('filters of endpoints and of services, both sides', () => {
  const account = new Account();
  const { VpcEndpointId = '' } = make(account, { ServiceName: sqs, VpcEndpointType: 'Interface' });
  const has = (Name: string, value: string) =>
    account
      .call<DescribeVpcEndpointsResult>('DescribeVpcEndpoints', { Filters: [{ Name, Values: [value] }] })
      .VpcEndpoints?.some((endpoint) => endpoint.VpcEndpointId === VpcEndpointId);
  const rows: readonly (readonly [name: string, yes: string, no: string])[] = [
    ['ip-address-type', 'ipv4', 'dualstack'],
    ['service-name', sqs, s3],
    ['service-region', 'us-east-1', 'us-east-2'],
    ['vpc-id', account.defaultVpcId, 'vpc-0'],
    ['vpc-endpoint-id', VpcEndpointId, 'vpce-0'],
    ['vpc-endpoint-state', 'pending', 'available'],
    ['vpc-endpoint-type', 'Interface', 'Gateway'],
  ];
  for (const [name, yes, no] of rows) assert.deepEqual([has(name, yes), has(name, no)], [true, false], name);
  const services = (input: object) =>
    account.call<DescribeVpcEndpointServicesResult>('DescribeVpcEndpointServices', input);
  const count = (Name: string, value: string) =>
    services({ Filters: [{ Name, Values: [value] }] }).ServiceDetails?.length ?? 0;
  assert.deepEqual(
    services({ ServiceNames: [s3] }).ServiceDetails?.map(({ ServiceType }) => ServiceType?.[0]?.ServiceType),
    ['Gateway', 'Interface'],
  );
  assert.deepEqual(services({ ServiceNames: [s3] }).ServiceNames, [s3]);
  assert.equal(account.refusal('DescribeVpcEndpointServices', { ServiceNames: ['x'] }), 'InvalidServiceName');
  assert.equal(
    account.refusal('DescribeVpcEndpointServices', { ServiceRegions: ['eu-west-1'] }),
    'UnsupportedOperation',
  );
  const filters: readonly (readonly [name: string, value: string, isEmpty: boolean])[] = [
    ['owner', 'amazon', false],
    ['owner', '1', true],
    ['service-name', sqs, false],
    ['service-name', 'x', true],
    ['service-region', 'us-east-1', false],
    ['service-region', 'us-east-2', true],
    ['service-type', 'Gateway', false],
    ['service-type', 'Tunnel', true],
    ['supported-ip-address-types', 'ipv6', false],
    ['supported-ip-address-types', 'ipv5', true],
  ];
  for (const [name, value, isEmpty] of filters)
    assert.equal(count(name, value) === 0, isEmpty, `${name}=${value}`);
  const page = services({ MaxResults: 10 });
  assert.equal(page.ServiceDetails?.length, 10);
  assert.equal(services({ MaxResults: 1000, NextToken: page.NextToken }).NextToken, undefined);
});

test('an imported endpoint in front of appliances is shown, and neither changed nor deleted', () => {
  const account = new Account();
  const { VpcEndpointId = '' } = make(account, { ServiceName: s3 });
  const endpoint = account.network.endpoint.get(VpcEndpointId) ?? assert.fail();
  const imported = Transaction.begin(account.world, account.scope);
  imported.put('endpoint', { ...endpoint, detail: { kind: 'gatewayLoadBalancer', places: [] } });
  account.world = imported.world;
  assert.equal(shown(account, VpcEndpointId).VpcEndpointType, 'GatewayLoadBalancer');
  const refused = account.attempt('ModifyVpcEndpoint', { VpcEndpointId, ResetPolicy: true });
  assert.equal(refused.kind === 'refused' && refused.code, 'UnsupportedOperation');
  const { Unsuccessful } = account.call<DeleteVpcEndpointsResult>('DeleteVpcEndpoints', {
    VpcEndpointIds: [VpcEndpointId],
  });
  assert.deepEqual(
    Unsuccessful?.map(({ Error: problem }) => problem?.Code),
    ['UnsupportedOperation'],
  );
  assert.equal(account.network.endpoint.get(VpcEndpointId), imported.network.endpoint.get(VpcEndpointId));
});
