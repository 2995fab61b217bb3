import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idPrefixes } from '#vpc/ids.ts';
import { isScalar, membersOf, type ServiceModel, shapeOf, type TypeName } from '#wire/model.ts';
import { inputShapeOf } from '#wire/operation.ts';
import { Account } from '../../tests/support/account.ts';
import { type IdForm, idFormOf } from './ec2/request-ids.ts';
import { needsOf } from './ec2/request-needs.ts';
import { Refusal } from './refusal.ts';
import { services } from './services.ts';

const unknown = (prefix: string) => `${prefix}-0123456789abcdef0`;

test('what is missing comes before what is malformed, and that before everything else', () => {
  const account = new Account();
  const [VpcId, CidrBlock] = [account.defaultVpcId, '172.31.200.0/24'];
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['CreateSubnet', { CidrBlock: 'x' }, 'MissingParameter'],
    ['CreateSubnet', { VpcId: '', CidrBlock: 'x' }, 'MissingParameter'],
    ['CreateSubnet', { VpcId: 'x', CidrBlock: 'x' }, 'InvalidVpcID.Malformed'],
    ['CreateSubnet', { VpcId: unknown('vpc'), CidrBlock: 'x' }, 'InvalidParameterValue'],
    ['CreateSubnet', { VpcId: unknown('vpc'), CidrBlock }, 'InvalidVpcID.NotFound'],
    ['CreateSubnet', { VpcId, CidrBlock, DryRun: true }, 'DryRunOperation'],
    // An optional id that is empty is not there.
    ['CreateSecurityGroup', { GroupName: 'g', Description: 'd', VpcId: '', DryRun: true }, 'DryRunOperation'],
    ['DescribeVpcs', { VpcIds: [], DryRun: true }, 'DryRunOperation'],
    ['DescribeVpcs', { VpcIds: [''], DryRun: true }, 'InvalidVpcID.Malformed'],
    ['TerminateInstances', { InstanceIds: [] }, 'MissingParameter'],
    ['AttachInternetGateway', { InternetGatewayId: 'x' }, 'MissingParameter'],
    ['ModifySecurityGroupRules', { GroupId: 'x', SecurityGroupRules: [{}] }, 'MissingParameter'],
    [
      'RunInstances',
      {
        ...{ ImageId: unknown('ami'), MinCount: 1, MaxCount: 1 },
        ...{ SubnetId: unknown('subnet'), SecurityGroupIds: ['sg-1'] },
      },
      'InvalidGroupId.Malformed',
    ],
    ['AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId, DryRun: true }, 'DryRunOperation'],
    ['AssociateDhcpOptions', { DhcpOptionsId: 'x', VpcId }, 'InvalidDhcpOptionsId.Malformed'],
    ['CreateTags', { Resources: [unknown('vpc'), 'vpc-1'], Tags: [{ Key: 'a' }] }, 'InvalidVpcID.Malformed'],
    ['CreateTags', { Resources: [unknown('vpc'), 'x'], Tags: [{ Key: 'a' }] }, 'InvalidID'],
    [
      'CreateNetworkInsightsPath',
      {
        Source: unknown('i'),
        Destination: 'arn:aws:ec2:us-east-1:1:network-interface/eni-1',
        Protocol: 'tcp',
      },
      'InvalidNetworkInterfaceId.Malformed',
    ],
    // Each endpoint is answered by itself.
    ['DeleteVpcEndpoints', { VpcEndpointIds: ['x'], DryRun: true }, 'DryRunOperation'],
  ];
  for (const [action, input, code] of rows)
    assert.equal(account.refusal(action, input), code, `${action} ${JSON.stringify(input)}`);
});

test('a template keeps what it is given, and a launch from it checks that', () => {
  const account = new Account();
  const data = { ImageId: 'ami-1', NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: 'subnet-1' }] };
  account.call('CreateLaunchTemplate', { LaunchTemplateName: 'odd', LaunchTemplateData: data });
  const launch = { LaunchTemplate: { LaunchTemplateName: 'odd' }, MinCount: 1, MaxCount: 1 };
  assert.equal(account.refusal('RunInstances', launch), 'InvalidAMIID.Malformed');
  const image = { ...launch, ImageId: unknown('ami') };
  assert.equal(account.refusal('RunInstances', image), 'InvalidSubnetID.Malformed');
  const interfaces = [{ DeviceIndex: 0, SubnetId: unknown('subnet') }];
  const both = { ...image, NetworkInterfaces: interfaces };
  assert.equal(account.refusal('RunInstances', both), 'InvalidSubnetID.NotFound');
});

type Place = { readonly path: readonly string[]; readonly shape: string; readonly list: boolean };

const isList = (model: ServiceModel, type: TypeName) =>
  !isScalar(type) && shapeOf(model, type).kind === 'list';
const elementOf = (model: ServiceModel, type: TypeName): TypeName => {
  const shape = isScalar(type) ? undefined : shapeOf(model, type);
  return shape?.kind === 'list' ? shape.of : type;
};

/** Every text in an input, by the members that lead to it. */
function placesOf(model: ServiceModel, type: TypeName, above: readonly string[] = []): readonly Place[] {
  const struct = shapeOf(model, type);
  if (struct.kind !== 'struct') return [];
  return membersOf(struct, model.protocol).flatMap(({ name, type: held }) => {
    const path = [...above, name];
    const element = elementOf(model, held);
    if (element === 'string') return [{ path, shape: type, list: isList(model, held) }];
    return isScalar(element) ? [] : placesOf(model, element, path);
  });
}

/** An input of this type with everything required, and what is given at a path. */
function inputWith(
  model: ServiceModel,
  type: TypeName,
  [first, ...rest]: readonly string[],
  given: unknown,
): object {
  const struct = shapeOf(model, type);
  assert.equal(struct.kind, 'struct');
  if (struct.kind !== 'struct') return {};
  const entries = membersOf(struct, model.protocol).flatMap(({ name, type: held, required }) => {
    if (name !== first && !required) return [];
    const element = elementOf(model, held);
    const value = isScalar(element)
      ? name === first
        ? given
        : fillerOf(type, name, element)
      : inputWith(model, element, name === first ? rest : [], given);
    return [[name, isList(model, held) ? [value] : value]];
  });
  return Object.fromEntries(entries) as object;
}

function fillerOf(shape: TypeName, member: string, type: TypeName): unknown {
  const form = type === 'string' ? idFormOf(shape, member) : undefined;
  return form ? unknownId(form) : fillers[type];
}

const fillers: Readonly<Record<string, unknown>> = {
  string: 'x',
  integer: 1,
  boolean: true,
  blob: new Uint8Array(1),
};

function codeOf(form: IdForm, text: string): string | undefined {
  try {
    form(text);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.code;
  }
}

/** An id of the right form of something that nobody has. */
function unknownId(form: IdForm): string {
  const known = Object.values(idPrefixes).map(unknown);
  const fits = (id: string) => codeOf(form, id) === undefined && codeOf(form, `${id}0`) !== undefined;
  return known.find(fits) ?? assert.fail('a form that no id has');
}

const actions = Object.keys(services['ec2'] ?? {});
const inputs = actions.flatMap((action) => {
  const taken = inputShapeOf('ec2', action);
  return taken ? [{ action, ...taken, places: placesOf(taken.model, taken.shape) }] : [];
});

test('a malformed id is told before an unknown one, in every parameter of every operation', () => {
  const account = new Account();
  let tried = 0;
  for (const { action, model, shape, places } of inputs) {
    const ids = places.flatMap((place) => {
      const form = idFormOf(place.shape, place.path.at(-1) ?? '');
      return form ? [{ ...place, form }] : [];
    });
    const others = Object.fromEntries(
      ids
        .filter(({ path }) => path.length === 1)
        .map(({ path, list, form }) => [path[0], list ? [unknownId(form)] : unknownId(form)]),
    ) as object;
    for (const { path, form } of ids) {
      const [first = ''] = path;
      const malformed = `${unknownId(form)}0`;
      const input = inputWith(model, shape, path, malformed) as Readonly<Record<string, unknown>>;
      const whole = { ...needed(action, shape, model), ...input, ...others, [first]: input[first] };
      const code = account.refusal(action, whole);
      assert.equal(code, codeOf(form, malformed), `${action} ${path.join('.')}`);
      tried++;
    }
  }
  assert.ok(tried >= 241, `${tried} parameters`);
});

test('what an operation needs besides is missed before a malformed id', () => {
  const account = new Account();
  let tried = 0;
  for (const { action, model, shape, places } of inputs) {
    const needs = needsOf(action);
    const ids = places.filter(({ path, shape: of }) => path.length === 1 && idFormOf(of, path[0] ?? ''));
    const malformed = Object.fromEntries(ids.map(({ path, list }) => [path[0], list ? ['x'] : 'x']));
    for (const need of needs) {
      const all = { ...inputWith(model, shape, [], undefined), ...malformed };
      const without = { ...all, ...Object.fromEntries(need.map((name) => [name, undefined])) };
      assert.equal(account.refusal(action, without), 'MissingParameter', `${action} ${need}`);
      const struct = shapeOf(model, shape);
      const names = struct.kind === 'struct' ? membersOf(struct, model.protocol).map(({ name }) => name) : [];
      for (const name of need) assert.ok(names.includes(name), `${action} has no ${name}`);
      tried++;
    }
  }
  assert.ok(tried >= 10, `${tried} needs`);
});

/** Something for each of an operation's needs. */
function needed(action: string, shape: TypeName, model: ServiceModel): object {
  const first = needsOf(action).map(([name]) => name);
  const struct = shapeOf(model, shape);
  const members = struct.kind === 'struct' ? membersOf(struct, model.protocol) : [];
  return Object.fromEntries(
    members
      .filter(({ name }) => first.includes(name))
      .map(({ name, type }) => [name, isScalar(type) ? fillerOf(shape, name, type) : {}]),
  );
}

/** Members that are called ids and hold none of a form that anybody knows here. */
const formless = [
  // Accounts, zones, categories of metrics.
  /(Owner|User|UserId)Ids?$|^UserId$|^(AvailabilityZone|Zone|MetricCategory)Ids?$/,
  // Of other services, or of kinds that no account has here: `strangers.ts`, `target.ts`.
  /^(KmsKey|Ipv[46]IpamPool|IpamPool|Host|CapacityReservation|CarrierGateway|LocalGateway|Kernel|Ram[dD]isk)Id$/,
  /^SecondarySubnetId$/,
  /^VpnGatewayIds$/,
  // Internet gateways and virtual private gateways alike, with one code of their own.
  /^GatewayId$/,
];

test('no parameter that looks like an id is forgotten', () => {
  const forgotten = inputs.flatMap(({ action, places }) =>
    places
      .filter(({ path, shape }) => {
        const member = path.at(-1) ?? '';
        const isKept = path.includes('LaunchTemplateData') || `${shape}.${member}` === 'Placement.GroupId';
        return (
          /Ids?$/.test(member) &&
          !isKept &&
          !['DeleteVpcEndpoints', 'ModifyInstanceCreditSpecification'].includes(action) &&
          !idFormOf(shape, member) &&
          !formless.some((pattern) => pattern.test(member))
        );
      })
      .map(({ path }) => `${action} ${path.join('.')}`),
  );
  assert.deepEqual(forgotten, []);
});
