import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Answer,
  type DecodedPacket,
  decode,
  encode,
  type OptAnswer,
  type Packet,
  RECURSION_DESIRED,
} from 'dns-packet';
import fc from 'fast-check';
import type { Ip } from '#net/address.ts';
import { ednsBytesMax, type Names, respond } from './message.ts';

const names: Names = (name) => {
  const asked = name.toLowerCase();
  if (asked === 'one.test')
    return {
      kind: 'name',
      records: [
        { type: 'A', data: '10.0.0.1' as Ip },
        { type: 'AAAA', data: '2001:db8::1' as Ip },
      ],
    };
  if (asked === 'many.test') {
    const records = Array.from(
      { length: 60 },
      (_, index) => ({ type: 'A', data: `10.0.0.${index}` as Ip }) as const,
    );
    return { kind: 'name', records };
  }
  return asked.endsWith('.test') ? { kind: 'noName' } : { kind: 'foreign' };
};

const option = (change: Partial<OptAnswer> = {}): OptAnswer => ({
  type: 'OPT',
  name: '.',
  udpPayloadSize: 4096,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
  ...change,
});
const query = (name: string, change: Packet = {}): Buffer =>
  encode({ type: 'query', id: 77, flags: RECURSION_DESIRED, questions: [{ type: 'A', name }], ...change });

type Read = DecodedPacket & { readonly rcode: string; readonly opcode: string };
function ask(bytes: Buffer, way: 'udp' | 'tcp' = 'udp'): Read {
  const reply = respond(bytes, way, names);
  assert.ok(reply, 'a response');
  return decode(reply) as Read;
}
const data = ({ answers = [] }: Packet) =>
  answers.map((answer: Answer) => ('data' in answer ? answer.data : ''));
const patched = (bytes: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(value, at);
  return copy;
};

describe('a query and its response', () => {
  test('the name comes back as it was asked for', () => {
    const read = ask(query('oNe.TeSt'));
    assert.deepEqual(
      [read.id, read.rcode, read.flag_rd, read.flag_ra, read.flag_aa],
      [77, 'NOERROR', true, true, false],
    );
    assert.equal(read.questions?.[0]?.name, 'oNe.TeSt');
    assert.deepEqual(data(read), ['10.0.0.1']);
  });
  const types: readonly (readonly ['A' | 'AAAA' | 'ANY' | 'MX', readonly string[]])[] = [
    ['A', ['10.0.0.1']],
    ['AAAA', ['2001:db8::1']],
    ['ANY' as 'A', ['10.0.0.1', '2001:db8::1']],
    ['MX', []],
  ];
  for (const [type, expected] of types) {
    test(`records of type ${type}`, () => {
      const bytes = query('one.test', { questions: [{ type: type as 'A', name: 'one.test' }] });
      assert.deepEqual([ask(bytes).rcode, data(ask(bytes))], ['NOERROR', expected]);
    });
  }
  const codes: readonly (readonly [string, Buffer, string])[] = [
    ['a name that is not', query('none.test'), 'NXDOMAIN'],
    ['a name of somebody else', query('example.com'), 'SERVFAIL'],
    ['no question', query('one.test', { questions: [] }), 'FORMERR'],
    [
      'two questions',
      query('', {
        questions: [
          { type: 'A', name: 'a.test' },
          { type: 'A', name: 'b.test' },
        ],
      }),
      'FORMERR',
    ],
    [
      'a class that is not IN',
      query('one.test', { questions: [{ type: 'A', name: 'one.test', class: 'CH' }] }),
      'REFUSED',
    ],
    ['another operation', patched(query('one.test'), 2, 0x2800), 'NOTIMP'],
    ['a record too few', patched(query('one.test'), 10, 1), 'FORMERR'],
    ['a name that points at itself', patched(query('one.test'), 12, 0xc00c), 'FORMERR'],
    ['a header alone', query('one.test').subarray(0, 12), 'FORMERR'],
    ['a cut name', query('one.test').subarray(0, 15), 'FORMERR'],
    ['two OPT records', query('one.test', { additionals: [option(), option()] }), 'FORMERR'],
  ];
  for (const [what, bytes, expected] of codes) test(what, () => assert.equal(ask(bytes).rcode, expected));

  test('what is no query gets no response', () => {
    assert.equal(respond(query('one.test').subarray(0, 11), 'udp', names), undefined);
    assert.equal(
      respond(
        encode({ type: 'response', id: 1, questions: [{ type: 'A', name: 'one.test' }] }),
        'udp',
        names,
      ),
      undefined,
    );
  });

  test('EDNS is answered with EDNS, and of another version with BADVERS', () => {
    const [answered] = (ask(query('one.test', { additionals: [option()] })).additionals ?? []) as OptAnswer[];
    assert.deepEqual(
      [answered?.type, answered?.udpPayloadSize, answered?.extendedRcode],
      ['OPT', ednsBytesMax, 0],
    );
    assert.deepEqual(ask(query('one.test')).additionals, []);
    const bad = ask(query('one.test', { additionals: [option({ ednsVersion: 1 })] }));
    assert.deepEqual(
      [(bad.additionals as OptAnswer[])[0]?.extendedRcode, bad.rcode, data(bad)],
      [1, 'NOERROR', []],
    );
  });

  // 60 records of many.test have 27 bytes each: 1,620 and the head.
  const sizes: readonly (readonly [string, 'udp' | 'tcp', Packet, boolean])[] = [
    ['without EDNS', 'udp', {}, true],
    ['with a size below the least', 'udp', { additionals: [option({ udpPayloadSize: 100 })] }, true],
    ['with more than ever passes', 'udp', { additionals: [option({ udpPayloadSize: 65_535 })] }, true],
    ['by TCP', 'tcp', {}, false],
    ['by TCP, whatever EDNS says', 'tcp', { additionals: [option({ udpPayloadSize: 512 })] }, false],
  ];
  for (const [what, way, change, truncated] of sizes) {
    test(`an answer that is too long ${what}`, () => {
      const read = ask(query('many.test', change), way);
      assert.deepEqual([read.flag_tc, data(read).length], [truncated, truncated ? 0 : 60]);
      assert.equal(read.questions?.[0]?.name, 'many.test');
    });
  }

  test('no bytes make it throw, and every response fits', () => {
    const near = fc
      .tuple(
        fc.constantFrom('one.test', 'many.test', 'a.example'),
        fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }),
      )
      .map(([name, changes]) => {
        const bytes = query(name, { additionals: [option()] });
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    const any = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(near, any), (bytes) => {
        const reply = respond(bytes, 'udp', names);
        if (!reply) return;
        assert.ok(reply.length <= ednsBytesMax);
        assert.equal(reply.readUInt16BE(0), bytes.readUInt16BE(0));
        assert.notEqual(reply.readUInt16BE(2) & 0x8000, 0);
      }),
      { numRuns: 3000 },
    );
  });
});
