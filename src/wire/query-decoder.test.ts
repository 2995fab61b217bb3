import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceModel } from './model.ts';
import { readParameters } from './parameters.ts';
import { queryDecoders } from './query-decoder.ts';

const shapes: ServiceModel['shapes'] = {
  Request: {
    kind: 'struct',
    required: 1,
    members: {
      Id: 'string',
      Port: ['integer', 'port'],
      Weight: 'double',
      DryRun: ['boolean', 'dryRun'],
      Since: 'timestamp',
      Key: 'blob',
      Names: ['Names', 'Name'],
      Rules: ['Rules', 'ruleSet', 'Rule'],
      Option: 'Option',
    },
  },
  Names: { kind: 'list', of: 'string', item: 'item' },
  Rules: { kind: 'list', of: 'Rule', item: 'item' },
  Rule: { kind: 'struct', required: 1, members: { Cidr: ['string', 'cidr'], Names: ['Names', 'nameSet'] } },
  Option: { kind: 'struct', members: { Value: ['boolean', 'value'] } },
};
const head = { notice: '', version: '1', xmlNamespace: '', target: '', operations: {}, shapes };

function decode(protocol: 'ec2Query' | 'awsQuery', query: string): unknown {
  const parameters = readParameters([query]);
  if (parameters && 'kind' in parameters) return parameters.code;
  const result = queryDecoders({ ...head, protocol })('Request')(parameters);
  return result.kind === 'input' ? result.input : `${result.code}: ${result.message}`;
}

const ec2Rows: readonly (readonly [string, unknown])[] = [
  ['Id=a', { Id: 'a' }],
  ['Action=X&Version=1&X-Amz-Date=1&x-amz-content-sha256=e&Id=a', { Id: 'a' }],
  ['Id=a&Timestamp=2026-01-01T00%3A00%3A00Z', { Id: 'a' }],
  ['Id=', { Id: '' }],
  ['Id', { Id: '' }],
  ['&&Id=a%20b+c%2B&', { Id: 'a b c+' }],
  ['Id=%C3%BC', { Id: 'ü' }],
  ['Id=a=b', { Id: 'a=b' }],
  // What is missing is for the services to say.
  ['', {}],
  ['Id=a&Id=b', 'InvalidQueryParameter'],
  ['Id=%C3', 'MalformedQueryString'],
  ['Id=%zz', 'MalformedQueryString'],
  ['Id=%', 'MalformedQueryString'],
  ['%FF=a', 'MalformedQueryString'],
  ['Id=a&id=b', 'UnknownParameter: The parameter id is not recognized'],
  ['Id=a&timestamps=b', 'UnknownParameter: The parameter timestamps is not recognized'],
  ['Id=a&Name.1.Action=b', 'UnknownParameter: The parameter Name.1.Action is not recognized'],
  ['Id.1=a', 'UnknownParameter: The parameter Id.1 is not recognized'],
  ['Id=a&Rules.1.Cidr=b', 'UnknownParameter: The parameter Rules is not recognized'],
  ['Id=a&__proto__.x=b', 'UnknownParameter: The parameter __proto__ is not recognized'],
  ['Id=a&constructor=b', 'UnknownParameter: The parameter constructor is not recognized'],
  ['Id=a&.=b', 'UnknownParameter: The parameter  is not recognized'],
  ['Id=a&Port=-1', { Id: 'a', Port: -1 }],
  ['Id=a&Port=0080', { Id: 'a', Port: 80 }],
  ['Id=a&Port=-0', { Id: 'a', Port: 0 }],
  ['Id=a&Port=9007199254740991', { Id: 'a', Port: 9007199254740991 }],
  ['Id=a&Port=9007199254740992', bad('9007199254740992', 'Port', 'integer')],
  ['Id=a&Port=', bad('', 'Port', 'integer')],
  ['Id=a&Port=1.0', bad('1.0', 'Port', 'integer')],
  ['Id=a&Port=1e3', bad('1e3', 'Port', 'integer')],
  ['Id=a&Port=0x10', bad('0x10', 'Port', 'integer')],
  ['Id=a&Port=%201', bad(' 1', 'Port', 'integer')],
  ['Id=a&Port=1%0A', bad('1\n', 'Port', 'integer')],
  ['Id=a&Port=NaN', bad('NaN', 'Port', 'integer')],
  ['Id=a&Weight=1.5e2', { Id: 'a', Weight: 150 }],
  ['Id=a&Weight=1e999', bad('1e999', 'Weight', 'double')],
  ['Id=a&Weight=.5', bad('.5', 'Weight', 'double')],
  ['Id=a&DryRun=true', { Id: 'a', DryRun: true }],
  ['Id=a&DryRun=False', { Id: 'a', DryRun: false }],
  ['Id=a&DryRun=1', bad('1', 'DryRun', 'boolean')],
  ['Id=a&DryRun=', bad('', 'DryRun', 'boolean')],
  ['Id=a&Since=2024-02-29T12%3A00%3A00Z', { Id: 'a', Since: new Date(Date.UTC(2024, 1, 29, 12)) }],
  ['Id=a&Since=2023-02-29T12%3A00%3A00Z', bad('2023-02-29T12:00:00Z', 'Since', 'timestamp')],
  ['Id=a&Since=now', bad('now', 'Since', 'timestamp')],
  ['Id=a&Key=AAEC', { Id: 'a', Key: Uint8Array.of(0, 1, 2) }],
  ['Id=a&Key=AAE', bad('AAE', 'Key', 'blob')],
  ['Id=a&Name.1=x&Name.2=y', { Id: 'a', Names: ['x', 'y'] }],
  ['Id=a&Name.2=y&Name.1=x', { Id: 'a', Names: ['x', 'y'] }],
  ['Id=a&Name=', { Id: 'a', Names: [] }],
  ['Id=a&Name=x', 'UnknownParameter: The parameter Name is not recognized'],
  ['Id=a&Name.0=x', { Id: 'a', Names: ['x'] }],
  ['Id=a&Name.1=y&Name.0=x', { Id: 'a', Names: ['x', 'y'] }],
  ['Id=a&Name.0=x&Name.2=y', gap('Name', 2, 2)],
  ['Id=a&Name.00=x', 'UnknownParameter: The parameter Name.00 is not recognized'],
  ['Id=a&Name.-1=x', 'UnknownParameter: The parameter Name.-1 is not recognized'],
  ['Id=a&Name.01=x', 'UnknownParameter: The parameter Name.01 is not recognized'],
  ['Id=a&Name.member.1=x', 'UnknownParameter: The parameter Name.member is not recognized'],
  ['Id=a&Name.1.1=x', 'UnknownParameter: The parameter Name.1.1 is not recognized'],
  ['Id=a&Name.1=x&Name.3=y', gap('Name', 2, 3)],
  ['Id=a&Name.2=x', gap('Name', 1, 2)],
  ['Id=a&Name.999999999=x', gap('Name', 1, 999_999_999)],
  ['Id=a&Name.9999999999=x', 'UnknownParameter: The parameter Name.9999999999 is not recognized'],
  ['Id=a&Rule.1.Cidr=c&Rule.1.NameSet.1=n', { Id: 'a', Rules: [{ Cidr: 'c', Names: ['n'] }] }],
  ['Id=a&Rule.1.NameSet.1=n', { Id: 'a', Rules: [{ Names: ['n'] }] }],
  ['Id=a&Rule.1.cidr=n', 'UnknownParameter: The parameter Rule.1.cidr is not recognized'],
  ['Id=a&Rule.1=n', 'UnknownParameter: The parameter Rule.1 is not recognized'],
  ['Id=a&Option.Value=true', { Id: 'a', Option: { Value: true } }],
  ['Id=a&Option=true', 'UnknownParameter: The parameter Option is not recognized'],
  ['Id=a&Option=true&Option.Value=true', 'UnknownParameter: The parameter Option is not recognized'],
  [`Id=a&${'x.'.repeat(31)}x=1`, 'UnknownParameter: The parameter x is not recognized'],
  [`Id=a&${'x.'.repeat(32)}x=1`, 'InvalidQueryParameter'],
  [`Id=a&${'x'.repeat(1024)}=1`, `UnknownParameter: The parameter ${'x'.repeat(1024)} is not recognized`],
  [`Id=a&${'x'.repeat(1025)}=1`, 'InvalidQueryParameter'],
];

const awsRows: readonly (readonly [string, unknown])[] = [
  ['Id=a&port=1', { Id: 'a', Port: 1 }],
  ['Id=a&Port=1', 'UnknownParameter: The parameter Port is not recognized'],
  ['Id=a&Name.item.1=x&Name.item.2=y', { Id: 'a', Names: ['x', 'y'] }],
  ['Id=a&Name=', { Id: 'a', Names: [] }],
  ['Id=a&Name.1=x', 'UnknownParameter: The parameter Name.1 is not recognized'],
  ['Id=a&Name.member.1=x', 'UnknownParameter: The parameter Name.member is not recognized'],
  ['Id=a&Name.item.2=x', gap('Name.item', 1, 2)],
];

function bad(value: string, name: string, type: string): string {
  return `InvalidParameterValue: The value '${value}' of the parameter ${name} is not a valid ${type}`;
}

function gap(list: string, count: number, position: number): string {
  const counted = `The list ${list} has ${count} elements but one is numbered ${position}`;
  return `InvalidParameterValue: ${counted}: number them from 1`;
}

for (const [query, expected] of ec2Rows) {
  test(`EC2 query ${query.slice(0, 80)}`, () => assert.deepEqual(decode('ec2Query', query), expected));
}

for (const [query, expected] of awsRows) {
  test(`awsQuery ${query}`, () => assert.deepEqual(decode('awsQuery', query), expected));
}
