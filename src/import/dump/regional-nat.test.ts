/** Regional NAT gateways as `describe-nat-gateways` shows them, with what the other outputs say of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '#policy/can.ts';
import type { World } from '#vpc/network.ts';
import { allOf, withFiles } from '../../../tests/support/import.ts';
import type { Json } from '../json/fields.ts';
import { readDump } from './read-dump.ts';

const id = (prefix: string, digit: string) => `${prefix}-${digit.repeat(17)}`;
const vpc = { VpcId: id('vpc', 'a') };
const anywhere = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
const zones = ['us-east-1a', 'us-east-1b'];

const subnet = (digit: string, zone: number): Json => ({
  ...vpc,
  SubnetId: id('subnet', digit),
  CidrBlock: `10.0.${zone}.0/24`,
  AvailabilityZone: zones[zone],
  AvailabilityZoneId: `use1-az${zone + 4}`,
});

const host = (digit: string, zone: number): Json => ({
  ...vpc,
  NetworkInterfaceId: id('eni', digit),
  SubnetId: id('subnet', digit),
  InterfaceType: 'interface',
  Status: 'in-use',
  Groups: [{ GroupId: id('sg', 'a') }],
  Attachment: { InstanceId: id('i', digit), AttachmentId: id('eni-attach', digit), DeviceIndex: 0 },
  PrivateIpAddress: `10.0.${zone}.9`,
  PrivateIpAddresses: [{ PrivateIpAddress: `10.0.${zone}.9`, Primary: true }],
});

const address = (digit: string, zone: number, more: Json = {}): Json => ({
  AllocationId: id('eipalloc', digit),
  AssociationId: id('eipassoc', digit),
  PublicIp: `198.18.7.${zone + 1}`,
  AvailabilityZone: zones[zone],
  Status: 'succeeded',
  ...more,
});

const gateway = {
  ...vpc,
  NatGatewayId: id('nat', 'a'),
  State: 'available',
  ConnectivityType: 'public',
  AvailabilityMode: 'regional',
  AutoProvisionZones: 'enabled',
  RouteTableId: id('rtb', 'b'),
  NatGatewayAddresses: [
    address('1', 0),
    // By the id alone, as the other one by the name.
    address('2', 1, { AvailabilityZone: undefined, AvailabilityZoneId: 'use1-az5' }),
    address('3', 1, { Status: 'disassociating', PublicIp: '198.18.7.9' }),
  ],
};

const local = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable' };
const table = (letter: string, routes: readonly Json[], association: Json): Json => ({
  ...vpc,
  RouteTableId: id('rtb', letter),
  Routes: [local, ...routes],
  Associations: [{ RouteTableAssociationId: id('rtbassoc', letter), ...association }],
});
const everywhere = { DestinationCidrBlock: '0.0.0.0/0', Origin: 'CreateRoute' };
const main = table('a', [{ ...everywhere, NatGatewayId: id('nat', 'a') }], { Main: true });
const own = table('b', [{ ...everywhere, GatewayId: id('igw', 'a') }], { GatewayId: id('nat', 'a') });

const files = (tables: readonly Json[]) => ({
  'vpcs.json': { Vpcs: [{ ...vpc, CidrBlock: '10.0.0.0/16' }] },
  'subnets.json': { Subnets: [subnet('1', 0), subnet('2', 1)] },
  'groups.json': {
    SecurityGroups: [
      { ...vpc, GroupId: id('sg', 'a'), GroupName: 'g', IpPermissions: [], IpPermissionsEgress: anywhere },
    ],
  },
  'interfaces.json': { NetworkInterfaces: [host('1', 0), host('2', 1)] },
  'gateways.json': {
    InternetGateways: [{ InternetGatewayId: id('igw', 'a'), Attachments: [{ ...vpc, State: 'available' }] }],
  },
  'nat.json': { NatGateways: [gateway] },
  'addresses.json': {
    Addresses: [
      {
        AllocationId: id('eipalloc', '1'),
        AssociationId: id('eipassoc', '1'),
        PublicIp: '198.18.7.1',
        ServiceManaged: 'rnat',
      },
    ],
  },
  'tables.json': { RouteTables: tables },
});

/** The sources under which both hosts are seen on the internet. */
function sources(world: World): readonly string[] {
  return ['1', '2'].map((digit) => {
    const asked = ask(world, {
      from: id('eni', digit),
      to: '203.0.113.9',
      wanted: { kind: 'tcp', port: 443 },
    });
    const request = asked.kind === 'answered' ? asked.answers[0]?.request : undefined;
    return request?.kind === 'accept'
      ? request.delivery.packet.source
      : (request?.because.kind ?? asked.kind);
  });
}

test('zones by name or id, addresses that are there, and the elastic ones that it holds', () =>
  withFiles(files([main, own]), (folder) => {
    const { world, unknowns, problems } = readDump(folder);
    assert.deepEqual(problems, []);
    assert.deepEqual(sources(world), ['198.18.7.1', '198.18.7.2']);
    const [found] = allOf(world, 'natGateway');
    assert.ok(found?.availability === 'regional');
    assert.deepEqual(
      found.addresses.map(({ zone, zoneId }) => `${zone} ${zoneId}`),
      ['us-east-1a use1-az4', 'us-east-1b use1-az5'],
    );
    assert.deepEqual([found.coverage, found.routeTableId], ['automatic', id('rtb', 'b')]);
    const [elastic] = allOf(world, 'address');
    assert.deepEqual([elastic?.association?.natGatewayId, elastic?.serviceManaged], [found.id, 'rnat']);
    assert.ok(!unknowns.some(({ what }) => what.includes('regional')));
  }));

test('a route table that nothing describes is taken to be as AWS makes it, and that is said', () =>
  withFiles(files([main]), (folder) => {
    const { world, unknowns } = readDump(folder);
    assert.deepEqual(sources(world), ['198.18.7.1', '198.18.7.2']);
    const said = unknowns.find(({ what }) => what.includes('regional'));
    assert.equal(said?.what, `the route tables of the regional NAT gateways ${id('nat', 'a')}`);
  }));
