/** Words of refusals by which well-known clients go on, because AWS's code alone says too little. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateNetworkInterfaceResult,
  CreateVpcPeeringConnectionResult,
  CreateVpcResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../tests/support/account.ts';

type Row = readonly [client: string, action: string, input: object, code: string, words: RegExp];

test('clients find the words they look for', () => {
  const account = new Account();
  const VpcId = account.defaultVpcId;
  const [table] = account.network.routeTable.by('vpc', VpcId);
  const [subnet] = account.network.subnet.by('vpc', VpcId);
  const peerVpc = account.call<CreateVpcResult>('CreateVpc', { CidrBlock: '10.9.0.0/16' }).Vpc?.VpcId;
  const peering = account.call<CreateVpcPeeringConnectionResult>('CreateVpcPeeringConnection', {
    VpcId,
    PeerVpcId: peerVpc,
  }).VpcPeeringConnection;
  const gone = { VpcPeeringConnectionId: peering?.VpcPeeringConnectionId };
  account.call('DeleteVpcPeeringConnection', gone);
  const eni = account.call<CreateNetworkInterfaceResult>('CreateNetworkInterface', { SubnetId: subnet?.id });
  const NetworkInterfaceId = eni.NetworkInterface?.NetworkInterfaceId;
  const launch = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
  account.call('RunInstances', { ...launch, NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }] });
  const RouteTableId = table?.id;
  const value = 'InvalidParameterValue';
  const local = { RouteTableId, DestinationCidrBlock: '172.31.0.0/16' };
  const absent = { RouteTableId, DestinationCidrBlock: '10.8.0.0/16', LocalTarget: true };
  const classic = /^The functionality you requested is not available in this region\.$/;
  const rows: readonly Row[] = [
    ['Terraform', 'DeleteRoute', local, value, /cannot remove local route/],
    ['Terraform', 'DeleteVpcPeeringConnection', gone, 'InvalidStateTransition', /to deleting/],
    [
      'cloud-nuke',
      'DeleteNetworkInterface',
      { NetworkInterfaceId },
      value,
      /Network interface .* is currently in use/,
    ],
    ['Ansible', 'DescribeVpcClassicLink', {}, 'UnsupportedOperation', classic],
    ['shell scripts', 'ReplaceRoute', absent, value, /Use CreateRoute instead/],
  ];
  for (const [client, action, input, code, words] of rows) {
    const outcome = account.attempt(action, input);
    assert.ok(outcome.kind === 'refused', `${client}: ${action}`);
    assert.equal(outcome.code, code, `${client}: ${action}`);
    assert.match(outcome.message, words, client);
  }
});
