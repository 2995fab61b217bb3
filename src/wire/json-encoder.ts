/** Encoders of awsJson outputs, compiled once per shape. */
import { encodeBase64 } from './base64.ts';
import {
  isScalar,
  membersOf,
  type ScalarType,
  type ServiceModel,
  type StructModel,
  shapeOf,
  type TypeName,
} from './model.ts';

/** A value that `JSON.stringify` writes as the protocol has it. */
type Encoder = (value: unknown) => unknown;

/** A function that compiles the encoder of an output shape to JSON text. */
export function jsonEncoders(model: ServiceModel): (shape: string) => (output: unknown) => string {
  const compiled = new Map<TypeName, Encoder>();

  function encoderOf(type: TypeName): Encoder {
    if (isScalar(type)) return scalarEncoder(type);
    return (value) => {
      let encode = compiled.get(type);
      if (!encode) {
        encode = compile(type);
        compiled.set(type, encode);
      }
      return encode(value);
    };
  }

  function compile(type: TypeName): Encoder {
    const shape = shapeOf(model, type);
    switch (shape.kind) {
      case 'struct':
      case 'union':
        return structEncoder(type, shape, model, encoderOf);
      case 'list': {
        const encode = encoderOf(shape.of);
        return (value) => {
          if (!Array.isArray(value)) throw new TypeError(`${type} is not an array`);
          return value.map(encode);
        };
      }
      case 'map': {
        const encode = encoderOf(shape.of);
        return (value) =>
          Object.fromEntries(Object.entries(expectObject(value, type)).map(([key, v]) => [key, encode(v)]));
      }
      default:
        return shape satisfies never;
    }
  }

  return (shape) => {
    const encode = encoderOf(shape);
    return (output) => JSON.stringify(encode(output));
  };
}

function structEncoder(
  type: TypeName,
  struct: StructModel,
  model: ServiceModel,
  encoderOf: (type: TypeName) => Encoder,
): Encoder {
  const encoders = new Map(
    membersOf(struct, model.protocol).map((member) => [member.name, encoderOf(member.type)]),
  );
  return (value) => {
    const result: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(expectObject(value, type))) {
      if (field === undefined || field === null) continue;
      const encode = encoders.get(name);
      if (!encode) throw new TypeError(`${type} has no member ${name}`);
      result[name] = encode(field);
    }
    return result;
  };
}

function scalarEncoder(type: ScalarType): Encoder {
  switch (type) {
    case 'string':
      return expecting('string', type);
    case 'integer':
    case 'double':
      return expecting('number', type);
    case 'boolean':
      return expecting('boolean', type);
    case 'timestamp':
    case 'epochSeconds':
      return (value) => expectDate(value).getTime() / 1000;
    case 'dateTime':
      return (value) => expectDate(value).toISOString();
    case 'httpDate':
      return (value) => expectDate(value).toUTCString();
    case 'blob':
      return (value) => {
        if (!(value instanceof Uint8Array)) throw new TypeError('a blob is not bytes');
        return encodeBase64(value);
      };
    case 'document':
      return (value) => value;
    default:
      return type satisfies never;
  }
}

function expecting(kind: 'string' | 'number' | 'boolean', type: ScalarType): Encoder {
  return (value) => {
    if (typeof value !== kind) throw new TypeError(`a ${type} is ${typeof value}`);
    return value;
  };
}

function expectObject(value: unknown, type: TypeName): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${type} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function expectDate(value: unknown): Date {
  if (value instanceof Date) return value;
  throw new TypeError('a timestamp is not a Date');
}
