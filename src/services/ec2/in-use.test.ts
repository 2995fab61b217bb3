/** A resource that cannot be deleted says what uses it, so that one knows what to delete first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateSubnetResult, CreateVpcResult, IpPermission } from '@aws-sdk/client-ec2';
import { Account } from '../../../tests/support/account.ts';

/** Calls, and gives the id at the path in the output. */
function made(account: Account, action: string, input: object, ...path: readonly string[]): string {
  let at: unknown = account.call<unknown>(action, input);
  for (const key of path) at = (at as Record<string, unknown>)[key];
  return String(at);
}

test('what is in use names its user', () => {
  const account = new Account();
  const VpcId = account.call<CreateVpcResult>('CreateVpc', { CidrBlock: '10.1.0.0/16' }).Vpc?.VpcId ?? '';
  const subnet = (n: number) =>
    account.call<CreateSubnetResult>('CreateSubnet', { VpcId, CidrBlock: `10.1.${n}.0/24` }).Subnet
      ?.SubnetId ?? '';
  const [bare, ofNat, ofEndpoint, ofInstance] = [subnet(1), subnet(2), subnet(3), subnet(4)];
  const natInput = { SubnetId: ofNat, ConnectivityType: 'private' };
  const nat = made(account, 'CreateNatGateway', natInput, 'NatGateway', 'NatGatewayId');
  const service = { ServiceName: 'com.amazonaws.us-east-1.ssm', VpcEndpointType: 'Interface' };
  const endpointInput = { VpcId, ...service, PrivateDnsEnabled: false, SubnetIds: [ofEndpoint] };
  const endpoint = made(account, 'CreateVpcEndpoint', endpointInput, 'VpcEndpoint', 'VpcEndpointId');
  const launch = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, SubnetId: ofInstance };
  const instance = made(account, 'RunInstances', launch, 'Instances', '0', 'InstanceId');
  const RouteTableId = made(account, 'CreateRouteTable', { VpcId }, 'RouteTable', 'RouteTableId');
  account.call('AssociateRouteTable', { RouteTableId, SubnetId: bare });
  const group = (GroupName: string) =>
    made(account, 'CreateSecurityGroup', { GroupName, Description: 'x', VpcId }, 'GroupId');
  const [used, user] = [group('used'), group('user')];
  const IpPermissions: IpPermission[] = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: used }] }];
  account.call('AuthorizeSecurityGroupIngress', { GroupId: user, IpPermissions });
  const InternetGatewayId = made(
    account,
    'CreateInternetGateway',
    {},
    'InternetGateway',
    'InternetGatewayId',
  );
  account.call('AttachInternetGateway', { InternetGatewayId, VpcId });
  const rows: readonly (readonly [action: string, input: object, named: string])[] = [
    ['DeleteVpc', { VpcId }, 'subnet-'],
    ['DeleteSubnet', { SubnetId: ofNat }, nat],
    ['DeleteSubnet', { SubnetId: ofEndpoint }, endpoint],
    ['DeleteSubnet', { SubnetId: ofInstance }, instance],
    ['DeleteRouteTable', { RouteTableId }, bare],
    ['DeleteSecurityGroup', { GroupId: used }, user],
    ['DeleteInternetGateway', { InternetGatewayId }, VpcId],
  ];
  for (const [action, input, named] of rows) {
    const outcome = account.attempt(action, input);
    assert.ok(outcome.kind === 'refused', action);
    assert.equal(outcome.code, 'DependencyViolation', action);
    assert.ok(outcome.message.includes(named), `${action}: ${outcome.message} does not name ${named}`);
  }
});
