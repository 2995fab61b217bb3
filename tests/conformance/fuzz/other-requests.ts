/** Random requests of the services beside EC2, bodies in chunks, and requests that are signed, or nearly. */
import { createHash, createHmac } from 'node:crypto';
import type { Random } from '../../support/random.ts';
import { authorization, type Sent } from '../../support/server.ts';

const depthMax = 6;
const names = [
  'LookupAttributes',
  'AttributeKey',
  'AttributeValue',
  'StartTime',
  'EndTime',
  'EventCategory',
  'MaxResults',
  'NextToken',
  '__proto__',
  '',
  'x',
];
const scalars: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  'EventName',
  'Username',
  'CreateVpc',
  'root',
  0,
  1,
  50,
  51,
  -1,
  1.5,
  1e308,
  1_700_000_000,
  '2026-01-01T00:00:00Z',
  '\ud800',
  'ü😀'.repeat(500),
];

function anything(random: Random, depth = 0): unknown {
  const kind = depth > depthMax ? 0 : random.int(4);
  if (kind < 2) return random.pick(scalars);
  const count = random.int(4);
  if (kind === 2) return Array.from({ length: count }, () => anything(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: count }, () => [random.pick(names), anything(random, depth + 1)]),
  );
}

/** A request of CloudTrail, whose members have their own kind or any other. */
function lookup(random: Random): Sent {
  const fits: readonly (readonly [string, () => unknown])[] = [
    ['MaxResults', () => 1 + random.int(60)],
    ['StartTime', () => 1_700_000_000 + random.int(300_000_000)],
    ['EndTime', () => 1_700_000_000 + random.int(300_000_000)],
    [
      'LookupAttributes',
      () => [
        {
          AttributeKey: random.pick([
            'EventName',
            'Username',
            'ResourceName',
            'EventId',
            'ReadOnly',
            'AccessKeyId',
          ]),
          AttributeValue: random.pick(['CreateVpc', 'root', 'false', 'x']),
        },
      ],
    ],
    ['NextToken', () => random.pick(['', 'x', 'eyJ9'])],
  ];
  const members = random
    .some(fits, 0.4)
    .map(([name, value]) => [name, random.chance(0.85) ? value() : anything(random)]);
  const value = random.chance(0.9) ? Object.fromEntries(members) : anything(random);
  const text = JSON.stringify(value);
  return {
    method: 'POST',
    headers: {
      authorization: authorization({ service: 'cloudtrail' }),
      'content-type': `application/x-amz-json-${random.pick(['1.1', '1.1', '1.0', '2'])}`,
      'x-amz-target': random.chance(0.95)
        ? 'CloudTrail_20131101.LookupEvents'
        : random.pick(['.', 'x.LookupEvents', 'CloudTrail_20131101.x']),
    },
    body: random.chance(0.85) ? text : text.slice(0, random.int(text.length + 1)),
  };
}

/** Parameters of AssumeRole, some of them wrong. */
function session(random: Random): string {
  const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
  const fits: readonly (readonly [string, () => unknown])[] = [
    ['RoleArn', () => random.pick(['arn:aws:iam::123456789012:role/a', 'arn:aws:iam::1:role/a', 'x'])],
    ['RoleSessionName', () => random.pick(['night', 'a', 'a b', 'x'.repeat(65)])],
    ['DurationSeconds', () => random.pick([900, 899, 43_200, -1, 'x'])],
    ['Policy', () => random.pick([JSON.stringify(policy), '{', '[]', '{"Version":"2012-10-17"}'])],
    ['Tags.member.1.Key', () => random.pick(['team', '', 'a{'])],
    ['Tags.member.1.Value', () => random.pick(['web', ''])],
    ['TransitiveTagKeys.member.1', () => random.pick(['team', 'none'])],
    ['SourceIdentity', () => random.pick(['erin', 'aws:x', 'a b'])],
    ['MinimumSessionTokenSize', () => random.pick([0, 4096, 4097])],
  ];
  return random
    .some(fits, 0.7)
    .map(([name, value]) => {
      const text = random.chance(0.9) ? value() : anything(random);
      return `&${name}=${encodeURIComponent(String(typeof text === 'string' ? text : JSON.stringify(text)).toWellFormed())}`;
    })
    .join('');
}

function identity(random: Random): Sent {
  const action = random.pick(['GetCallerIdentity', 'AssumeRole', 'AssumeRole', 'x', '']);
  const version = random.pick(['2011-06-15', '2011-06-15', '2016-11-15', 'x']);
  const more = random.pick(['', '&x=y', '&Action=x', '&DryRun=true']);
  const body = `Action=${action}&Version=${version}${more}${action === 'AssumeRole' ? session(random) : ''}`;
  const headers = {
    authorization: authorization({ service: 'sts' }),
    'content-type': 'application/x-www-form-urlencoded',
  };
  return { method: 'POST', headers, body };
}

/** A request of a service beside EC2. */
export function otherRequest(random: Random): Sent {
  return random.chance(0.7) ? lookup(random) : identity(random);
}

/** A request whose body is cut into chunks; now and then wrongly. */
export function inChunks(request: Sent, random: Random): Sent {
  const body = Buffer.from(request.body ?? '');
  const parts: string[] = [];
  for (let at = 0; at < body.length; ) {
    const size = 1 + random.int(body.length - at);
    parts.push(`${size.toString(16)}\r\n${body.toString('latin1', at, at + size)}\r\n`);
    at += size;
  }
  const framed = `${parts.join('')}0\r\n${random.pick(['\r\n', '\r\n', '', 'x-amz-checksum-crc32:AAAAAA==\r\n\r\n'])}`;
  const cut = random.chance(0.8) ? framed : framed.slice(0, random.int(framed.length + 1));
  const wrong = random.chance(0.1);
  const headers = {
    ...request.headers,
    'x-amz-content-sha256': wrong
      ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'
      : 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': random.chance(0.9)
      ? String(body.length)
      : random.pick(['x', '-1', '0', '99999999999999999999']),
  };
  return { ...request, headers, body: Buffer.from(cut, 'latin1') };
}

export type Key = { readonly id: string; readonly secret: string };

/** The request with a signature of the key; mostly the right one. Other headers stay unsigned, as clients may leave them. */
export function signed(request: Sent, { id, secret }: Key, endpoint: string, random: Random): Sent {
  const given = request.headers?.['authorization'];
  const [, region = 'us-east-1', service = 'ec2'] =
    /\/([a-z0-9-]+)\/([a-z0-9]+)\/aws4_request/.exec(given ?? '') ?? [];
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const own: Record<string, string> = { host: new URL(endpoint).host, 'x-amz-date': time };
  for (const [name, value] of Object.entries(request.headers ?? {}))
    if (name.startsWith('x-amz-')) own[name] = value;
  const sorted = Object.keys(own).sort();
  const body = Buffer.from(request.body ?? '');
  const payload = own['x-amz-content-sha256'] ?? sha256(body);
  const canonical = [
    request.method ?? 'GET',
    '/',
    '',
    sorted.map((name) => `${name}:${own[name]?.trim()}\n`).join(''),
    sorted.join(';'),
    payload,
  ];
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical.join('\n'))].join('\n');
  const key = scope.reduce<string | Buffer>(
    (held, part) => createHmac('sha256', held).update(part).digest(),
    `AWS4${secret}`,
  );
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const shown = random.chance(0.95) ? signature : signature.slice(random.int(3)).replace(/^./, 'a');
  const fields = `Credential=${id}/${scope.join('/')}, SignedHeaders=${sorted.join(';')}, Signature=${shown}`;
  const { host: _host, ...sent } = own;
  return {
    ...request,
    headers: { ...request.headers, ...sent, authorization: `AWS4-HMAC-SHA256 ${fields}` },
  };
}
