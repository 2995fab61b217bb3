import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AllocateAddressResult,
  CreateNatGatewayResult,
  CreateNetworkInterfaceResult,
  DescribeAddressesResult,
  DescribeNatGatewaysResult,
  DescribeRouteTablesResult,
  NatGateway,
  RouteTable,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const zoneA = { AvailabilityZone: 'us-east-1a' };
const zoneB = { AvailabilityZone: 'us-east-1b' };

const subnetIn = (account: Account, zone: string): string =>
  [...account.network.subnet.values()].find((subnet) => subnet.zone === zone)?.id ?? assert.fail(zone);
const allocate = (account: Account): string =>
  account.call<AllocateAddressResult>('AllocateAddress', {}).AllocationId ?? assert.fail();
const interfaceIn = (account: Account, zone: string): string =>
  account.call<CreateNetworkInterfaceResult>('CreateNetworkInterface', { SubnetId: subnetIn(account, zone) })
    .NetworkInterface?.NetworkInterfaceId ?? assert.fail();
const make = (account: Account, input: object = {}): NatGateway =>
  account.call<CreateNatGatewayResult>('CreateNatGateway', {
    AvailabilityMode: 'regional',
    VpcId: account.defaultVpcId,
    ...input,
  }).NatGateway ?? assert.fail();
const shown = (account: Account, id: string | undefined): NatGateway =>
  account.call<DescribeNatGatewaysResult>('DescribeNatGateways', { NatGatewayIds: [id] }).NatGateways?.[0] ??
  assert.fail(id);
const zonesOf = (account: Account, id: string | undefined) =>
  (shown(account, id).NatGatewayAddresses ?? []).map(
    ({ AvailabilityZone, Status }) => `${AvailabilityZone} ${Status}`,
  );
const addressesIn = (account: Account) =>
  account.call<DescribeAddressesResult>('DescribeAddresses', {}).Addresses ?? [];
const tableOf = (account: Account, id: string | undefined): RouteTable =>
  account.call<DescribeRouteTablesResult>('DescribeRouteTables', { RouteTableIds: [id] }).RouteTables?.[0] ??
  assert.fail(id);

test('automatic mode: the gateway follows the interfaces, with addresses of its own', () => {
  const account = new Account();
  interfaceIn(account, 'us-east-1a');
  const made = make(account);
  const id = made.NatGatewayId;
  assert.deepEqual(
    [made.State, made.AvailabilityMode, made.AutoProvisionZones, made.AutoScalingIps, made.SubnetId],
    ['pending', 'regional', 'enabled', 'enabled', undefined],
  );
  assert.deepEqual(zonesOf(account, id), ['us-east-1a associating']);
  account.nowMs += 1000;
  assert.equal(shown(account, id).State, 'available');
  assert.deepEqual(zonesOf(account, id), ['us-east-1a succeeded']);
  const second = interfaceIn(account, 'us-east-1b');
  assert.deepEqual(zonesOf(account, id), ['us-east-1a succeeded', 'us-east-1b associating']);
  assert.deepEqual(
    addressesIn(account).map(({ ServiceManaged, NetworkInterfaceId }) => [
      ServiceManaged,
      NetworkInterfaceId,
    ]),
    [
      ['rnat', undefined],
      ['rnat', undefined],
    ],
  );
  account.nowMs += 1000;
  account.call('DeleteNetworkInterface', { NetworkInterfaceId: second });
  assert.deepEqual(zonesOf(account, id), ['us-east-1a succeeded', 'us-east-1b disassociating']);
  account.nowMs += 1000;
  assert.deepEqual(zonesOf(account, id), ['us-east-1a succeeded']);
  assert.equal(addressesIn(account).length, 1);
});

test('addresses of automatic mode are not the user’s: they take no quota and nobody else may have them', () => {
  const account = new Account();
  interfaceIn(account, 'us-east-1a');
  const { NatGatewayId } = make(account);
  account.nowMs += 1000;
  const [own] = addressesIn(account);
  for (let at = 0; at < 5; at++) allocate(account);
  assert.equal(account.refusal('AllocateAddress', {}), 'AddressLimitExceeded');
  const NetworkInterfaceId = interfaceIn(account, 'us-east-1a');
  const AllocationId = own?.AllocationId;
  const AssociationId = own?.AssociationId;
  const rows: readonly (readonly [string, object, string])[] = [
    ['ReleaseAddress', { AllocationId }, 'InvalidIPAddress.InUse'],
    ['AssociateAddress', { AllocationId, NetworkInterfaceId }, 'AuthFailure'],
    ['DisassociateAddress', { AssociationId }, 'AuthFailure'],
    [
      'AssociateNatGatewayAddress',
      { NatGatewayId, ...zoneA, AllocationIds: [AllocationId] },
      'InvalidParameterCombination',
    ],
    [
      'DisassociateNatGatewayAddress',
      { NatGatewayId, AssociationIds: [AssociationId] },
      'InvalidParameterCombination',
    ],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
});

test('manual mode: zones and addresses are those of requests', () => {
  const account = new Account();
  const [one = '', two = '', three = ''] = [allocate(account), allocate(account), allocate(account)];
  const made = make(account, { AvailabilityZoneAddresses: [{ ...zoneA, AllocationIds: [one] }] });
  const NatGatewayId = made.NatGatewayId;
  assert.deepEqual([made.AutoProvisionZones, made.AutoScalingIps], ['disabled', 'disabled']);
  interfaceIn(account, 'us-east-1b');
  account.nowMs += 1000;
  assert.deepEqual(zonesOf(account, NatGatewayId), ['us-east-1a succeeded']);
  const joined = account.call<NatGateway>('AssociateNatGatewayAddress', {
    NatGatewayId,
    AvailabilityZoneId: shownZoneId(account, 'us-east-1b'),
    AllocationIds: [two, three],
  }).NatGatewayAddresses;
  assert.deepEqual(
    joined?.map(({ AllocationId, AvailabilityZone, Status, PrivateIp }) => [
      AllocationId,
      AvailabilityZone,
      Status,
      PrivateIp,
    ]),
    [
      [two, 'us-east-1b', 'associating', undefined],
      [three, 'us-east-1b', 'associating', undefined],
    ],
  );
  account.nowMs += 1000;
  const left = account.call<NatGateway>('DisassociateNatGatewayAddress', {
    NatGatewayId,
    AssociationIds: [shown(account, NatGatewayId).NatGatewayAddresses?.[0]?.AssociationId],
  }).NatGatewayAddresses;
  assert.deepEqual(
    left?.map(({ AllocationId, Status }) => [AllocationId, Status]),
    [[one, 'disassociating']],
  );
  assert.equal(
    account.refusal('AssociateNatGatewayAddress', { NatGatewayId, ...zoneA, AllocationIds: [one] }),
    'IncorrectState',
  );
  account.nowMs += 1000;
  assert.deepEqual(zonesOf(account, NatGatewayId), ['us-east-1b succeeded', 'us-east-1b succeeded']);
  account.call('ReleaseAddress', { AllocationId: one });
  account.call('DeleteNatGateway', { NatGatewayId });
  account.call('ReleaseAddress', { AllocationId: two });
});

const shownZoneId = (account: Account, zone: string): string =>
  [...account.network.subnet.values()].find((subnet) => subnet.zone === zone)?.zoneId ?? assert.fail(zone);

test('the route table comes and goes with the gateway, and keeps its way out', () => {
  const account = new Account();
  const made = make(account);
  const RouteTableId = made.RouteTableId;
  const table = tableOf(account, RouteTableId);
  const [association] = table.Associations ?? [];
  assert.equal(association?.GatewayId, made.NatGatewayId);
  const out = { DestinationCidrBlock: '0.0.0.0/0' };
  assert.deepEqual(
    table.Routes?.map(({ DestinationCidrBlock, GatewayId, Origin }) => [
      DestinationCidrBlock,
      GatewayId?.slice(0, 4),
      Origin,
    ]),
    [
      ['172.31.0.0/16', 'loca', 'CreateRouteTable'],
      ['0.0.0.0/0', 'igw-', 'CreateRoute'],
    ],
  );
  const SubnetId = subnetIn(account, 'us-east-1a');
  const block = [...account.network.subnet.values()].find(({ id }) => id === SubnetId)?.cidr;
  const NetworkInterfaceId = interfaceIn(account, 'us-east-1a');
  const other = account.call<{ RouteTable: RouteTable }>('CreateRouteTable', { VpcId: account.defaultVpcId });
  const AssociationId = association?.RouteTableAssociationId;
  const rows: readonly (readonly [string, object, string])[] = [
    ['DeleteRouteTable', { RouteTableId }, 'DependencyViolation'],
    ['DisassociateRouteTable', { AssociationId }, 'InvalidParameterValue'],
    [
      'ReplaceRouteTableAssociation',
      { AssociationId, RouteTableId: other.RouteTable.RouteTableId },
      'InvalidParameterValue',
    ],
    ['DeleteRoute', { RouteTableId, ...out }, 'InvalidParameterValue'],
    ['ReplaceRoute', { RouteTableId, ...out, NetworkInterfaceId }, 'InvalidParameterValue'],
    [
      'CreateRoute',
      { RouteTableId, DestinationCidrBlock: '10.1.0.0/16', NatGatewayId: made.NatGatewayId },
      'InvalidParameterValue',
    ],
    [
      'AssociateRouteTable',
      { RouteTableId: other.RouteTable.RouteTableId, GatewayId: made.NatGatewayId },
      'InvalidGatewayID.NotFound',
    ],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
  account.call('CreateRoute', { RouteTableId, DestinationCidrBlock: block, NetworkInterfaceId });
  account.call('DeleteRoute', { RouteTableId, DestinationCidrBlock: block });
  account.call('DeleteNatGateway', { NatGatewayId: made.NatGatewayId });
  assert.equal(
    account.refusal('DescribeRouteTables', { RouteTableIds: [RouteTableId] }),
    'InvalidRouteTableID.NotFound',
  );
  assert.deepEqual(addressesIn(account), []);
});

test('what is refused, and what fails afterwards', () => {
  const account = new Account({ quotas: { elasticIpsPerNatGatewayZone: 1 } });
  const [one, two] = [allocate(account), allocate(account)];
  const zones = (...AvailabilityZoneAddresses: object[]) => ({ AvailabilityZoneAddresses });
  const rows: readonly (readonly [object, string])[] = [
    [{ VpcId: undefined, ConnectivityType: 'public' }, 'MissingParameter'],
    [{ VpcId: 'vpc-00000000' }, 'InvalidVpcID.NotFound'],
    [{ ConnectivityType: 'private' }, 'InvalidParameterCombination'],
    [{ ConnectivityType: 'x' }, 'InvalidParameterValue'],
    [{ AllocationId: one }, 'InvalidParameterCombination'],
    [{ SecondaryAllocationIds: [one] }, 'InvalidParameterCombination'],
    [{ PrivateIpAddress: '10.0.0.9' }, 'InvalidParameterCombination'],
    [{ SecondaryPrivateIpAddresses: ['10.0.0.9'] }, 'InvalidParameterCombination'],
    [{ SecondaryPrivateIpAddressCount: 1 }, 'InvalidParameterCombination'],
    [zones({ AllocationIds: [one] }), 'MissingParameter'],
    [zones(zoneA), 'MissingParameter'],
    [zones({ AvailabilityZone: 'us-east-1z', AllocationIds: [one] }), 'InvalidParameterValue'],
    [
      zones({ ...zoneA, AvailabilityZoneId: 'use1-az1', AllocationIds: [one] }),
      'InvalidParameterCombination',
    ],
    [zones({ ...zoneA, AllocationIds: ['eipalloc-00000000'] }), 'InvalidAllocationID.NotFound'],
    [zones({ ...zoneA, AllocationIds: [one, two] }), 'AddressLimitExceeded'],
    [
      zones({ ...zoneA, AllocationIds: [one] }, { ...zoneB, AllocationIds: [one] }),
      'InvalidParameterCombination',
    ],
    [
      zones({ ...zoneA, AllocationIds: [one] }, { ...zoneA, AllocationIds: [two] }),
      'InvalidParameterCombination',
    ],
  ];
  const base = { AvailabilityMode: 'regional', VpcId: account.defaultVpcId };
  for (const [input, code] of rows)
    assert.equal(account.refusal('CreateNatGateway', { ...base, ...input }), code, JSON.stringify(input));
  const { NatGatewayId } = make(account, zones({ ...zoneA, AllocationIds: [one] }));
  const again = make(account, zones({ ...zoneB, AllocationIds: [one] }));
  const VpcId = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc.VpcId;
  const closed = make(account, { VpcId });
  account.nowMs += 1000;
  for (const [gateway, code] of [
    [again, 'Resource.AlreadyAssociated'],
    [closed, 'Gateway.NotAttached'],
  ] as const) {
    const { State, FailureCode, RouteTableId } = shown(account, gateway.NatGatewayId);
    assert.deepEqual([State, FailureCode, RouteTableId], ['failed', code, undefined]);
  }
  const associate = { NatGatewayId, ...zoneB, AllocationIds: [two] };
  const changes: readonly (readonly [string, object, string])[] = [
    ['AssociateNatGatewayAddress', { ...associate, AvailabilityZone: undefined }, 'MissingParameter'],
    ['AssociateNatGatewayAddress', { ...associate, AvailabilityZone: 'x' }, 'InvalidParameterValue'],
    [
      'AssociateNatGatewayAddress',
      { ...associate, PrivateIpAddresses: ['10.0.0.9'] },
      'InvalidParameterCombination',
    ],
    ['AssociateNatGatewayAddress', { ...associate, AllocationIds: [one] }, 'Resource.AlreadyAssociated'],
    ['AssociateNatGatewayAddress', { ...associate, ...zoneA }, 'AddressLimitExceeded'],
    [
      'AssignPrivateNatGatewayAddress',
      { NatGatewayId, PrivateIpAddressCount: 1 },
      'InvalidParameterCombination',
    ],
    [
      'UnassignPrivateNatGatewayAddress',
      { NatGatewayId, PrivateIpAddresses: ['10.0.0.9'] },
      'InvalidParameterCombination',
    ],
    [
      'DetachInternetGateway',
      { InternetGatewayId: igwOf(account), VpcId: account.defaultVpcId },
      'DependencyViolation',
    ],
  ];
  for (const [action, input, code] of changes)
    assert.equal(account.refusal(action, input), code, `${action} ${JSON.stringify(input)}`);
});

const igwOf = (account: Account): string =>
  [...account.network.internetGateway.values()][0]?.id ?? assert.fail();
