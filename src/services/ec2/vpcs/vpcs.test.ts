import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AssociateVpcCidrBlockResult,
  CreateVpcResult,
  DescribeVpcAttributeResult,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const codeOf = (account: Account, action: string, input: object): string => {
  const outcome = account.attempt(action, input);
  return outcome.kind === 'ok' ? 'ok' : outcome.code;
};
const makeVpc = (account: Account, input: object = {}): string =>
  account.call<CreateVpcResult>('CreateVpc', { CidrBlock: '10.0.0.0/16', ...input }).Vpc?.VpcId ?? '';
const vpcOf = (account: Account, id: string) => account.network.vpc.get(id) ?? assert.fail(id);
const idsWith = (account: Account, Name: string, value: string): readonly (string | undefined)[] =>
  account
    .call<DescribeVpcsResult>('DescribeVpcs', { Filters: [{ Name, Values: [value] }] })
    .Vpcs?.map(({ VpcId }) => VpcId) ?? [];

test('blocks that a VPC may have', () => {
  const rows: readonly (readonly [cidr: string | undefined, code: string])[] = [
    [undefined, 'MissingParameter'],
    ['10.0.0.0/16', 'ok'],
    ['10.0.0.0/15', 'InvalidVpc.Range'],
    ['10.0.0.0/28', 'ok'],
    ['10.0.0.0/29', 'InvalidVpc.Range'],
    ['10.0.0.0', 'InvalidParameterValue'],
    ['010.0.0.0/16', 'InvalidParameterValue'],
    ['2001:db8::/56', 'InvalidParameterValue'],
    ['127.0.0.0/16', 'InvalidVpc.Range'],
    ['8.8.0.0/16', 'ok'],
  ];
  for (const [CidrBlock, code] of rows)
    assert.equal(codeOf(new Account(), 'CreateVpc', { CidrBlock }), code, CidrBlock);
});

test('a VPC comes with its block canonical, a table, an ACL, a group and tags', () => {
  const account = new Account();
  const { Vpc } = account.call<CreateVpcResult>('CreateVpc', {
    CidrBlock: '10.1.2.3/16',
    InstanceTenancy: 'dedicated',
    AmazonProvidedIpv6CidrBlock: true,
    TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'v' }] }],
  });
  const id = Vpc?.VpcId ?? '';
  assert.equal(Vpc?.State, 'pending');
  assert.equal(Vpc?.CidrBlock, '10.1.0.0/16');
  assert.deepEqual(Vpc?.Tags, [{ Key: 'Name', Value: 'v' }]);
  const shown = account.call<DescribeVpcsResult>('DescribeVpcs', { VpcIds: [id] }).Vpcs?.[0];
  assert.equal(shown?.State, 'available');
  assert.equal(shown?.InstanceTenancy, 'dedicated');
  assert.equal(shown?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock, '2001:db8:0:100::/56');
  const [table] = account.network.routeTable.by('mainOf', id);
  assert.deepEqual(
    table?.routes.map(({ destination, target }) => [
      destination.kind === 'cidr' && destination.cidr,
      target.kind,
    ]),
    [
      ['10.1.0.0/16', 'local'],
      ['2001:db8:0:100::/56', 'local'],
    ],
  );
  assert.equal(account.network.networkAcl.countBy('vpc', id), 1);
  assert.equal(account.network.securityGroup.countBy('vpc', id), 1);
});

test('five VPCs a region, or as many as the operator allows', () => {
  const account = new Account({ quotas: { vpcsPerRegion: 2 } });
  makeVpc(account);
  assert.equal(account.refusal('CreateVpc', { CidrBlock: '10.0.0.0/16' }), 'VpcLimitExceeded');
});

test('pools and tenancies that are not there are refused', () => {
  const account = new Account();
  const rows: readonly (readonly [object, string])[] = [
    [{ Ipv4IpamPoolId: 'ipam-pool-1' }, 'InvalidIpamPoolId.NotFound'],
    [{ Ipv6Pool: 'pool' }, 'InvalidPoolID.NotFound'],
    [{ InstanceTenancy: 'host' }, 'InvalidParameterValue'],
    [{ TagSpecifications: [{ ResourceType: 'subnet' }] }, 'InvalidParameterValue'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('CreateVpc', { CidrBlock: '10.0.0.0/16', ...input }), code);
});

test('filters of VPCs, both sides', () => {
  const account = new Account();
  const id = makeVpc(account, { AmazonProvidedIpv6CidrBlock: true });
  const vpc = vpcOf(account, id);
  const [v4, v6] = [vpc.cidrBlocks[0], vpc.ipv6Blocks[0]];
  const rows: readonly (readonly [name: string, yes: string, no: string])[] = [
    ['cidr', '10.0.0.0/16', '10.0.0.0/17'],
    ['cidr-block-association.association-id', v4?.associationId ?? '', 'vpc-cidr-assoc-0'],
    ['cidr-block-association.cidr-block', '10.0.0.0/16', '10.1.0.0/16'],
    ['cidr-block-association.state', 'associated', 'failed'],
    ['dhcp-options-id', '*', 'dopt-0'],
    ['ipv6-cidr-block-association.association-id', v6?.associationId ?? '', 'x'],
    ['ipv6-cidr-block-association.ipv6-cidr-block', v6?.cidr ?? '', '2001:db8::/56'],
    ['ipv6-cidr-block-association.ipv6-pool', 'Amazon', 'mine'],
    ['ipv6-cidr-block-association.state', 'associated', 'failed'],
    ['is-default', 'false', 'true'],
    ['isDefault', 'false', 'true'],
    ['owner-id', '123456789012', '210987654321'],
    ['state', 'available', 'pending'],
    ['vpc-id', id, account.defaultVpcId],
  ];
  for (const [name, yes, no] of rows) {
    assert.ok(idsWith(account, name, yes).includes(id), `${name}=${yes}`);
    assert.ok(!idsWith(account, name, no).includes(id), `${name}=${no}`);
  }
});

test('attributes are changed one at a time', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const value = (Attribute: string) =>
    account.call<DescribeVpcAttributeResult>('DescribeVpcAttribute', { VpcId, Attribute });
  assert.deepEqual(value('enableDnsSupport'), { VpcId, EnableDnsSupport: { Value: true } });
  assert.deepEqual(value('enableDnsHostnames'), { VpcId, EnableDnsHostnames: { Value: false } });
  account.call('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
  account.call('ModifyVpcAttribute', { VpcId, EnableDnsSupport: { Value: false } });
  account.call('ModifyVpcAttribute', { VpcId, EnableNetworkAddressUsageMetrics: { Value: true } });
  assert.equal(value('enableDnsHostnames').EnableDnsHostnames?.Value, true);
  assert.equal(value('enableDnsSupport').EnableDnsSupport?.Value, false);
  assert.equal(value('enableNetworkAddressUsageMetrics').EnableNetworkAddressUsageMetrics?.Value, true);
  const rows: readonly (readonly [string, object, string])[] = [
    ['ModifyVpcAttribute', { VpcId }, 'MissingParameter'],
    ['ModifyVpcAttribute', { EnableDnsSupport: { Value: true } }, 'MissingParameter'],
    [
      'ModifyVpcAttribute',
      { VpcId, EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: true } },
      'InvalidParameterCombination',
    ],
    ['ModifyVpcAttribute', { VpcId: 'vpc-1', EnableDnsSupport: { Value: true } }, 'InvalidVpcID.Malformed'],
    ['DescribeVpcAttribute', { VpcId, Attribute: 'color' }, 'InvalidParameterValue'],
    ['DescribeVpcAttribute', { VpcId }, 'MissingParameter'],
    [
      'DescribeVpcAttribute',
      { VpcId: 'vpc-00000000', Attribute: 'enableDnsSupport' },
      'InvalidVpcID.NotFound',
    ],
    ['ModifyVpcTenancy', { VpcId, InstanceTenancy: 'dedicated' }, 'InvalidParameterValue'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
});

test('tenancy goes to default', () => {
  const account = new Account();
  const VpcId = makeVpc(account, { InstanceTenancy: 'dedicated' });
  account.call('ModifyVpcTenancy', { VpcId, InstanceTenancy: 'default' });
  assert.equal(vpcOf(account, VpcId).tenancy, 'default');
});

test('a VPC goes with what came with it, after everything else', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const users: readonly (readonly [
    make: string,
    input: object,
    undo: string,
    undoInput: (id: string) => object,
  ])[] = [
    ['CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' }, 'DeleteSubnet', (SubnetId) => ({ SubnetId })],
    ['CreateRouteTable', { VpcId }, 'DeleteRouteTable', (RouteTableId) => ({ RouteTableId })],
    [
      'CreateSecurityGroup',
      { VpcId, GroupName: 'g', Description: 'd' },
      'DeleteSecurityGroup',
      (GroupId) => ({ GroupId }),
    ],
  ];
  for (const [make, input, undo, undoInput] of users) {
    const made = JSON.stringify(account.call(make, input));
    const id = /"(?:SubnetId|RouteTableId|GroupId)":"([^"]+)"/.exec(made)?.[1] ?? '';
    assert.equal(account.refusal('DeleteVpc', { VpcId }), 'DependencyViolation', make);
    account.call(undo, undoInput(id));
  }
  account.call('DeleteVpc', { VpcId });
  assert.equal(account.refusal('DeleteVpc', { VpcId }), 'InvalidVpcID.NotFound');
  for (const kind of ['routeTable', 'networkAcl', 'securityGroup'] as const)
    assert.equal(account.network[kind].countBy('vpc', VpcId), 0, kind);
});

test('blocks join and leave a VPC, with their routes', () => {
  const account = new Account({ quotas: { ipv4BlocksPerVpc: 2 } });
  const VpcId = makeVpc(account);
  account.call('CreateRouteTable', { VpcId });
  const rows: readonly (readonly [object, string])[] = [
    [{ CidrBlock: '10.0.1.0/24' }, 'InvalidVpc.Range'],
    [{ CidrBlock: '10.0.0.0/16' }, 'InvalidVpc.Range'],
    [{ CidrBlock: '172.16.0.0/16' }, 'InvalidVpc.Range'],
    [{}, 'MissingParameter'],
    [{ CidrBlock: '10.2.0.0/16', AmazonProvidedIpv6CidrBlock: true }, 'InvalidParameterCombination'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('AssociateVpcCidrBlock', { VpcId, ...input }), code);
  const { CidrBlockAssociation } = account.call<AssociateVpcCidrBlockResult>('AssociateVpcCidrBlock', {
    VpcId,
    CidrBlock: '10.2.0.0/16',
  });
  const AssociationId = CidrBlockAssociation?.AssociationId ?? '';
  const localRoutes = () =>
    [...account.network.routeTable.by('vpc', VpcId)].map(({ routes }) => routes.length);
  assert.deepEqual(localRoutes(), [2, 2]);
  assert.equal(
    account.refusal('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.3.0.0/16' }),
    'CidrBlockLimitExceeded',
  );
  account.call('CreateSubnet', { VpcId, CidrBlock: '10.2.0.0/24' });
  assert.equal(account.refusal('DisassociateVpcCidrBlock', { AssociationId }), 'InvalidCidrBlock.InUse');
  const [subnet] = account.network.subnet.by('vpc', VpcId);
  account.call('DeleteSubnet', { SubnetId: subnet?.id });
  account.call('DisassociateVpcCidrBlock', { AssociationId });
  assert.deepEqual(localRoutes(), [1, 1]);
  assert.equal(
    account.refusal('DisassociateVpcCidrBlock', { AssociationId }),
    'InvalidVpcCidrBlockAssociationID.NotFound',
  );
  const primary = vpcOf(account, VpcId).cidrBlocks[0]?.associationId;
  assert.equal(
    account.refusal('DisassociateVpcCidrBlock', { AssociationId: primary }),
    'OperationNotPermitted',
  );
});

test('a block that would swallow a route’s destination does not join', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const [table] = account.network.routeTable.by('mainOf', VpcId);
  const { InternetGateway } = account.call<{ InternetGateway: { InternetGatewayId: string } }>(
    'CreateInternetGateway',
  );
  account.call('AttachInternetGateway', { ...InternetGateway, VpcId });
  const GatewayId = InternetGateway.InternetGatewayId;
  account.call('CreateRoute', { RouteTableId: table?.id, DestinationCidrBlock: '10.2.0.0/24', GatewayId });
  account.call('CreateRoute', { RouteTableId: table?.id, DestinationCidrBlock: '0.0.0.0/0', GatewayId });
  const rows: readonly (readonly [cidr: string, code: string])[] = [
    ['10.2.0.0/23', 'InvalidVpc.Range'],
    ['10.2.0.0/24', 'InvalidVpc.Range'],
    ['10.2.0.0/25', 'ok'],
    ['10.3.0.0/24', 'ok'],
  ];
  for (const [CidrBlock, code] of rows)
    assert.equal(codeOf(account, 'AssociateVpcCidrBlock', { VpcId, CidrBlock }), code, CidrBlock);
});

test('IPv6 opens what nobody touched, and nothing else', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const groupId = (name: string) =>
    account.call<{ GroupId: string }>('CreateSecurityGroup', { VpcId, GroupName: name, Description: 'd' })
      .GroupId;
  const [untouched, closed] = [groupId('untouched'), groupId('closed')];
  const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  account.call('RevokeSecurityGroupEgress', { GroupId: closed, IpPermissions: [everything] });
  account.call('AuthorizeSecurityGroupEgress', { GroupId: closed, IpPermissions: [https] });
  const egress = (id: string) =>
    account.network.securityGroup
      .get(id)
      ?.rules.filter(({ direction }) => direction === 'egress')
      .map(({ peer }) => peer.kind === 'cidr' && peer.cidr);
  account.call('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: true });
  assert.deepEqual(egress(untouched), ['0.0.0.0/0', '::/0']);
  assert.deepEqual(egress(closed), ['0.0.0.0/0']);
  const [acl] = account.network.networkAcl.by('vpc', VpcId);
  assert.deepEqual(
    acl?.entries.map(({ direction, number, cidr }) => `${direction} ${number} ${cidr}`),
    ['ingress 100 0.0.0.0/0', 'ingress 101 ::/0', 'egress 100 0.0.0.0/0', 'egress 101 ::/0'],
  );
});

test('a default ACL opens in the direction that nobody touched', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const [acl] = account.network.networkAcl.by('vpc', VpcId);
  assert.ok(acl);
  account.change(({ transaction }) => {
    const entries = acl.entries.filter(({ direction }) => direction === 'egress');
    transaction.put('networkAcl', { ...acl, entries });
  });
  account.call('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: true });
  assert.deepEqual(
    account.network.networkAcl.get(acl.id)?.entries.map(({ direction, number }) => `${direction} ${number}`),
    ['egress 100', 'egress 101'],
  );
});

test('a default VPC comes back once it is gone', () => {
  const account = new Account();
  assert.equal(account.refusal('CreateDefaultVpc'), 'DefaultVpcAlreadyExists');
  account.change(({ transaction }) => {
    for (const kind of [
      'subnet',
      'internetGateway',
      'vpc',
      'routeTable',
      'networkAcl',
      'securityGroup',
    ] as const)
      for (const { id } of account.network[kind].values()) transaction.remove(kind, id);
  });
  assert.equal(
    account.refusal('CreateDefaultSubnet', { AvailabilityZone: 'us-east-1a' }),
    'DefaultVpcDoesNotExist',
  );
  const made = account.call<CreateVpcResult>('CreateDefaultVpc').Vpc;
  assert.equal(made?.IsDefault, true);
  assert.equal(made?.CidrBlock, '172.31.0.0/16');
  assert.equal(account.network.subnet.countBy('vpc', made?.VpcId ?? ''), 6);
});

test('pages of VPCs', () => {
  const account = new Account({ quotas: { vpcsPerRegion: 20 } });
  for (let index = 0; index < 6; index++) makeVpc(account);
  const first = account.call<DescribeVpcsResult>('DescribeVpcs', { MaxResults: 5 });
  assert.equal(first.Vpcs?.length, 5);
  const second = account.call<DescribeVpcsResult>('DescribeVpcs', {
    MaxResults: 5,
    NextToken: first.NextToken,
  });
  assert.equal(second.Vpcs?.length, 2);
  assert.equal(second.NextToken, undefined);
  assert.equal(account.refusal('DescribeVpcs', { MaxResults: 4 }), 'InvalidParameterValue');
});
