import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rangeOf } from '#net/cidr.ts';
import { cidr, service } from '../../tests/support/network.ts';
import {
  firstMatchOf,
  paintAddresses,
  paintServices,
  type Span,
  serviceBoxes,
  spanOf,
  unionOf,
} from './boxes.ts';

const top = 0xffffff;
const holds = (spans: readonly Span[], number: number) =>
  spans.some(({ first, last }) => first <= number && number <= last);
const span = fc
  .tuple(fc.integer({ min: 0, max: top }), fc.integer({ min: 0, max: 0x20000 }))
  .map(([first, length]) => ({ first, last: Math.min(top, first + length) }));

test('a service is a range of protocol-and-service numbers', () => {
  const cases: readonly [string, number, number][] = [
    ['all', 0, top],
    ['tcp/80', 0x060050, 0x060050],
    ['tcp', 0x060000, 0x06ffff],
    ['udp/53-60', 0x110035, 0x11003c],
    ['icmp', 0x010000, 0x01ffff],
    ['icmp/8', 0x010800, 0x0108ff],
    ['icmp/3.4', 0x010304, 0x010304],
    ['icmpv6/128', 0x3a8000, 0x3a80ff],
    ['proto/47', 0x2f0000, 0x2fffff],
    ['proto/255', 0xff0000, 0xffffff],
  ];
  for (const [text, first, last] of cases) assert.deepEqual(spanOf(service(text)), { first, last }, text);
});

test('a union joins what overlaps or touches and keeps what does not', () => {
  assert.deepEqual(unionOf([]), []);
  assert.deepEqual(
    unionOf([
      { first: 5, last: 9 },
      { first: 1, last: 4 },
      { first: 11, last: 12 },
    ]),
    [
      { first: 1, last: 9 },
      { first: 11, last: 12 },
    ],
  );
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), fc.integer({ min: 0, max: top }), (spans, number) => {
      assert.equal(holds(unionOf(spans), number), holds(spans, number));
    }),
  );
});

test('the first matching entry decides, and nothing matched is nothing allowed', () => {
  const entry = fc.record({ allow: fc.boolean(), span });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), fc.integer({ min: 0, max: 15 }), (entries, pick) => {
      const edges = entries.flatMap(({ span: { first, last } }) => [first - 1, first, last, last + 1]);
      const number = edges[pick % Math.max(1, edges.length)] ?? 0;
      const decided = entries.find((each) => holds([each.span], number))?.allow ?? false;
      assert.equal(holds(firstMatchOf(entries), number), decided);
    }),
    { numRuns: 1000 },
  );
});

test('boxes hold just the numbers of a span, each once', () => {
  const count = (boxes: ReturnType<typeof serviceBoxes>, number: number) =>
    boxes.filter(
      ({ protocols, services }) => holds([protocols], number >>> 16) && holds([services], number & 0xffff),
    ).length;
  const edges = [0, 1, 0xffff, 0x10000, 0x1ffff, 0x20000, 0x20001, 0x3fffe, top - 1, top];
  for (const first of edges) {
    for (const last of edges.filter((each) => each >= first)) {
      const boxes = serviceBoxes([{ first, last }]);
      for (const number of edges) {
        assert.equal(count(boxes, number), first <= number && number <= last ? 1 : 0, `${first}-${last}`);
      }
    }
  }
});

const blocks = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '11.0.0.0/8',
];
const items = fc.array(
  fc.tuple(fc.constantFrom(...blocks), span).map(([block, value]) => ({
    range: rangeOf(cidr(block)),
    value,
  })),
  { maxLength: 8 },
);
const edges = blocks.flatMap((block) => {
  const { first, last } = rangeOf(cidr(block));
  return [first - 1n, first, last, last + 1n];
});

test('painting cuts addresses where blocks begin and end', () => {
  fc.assert(
    fc.property(items, fc.nat(), fc.nat(), (some, pickAddress, pickNumber) => {
      const address = edges[pickAddress % edges.length] ?? 0n;
      const number = some[pickNumber % Math.max(1, some.length)]?.value.last ?? 0;
      const boxes = paintAddresses(some, unionOf);
      const at = boxes.filter(({ range }) => range.first <= address && address <= range.last);
      assert.ok(at.length <= 1, 'stretches are apart');
      const wanted = some.some(
        ({ range, value }) => range.first <= address && address <= range.last && holds([value], number),
      );
      assert.equal(
        at.some(({ spans }) => holds(spans, number)),
        wanted,
      );
    }),
    { numRuns: 1000 },
  );
});

test('painting services holds the same, each address and number once', () => {
  fc.assert(
    fc.property(items, fc.nat(), fc.nat(), (some, pickAddress, pickNumber) => {
      const address = edges[pickAddress % edges.length] ?? 0n;
      const number = some[pickNumber % Math.max(1, some.length)]?.value.last ?? 0;
      const painted = paintServices(
        some.map(({ range, value }) => ({ range, span: value })),
        blocks.length,
      );
      const at = painted?.filter(({ span: { first, last } }) => first <= number && number <= last) ?? [];
      assert.ok(at.length <= 1, 'stretches are apart');
      const inside = at.flatMap(({ ranges }) =>
        ranges.filter(({ first, last }) => first <= address && address <= last),
      );
      const wanted = some.some(
        ({ range, value }) => range.first <= address && address <= range.last && holds([value], number),
      );
      assert.equal(inside.length, wanted ? 1 : 0);
    }),
    { numRuns: 1000 },
  );
});

test('painting services joins what it can, and gives up where a service has too many blocks', () => {
  const items = ['10.0.0.0/9', '10.128.0.0/9', '192.0.2.0/24'].flatMap((block) =>
    [
      { first: 1, last: 4 },
      { first: 5, last: 9 },
    ].map((span) => ({ range: rangeOf(cidr(block)), span })),
  );
  assert.deepEqual(paintServices(items, 2), [
    { span: { first: 1, last: 9 }, ranges: [rangeOf(cidr('10.0.0.0/8')), rangeOf(cidr('192.0.2.0/24'))] },
  ]);
  assert.equal(paintServices(items, 1), undefined);
});

test('painting keeps the order of the entries for the first match', () => {
  const entry = (text: string, allow: boolean) => ({
    range: rangeOf(cidr(text)),
    value: { allow, span: { first: 0, last: top } },
  });
  const denyInside = paintAddresses([entry('10.1.0.0/16', false), entry('10.0.0.0/8', true)], firstMatchOf);
  assert.deepEqual(
    denyInside.map(({ range }) => [range.first, range.last]),
    [
      [0x0a000000n, 0x0a00ffffn],
      [0x0a020000n, 0x0affffffn],
    ],
  );
  const shadowed = paintAddresses([entry('10.0.0.0/8', true), entry('10.1.0.0/16', false)], firstMatchOf);
  assert.deepEqual(
    shadowed.map(({ range }) => [range.first, range.last]),
    [[0x0a000000n, 0x0affffffn]],
  );
});
