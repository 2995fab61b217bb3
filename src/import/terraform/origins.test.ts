/** What references lead to. The lists of references are those that Terraform prints for the expression in the name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configured, expressions, type Planned, planJson } from '../../../tests/support/plan.ts';
import type { Json } from '../json/fields.ts';
import { originOf } from './origins.ts';
import { readPlan } from './plan.ts';
import { References } from './references.ts';

type Refs = readonly string[];
type Row = readonly [
  expression: string,
  /** In the instances of `aws_instance.x` that stand in `at`. */
  references: Refs,
  expected: string | undefined,
  more?: { readonly at?: string; readonly forEach?: Json },
];

const planned: Planned = {
  'aws_subnet.one': {},
  'aws_subnet.old': { id: 'subnet-1' },
  'aws_subnet.n[0]': {},
  'aws_subnet.n[1]': {},
  'aws_subnet.k["a"]': {},
  'aws_subnet.k["b"]': {},
  'aws_subnet.k["x.y"]': {},
  'aws_subnet.single[0]': {},
  'aws_security_group.g': {},
  'random_id.r': { result: '?' },
  'aws_route_table_association.t': { subnet_id: '?' },
  'data.aws_subnet.d': { id: 'subnet-2' },
  'aws_instance.x': { subnet_id: '?' },
  'aws_instance.x[0]': { subnet_id: '?' },
  'aws_instance.x[1]': { subnet_id: '?' },
  'aws_instance.x[2]': { subnet_id: '?' },
  'aws_instance.x["a"]': { subnet_id: '?' },
  'aws_instance.x["b"]': { subnet_id: '?' },
  'module.net["p"].aws_subnet.s': {},
  'module.net["q"].aws_subnet.s': {},
  'module.net["p"].module.deep.aws_subnet.u[0]': {},
  'module.net["q"].module.deep.aws_subnet.u[0]': {},
};

function configurationWith(references: Refs, forEach: Json | undefined): Json {
  const x = configured(
    'aws_instance.x',
    { subnet_id: references },
    forEach ? { for_each_expression: forEach } : {},
  );
  const refer = (...made: string[]) => ({ expression: { references: made } });
  const deep = {
    resources: [configured('aws_subnet.u', {})],
    outputs: { ids: refer('aws_subnet.u') },
  };
  const net = {
    resources: [configured('aws_subnet.s', {})],
    module_calls: { deep: { module: deep } },
    outputs: {
      subnet_id: refer('aws_subnet.s.id', 'aws_subnet.s'),
      subnet: refer('aws_subnet.s'),
      deep_ids: refer('module.deep.ids', 'module.deep'),
    },
  };
  return {
    root_module: {
      resources: [
        ...Object.keys(planned)
          .filter((address) => !address.startsWith('module.') && !address.includes('.x'))
          .map((address) => address.replace(/\[.*/, ''))
          .map((address) =>
            configured(
              address,
              address.endsWith('.t') ? { subnet_id: ['aws_subnet.one.id', 'aws_subnet.one'] } : {},
            ),
          ),
        x,
      ],
      module_calls: { net: { module: net, for_each_expression: { constant_value: { p: 1, q: 2 } } } },
      variables: { chosen: {}, preset: { default: 'b' }, flag: { default: true }, places: {} },
    },
  };
}

const variables = {
  chosen: { value: 'b' },
  places: { value: { a: { subnet: 'b' }, b: { subnet: 'a' } } },
};

function singleFor(references: Refs, at: string, forEach?: Json): string | undefined {
  const plan = readPlan(planJson(planned, configurationWith(references, forEach), { variables }));
  const resource = plan.after.find(({ address }) => address === at);
  assert.ok(resource, at);
  return originOf(new References(plan, plan.after), resource, 'subnet_id').single?.of.address;
}

const rows: readonly Row[] = [
  ['aws_subnet.one.id', ['aws_subnet.one.id', 'aws_subnet.one'], 'aws_subnet.one'],
  ['data.aws_subnet.d.id', ['data.aws_subnet.d.id', 'data.aws_subnet.d'], 'data.aws_subnet.d'],
  ['aws_subnet.n[1].id', ['aws_subnet.n[1].id', 'aws_subnet.n[1]', 'aws_subnet.n'], 'aws_subnet.n[1]'],
  [
    'aws_subnet.k["x.y"].id',
    ['aws_subnet.k["x.y"].id', 'aws_subnet.k["x.y"]', 'aws_subnet.k'],
    'aws_subnet.k["x.y"]',
  ],
  ['one(aws_subnet.single[*].id)', ['aws_subnet.single'], 'aws_subnet.single[0]'],
  ['one(aws_subnet.n[*].id)', ['aws_subnet.n'], undefined],
  // Without count.index nothing says that it is the one of the same number.
  ['aws_subnet.n[*].id of an instance with count', ['aws_subnet.n'], undefined, { at: 'aws_instance.x[1]' }],
  [
    'aws_subnet.n[count.index].id',
    ['aws_subnet.n', 'count.index'],
    'aws_subnet.n[1]',
    { at: 'aws_instance.x[1]' },
  ],
  [
    'element(aws_subnet.n, count.index).id past the end',
    ['aws_subnet.n', 'count.index'],
    undefined,
    { at: 'aws_instance.x[2]' },
  ],
  [
    'aws_subnet.k[each.key].id',
    ['aws_subnet.k', 'each.key'],
    'aws_subnet.k["b"]',
    { at: 'aws_instance.x["b"]' },
  ],
  [
    'each.value.id over resources',
    ['each.value.id', 'each.value'],
    'aws_subnet.k["b"]',
    { at: 'aws_instance.x["b"]', forEach: { references: ['aws_subnet.k'] } },
  ],
  [
    'each.value over one id',
    ['each.value'],
    'aws_subnet.one',
    { at: 'aws_instance.x["b"]', forEach: { references: ['aws_subnet.one.id', 'aws_subnet.one'] } },
  ],
  [
    'each.value over two ids',
    ['each.value'],
    undefined,
    {
      at: 'aws_instance.x["b"]',
      forEach: { references: ['aws_subnet.one.id', 'aws_subnet.one', 'aws_subnet.single[0].id'] },
    },
  ],
  [
    'aws_subnet.k[each.value.subnet].id, constants',
    ['aws_subnet.k', 'each.value.subnet', 'each.value'],
    'aws_subnet.k["b"]',
    { at: 'aws_instance.x["a"]', forEach: { constant_value: { a: { subnet: 'b' } } } },
  ],
  [
    'aws_subnet.k[each.value.subnet].id, a variable',
    ['aws_subnet.k', 'each.value.subnet', 'each.value'],
    'aws_subnet.k["a"]',
    { at: 'aws_instance.x["b"]', forEach: { references: ['var.places'] } },
  ],
  [
    'aws_subnet.k[each.value.subnet].id, a local',
    ['aws_subnet.k', 'each.value.subnet', 'each.value'],
    undefined,
    { at: 'aws_instance.x["b"]', forEach: { references: ['local.places'] } },
  ],
  [
    'aws_subnet.k[each.value].id over a set',
    ['aws_subnet.k', 'each.value'],
    'aws_subnet.k["b"]',
    { at: 'aws_instance.x["b"]' },
  ],
  ['aws_subnet.k[var.chosen].id', ['aws_subnet.k', 'var.chosen'], 'aws_subnet.k["b"]'],
  ['aws_subnet.k[var.preset].id', ['aws_subnet.k', 'var.preset'], 'aws_subnet.k["b"]'],
  [
    'var.flag ? aws_subnet.one.id : null',
    ['var.flag', 'aws_subnet.one.id', 'aws_subnet.one'],
    'aws_subnet.one',
  ],
  // It is not the one that is known, or the attribute would be known.
  [
    'var.flag ? aws_subnet.one.id : aws_subnet.old.id',
    ['var.flag', 'aws_subnet.one.id', 'aws_subnet.one', 'aws_subnet.old.id', 'aws_subnet.old'],
    'aws_subnet.one',
  ],
  [
    'random_id.r.result ? aws_subnet.one.id : aws_subnet.old.id',
    ['random_id.r.result', 'random_id.r', 'aws_subnet.one.id', 'aws_subnet.old.id'],
    undefined,
  ],
  [
    'aws_route_table_association.t.subnet_id',
    ['aws_route_table_association.t.subnet_id', 'aws_route_table_association.t'],
    'aws_subnet.one',
  ],
  [
    'aws_security_group.g.id in place of a subnet',
    ['aws_security_group.g.id', 'aws_security_group.g'],
    undefined,
  ],
  ['random_id.r.result', ['random_id.r.result', 'random_id.r'], undefined],
  [
    'module.net["q"].subnet_id',
    ['module.net["q"].subnet_id', 'module.net["q"]', 'module.net'],
    'module.net["q"].aws_subnet.s',
  ],
  [
    'module.net["q"].subnet.id',
    ['module.net["q"].subnet.id', 'module.net["q"].subnet', 'module.net["q"]', 'module.net'],
    'module.net["q"].aws_subnet.s',
  ],
  [
    'module.net["p"].deep_ids[0]',
    ['module.net["p"].deep_ids[0]', 'module.net["p"].deep_ids', 'module.net["p"]'],
    'module.net["p"].module.deep.aws_subnet.u[0]',
  ],
  // Which output it is, a plan does not tell, and two of them are ids of subnets.
  ['module.net[each.key].subnet_id', ['module.net', 'each.key'], undefined, { at: 'aws_instance.x["a"]' }],
  // Nothing else that is new can be it only if there were one subnet.
  ['local.subnet_id among many', ['local.subnet_id'], undefined],
];

for (const [expression, references, expected, { at = 'aws_instance.x', forEach } = {}] of rows) {
  test(expression, () => assert.equal(singleFor(references, at, forEach), expected));
}

test('inputs of modules, of a call with for_each, two deep', () => {
  const inner = {
    resources: [configured('aws_instance.i', { subnet_id: ['var.ids', 'count.index'] })],
    variables: { ids: {} },
  };
  const outer = {
    module_calls: {
      in: { module: inner, expressions: expressions({ ids: ['var.network.ids', 'var.network'] }) },
    },
    variables: { network: {} },
  };
  const root = {
    resources: [configured('aws_subnet.n', {}), configured('aws_subnet.m', {})],
    module_calls: {
      out: {
        module: outer,
        for_each_expression: { references: ['aws_subnet.n'] },
        expressions: expressions({ network: ['each.value.id', 'each.value'] }),
      },
      all: { module: outer, expressions: expressions({ network: ['aws_subnet.m'] }) },
    },
  };
  const instance = (path: string) => `${path}.module.in.aws_instance.i`;
  const wanted = { 'module.out["b"]': 'aws_subnet.n["b"]', 'module.out["a"]': 'aws_subnet.n["a"]' };
  const addresses = [...Object.keys(wanted).map(instance), `${instance('module.all')}[1]`];
  const plan = readPlan(
    planJson(
      {
        'aws_subnet.n["a"]': {},
        'aws_subnet.n["b"]': {},
        'aws_subnet.m[0]': {},
        'aws_subnet.m[1]': {},
        ...Object.fromEntries(addresses.map((address) => [address, { subnet_id: '?' }])),
      },
      { root_module: root },
    ),
  );
  const references = new References(plan, plan.after);
  const found = plan.after
    .filter(({ type }) => type === 'aws_instance')
    .map((each) => [each.moduleInstance, originOf(references, each, 'subnet_id').single?.of.address]);
  assert.deepEqual(Object.fromEntries(found), {
    'module.out["a"].module.in': 'aws_subnet.n["a"]',
    'module.out["b"].module.in': 'aws_subnet.n["b"]',
    'module.all.module.in': 'aws_subnet.m[1]',
  });
});

test('locals: the only new one of its kind in the module, else anything', () => {
  const rowsOfLocals: readonly (readonly [
    others: Planned,
    configuration: readonly Json[],
    expected: string | undefined,
  ])[] = [
    [{}, [], 'aws_vpc.v'],
    [{ 'aws_vpc.known': { id: 'vpc-1' } }, [], 'aws_vpc.v'],
    [{ 'aws_vpc.w': {} }, [], undefined],
    [{ 'aws_security_group.g': {} }, [], 'aws_vpc.v'],
    // Of another module it is only what the module is given.
    [{ 'module.m.aws_vpc.w': {} }, [], 'aws_vpc.v'],
  ];
  for (const [others, more, expected] of rowsOfLocals) {
    const resources = [configured('aws_subnet.s', { vpc_id: ['local.vpc_id'] }), ...more];
    const made = planJson(
      { 'aws_vpc.v': {}, 'aws_subnet.s': { vpc_id: '?' }, ...others },
      { root_module: { resources } },
    );
    const plan = readPlan(made);
    const subnet = plan.after.find(({ type }) => type === 'aws_subnet');
    assert.ok(subnet);
    const origin = originOf(new References(plan, plan.after), subnet, 'vpc_id');
    assert.deepEqual(
      [origin.single?.of.address, origin.inferredFrom],
      [expected, expected && 'local.vpc_id'],
    );
  }
});
