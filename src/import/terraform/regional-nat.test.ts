/** `availability_mode = "regional"`: what a plan tells of such gateways, and what stands in for the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOf } from '../../../tests/support/import.ts';
import { configured, expressions, type Planned, planJson } from '../../../tests/support/plan.ts';
import { planOf } from './read-plan.ts';

const subnet = (letter: string, third: number) => ({
  vpc_id: '?',
  cidr_block: `10.0.${third}.0/24`,
  availability_zone: `us-east-1${letter}`,
});

const planned = (gateway: Planned[string]): Planned => ({
  'aws_vpc.v': { cidr_block: '10.0.0.0/16' },
  'aws_internet_gateway.g': { vpc_id: '?' },
  'aws_subnet.a': subnet('a', 1),
  'aws_subnet.b': subnet('b', 2),
  'aws_eip.one': { public_ip: '198.18.3.1' },
  'aws_eip.two': { public_ip: '198.18.3.2' },
  'aws_nat_gateway.n': { availability_mode: 'regional', vpc_id: '?', ...gateway },
});

const ofVpc = { vpc_id: ['aws_vpc.v.id', 'aws_vpc.v'] };
const zone = (letter: string, eip: string) => ({
  availability_zone: { constant_value: `us-east-1${letter}` },
  allocation_ids: { references: [`aws_eip.${eip}.id`, `aws_eip.${eip}`] },
});
const resources = [
  configured('aws_vpc.v', {}),
  configured('aws_internet_gateway.g', ofVpc),
  configured('aws_subnet.a', ofVpc),
  configured('aws_subnet.b', ofVpc),
  configured('aws_eip.one', {}),
  configured('aws_eip.two', {}),
];

function gatewayIn(gateway: Planned[string], blocks: object = {}) {
  const own = configured('aws_nat_gateway.n', {}, { expressions: { ...expressions(ofVpc), ...blocks } });
  const configuration = { root_module: { resources: [...resources, own] } };
  const { after, unknowns } = planOf(planJson(planned(gateway), configuration), 'plan.json');
  const [found] = allOf(after, 'natGateway');
  assert.ok(found?.availability === 'regional');
  const table = allOf(after, 'routeTable').find(({ id }) => id === found.routeTableId);
  return { found, table, said: unknowns.map(({ what }) => what) };
}

const read = (letter: string, last: number) => ({
  allocation_id: `eipalloc-0000000000000000${last}`,
  association_id: `eipassoc-0000000000000000${last}`,
  availability_zone: `us-east-1${letter}`,
  availability_zone_id: `use1-az${last}`,
  public_ip: `198.18.4.${last}`,
  status: 'succeeded',
});

const rows: readonly (readonly [what: string, ReturnType<typeof gatewayIn>, string, readonly string[]])[] = [
  [
    'addresses by zone that are made too',
    gatewayIn(
      { availability_zone_address: [zoned('a'), zoned('b')], regional_nat_gateway_address: '?' },
      { availability_zone_address: [zone('a', 'one'), zone('b', 'two')] },
    ),
    'manual',
    ['us-east-1a 198.18.3.1', 'us-east-1b 198.18.3.2'],
  ],
  [
    'one that is there',
    gatewayIn({
      auto_provision_zones: 'enabled',
      regional_nat_gateway_address: [read('a', 1), read('b', 2)],
    }),
    'automatic',
    ['us-east-1a 198.18.4.1', 'us-east-1b 198.18.4.2'],
  ],
];

function zoned(letter: string) {
  return { availability_zone: `us-east-1${letter}`, allocation_ids: '?' };
}

for (const [what, { found, table }, coverage, addresses] of rows) {
  test(`a regional NAT gateway: ${what}`, () => {
    assert.equal(found.coverage, coverage);
    assert.deepEqual(
      found.addresses.map(({ zone: name, publicIp }) => `${name} ${publicIp}`),
      addresses,
    );
    assert.deepEqual(
      table?.routes.map(({ target }) => target.kind),
      ['local', 'internetGateway'],
    );
  });
}

test('addresses that AWS will choose: one stands in for each zone with a subnet, and that is said', () => {
  const { found, said } = gatewayIn({ regional_nat_gateway_address: '?', auto_provision_zones: '?' });
  assert.equal(found.coverage, 'automatic');
  assert.deepEqual(found.addresses.map(({ zone: name }) => name).sort(), ['us-east-1a', 'us-east-1b']);
  assert.equal(new Set(found.addresses.map(({ publicIp }) => publicIp)).size, 2);
  assert.ok(said.includes('aws_nat_gateway.n: regional_nat_gateway_address is known only after the apply'));
});
