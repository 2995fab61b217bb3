/** Random requests of EC2: trees of parameters as the model has them, with values that make sense or do not, and messes. */
import { readFileSync } from 'node:fs';
import { isScalar, membersOf, type ServiceModel, shapeOf, type TypeName } from '#wire/model.ts';
import type { Random } from '../../support/random.ts';
import { authorization, type Sent } from '../../support/server.ts';

const model = JSON.parse(
  readFileSync(new URL('../../../src/wire/models/ec2.json', import.meta.url), 'utf8'),
) as ServiceModel;

/** Most of the requests go to actions that are answered. */
export type Actions = { readonly answered: readonly string[]; readonly all: readonly string[] };

export const allActions: readonly string[] = Object.keys(model.operations);

type Pair = readonly [key: string, value: string];
const depthMax = 5;

const texts: readonly string[] = [
  '',
  'a',
  '0',
  '-1',
  'true',
  'tcp',
  'icmpv6',
  'all',
  'allow',
  'vpc',
  'IPv4',
  'us-east-1a',
  't3.micro',
  'web',
  'default',
  '$Latest',
  'ami-0abcdef1234567890',
  '10.0.0.0/16',
  '172.31.200.0/24',
  '172.31.0.9',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::/64',
  '300.1.1.1/99',
  'sg-00000000000000000',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '<&>"\'',
  '\u0000\u0007\u202e',
  '\ud800',
  '😀'.repeat(40),
  'x'.repeat(5000),
];

const numbers: readonly string[] = [
  '0',
  '1',
  '5',
  '22',
  '80',
  '443',
  '-1',
  '65535',
  '65536',
  '2147483648',
  '1e3',
  ' 7',
  'x',
];

/** Part of a parameter's name → what its ids begin with, or values that fit. */
const fitting: readonly (readonly [name: RegExp, prefix: string | readonly string[]])[] = [
  [/Cidr/, ['10.0.0.0/16', '10.0.1.0/24', '172.31.224.0/24', '0.0.0.0/0', '2001:db8::/64', '192.0.2.0/24']],
  [/Protocol/, ['tcp', '6', 'udp', '-1', 'icmp', '58']],
  [/Vpc/, 'vpc-'],
  [/Subnet/, 'subnet-'],
  [/Group/, 'sg-'],
  [/RouteTable/, 'rtb-'],
  [/Acl/, 'acl-'],
  [/NetworkInterface|Eni/, 'eni-'],
  [/Nat/, 'nat-'],
  [/Gateway/, 'igw-'],
  [/Instance/, 'i-'],
  [/Allocation/, 'eipalloc-'],
  [/PrefixList/, 'pl-'],
  [/Volume/, 'vol-'],
  [/Template/, 'lt-'],
  [/Peering/, 'pcx-'],
  [/Image/, 'ami-'],
  [/Zone/, ['us-east-1a', 'us-east-1b']],
];

function fittingValue(key: string, random: Random, ids: readonly string[]): string | undefined {
  const fits = fitting.find(([name]) => name.test(key))?.[1];
  if (fits === undefined) return undefined;
  const from = typeof fits === 'string' ? ids.filter((id) => id.startsWith(fits)) : fits;
  return from.length > 0 ? random.pick(from) : undefined;
}

/** A scalar: mostly of its type, and often the id of something that is there. */
function scalar(type: TypeName, key: string, random: Random, ids: readonly string[]): string {
  if (random.chance(0.05)) return random.pick(texts);
  switch (type) {
    case 'boolean':
      return random.pick(['true', 'false', 'TRUE', '1', 'x']);
    case 'integer':
    case 'double':
      return random.pick(numbers);
    case 'timestamp':
    case 'dateTime':
      return random.pick(['2026-01-01T00:00:00Z', '1700000000', 'yesterday']);
    case 'blob':
      return random.pick(['aGk=', '$$$', 'c3NoLWVkMjU1MTkgQUFBQQ==']);
    default:
      return (
        (random.chance(0.85) ? fittingValue(key, random, ids) : undefined) ??
        (ids.length > 0 && random.chance(0.3) ? random.pick(ids) : random.pick(texts))
      );
  }
}

function* pairsOf(
  type: TypeName,
  key: string,
  random: Random,
  ids: readonly string[],
  depth = 0,
): Iterable<Pair> {
  if (isScalar(type)) {
    yield [key, scalar(type, key, random, ids)];
    return;
  }
  const shape = shapeOf(model, type);
  if (depth > depthMax) return;
  if (shape.kind === 'list') {
    const count = 1 + random.int(3);
    for (let index = 1; index <= count; index++) {
      yield* pairsOf(
        shape.of,
        `${key}.${random.chance(0.03) ? index * 1000 : index}`,
        random,
        ids,
        depth + 1,
      );
    }
    return;
  }
  if (shape.kind === 'map') return;
  const density = random.pick([0.05, 0.15, 0.5]);
  for (const member of membersOf(shape, 'ec2Query')) {
    const wanted = member.name === 'DryRun' ? 0.1 : member.required ? 0.9 : density;
    if (!random.chance(wanted)) continue;
    yield* pairsOf(
      member.type,
      key === '' ? member.queryName : `${key}.${member.queryName}`,
      random,
      ids,
      depth + 1,
    );
  }
}

const form = 'application/x-www-form-urlencoded; charset=utf-8';

/** A request that decodes, or nearly. */
export function treeRequest(actions: Actions, random: Random, ids: readonly string[]): Sent {
  const action = random.chance(0.9) ? random.pick(actions.answered) : random.pick(actions.all);
  const input = model.operations[action]?.[0];
  const pairs = input ? [...pairsOf(input, '', random, ids)] : [];
  const body = [['Action', action], ['Version', '2016-11-15'], ...pairs]
    .map(
      ([key = '', value = '']) =>
        `${encodeURIComponent(key.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
    )
    .join('&');
  return { method: 'POST', headers: { authorization: authorization(), 'content-type': form }, body };
}

const contentTypes = [
  form,
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/x-amz-json-1.1',
  'application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  '',
];

/** A request whose bytes, headers or path are wrong. */
export function messyRequest(actions: Actions, random: Random, ids: readonly string[]): Sent {
  const whole = treeRequest(actions, random, ids);
  const body = damaged(Buffer.from(String(whole.body)), random);
  return {
    method: random.pick(['POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']),
    path: random.pick([
      '/',
      '/',
      '/',
      '/?Action=DescribeVpcs&Version=2016-11-15',
      '//',
      '/%ff',
      '/_rampart/none',
      '/?%',
    ]),
    headers: {
      'content-length': String(body.length),
      authorization: random.pick([
        authorization(),
        authorization(),
        'x',
        'AWS4-HMAC-SHA256 Credential=',
        authorization({ region: 'mars-north-1' }),
      ]),
      'content-type': random.pick(contentTypes),
      ...(random.chance(0.2) ? { 'x-amz-target': random.pick(['AmazonEC2.DescribeVpcs', 'x', '']) } : {}),
    },
    body,
  };
}

function damaged(body: Buffer, random: Random): Buffer {
  switch (random.int(8)) {
    case 0:
      return body.subarray(0, random.int(body.length + 1));
    case 1: {
      const copy = Buffer.from(body);
      for (let left = 1 + random.int(8); left > 0; left--) copy[random.int(copy.length)] = random.int(256);
      return copy;
    }
    case 2:
      return Buffer.concat([body, Buffer.from(`&${'A.'.repeat(2000)}=1`)]);
    case 3:
      return Buffer.concat([body, Buffer.from('&Filter.1.Value.1=x'.repeat(1000))]);
    case 4:
      return Buffer.alloc(1_048_576 + 1 + random.int(1000), 'a');
    case 5:
      return Buffer.from(`{"a":${'['.repeat(20_000)}`);
    case 6:
      return Buffer.concat([
        body,
        Buffer.from('&%&%4&%zz=%ff&=&&Action=CreateVpc&.=1&Filter.0=1&Filter.-1.Name=x'),
      ]);
    default:
      return Buffer.from(body.toString(), 'utf16le');
  }
}
