/** Plans as Terraform makes them: regions of providers, and resources that are replaced, moved, taken in or let go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveEndpoint } from '#policy/endpoint.ts';
import { allOf, rulesOf } from '../../../tests/support/import.ts';
import { configured, planJson } from '../../../tests/support/plan.ts';
import type { Json } from '../json/fields.ts';
import { planOf } from './read-plan.ts';

const provider = (region: Json, more: Json = {}): Json => ({ name: 'aws', expressions: { region }, ...more });

test('the region of each resource is that of its provider, by aliases and variables', () => {
  const rows: readonly (readonly [key: string, scope: string])[] = [
    ['aws', '123456789012/eu-west-1'],
    ['aws.west', '123456789012/us-west-2'],
    ['aws.given', '123456789012/ap-southeast-2'],
    ['aws.other', '444455556666/eu-west-1'],
    ['module.m:aws', '123456789012/eu-north-1'],
    // Handed to the module by its caller: the key names no configuration.
    ['module.n:aws', '123456789012/eu-west-1'],
    ['module.n:aws.west', '123456789012/us-west-2'],
  ];
  const role = { constant_value: 'arn:aws:iam::444455556666:role/deploy' };
  const providers = {
    aws: provider({ constant_value: 'eu-west-1' }),
    'aws.west': provider({ constant_value: 'us-west-2' }, { alias: 'west' }),
    'aws.given': provider({ references: ['var.region'] }, { alias: 'given' }),
    'aws.other': {
      ...provider({ constant_value: 'eu-west-1' }, { alias: 'other' }),
      expressions: { region: { constant_value: 'eu-west-1' }, assume_role: [{ role_arn: role }] },
    },
    'module.m:aws': provider({ constant_value: 'eu-north-1' }, { module_address: 'module.m' }),
  };
  for (const [provider_config_key, scope] of rows) {
    const resources = [configured('aws_vpc.v', {}, { provider_config_key })];
    const configuration = { provider_config: providers, root_module: { resources } };
    const variables = { region: { value: 'ap-southeast-2' } };
    const { after } = planOf(
      planJson({ 'aws_vpc.v': { cidr_block: '10.0.0.0/16' } }, configuration, { variables }),
      'plan.json',
    );
    assert.deepEqual([...after.keys()], [scope], provider_config_key);
  }
});

const vpc = {
  id: 'vpc-1',
  cidr_block: '10.0.0.0/16',
  owner_id: '111122223333',
  arn: 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1',
};
const group = (id: string): Json => ({ id, name: 'g', vpc_id: 'vpc-1', ingress: [], egress: [] });
const rule = (from: number, groupId?: string): Json => ({
  type: 'ingress',
  protocol: 'tcp',
  from_port: from,
  to_port: from,
  cidr_blocks: ['192.0.2.0/24'],
  ...(groupId === undefined ? {} : { security_group_id: groupId }),
});
const resource = (address: string, values: Json): Json => {
  const [type, name] = address.split('.');
  return { address, mode: 'managed', type, name, values };
};
const module = (...resources: readonly Json[]): Json => ({ values: { root_module: { resources } } });
const change = (address: string, actions: readonly string[], more: Json = {}): Json => ({
  address,
  change: { actions, after_unknown: {}, ...more },
});

/** The rules of the one group after the plan, and its id. */
function afterOf(plan: Json): readonly [id: string | undefined, rules: readonly string[]] {
  const { after } = planOf({ format_version: '1.2', ...plan }, 'plan.json');
  return [allOf(after, 'securityGroup').find(({ name }) => name === 'g')?.id, rulesOf(after, 'g')];
}

const configuration: Json = {
  root_module: {
    resources: [
      configured('aws_security_group.g', {}),
      configured(
        'aws_security_group_rule.r',
        {
          security_group_id: ['aws_security_group.g.id', 'aws_security_group.g'],
        },
        { depends_on: ['aws_security_group.other', 'aws_vpc.v'] },
      ),
    ],
  },
};
const planned = (...resources: readonly Json[]): Json => ({ root_module: { resources } });
const theRule = 'ingress 6 22-22 192.0.2.0/24';

test('replaced resources: what refers to them follows the new one, whatever is left of the old', () => {
  const { id: _, ...fresh } = group('');
  const plan = {
    prior_state: module(
      resource('aws_vpc.v', vpc),
      resource('aws_security_group.g', group('sg-old')),
      resource('aws_security_group_rule.r', rule(22, 'sg-old')),
    ),
    planned_values: planned(
      resource('aws_vpc.v', vpc),
      resource('aws_security_group.g', fresh),
      resource('aws_security_group_rule.r', rule(22)),
    ),
    resource_changes: [
      change('aws_security_group.g', ['delete', 'create'], { after_unknown: { id: true } }),
      change('aws_security_group_rule.r', ['delete', 'create'], {
        after_unknown: { security_group_id: true },
      }),
      { ...change('aws_security_group_rule.r', ['delete']), deposed: '0a1b2c3d' },
    ],
    configuration,
  };
  const [id, rules] = afterOf(plan);
  assert.ok(id !== undefined && id !== 'sg-old' && id.startsWith('sg-'));
  assert.deepEqual(rules, [theRule]);
});

test('resources that go, stay without Terraform, move, and are taken in', () => {
  const before = [resource('aws_vpc.v', vpc), resource('aws_security_group.g', group('sg-1'))];
  const [r, moved] = ['r', 'moved'].map((name) =>
    resource(`aws_security_group_rule.${name}`, rule(22, 'sg-1')),
  );
  assert.ok(r && moved);
  const rows: readonly (readonly [
    prior: readonly Json[],
    after: readonly Json[],
    changes: readonly Json[],
    rules: readonly string[],
  ])[] = [
    [[r], [], [change('aws_security_group_rule.r', ['delete'])], []],
    [[r], [], [change('aws_security_group_rule.r', ['forget'])], [theRule]],
    [
      [r],
      [moved],
      [
        {
          ...change('aws_security_group_rule.moved', ['no-op']),
          previous_address: 'aws_security_group_rule.r',
        },
      ],
      [theRule],
    ],
    [
      [r],
      [r],
      [change('aws_security_group_rule.r', ['no-op'], { importing: { id: 'sg-1_ingress' } })],
      [theRule],
    ],
    [
      [],
      [r],
      [change('aws_security_group_rule.r', ['no-op'], { importing: { id: 'sg-1_ingress' } })],
      [theRule],
    ],
  ];
  for (const [prior, left, resource_changes, rules] of rows) {
    const plan = {
      prior_state: module(...before, ...prior),
      planned_values: planned(...before, ...left),
      resource_changes,
      configuration,
    };
    assert.deepEqual(afterOf(plan), ['sg-1', rules]);
  }
});

test('what an id could be is said with the address', () => {
  const choices = [
    'aws_security_group.a.id',
    'aws_security_group.a',
    'aws_security_group.b.id',
    'aws_security_group.b',
  ];
  const [a, b, r] = ['aws_security_group.a', 'aws_security_group.b', 'aws_security_group_rule.r'];
  const made = planJson(
    {
      'aws_vpc.v': { cidr_block: '10.0.0.0/16' },
      'aws_subnet.s': { cidr_block: '10.0.0.0/24', vpc_id: '?' },
      'aws_security_group.a': { name: 'a', vpc_id: '?' },
      'aws_security_group.b': { name: 'b', vpc_id: '?' },
      'aws_security_group_rule.r': { ...rule(22), security_group_id: '?' },
    },
    {
      root_module: {
        resources: [
          configured('aws_subnet.s', { vpc_id: ['local.vpc_id'] }),
          ...[a, b].map((each) => configured(String(each), { vpc_id: ['aws_vpc.v.id', 'aws_vpc.v'] })),
          configured(String(r), { security_group_id: choices }),
        ],
      },
    },
  );
  const { after, unknowns } = planOf(made, 'plan.json');
  const [subnet] = allOf(after, 'subnet');
  const said = new Map(unknowns.map(({ what, effect }) => [what, effect]));
  assert.equal(
    said.get(`${r}: security_group_id is known only after the apply`),
    'the rule could be in any group and is left out',
  );
  assert.match(
    said.get('aws_subnet.s: vpc_id is made from local.vpc_id') ?? '',
    /aws_vpc\.v is all it can be/,
  );
  assert.equal(subnet?.vpcId, allOf(after, 'vpc')[0]?.id);
});

test('an instance that takes another’s place is compared with that one, where it stands in the same subnet', () => {
  const subnet = (id: string, cidr_block: string): Json => ({ id, cidr_block, vpc_id: 'vpc-1' });
  const former: Json = {
    id: 'i-0000000000000000a',
    subnet_id: 'subnet-1',
    vpc_security_group_ids: ['sg-1'],
    private_ip: '10.0.1.10',
    primary_network_interface_id: 'eni-0000000000000000a',
  };
  const network: readonly Json[] = [
    resource('aws_vpc.v', vpc),
    resource('aws_subnet.s', subnet('subnet-1', '10.0.1.0/24')),
    resource('aws_subnet.t', subnet('subnet-2', '10.0.2.0/24')),
    resource('aws_security_group.g', group('sg-1')),
  ];
  const rows: readonly (readonly [actions: readonly string[], subnet: string, expected: RegExp])[] = [
    [['delete', 'create'], 'subnet-1', /^i-0000000000000000a eni-0000000000000000a 10\.0\.1\.10$/],
    [['create', 'delete'], 'subnet-1', /^i-0000000000000000a eni-0000000000000000a 10\.0\.1\.10$/],
    [['delete', 'create'], 'subnet-2', /^i-0000000000000000a eni-0000000000000000a 10\.0\.2\.\d+$/],
    [['create'], 'subnet-1', /^i-[0-9a-f]{17} eni-[0-9a-f]{17} 10\.0\.1\.(?!10$)\d+$/],
  ];
  for (const [actions, subnet_id, expected] of rows) {
    const values = { subnet_id, vpc_security_group_ids: ['sg-1'] };
    const after_unknown = { id: true, private_ip: true, primary_network_interface_id: true };
    const address = 'module.m["x"].aws_instance.i[0]';
    const moved = { ...resource('aws_instance.i', values), address };
    const plan: Json = {
      format_version: '1.2',
      planned_values: {
        root_module: {
          resources: network,
          child_modules: [{ address: 'module.m["x"]', resources: [moved] }],
        },
      },
      resource_changes: [{ address, change: { actions, before: former, after: values, after_unknown } }],
    };
    const { after } = planOf(plan, 'plan.json');
    const [eni] = allOf(after, 'eni');
    assert.match(`${eni?.attachment?.instanceId} ${eni?.id} ${eni?.privateIps[0]?.address}`, expected);
    const asked = resolveEndpoint(after, address);
    assert.ok(asked.kind === 'found' && asked.endpoints[0]?.ip === eni?.privateIps[0]?.address, address);
    assert.equal(resolveEndpoint(after, 'module.m["y"].aws_instance.i[0]').kind, 'unknown');
  }
});
