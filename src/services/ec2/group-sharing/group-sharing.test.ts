import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DescribeSecurityGroupReferencesResult,
  DescribeSecurityGroupVpcAssociationsResult,
  DescribeStaleSecurityGroupsResult,
  GetSecurityGroupsForVpcResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const makeVpc = (account: Account, CidrBlock: string): string =>
  account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock }).Vpc.VpcId;
const makeGroup = (account: Account, VpcId: string, GroupName: string): string =>
  account.call<{ GroupId: string }>('CreateSecurityGroup', { VpcId, GroupName, Description: 'd' }).GroupId;
const makeSubnet = (account: Account, VpcId: string, CidrBlock: string): string =>
  account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', { VpcId, CidrBlock }).Subnet.SubnetId;

test('an associated group is carried in the other VPC, and stays while it is', () => {
  const account = new Account();
  const [home, VpcId] = [makeVpc(account, '10.0.0.0/16'), makeVpc(account, '10.1.0.0/16')];
  const GroupId = makeGroup(account, home, 'shared');
  const SubnetId = makeSubnet(account, VpcId, '10.1.0.0/24');
  const carry = { SubnetId, Groups: [GroupId] };
  assert.equal(account.refusal('CreateNetworkInterface', carry), 'InvalidParameter');
  account.call('AssociateSecurityGroupVpc', { GroupId, VpcId });
  const eni = account.call<{ NetworkInterface: { NetworkInterfaceId: string } }>(
    'CreateNetworkInterface',
    carry,
  );
  const inVpc = account
    .call<GetSecurityGroupsForVpcResult>('GetSecurityGroupsForVpc', { VpcId })
    .SecurityGroupForVpcs?.find((group) => group.GroupId === GroupId);
  assert.equal(inVpc?.PrimaryVpcId, home);
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['AssociateSecurityGroupVpc', { GroupId, VpcId }, 'Resource.AlreadyAssociated'],
    ['DisassociateSecurityGroupVpc', { GroupId, VpcId }, 'DependencyViolation'],
    ['DeleteVpc', { VpcId }, 'DependencyViolation'],
    ['DeleteSecurityGroup', { GroupId }, 'DependencyViolation'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
  account.call('DeleteNetworkInterface', { NetworkInterfaceId: eni.NetworkInterface.NetworkInterfaceId });
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupId }), 'DependencyViolation');
  account.call('DisassociateSecurityGroupVpc', { GroupId, VpcId });
  assert.equal(
    account.refusal('DisassociateSecurityGroupVpc', { GroupId, VpcId }),
    'InvalidAssociationID.NotFound',
  );
  account.call('DeleteSecurityGroup', { GroupId });
});

test('what cannot be associated', () => {
  const account = new Account();
  const [home, VpcId] = [makeVpc(account, '10.0.0.0/16'), makeVpc(account, '10.1.0.0/16')];
  const GroupId = makeGroup(account, home, 'g');
  makeGroup(account, VpcId, 'twin');
  const twin = makeGroup(account, home, 'twin');
  const [defaultGroup] = [...account.network.securityGroup.by('vpc', home)].filter(
    ({ name }) => name === 'default',
  );
  const inDefault = makeGroup(account, account.defaultVpcId, 'd');
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ GroupId }, 'MissingParameter'],
    [{ VpcId }, 'MissingParameter'],
    [{ GroupId: 'sg-00000000', VpcId }, 'InvalidGroup.NotFound'],
    [{ GroupId, VpcId: 'vpc-00000000' }, 'InvalidVpcID.NotFound'],
    [{ GroupId, VpcId: home }, 'Resource.AlreadyAssociated'],
    [{ GroupId, VpcId: account.defaultVpcId }, 'OperationNotPermitted'],
    [{ GroupId: inDefault, VpcId }, 'OperationNotPermitted'],
    [{ GroupId: defaultGroup?.id, VpcId }, 'OperationNotPermitted'],
    [{ GroupId: twin, VpcId }, 'InvalidGroup.Duplicate'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('AssociateSecurityGroupVpc', input), code, JSON.stringify(input));
});

test('filters of associations, both sides', () => {
  const account = new Account();
  const [home, VpcId] = [makeVpc(account, '10.0.0.0/16'), makeVpc(account, '10.1.0.0/16')];
  const GroupId = makeGroup(account, home, 'g');
  account.call('AssociateSecurityGroupVpc', { GroupId, VpcId });
  const count = (Name: string, value: string) =>
    account.call<DescribeSecurityGroupVpcAssociationsResult>('DescribeSecurityGroupVpcAssociations', {
      Filters: [{ Name, Values: [value] }],
    }).SecurityGroupVpcAssociations?.length;
  const rows: readonly (readonly [name: string, yes: string, no: string])[] = [
    ['group-id', GroupId, 'sg-0'],
    ['group-owner-id', '123456789012', '1'],
    ['state', 'associated', 'associating'],
    ['vpc-id', VpcId, home],
    ['vpc-owner-id', '123456789012', '1'],
  ];
  for (const [name, yes, no] of rows) assert.deepEqual([count(name, yes), count(name, no)], [1, 0], name);
});

test('references over a peering go stale with it', () => {
  const account = new Account();
  const [mine, other] = [makeVpc(account, '10.0.0.0/16'), makeVpc(account, '10.1.0.0/16')];
  const pcx = { VpcPeeringConnectionId: '' };
  pcx.VpcPeeringConnectionId = account.call<{ VpcPeeringConnection: typeof pcx }>(
    'CreateVpcPeeringConnection',
    {
      VpcId: mine,
      PeerVpcId: other,
    },
  ).VpcPeeringConnection.VpcPeeringConnectionId;
  account.call('AcceptVpcPeeringConnection', pcx);
  const [group, peer] = [makeGroup(account, mine, 'web'), makeGroup(account, other, 'app')];
  account.call('AuthorizeSecurityGroupIngress', {
    GroupId: group,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: peer }] }],
  });
  const references = (...GroupId: string[]) =>
    account.call<DescribeSecurityGroupReferencesResult>('DescribeSecurityGroupReferences', { GroupId })
      .SecurityGroupReferenceSet;
  assert.deepEqual(references(peer, group), [{ GroupId: peer, ReferencingVpcId: mine, ...pcx }]);
  assert.equal(account.refusal('DescribeSecurityGroupReferences', {}), 'MissingParameter');
  const stale = (VpcId: string) =>
    account.call<DescribeStaleSecurityGroupsResult>('DescribeStaleSecurityGroups', { VpcId })
      .StaleSecurityGroupSet;
  assert.deepEqual(stale(mine), []);
  account.call('DeleteVpcPeeringConnection', pcx);
  const [found] = stale(mine) ?? [];
  assert.equal(found?.GroupId, group);
  assert.deepEqual(found?.StaleIpPermissionsEgress, []);
  const [permission] = found?.StaleIpPermissions ?? [];
  assert.deepEqual([permission?.IpProtocol, permission?.FromPort], ['tcp', 80]);
  assert.deepEqual(permission?.UserIdGroupPairs, [
    { GroupId: peer, UserId: '123456789012', VpcId: other, ...pcx, PeeringStatus: 'deleted' },
  ]);
  assert.deepEqual(stale(other), []);
  assert.equal(
    account.refusal('DescribeStaleSecurityGroups', { VpcId: mine, MaxResults: 4 }),
    'InvalidParameterValue',
  );
});

test('a rule is stale when the group at the other end is deleted', () => {
  const account = new Account();
  const [mine, other] = [makeVpc(account, '10.0.0.0/16'), makeVpc(account, '10.1.0.0/16')];
  const { VpcPeeringConnection } = account.call<{ VpcPeeringConnection: { VpcPeeringConnectionId: string } }>(
    'CreateVpcPeeringConnection',
    { VpcId: mine, PeerVpcId: other },
  );
  account.call('AcceptVpcPeeringConnection', VpcPeeringConnection);
  const [group, peer] = [makeGroup(account, mine, 'web'), makeGroup(account, other, 'app')];
  account.call('AuthorizeSecurityGroupEgress', {
    GroupId: group,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: peer }] }],
  });
  account.call('DeleteSecurityGroup', { GroupId: peer });
  const found = account.call<DescribeStaleSecurityGroupsResult>('DescribeStaleSecurityGroups', {
    VpcId: mine,
  });
  assert.equal(found.StaleSecurityGroupSet?.[0]?.StaleIpPermissionsEgress?.length, 1);
});
