import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DescribeAddressesResult,
  DescribeInstanceStatusResult,
  DescribeInstancesResult,
  DescribeNetworkInterfacesResult,
  Instance,
  Reservation,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const image = 'ami-0123456789abcdef0';

const run = (account: Account, input: object = {}): Reservation =>
  account.call<Reservation>('RunInstances', { ImageId: image, MinCount: 1, MaxCount: 1, ...input });

const runOne = (account: Account, input: object = {}): Instance =>
  run(account, input).Instances?.[0] ?? assert.fail();

const refusedRun = (account: Account, input: object): string =>
  account.refusal('RunInstances', { ImageId: image, MinCount: 1, MaxCount: 1, ...input });

const show = (account: Account, id: string | undefined): Instance =>
  account.call<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] }).Reservations?.[0]
    ?.Instances?.[0] ?? assert.fail();

const subnetIn = (account: Account, zone: string): string =>
  [...account.network.subnet.values()].find((subnet) => subnet.zone === zone)?.id ?? assert.fail();

test('a plain launch goes into the default subnet with a public address and the default group', () => {
  const account = new Account();
  const launched = runOne(account, {
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
  });
  assert.deepEqual(
    [launched.State, launched.InstanceType, launched.Placement?.AvailabilityZone, launched.Tags],
    [{ Code: 0, Name: 'pending' }, 'm1.small', 'us-east-1a', [{ Key: 'Name', Value: 'web' }]],
  );
  assert.match(launched.InstanceId ?? '', /^i-[0-9a-f]{17}$/);
  account.nowMs += 1000;
  const shown = show(account, launched.InstanceId);
  assert.deepEqual(shown.State, { Code: 16, Name: 'running' });
  assert.equal(shown.PrivateIpAddress, '172.31.0.4');
  assert.equal(shown.PrivateDnsName, 'ip-172-31-0-4.ec2.internal');
  assert.match(shown.PublicIpAddress ?? '', /^198\.1[89]\./);
  assert.equal(
    shown.PublicDnsName,
    `ec2-${shown.PublicIpAddress?.replaceAll('.', '-')}.compute-1.amazonaws.com`,
  );
  assert.deepEqual(
    shown.SecurityGroups?.map(({ GroupName }) => GroupName),
    ['default'],
  );
  assert.equal(shown.NetworkInterfaces?.[0]?.Attachment?.DeleteOnTermination, true);
  assert.equal(shown.BlockDeviceMappings?.[0]?.DeviceName, '/dev/xvda');
});

test('several instances share a reservation, in launch order, whole or not at all', () => {
  const account = new Account({ quotas: { standardVcpusPerRegion: 10_000 } });
  const { ReservationId, Instances = [] } = run(account, { MinCount: 2, MaxCount: 3 });
  assert.deepEqual(
    Instances.map(({ AmiLaunchIndex }) => AmiLaunchIndex),
    [0, 1, 2],
  );
  run(account);
  const { Reservations = [] } = account.call<DescribeInstancesResult>('DescribeInstances');
  assert.deepEqual(Reservations.map(({ Instances: list }) => list?.length).sort(), [1, 3]);
  const same = Reservations.find((each) => each.ReservationId === ReservationId);
  assert.deepEqual(
    same?.Instances?.map(({ InstanceId }) => InstanceId),
    Instances.map(({ InstanceId }) => InstanceId),
  );
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ MinCount: 5000, MaxCount: 5000 }, 'InsufficientFreeAddressesInSubnet'],
    [{ MinCount: 0 }, 'InvalidParameterValue'],
    [{ MinCount: 2, MaxCount: 1 }, 'InvalidParameterValue'],
    [{ MinCount: undefined }, 'MissingParameter'],
    [{ ImageId: undefined }, 'MissingParameter'],
    [{ ImageId: 'ami-1' }, 'InvalidAMIID.Malformed'],
    [{ InstanceType: 'large' }, 'InvalidParameterValue'],
    [{ UserData: '***' }, 'InvalidUserData.Malformed'],
    [{ UserData: Buffer.alloc(16_385).toString('base64') }, 'InvalidParameterValue'],
    [{ MaxCount: 2, PrivateIpAddress: '172.31.0.9' }, 'InvalidParameterCombination'],
    [{ SubnetId: 'subnet-0123456789abcdef0' }, 'InvalidSubnetID.NotFound'],
    [{ SecurityGroups: ['nope'] }, 'InvalidGroup.NotFound'],
    [
      { SecurityGroups: ['default'], SubnetId: subnetIn(account, 'us-east-1a') },
      'InvalidParameterCombination',
    ],
    [{ Placement: { AvailabilityZone: 'us-east-1z' } }, 'InvalidParameterValue'],
    [
      { Placement: { AvailabilityZone: 'us-east-1b' }, SubnetId: subnetIn(account, 'us-east-1a') },
      'InvalidParameterValue',
    ],
    [{ TagSpecifications: [{ ResourceType: 'vpc', Tags: [] }] }, 'InvalidParameterValue'],
    [{ DryRun: true }, 'DryRunOperation'],
  ];
  for (const [input, code] of rows)
    assert.equal(refusedRun(account, input), code, JSON.stringify(input).slice(0, 90));
});

test('as many as the subnet has addresses for, between the counts', () => {
  const account = new Account({ quotas: { interfacesPerRegion: 10_000, standardVcpusPerRegion: 10_000 } });
  assert.equal(run(account, { MinCount: 1, MaxCount: 5000 }).Instances?.length, 4091);
  assert.equal(runOne(account).Placement?.AvailabilityZone, 'us-east-1b', 'the next zone has room');
  assert.equal(
    refusedRun(account, { SubnetId: subnetIn(account, 'us-east-1a') }),
    'InsufficientFreeAddressesInSubnet',
  );
});

test('without a default VPC or subnet a launch must say where', () => {
  const account = new Account();
  account.change(({ transaction }) => {
    for (const subnet of transaction.network.subnet.values()) transaction.remove('subnet', subnet.id);
  });
  assert.equal(refusedRun(account, {}), 'MissingInput');
  account.change(({ transaction }) => transaction.remove('vpc', account.defaultVpcId));
  assert.equal(refusedRun(account, {}), 'VPCIdNotSpecified');
});

test('a subnet that assigns IPv6 addresses does so unless told how many', () => {
  const account = new Account();
  const { Vpc } = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', {
    CidrBlock: '10.0.0.0/16',
    AmazonProvidedIpv6CidrBlock: true,
  });
  const [block] = [...account.network.vpc.values()].flatMap(({ ipv6Blocks }) => ipv6Blocks);
  const { Subnet } = account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
    VpcId: Vpc.VpcId,
    CidrBlock: '10.0.1.0/24',
    Ipv6CidrBlock: block?.cidr.replace('/56', '/64'),
  });
  const { SubnetId } = Subnet;
  account.call('ModifySubnetAttribute', { SubnetId, AssignIpv6AddressOnCreation: { Value: true } });
  const count = (input: object) =>
    runOne(account, { SubnetId, ...input }).NetworkInterfaces?.[0]?.Ipv6Addresses?.length;
  assert.equal(count({}), 1);
  assert.equal(count({ Ipv6AddressCount: 0 }), 0);
  assert.equal(count({ Ipv6AddressCount: 3 }), 3);
});

test('the zone, the group names and the token of a request', () => {
  const account = new Account();
  const launch = {
    Placement: { AvailabilityZone: 'us-east-1c' },
    SecurityGroups: ['default'],
    ClientToken: 'once',
  };
  const first = runOne(account, launch);
  assert.equal(first.Placement?.AvailabilityZone, 'us-east-1c');
  assert.equal(runOne(account, launch).InstanceId, first.InstanceId);
  assert.equal(refusedRun(account, { ...launch, MaxCount: 2 }), 'IdempotentParameterMismatch');
  assert.equal(account.network.instance.size, 1);
});

test('interfaces of a launch: new and existing ones, and what cannot stand together', () => {
  const account = new Account();
  const SubnetId = subnetIn(account, 'us-east-1a');
  const elsewhere = subnetIn(account, 'us-east-1b');
  const { NetworkInterface: eni } = account.call<{ NetworkInterface: { NetworkInterfaceId: string } }>(
    'CreateNetworkInterface',
    { SubnetId },
  );
  const id = eni.NetworkInterfaceId;
  const both = runOne(account, {
    InstanceType: 't3.micro',
    NetworkInterfaces: [
      { DeviceIndex: 1, NetworkInterfaceId: id },
      { DeviceIndex: 0, SubnetId, PrivateIpAddress: '172.31.0.20', SecondaryPrivateIpAddressCount: 1 },
    ],
  });
  assert.deepEqual(
    both.NetworkInterfaces?.map(({ Attachment, PrivateIpAddress }) => [
      Attachment?.DeviceIndex,
      Attachment?.DeleteOnTermination,
      PrivateIpAddress,
    ]),
    [
      [0, true, '172.31.0.20'],
      [1, false, '172.31.0.4'],
    ],
  );
  assert.equal(both.PublicIpAddress, undefined, 'no public address with several interfaces');
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: id }] }, 'InvalidNetworkInterface.InUse'],
    [{ NetworkInterfaces: [{ DeviceIndex: 1, SubnetId }] }, 'InvalidParameterValue'],
    [
      {
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId },
          { DeviceIndex: 0, SubnetId },
        ],
      },
      'InvalidParameterValue',
    ],
    [
      {
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId },
          { DeviceIndex: 1, SubnetId: elsewhere },
        ],
      },
      'InvalidParameterCombination',
    ],
    [
      {
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true },
          { DeviceIndex: 1, SubnetId },
        ],
      },
      'InvalidParameterCombination',
    ],
    [{ SubnetId, NetworkInterfaces: [{ DeviceIndex: 0, SubnetId }] }, 'InvalidParameterCombination'],
    [
      { SecurityGroupIds: ['sg-0123456789abcdef0'], NetworkInterfaces: [{ DeviceIndex: 0, SubnetId }] },
      'InvalidParameterCombination',
    ],
    [
      {
        InstanceType: 't3.micro',
        NetworkInterfaces: [0, 1, 2].map((DeviceIndex) => ({ DeviceIndex, SubnetId })),
      },
      'AttachmentLimitExceeded',
    ],
    [
      {
        InstanceType: 't3.micro',
        NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, SecondaryPrivateIpAddressCount: 2 }],
      },
      'PrivateIpAddressLimitExceeded',
    ],
  ];
  for (const [input, code] of rows)
    assert.equal(refusedRun(account, input), code, JSON.stringify(input).slice(0, 120));
  const hidden = runOne(account, {
    NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: false }],
  });
  assert.equal(hidden.PublicIpAddress, undefined);
});

test('stop and start: states by the clock, packets by the stored state, public addresses given back', () => {
  const account = new Account();
  const { InstanceId: id = '', PublicIpAddress: firstIp } = runOne(account);
  account.nowMs += 1000;
  const stored = () => account.network.instance.get(id)?.state;
  account.call('StopInstances', { InstanceIds: [id] });
  assert.equal(stored(), 'stopped');
  assert.equal(show(account, id).State?.Name, 'stopping');
  assert.equal(account.refusal('StartInstances', { InstanceIds: [id] }), 'IncorrectInstanceState');
  account.nowMs += 999;
  assert.equal(show(account, id).State?.Name, 'stopping');
  account.nowMs += 1;
  const stopped = show(account, id);
  assert.deepEqual(
    [stopped.State?.Name, stopped.StateTransitionReason, stopped.PublicIpAddress],
    ['stopped', 'User initiated (2026-01-01 00:00:01 GMT)', undefined],
  );
  account.call('StartInstances', { InstanceIds: [id] });
  assert.equal(stored(), 'running');
  const started = show(account, id);
  assert.equal(started.State?.Name, 'pending');
  assert.notEqual(started.PublicIpAddress, undefined);
  assert.notEqual(started.PublicIpAddress, firstIp);
  assert.equal(started.PrivateIpAddress, '172.31.0.4', 'private addresses stay');
});

test('termination: protection, what is deleted, and an hour of visibility', () => {
  const account = new Account();
  const SubnetId = subnetIn(account, 'us-east-1a');
  const { InstanceId: id = '' } = runOne(account, {
    DisableApiTermination: true,
    InstanceType: 't3.micro',
    NetworkInterfaces: [
      { DeviceIndex: 0, SubnetId },
      { DeviceIndex: 1, SubnetId, DeleteOnTermination: false },
    ],
  });
  assert.equal(account.refusal('TerminateInstances', { InstanceIds: [id] }), 'OperationNotPermitted');
  account.call('ModifyInstanceAttribute', { InstanceId: id, DisableApiTermination: { Value: false } });
  const { TerminatingInstances: [change] = [] } = account.call<TerminateInstancesResult>(
    'TerminateInstances',
    { InstanceIds: [id] },
  );
  assert.deepEqual([change?.PreviousState?.Name, change?.CurrentState?.Name], ['pending', 'shutting-down']);
  const left = account.call<DescribeNetworkInterfacesResult>('DescribeNetworkInterfaces').NetworkInterfaces;
  assert.deepEqual(
    left?.map(({ Status }) => Status),
    ['available'],
  );
  assert.equal(account.network.volume.size, 0);
  account.nowMs += 3_599_999;
  const gone = show(account, id);
  assert.deepEqual(
    [gone.State?.Name, gone.VpcId, gone.NetworkInterfaces, gone.SecurityGroups],
    ['terminated', undefined, [], []],
  );
  assert.equal(account.refusal('StartInstances', { InstanceIds: [id] }), 'IncorrectInstanceState');
  account.nowMs += 1;
  assert.equal(account.refusal('DescribeInstances', { InstanceIds: [id] }), 'InvalidInstanceID.NotFound');
  assert.deepEqual(account.call<DescribeInstancesResult>('DescribeInstances').Reservations, []);
  run(account);
  assert.equal(account.network.instance.has(id), false);
});

test('attributes: groups on the only interface, type and user data while stopped', () => {
  const account = new Account();
  const { InstanceId } = runOne(account, { UserData: 'aGVsbG8=' });
  const [group] = account.network.securityGroup.values();
  account.nowMs += 1000;
  const modify = (input: object) => {
    const outcome = account.attempt('ModifyInstanceAttribute', { InstanceId, ...input });
    return outcome.kind === 'ok' ? 'ok' : outcome.code;
  };
  assert.equal(modify({ Groups: [group?.id] }), 'ok');
  assert.equal(modify({ Groups: ['sg-0123456789abcdef0'] }), 'InvalidGroup.NotFound');
  assert.equal(modify({ SourceDestCheck: { Value: false } }), 'ok');
  assert.equal(modify({ Attribute: 'disableApiStop', Value: 'true' }), 'ok');
  assert.equal(modify({ InstanceType: { Value: 't3.nano' } }), 'IncorrectInstanceState');
  assert.equal(modify({ UserData: { Value: Buffer.from('bye') } }), 'IncorrectInstanceState');
  assert.equal(modify({}), 'MissingParameter');
  assert.equal(modify({ Attribute: 'colour', Value: 'red' }), 'InvalidParameterValue');
  assert.equal(
    modify({ Groups: [group?.id], SourceDestCheck: { Value: true } }),
    'InvalidParameterCombination',
  );
  assert.equal(account.refusal('StopInstances', { InstanceIds: [InstanceId] }), 'OperationNotPermitted');
  assert.equal(modify({ DisableApiStop: { Value: false } }), 'ok');
  account.call('StopInstances', { InstanceIds: [InstanceId] });
  account.nowMs += 1000;
  assert.equal(modify({ InstanceType: { Value: 't3.nano' } }), 'ok');
  assert.equal(modify({ UserData: { Value: Buffer.from('bye') } }), 'ok');
  const read = (Attribute: string) => account.call('DescribeInstanceAttribute', { InstanceId, Attribute });
  assert.deepEqual(read('userData'), { InstanceId, UserData: { Value: 'Ynll' } });
  assert.deepEqual(read('instanceType'), { InstanceId, InstanceType: { Value: 't3.nano' } });
  assert.deepEqual(read('sourceDestCheck'), { InstanceId, SourceDestCheck: { Value: false } });
  assert.deepEqual(read('disableApiStop'), { InstanceId, DisableApiStop: { Value: false } });
});

test('filters, pages and status', () => {
  const account = new Account();
  const first = runOne(account, {
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: '1' }] }],
  });
  const second = runOne(account, { Placement: { AvailabilityZone: 'us-east-1b' } });
  account.call('StopInstances', { InstanceIds: [second.InstanceId] });
  account.nowMs += 1000;
  const found = (Name: string, ...Values: string[]) =>
    account
      .call<DescribeInstancesResult>('DescribeInstances', { Filters: [{ Name, Values }] })
      .Reservations?.flatMap(({ Instances }) => Instances ?? [])
      .map(({ InstanceId }) => (InstanceId === first.InstanceId ? 1 : 2));
  const eni = first.NetworkInterfaces?.[0];
  const rows: readonly (readonly [name: string, value: string, found: readonly number[]])[] = [
    ['instance-state-name', 'stopped', [2]],
    ['instance-state-code', '16', [1]],
    ['availability-zone', 'us-east-1?', [1, 2]],
    ['ip-address', first.PublicIpAddress ?? '', [1]],
    ['private-ip-address', first.PrivateIpAddress ?? '', [1]],
    ['instance.group-id', eni?.Groups?.[0]?.GroupId ?? '', [1, 2]],
    ['instance.group-name', 'default', [1, 2]],
    ['network-interface.network-interface-id', eni?.NetworkInterfaceId ?? '', [1]],
    ['network-interface.addresses.association.public-ip', first.PublicIpAddress ?? '', [1]],
    ['subnet-id', first.SubnetId ?? '', [1]],
    ['vpc-id', account.defaultVpcId, [1, 2]],
    ['tag:a', '1', [1]],
    ['tag-key', 'b', []],
    ['block-device-mapping.volume-id', first.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? '', [1]],
  ];
  for (const [name, value, expected] of rows) assert.deepEqual(found(name, value), expected, name);
  assert.equal(
    account.refusal('DescribeInstances', { InstanceIds: [first.InstanceId], MaxResults: 5 }),
    'InvalidParameterCombination',
  );
  const statuses = (input: object) =>
    account
      .call<DescribeInstanceStatusResult>('DescribeInstanceStatus', input)
      .InstanceStatuses?.map(({ InstanceStatus, InstanceState }) => [
        InstanceState?.Name,
        InstanceStatus?.Status,
      ]);
  assert.deepEqual(statuses({}), [['running', 'ok']]);
  assert.deepEqual(statuses({ IncludeAllInstances: true }), [
    ['running', 'ok'],
    ['stopped', 'not-applicable'],
  ]);
});

test('an interface is attached to a second device and detached; the primary one stays', () => {
  const account = new Account();
  const instance = runOne(account, { InstanceType: 't3.micro' });
  const InstanceId = instance.InstanceId;
  const { NetworkInterface: eni } = account.call<{ NetworkInterface: { NetworkInterfaceId: string } }>(
    'CreateNetworkInterface',
    { SubnetId: instance.SubnetId },
  );
  const NetworkInterfaceId = eni.NetworkInterfaceId;
  const attach = (DeviceIndex: number) =>
    account.refusal('AttachNetworkInterface', { InstanceId, NetworkInterfaceId, DeviceIndex });
  assert.equal(attach(0), 'InvalidParameterValue');
  assert.equal(attach(2), 'InvalidParameterValue');
  const { AttachmentId } = account.call<{ AttachmentId: string }>('AttachNetworkInterface', {
    InstanceId,
    NetworkInterfaceId,
    DeviceIndex: 1,
  });
  assert.equal(attach(1), 'InvalidNetworkInterface.InUse');
  assert.equal(account.refusal('DeleteNetworkInterface', { NetworkInterfaceId }), 'InvalidParameterValue');
  assert.equal(
    account.refusal('ModifyInstanceAttribute', { InstanceId, SourceDestCheck: { Value: false } }),
    'InvalidInstanceID',
  );
  account.call('DetachNetworkInterface', { AttachmentId });
  assert.equal(account.refusal('DetachNetworkInterface', { AttachmentId }), 'InvalidAttachmentID.NotFound');
  assert.equal(
    account.refusal('DetachNetworkInterface', {
      AttachmentId: instance.NetworkInterfaces?.[0]?.Attachment?.AttachmentId,
    }),
    'OperationNotPermitted',
  );
  const other = runOne(account, { Placement: { AvailabilityZone: 'us-east-1b' } });
  assert.equal(
    account.refusal('AttachNetworkInterface', {
      InstanceId: other.InstanceId,
      NetworkInterfaceId,
      DeviceIndex: 1,
    }),
    'InvalidParameterCombination',
  );
});

test('elastic addresses: associate, move, give back the launch address, release', () => {
  const account = new Account();
  const [a, b] = [runOne(account), runOne(account)];
  const allocate = () =>
    account.call<{ AllocationId: string; PublicIp: string }>('AllocateAddress', { Domain: 'vpc' });
  const eip = allocate();
  const ipOf = (instance: Instance) => show(account, instance.InstanceId).PublicIpAddress;
  account.call('AssociateAddress', { AllocationId: eip.AllocationId, InstanceId: a.InstanceId });
  assert.equal(ipOf(a), eip.PublicIp);
  assert.equal(
    account.network.eni.countBy('publicIp', a.PublicIpAddress ?? ''),
    0,
    'the launch address is free',
  );
  assert.equal(
    account.refusal('AssociateAddress', {
      AllocationId: eip.AllocationId,
      InstanceId: b.InstanceId,
      AllowReassociation: false,
    }),
    'Resource.AlreadyAssociated',
  );
  account.call('AssociateAddress', { AllocationId: eip.AllocationId, InstanceId: b.InstanceId });
  assert.equal(ipOf(b), eip.PublicIp);
  assert.notEqual(ipOf(a), undefined, 'a gets a public address again');
  const { Addresses: [shown] = [] } = account.call<DescribeAddressesResult>('DescribeAddresses', {
    PublicIps: [eip.PublicIp],
  });
  assert.equal(shown?.InstanceId, b.InstanceId);
  account.call('DisassociateAddress', { AssociationId: shown?.AssociationId });
  assert.equal(
    account.refusal('DisassociateAddress', { AssociationId: shown?.AssociationId }),
    'InvalidAssociationID.NotFound',
  );
  account.call('ReleaseAddress', { AllocationId: eip.AllocationId });
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    [
      'AssociateAddress',
      { AllocationId: eip.AllocationId, InstanceId: a.InstanceId },
      'InvalidAllocationID.NotFound',
    ],
    ['AssociateAddress', { PublicIp: eip.PublicIp, InstanceId: a.InstanceId }, 'AuthFailure'],
    ['AssociateAddress', { InstanceId: a.InstanceId }, 'MissingParameter'],
    ['ReleaseAddress', { PublicIp: eip.PublicIp }, 'InvalidParameterCombination'],
    ['DescribeAddresses', { PublicIps: [eip.PublicIp] }, 'InvalidAddress.NotFound'],
    ['AllocateAddress', { Address: '203.0.113.1' }, 'InvalidParameterValue'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
  for (let count = 0; count < 5; count++) allocate();
  assert.equal(account.refusal('AllocateAddress', {}), 'AddressLimitExceeded');
});

test('an elastic address needs an internet gateway, and is released only when free outside the default VPC', () => {
  const account = new Account();
  const { Vpc } = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const { Subnet } = account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
    VpcId: Vpc.VpcId,
    CidrBlock: '10.0.1.0/24',
  });
  const { AllocationId } = account.call<{ AllocationId: string }>('AllocateAddress', {});
  const { InstanceId, PublicIpAddress } = runOne(account, { SubnetId: Subnet.SubnetId });
  assert.equal(PublicIpAddress, undefined);
  assert.equal(account.refusal('AssociateAddress', { AllocationId, InstanceId }), 'Gateway.NotAttached');
  const { InternetGateway } = account.call<{ InternetGateway: { InternetGatewayId: string } }>(
    'CreateInternetGateway',
    {},
  );
  account.call('AttachInternetGateway', {
    InternetGatewayId: InternetGateway.InternetGatewayId,
    VpcId: Vpc.VpcId,
  });
  account.call('AssociateAddress', { AllocationId, InstanceId });
  assert.equal(account.refusal('ReleaseAddress', { AllocationId }), 'InvalidIPAddress.InUse');
  account.call('TerminateInstances', { InstanceIds: [InstanceId] });
  account.call('ReleaseAddress', { AllocationId });
});
