import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AssignPrivateIpAddressesResult,
  CreateNetworkInterfaceResult,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { newId, type SubnetId, type VpcId } from '#vpc/ids.ts';
import { noTags } from '#vpc/tags.ts';
import { Account } from '../../../../tests/support/account.ts';
import { cidr } from '../../../../tests/support/network.ts';
import { makeSubnet } from '../subnets/make-subnet.ts';
import { makeVpc } from '../vpcs/make-vpc.ts';

type Lab = { account: Account; vpcId: VpcId; subnetId: SubnetId };

/** A VPC 10.0.0.0/16 with IPv6 and one /28 subnet: 11 addresses to give. */
function lab(quotas = {}): Lab {
  const account = new Account({ quotas });
  let made: Omit<Lab, 'account'> | undefined;
  account.change((context) => {
    const vpc = makeVpc(
      {
        cidr: cidr('10.0.0.0/16'),
        ipv6Cidr: cidr('2001:db8:0:100::/56'),
        isDefault: false,
        tenancy: 'default',
        tags: noTags,
      },
      context,
    );
    const subnet = makeSubnet(
      {
        vpcId: vpc.id,
        zone: { name: 'us-east-1a', id: 'use1-az1' },
        cidr: cidr('10.0.1.0/28'),
        ipv6Cidr: cidr('2001:db8:0:101::/64'),
        isDefaultForZone: false,
        tags: noTags,
      },
      context,
    );
    made = { vpcId: vpc.id, subnetId: subnet.id };
  });
  return { account, ...(made ?? assert.fail()) };
}

function groups({ account, vpcId }: Lab, count: number): string[] {
  const ids: string[] = [];
  account.change((context) => {
    for (let index = 0; index < count; index++) {
      const id = newId('securityGroup', context.hex17);
      context.transaction.put('securityGroup', {
        id,
        vpcId,
        name: `g${index}`,
        description: '',
        rules: [],
        tags: noTags,
      });
      ids.push(id);
    }
  });
  return ids;
}

const create = ({ account, subnetId }: Lab, input: object = {}): NetworkInterface =>
  account.call<CreateNetworkInterfaceResult>('CreateNetworkInterface', { SubnetId: subnetId, ...input })
    .NetworkInterface ?? assert.fail();

const addressesOf = (eni: NetworkInterface) =>
  eni.PrivateIpAddresses?.map(({ PrivateIpAddress, Primary }) => `${PrivateIpAddress}${Primary ? '*' : ''}`);

test('an interface gets addresses, the default group and a name of its own', () => {
  const here = lab();
  const eni = create(here, {
    Description: 'front',
    TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'a', Value: '1' }] }],
  });
  assert.match(eni.NetworkInterfaceId ?? '', /^eni-[0-9a-f]{17}$/);
  assert.match(eni.MacAddress ?? '', /^[0-9a-f]2(:[0-9a-f]{2}){5}$/);
  assert.deepEqual(addressesOf(eni), ['10.0.1.4*']);
  assert.deepEqual(
    eni.Groups?.map(({ GroupName }) => GroupName),
    ['default'],
  );
  assert.deepEqual(
    [eni.Status, eni.SourceDestCheck, eni.AvailabilityZone, eni.Description, eni.TagSet],
    ['pending', true, 'us-east-1a', 'front', [{ Key: 'a', Value: '1' }]],
  );
  assert.equal(eni.PrivateDnsName, undefined, 'the VPC gives no host names');
});

test('private addresses: given, counted, and at the edges of the subnet', () => {
  const ok: readonly (readonly [input: object, addresses: readonly string[]])[] = [
    [{ PrivateIpAddress: '10.0.1.14' }, ['10.0.1.14*']],
    [
      { PrivateIpAddress: '10.0.1.10', SecondaryPrivateIpAddressCount: 2 },
      ['10.0.1.10*', '10.0.1.4', '10.0.1.5'],
    ],
    [
      {
        PrivateIpAddresses: [
          { PrivateIpAddress: '10.0.1.7' },
          { PrivateIpAddress: '10.0.1.8', Primary: true },
        ],
      },
      ['10.0.1.8*', '10.0.1.7'],
    ],
    [{ PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.9' }] }, ['10.0.1.9*']],
    [
      { SecondaryPrivateIpAddressCount: 10 },
      Array.from({ length: 11 }, (_, n) => `10.0.1.${n + 4}${n ? '' : '*'}`),
    ],
  ];
  for (const [input, addresses] of ok) assert.deepEqual(addressesOf(create(lab(), input)), addresses);
  const refused: readonly (readonly [input: object, code: string])[] = [
    [{ PrivateIpAddress: '10.0.1.3' }, 'InvalidParameterValue'],
    [{ PrivateIpAddress: '10.0.1.15' }, 'InvalidParameterValue'],
    [{ PrivateIpAddress: '10.0.1.16' }, 'InvalidParameterValue'],
    [{ PrivateIpAddress: '10.0.1.4.' }, 'InvalidParameterValue'],
    [{ PrivateIpAddress: '2001:db8:0:101::9' }, 'InvalidParameterValue'],
    [{ SecondaryPrivateIpAddressCount: 11 }, 'InsufficientFreeAddressesInSubnet'],
    [
      {
        SecondaryPrivateIpAddressCount: 1,
        PrivateIpAddresses: [
          { PrivateIpAddress: '10.0.1.7', Primary: true },
          { PrivateIpAddress: '10.0.1.8' },
        ],
      },
      'InvalidParameterCombination',
    ],
    [
      { PrivateIpAddress: '10.0.1.4', PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.7', Primary: true }] },
      'InvalidParameterCombination',
    ],
    [{ Ipv4PrefixCount: 1 }, 'InsufficientCidrBlocks'],
    [{ SubnetId: undefined }, 'MissingParameter'],
    [{ SubnetId: 'subnet-1' }, 'InvalidSubnetID.Malformed'],
    [{ SubnetId: 'subnet-0123456789abcdef0' }, 'InvalidSubnetID.NotFound'],
  ];
  const here = lab();
  for (const [input, code] of refused)
    assert.equal(
      here.account.refusal('CreateNetworkInterface', { SubnetId: here.subnetId, ...input }),
      code,
      JSON.stringify(input),
    );
  create(here, { PrivateIpAddress: '10.0.1.4' });
  assert.equal(
    here.account.refusal('CreateNetworkInterface', { SubnetId: here.subnetId, PrivateIpAddress: '10.0.1.4' }),
    'InvalidIPAddress.InUse',
  );
});

test('IPv6 addresses: given, counted, refused where the subnet has none', () => {
  const here = lab();
  const ips = (input: object) => create(here, input).Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address);
  assert.deepEqual(ips({}), []);
  assert.equal(ips({ Ipv6AddressCount: 2 })?.length, 2);
  assert.deepEqual(ips({ Ipv6Addresses: [{ Ipv6Address: '2001:DB8:0:101:0:0:0:77' }] }), [
    '2001:db8:0:101::77',
  ]);
  const refuse = (input: object) =>
    here.account.refusal('CreateNetworkInterface', { SubnetId: here.subnetId, ...input });
  assert.equal(refuse({ Ipv6Addresses: [{ Ipv6Address: '2001:db8:0:101::77' }] }), 'InvalidIPAddress.InUse');
  assert.equal(refuse({ Ipv6Addresses: [{ Ipv6Address: '2001:db8:0:102::77' }] }), 'InvalidParameterValue');
  assert.equal(
    refuse({ Ipv6AddressCount: 1, Ipv6Addresses: [{ Ipv6Address: '2001:db8:0:101::78' }] }),
    'InvalidParameterCombination',
  );
  const [plain] = [...here.account.network.subnet.by('vpc', here.account.defaultVpcId)];
  assert.equal(refuse({ SubnetId: plain?.id, Ipv6AddressCount: 1 }), 'InvalidParameterValue');
  assert.equal(
    here.account.attempt('CreateNetworkInterface', { SubnetId: plain?.id, Ipv6AddressCount: 0 }).kind,
    'ok',
  );
});

test('groups: up to the quota, each once, of the same VPC', () => {
  const here = lab();
  const [first = '', ...more] = groups(here, 6);
  const refuse = (Groups: string[]) =>
    here.account.refusal('CreateNetworkInterface', { SubnetId: here.subnetId, Groups });
  assert.equal(create(here, { Groups: [first, ...more.slice(0, 4), first] }).Groups?.length, 5);
  assert.equal(refuse([first, ...more]), 'SecurityGroupsPerInterfaceLimitExceeded');
  assert.equal(refuse(['sg-1']), 'InvalidGroupId.Malformed');
  assert.equal(refuse(['sg-0123456789abcdef0']), 'InvalidGroup.NotFound');
  const [foreign] = here.account.network.securityGroup.by('vpc', here.account.defaultVpcId);
  assert.equal(refuse([foreign?.id ?? '']), 'InvalidParameter');
  const wide = lab({ securityGroupsPerInterface: 20 });
  const many = groups(wide, 17);
  assert.equal(create(wide, { Groups: many.slice(1) }).Groups?.length, 16);
  assert.equal(
    wide.account.refusal('CreateNetworkInterface', { SubnetId: wide.subnetId, Groups: many }),
    'SecurityGroupsPerInterfaceLimitExceeded',
  );
});

test('attributes change one at a time, timeouts within AWS’s bounds', () => {
  const here = lab();
  const { account } = here;
  const id = create(here).NetworkInterfaceId;
  const [group = ''] = groups(here, 1);
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ Description: { Value: 'x' } }, 'ok'],
    [{ Description: { Value: 'x'.repeat(255) } }, 'ok'],
    [{ Description: { Value: 'x'.repeat(256) } }, 'InvalidParameterValue'],
    [{ SourceDestCheck: { Value: false } }, 'ok'],
    [{ Groups: [group] }, 'ok'],
    [{}, 'MissingParameter'],
    [{ Groups: [group], SourceDestCheck: { Value: true } }, 'InvalidParameterCombination'],
    [{ ConnectionTrackingSpecification: { TcpEstablishedTimeout: 60 } }, 'ok'],
    [{ ConnectionTrackingSpecification: { TcpEstablishedTimeout: 59 } }, 'InvalidParameterValue'],
    [{ ConnectionTrackingSpecification: { TcpEstablishedTimeout: 432_000 } }, 'ok'],
    [{ ConnectionTrackingSpecification: { TcpEstablishedTimeout: 432_001 } }, 'InvalidParameterValue'],
    [{ ConnectionTrackingSpecification: { UdpTimeout: 29 } }, 'InvalidParameterValue'],
    [{ ConnectionTrackingSpecification: { UdpTimeout: 61 } }, 'InvalidParameterValue'],
    [{ ConnectionTrackingSpecification: { UdpStreamTimeout: 59 } }, 'InvalidParameterValue'],
    [{ ConnectionTrackingSpecification: { UdpStreamTimeout: 181 } }, 'InvalidParameterValue'],
    [{ ConnectionTrackingSpecification: { UdpTimeout: 30, UdpStreamTimeout: 180 } }, 'ok'],
    [
      { Attachment: { AttachmentId: 'eni-attach-0123456789abcdef0', DeleteOnTermination: true } },
      'InvalidAttachmentID.NotFound',
    ],
  ];
  for (const [input, code] of rows) {
    const outcome = account.attempt('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: id, ...input });
    assert.equal(outcome.kind === 'ok' ? 'ok' : outcome.code, code, JSON.stringify(input).slice(0, 80));
  }
  const [eni] =
    account.call<DescribeNetworkInterfacesResult>('DescribeNetworkInterfaces', {
      NetworkInterfaceIds: [id],
    }).NetworkInterfaces ?? [];
  assert.equal(eni?.Description?.length, 255);
  assert.equal(eni?.SourceDestCheck, false);
  assert.deepEqual(eni?.Groups, [{ GroupId: group, GroupName: 'g0' }]);
  assert.deepEqual(eni?.ConnectionTrackingConfiguration, {
    TcpEstablishedTimeout: 432_000,
    UdpTimeout: 30,
    UdpStreamTimeout: 180,
  });
  account.call('ResetNetworkInterfaceAttribute', { NetworkInterfaceId: id, SourceDestCheck: 'true' });
  const attribute = (Attribute: string) =>
    account.call('DescribeNetworkInterfaceAttribute', { NetworkInterfaceId: id, Attribute });
  assert.deepEqual(attribute('sourceDestCheck'), {
    NetworkInterfaceId: id,
    SourceDestCheck: { Value: true },
  });
  assert.deepEqual(attribute('groupSet'), {
    NetworkInterfaceId: id,
    Groups: [{ GroupId: group, GroupName: 'g0' }],
  });
});

test('secondary addresses are assigned, moved and unassigned; the primary one stays', () => {
  const here = lab();
  const { account } = here;
  const [a, b] = [create(here), create(here)].map(({ NetworkInterfaceId }) => NetworkInterfaceId);
  const assign = (input: object) => account.attempt('AssignPrivateIpAddresses', input);
  const counted = account.call<AssignPrivateIpAddressesResult>('AssignPrivateIpAddresses', {
    NetworkInterfaceId: a,
    SecondaryPrivateIpAddressCount: 1,
  });
  const ip = counted.AssignedPrivateIpAddresses?.[0]?.PrivateIpAddress;
  assert.equal(ip, '10.0.1.6');
  assert.equal(
    account.refusal('AssignPrivateIpAddresses', { NetworkInterfaceId: b, PrivateIpAddresses: [ip] }),
    'InvalidIPAddress.InUse',
  );
  assert.equal(
    assign({ NetworkInterfaceId: b, PrivateIpAddresses: [ip], AllowReassignment: true }).kind,
    'ok',
  );
  assert.equal(
    account.refusal('UnassignPrivateIpAddresses', { NetworkInterfaceId: a, PrivateIpAddresses: [ip] }),
    'InvalidParameterValue',
  );
  assert.equal(
    account.refusal('AssignPrivateIpAddresses', {
      NetworkInterfaceId: b,
      PrivateIpAddresses: ['10.0.1.4'],
      AllowReassignment: true,
    }),
    'InvalidIPAddress.InUse',
  );
  assert.equal(
    account.refusal('UnassignPrivateIpAddresses', {
      NetworkInterfaceId: b,
      PrivateIpAddresses: ['10.0.1.5'],
    }),
    'InvalidParameterValue',
  );
  account.call('UnassignPrivateIpAddresses', { NetworkInterfaceId: b, PrivateIpAddresses: [ip] });
  assert.equal(account.network.eni.countBy('ip', ip ?? ''), 0);
  account.call('AssignIpv6Addresses', { NetworkInterfaceId: a, Ipv6Addresses: ['2001:db8:0:101::9'] });
  account.call('UnassignIpv6Addresses', { NetworkInterfaceId: a, Ipv6Addresses: ['2001:db8:0:101::9'] });
  assert.equal(account.network.eni.countBy('ip', '2001:db8:0:101::9'), 0);
  assert.equal(account.refusal('AssignIpv6Addresses', { NetworkInterfaceId: a }), 'MissingParameter');
});

test('filters and deletion', () => {
  const here = lab();
  const { account } = here;
  const eni = create(here, { PrivateIpAddress: '10.0.1.9', Description: 'nine' });
  create(here, { PrivateIpAddress: '10.0.1.10' });
  const found = (Name: string, ...Values: string[]) =>
    account
      .call<DescribeNetworkInterfacesResult>('DescribeNetworkInterfaces', { Filters: [{ Name, Values }] })
      .NetworkInterfaces?.map(({ PrivateIpAddress }) => PrivateIpAddress);
  const rows: readonly (readonly [name: string, value: string, found: readonly string[]])[] = [
    ['network-interface-id', eni.NetworkInterfaceId ?? '', ['10.0.1.9']],
    ['mac-address', eni.MacAddress ?? '', ['10.0.1.9']],
    ['description', 'n*e', ['10.0.1.9']],
    ['private-ip-address', '10.0.1.10', ['10.0.1.10']],
    ['addresses.private-ip-address', '10.0.1.1?', ['10.0.1.10']],
    ['subnet-id', here.subnetId, ['10.0.1.9', '10.0.1.10']],
    ['vpc-id', here.account.defaultVpcId, []],
    ['status', 'available', ['10.0.1.9', '10.0.1.10']],
    ['group-name', 'default', ['10.0.1.9', '10.0.1.10']],
    ['attachment.status', 'attached', []],
    ['requester-managed', 'true', []],
  ];
  for (const [name, value, expected] of rows) assert.deepEqual(found(name, value), expected, name);
  assert.equal(
    account.refusal('DescribeNetworkInterfaces', { Filters: [{ Name: 'nonsense', Values: ['x'] }] }),
    'InvalidParameterValue',
  );
  account.call('DeleteNetworkInterface', { NetworkInterfaceId: eni.NetworkInterfaceId });
  assert.equal(
    account.refusal('DeleteNetworkInterface', { NetworkInterfaceId: eni.NetworkInterfaceId }),
    'InvalidNetworkInterfaceID.NotFound',
  );
});

test('the same token gives the same interface', () => {
  const here = lab();
  const first = create(here, { ClientToken: 't' });
  assert.equal(create(here, { ClientToken: 't' }).NetworkInterfaceId, first.NetworkInterfaceId);
  assert.equal(
    here.account.refusal('CreateNetworkInterface', {
      SubnetId: here.subnetId,
      ClientToken: 't',
      Description: 'x',
    }),
    'IdempotentParameterMismatch',
  );
});
