/** Translates one rule from data into the kernel's expressions. */
import type { MessageWriter } from '../netlink/writer.ts';
import { register } from './constants.ts';
import { padded } from './datatype.ts';
import * as effect from './effect.ts';
import * as ex from './expression.ts';
import { constantOf, type FieldEncoding, fieldEncodings, type Guard, numberBytes } from './field.ts';
import type { Field, NftRule, Statement } from './statement.ts';

const registers = 16;
const first = register.first;

/** Writes the expressions of a rule, one list element each. */
export function writeRule(writer: MessageWriter, rule: NftRule): void {
  const known = new Set<string>();
  for (const statement of rule) writeStatement(writer, statement, known);
}

/** `known` holds the guards that earlier statements of the rule have established. */
function writeStatement(writer: MessageWriter, statement: Statement, known: Set<string>): void {
  switch (statement.kind) {
    case 'match':
      writeMatch(writer, statement, known);
      break;
    case 'lookup':
      load(writer, statement.fields, known);
      ex.lookup(writer, {
        set: statement.set,
        from: first,
        ...(statement.negate && { inverted: true }),
      });
      break;
    case 'dispatch':
      load(writer, statement.fields, known);
      if (statement.mask !== undefined) mask(writer, statement.fields, statement.mask);
      ex.lookup(writer, { set: statement.map, from: first, to: register.verdict });
      break;
    case 'markFromMap':
      load(writer, statement.fields, known);
      ex.lookup(writer, { set: statement.map, from: first, to: first });
      ex.metaSetMark(writer, first);
      break;
    case 'setMark':
      writeMarkChange(writer, statement, 'mark');
      ex.metaSetMark(writer, first);
      break;
    case 'setCtMark':
      writeMarkChange(writer, statement, 'ct mark');
      ex.ctSet(writer, 'mark', first);
      break;
    case 'setZone':
      ex.immediateValue(writer, first, numberBytes(fieldEncodings['ct zone'], statement.zone));
      ex.ctSet(writer, 'zone', first);
      break;
    case 'zoneFromMap':
      load(writer, statement.fields, known);
      ex.lookup(writer, { set: statement.map, from: first, to: first });
      ex.ctSet(writer, 'zone', first);
      break;
    case 'nat':
      load(writer, [statement.field], known);
      ex.lookup(writer, { set: statement.map, from: first, to: first });
      effect.nat(writer, { type: statement.type, family: statement.family, address: first });
      break;
    case 'natTo': {
      const field = fieldEncodings[statement.family === 'ipv4' ? 'ip saddr' : 'ip6 saddr'];
      ex.immediateValue(writer, first, constantOf(field, statement.address).bytes);
      effect.nat(writer, { type: statement.type, family: statement.family, address: first });
      break;
    }
    case 'rewrite':
      load(writer, [statement.field], known);
      ex.lookup(writer, { set: statement.map, from: first, to: first });
      ex.writeIpv4Address(writer, statement.field, first);
      break;
    case 'rewriteTo': {
      const field = fieldEncodings[statement.field];
      ex.immediateValue(writer, first, constantOf(field, statement.address).bytes);
      ex.writeIpv6Destination(writer, first);
      break;
    }
    case 'update':
      load(writer, statement.fields, known);
      effect.dynamicUpdate(writer, {
        set: statement.set,
        from: first,
        counter: statement.counter ?? false,
        ...(statement.over && { limit: { ...statement.over, over: true } }),
      });
      break;
    default:
      writePlain(writer, statement);
  }
}

/** The statements that read no field. */
function writePlain(
  writer: MessageWriter,
  statement: Extract<
    Statement,
    { readonly kind: 'limit' | 'log' | 'counter' | 'verdict' | 'setMss' | 'timeout' | 'notrack' | 'synproxy' }
  >,
): void {
  switch (statement.kind) {
    case 'limit':
      effect.limit(writer, { perSecond: statement.perSecond, burst: statement.burst, over: false });
      break;
    case 'log':
      effect.log(writer, statement);
      break;
    case 'counter':
      effect.counter(writer);
      break;
    case 'setMss': {
      const size = Buffer.alloc(2);
      size.writeUInt16BE(statement.bytes);
      ex.immediateValue(writer, first, size);
      effect.writeMaxSegment(writer, first);
      break;
    }
    case 'timeout':
      effect.setTimeouts(writer, statement.object);
      break;
    case 'notrack':
      effect.notrack(writer);
      break;
    case 'synproxy':
      effect.synproxy(writer, statement.mss, statement.windowScale);
      break;
    case 'verdict':
      'chain' in statement
        ? ex.immediateVerdict(writer, statement.verdict, statement.chain)
        : ex.immediateVerdict(writer, statement.verdict);
      break;
    default:
      statement satisfies never;
  }
}

function guard(writer: MessageWriter, needed: readonly Guard[], known: Set<string>): void {
  for (const { field, value } of needed) {
    const key = `${field} ${value}`;
    if (known.has(key)) continue;
    known.add(key);
    const encoding = fieldEncodings[field];
    encoding.load(writer, first);
    ex.compare(writer, 'eq', first, numberBytes(encoding, value));
  }
}

/** Loads the fields one behind the other into the registers, as the key of a set has them. */
function load(writer: MessageWriter, fields: readonly Field[], known: Set<string>): void {
  for (const field of fields) guard(writer, fieldEncodings[field].guards, known);
  let at = 0;
  for (const field of fields) {
    const encoding = fieldEncodings[field];
    const words = padded(encoding.bytes) / 4;
    if (at + words > registers) throw new Error(`${fields.join(' . ')} does not fit the registers`);
    encoding.load(writer, first + at);
    // The counterpart is in datatype.ts: numbers of a concatenation are big-endian, so that ranges are ranges.
    if (fields.length > 1 && field === 'mark') ex.toNetworkOrder(writer, first + at);
    at += words;
  }
}

function mask(writer: MessageWriter, fields: readonly Field[], value: number): void {
  const [field] = fields;
  if (field === undefined || fields.length > 1) throw new Error('a mask applies to a single field');
  applyMask(writer, fieldEncodings[field], value);
}

function applyMask(writer: MessageWriter, encoding: FieldEncoding, value: number): void {
  const zero = Buffer.alloc(encoding.bytes);
  ex.bitwise(writer, first, numberBytes(encoding, value), zero);
}

function writeMatch(
  writer: MessageWriter,
  statement: Extract<Statement, { readonly kind: 'match' }>,
  known: Set<string>,
): void {
  const encoding = fieldEncodings[statement.field];
  const negate = statement.negate ?? false;
  guard(writer, encoding.guards, known);
  encoding.load(writer, first);
  const constant = constantOf(encoding, statement.value);
  if (statement.field === 'ct state' || statement.field === 'ct status') {
    const zero = Buffer.alloc(encoding.bytes);
    ex.bitwise(writer, first, constant.bytes, zero);
    ex.compare(writer, negate ? 'eq' : 'neq', first, zero);
    return;
  }
  if (constant.mask) ex.bitwise(writer, first, constant.mask, Buffer.alloc(encoding.bytes));
  if (statement.mask !== undefined) applyMask(writer, encoding, statement.mask);
  ex.compare(writer, negate ? 'neq' : 'eq', first, constant.bytes);
  const plain = !negate && statement.mask === undefined;
  if (plain && (statement.field === 'nfproto' || statement.field === 'l4proto')) {
    known.add(`${statement.field} ${statement.value}`);
  }
}

/** Leaves `(mark & and) | or` in the first register; nothing is read where nothing is kept. */
function writeMarkChange(
  writer: MessageWriter,
  change: { readonly and: number; readonly or: number },
  field: 'mark' | 'ct mark',
): void {
  const encoding = fieldEncodings[field];
  const or = numberBytes(encoding, change.or);
  if (change.and === 0) {
    ex.immediateValue(writer, first, or);
    return;
  }
  encoding.load(writer, first);
  // (x & (and & ~or)) ^ or  ==  (x & and) | or
  ex.bitwise(writer, first, numberBytes(encoding, change.and & ~change.or), or);
}
