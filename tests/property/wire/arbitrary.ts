/** Generated values of a model's shapes, as the AWS SDK's callers write them. */
import fc from 'fast-check';
import {
  isScalar,
  membersOf,
  type ScalarType,
  type ServiceModel,
  type StructModel,
  shapeOf,
  type TypeName,
} from '#wire/model.ts';

/**
 * For requests: idempotency tokens are given, since the SDK would make them up, and no structure or list is empty,
 * since query requests have no way to say so. For XML responses: text that XML can carry.
 */
export type Side = 'request' | 'xmlResponse' | 'jsonResponse';

const depthMax = 7;
const yearMs = 31_556_952_000;

/** Values of a shape; null stands for an operation without input or output. */
export function arbitraryOf(
  model: ServiceModel,
  shape: string | null,
  side: Side,
): fc.Arbitrary<Record<string, unknown>> {
  if (shape === null) return fc.constant({});
  return arbitraryType(model, shape, side, 0) as fc.Arbitrary<Record<string, unknown>>;
}

function arbitraryType(
  model: ServiceModel,
  type: TypeName,
  side: Side,
  depth: number,
): fc.Arbitrary<unknown> {
  if (isScalar(type)) return arbitraryScalar(type, side);
  const shape = shapeOf(model, type);
  const minLength = side === 'request' ? 1 : 0;
  switch (shape.kind) {
    case 'struct':
      return arbitraryStruct(model, shape, side, depth);
    case 'union':
      return fc
        .constantFrom(...membersOf(shape, model.protocol))
        .chain((member) =>
          arbitraryType(model, member.type, side, depth + 1).map((value) => ({ [member.name]: value })),
        );
    case 'list':
      return fc.array(arbitraryType(model, shape.of, side, depth + 1), { minLength, maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.string(), arbitraryType(model, shape.of, side, depth + 1), { maxKeys: 3 });
    default:
      return shape satisfies never;
  }
}

function arbitraryStruct(
  model: ServiceModel,
  struct: StructModel,
  side: Side,
  depth: number,
): fc.Arbitrary<unknown> {
  const members = membersOf(struct, model.protocol);
  const isNeeded = (name: string, required: boolean) =>
    side === 'request' && (required || (struct.tokens ?? []).includes(name));
  // Deep down only what is needed and scalars, so that values stay small.
  const kept = members.filter(
    ({ name, type, required }) => depth < depthMax || isScalar(type) || isNeeded(name, required),
  );
  const needed = kept.filter(({ name, required }) => isNeeded(name, required));
  const optional = kept.filter(({ name, required }) => !isNeeded(name, required));
  const least = side === 'request' && depth > 0 && needed.length === 0 ? 1 : 0;
  const most = Math.max(least, Math.min(optional.length, depth === 0 ? optional.length : 4));
  return fc
    .subarray(optional, {
      minLength: Math.min(least, optional.length),
      maxLength: Math.min(most, optional.length),
    })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...needed, ...chosen].map(({ name, type }) => [name, arbitraryType(model, type, side, depth + 1)]),
        ),
        { noNullPrototype: true },
      ),
    );
}

function arbitraryScalar(type: ScalarType, side: Side): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return side === 'xmlResponse' ? xmlText : anyText;
    case 'integer':
      return fc.oneof(fc.integer({ min: -1, max: 65_536 }), fc.maxSafeInteger()).map((n) => n + 0);
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
    case 'dateTime':
      return fc.integer({ min: -50 * yearMs, max: 200 * yearMs }).map((ms) => new Date(ms));
    case 'httpDate':
    case 'epochSeconds':
      return fc.integer({ min: 0, max: 2 ** 32 }).map((seconds) => new Date(seconds * 1000));
    case 'blob':
      return fc.uint8Array({ maxLength: 40 });
    case 'document':
      return fc.jsonValue();
    default:
      return type satisfies never;
  }
}

const anyText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', ' ', '+', '%', '%41', 'a&b=c', 'a.b.1', '\r\n', 'true', '__proto__', 'ü€😀'),
);

/** The SDK's parser takes text of nothing but spaces and line feeds for layout between elements. */
const xmlText = fc
  .oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('', ' ', '<a>', '&amp;', ']]>', 'a\rb', '"\'', '&#xD;', 'ü€😀', '-->', 'a\tb'),
  )
  .filter((text) => !(text.trim() === '' && text.includes('\n')));
