/** What the encoders of every protocol share: one compiled at first use per shape, and the values they ask for. */
import {
  isScalar,
  type ScalarType,
  type ServiceModel,
  type ShapeModel,
  shapeOf,
  type TypeName,
} from './model.ts';

/** Writes a value of one type, as text or as what the protocol puts in its place. */
export type Encoder<Out> = (value: unknown) => Out;

/** What a protocol has to say of each type; `encoderOf` gives the encoders of members and items. */
export type Encoding<Out> = {
  readonly scalar: (type: ScalarType) => Encoder<Out>;
  readonly shape: (
    type: TypeName,
    shape: ShapeModel,
    encoderOf: (type: TypeName) => Encoder<Out>,
  ) => Encoder<Out>;
};

/** The encoder of each type of a model. Shapes may contain themselves and most are never asked for: so at first use. */
export function encodersOf<Out>(
  model: ServiceModel,
  encoding: Encoding<Out>,
): (type: TypeName) => Encoder<Out> {
  const compiled = new Map<TypeName, Encoder<Out>>();

  function compiledOf(type: TypeName): Encoder<Out> {
    const known = compiled.get(type);
    if (known) return known;
    const encode = encoding.shape(type, shapeOf(model, type), encoderOf);
    compiled.set(type, encode);
    return encode;
  }

  function encoderOf(type: TypeName): Encoder<Out> {
    if (isScalar(type)) return encoding.scalar(type);
    let encode: Encoder<Out> | undefined;
    return (value) => {
      encode ??= compiledOf(type);
      return encode(value);
    };
  }
  return encoderOf;
}

type Primitives = { readonly string: string; readonly number: number; readonly boolean: boolean };

/** The value, where it is of the kind; else the operation that gave it has a bug, and this throws. */
export function expectPrimitive<K extends keyof Primitives>(
  value: unknown,
  kind: K,
  type: ScalarType,
): Primitives[K] {
  if (typeof value !== kind) throw new TypeError(`a ${type} is ${typeof value}`);
  return value as Primitives[K];
}

export function expectObject(value: unknown, type: TypeName): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${type} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

export function expectList(value: unknown, type: TypeName): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${type} is not an array`);
  return value;
}

export function expectDate(value: unknown): Date {
  if (value instanceof Date) return value;
  throw new TypeError('a timestamp is not a Date');
}

export function expectBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError('a blob is not bytes');
}
