/** Encoders of awsJson outputs, compiled once per shape. */
import { encodeBase64 } from './base64.ts';
import {
  type Encoder as EncoderTo,
  encodersOf,
  expectBytes,
  expectDate,
  expectList,
  expectObject,
  expectPrimitive,
} from './encoder.ts';
import { membersOf, type ScalarType, type ServiceModel, type StructModel, type TypeName } from './model.ts';

/** Makes of a value one that `JSON.stringify` writes as the protocol has it. */
type Encoder = EncoderTo<unknown>;

/** A function that compiles the encoder of an output shape to JSON text. */
export function jsonEncoders(model: ServiceModel): (shape: string) => (output: unknown) => string {
  const encoderOf = encodersOf<unknown>(model, {
    scalar: scalarEncoder,
    shape: (type, shape, of) => {
      switch (shape.kind) {
        case 'struct':
        case 'union':
          return structEncoder(type, shape, model, of);
        case 'list': {
          const encode = of(shape.of);
          return (value) => expectList(value, type).map(encode);
        }
        case 'map': {
          const encode = of(shape.of);
          return (value) =>
            Object.fromEntries(Object.entries(expectObject(value, type)).map(([key, v]) => [key, encode(v)]));
        }
        default:
          return shape satisfies never;
      }
    },
  });
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
    case 'boolean':
      return (value) => expectPrimitive(value, type, type);
    case 'integer':
    case 'double':
      return (value) => expectPrimitive(value, 'number', type);
    case 'timestamp':
    case 'epochSeconds':
      return (value) => expectDate(value).getTime() / 1000;
    case 'dateTime':
      return (value) => expectDate(value).toISOString();
    case 'httpDate':
      return (value) => expectDate(value).toUTCString();
    case 'blob':
      return (value) => encodeBase64(expectBytes(value));
    case 'document':
      return (value) => value;
    default:
      return type satisfies never;
  }
}
