/**
 * Decoders of awsJson inputs, compiled once per shape. Members that the shape does not know are ignored, as AWS does.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import { decodeBase64 } from './base64.ts';
import { wireError } from './errors.ts';
import {
  isScalar,
  membersOf,
  type ScalarType,
  type ServiceModel,
  type StructModel,
  shapeOf,
  type TypeName,
} from './model.ts';
import { fromEpochSeconds, parseDateTime, parseHttpDate } from './timestamp.ts';
import type { Input, WireError } from './wire.ts';

/** The first thing found wrong, and how deep the decoder is in the document. */
type State = { error: WireError | undefined; depth: number };
type Decoder = (value: unknown, name: string, state: State) => unknown;

/** Shapes may contain themselves (WAF statements do); AWS bounds their depth far below this. */
const depthMax = 64;

/** A function that compiles the decoder of an input shape; null stands for an input without members. */
export function jsonDecoders(
  model: ServiceModel,
): (shape: string | null) => (text: string) => Input | WireError {
  const compiled = new Map<TypeName, Decoder>();

  function decoderOf(type: TypeName): Decoder {
    if (isScalar(type)) return scalarDecoder(type);
    return (value, name, state) => {
      let decode = compiled.get(type);
      if (!decode) {
        decode = compile(type);
        compiled.set(type, decode);
      }
      if (state.depth >= depthMax) return fail(state, `${name} is nested more than ${depthMax} levels deep`);
      state.depth++;
      const result = decode(value, name, state);
      state.depth--;
      return result;
    };
  }

  function compile(type: TypeName): Decoder {
    const shape = shapeOf(model, type);
    switch (shape.kind) {
      case 'struct':
        return structDecoder(shape, model, decoderOf);
      case 'union':
        return unionDecoder(structDecoder(shape, model, decoderOf));
      case 'list':
        return listDecoder(decoderOf(shape.of));
      case 'map':
        return mapDecoder(decoderOf(shape.of));
      default:
        return shape satisfies never;
    }
  }

  return (shape) => {
    const decode = shape === null ? anyObject : decoderOf(shape);
    return (text) => {
      const value = parse(text);
      if (value === undefined) return wireError('SerializationException', 'The request body is not JSON');
      const state: State = { error: undefined, depth: 0 };
      const input = decode(value, 'The request body', state);
      return state.error ?? { kind: 'input', input };
    };
  };
}

/** The value of a JSON text, or undefined where it is none. An empty body stands for an empty object. */
function parse(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function anyObject(value: unknown, name: string, state: State): unknown {
  return isObject(value) ? {} : fail(state, `${name} is not an object`);
}

function structDecoder(
  struct: StructModel,
  model: ServiceModel,
  decoderOf: (type: TypeName) => Decoder,
): Decoder {
  const members = membersOf(struct, model.protocol).map((member) => ({
    ...member,
    decode: decoderOf(member.type),
  }));
  return (value, name, state) => {
    if (!isObject(value)) return fail(state, `${name} is not an object`);
    const result: Record<string, unknown> = {};
    for (const member of members) {
      const given = Object.hasOwn(value, member.name) ? value[member.name] : undefined;
      if (given !== undefined && given !== null) {
        result[member.name] = member.decode(given, member.name, state);
      } else if (member.required) {
        state.error ??= wireError('ValidationException', `${name} needs the member ${member.name}`);
      }
      if (state.error) return undefined;
    }
    return result;
  };
}

function unionDecoder(decode: Decoder): Decoder {
  return (value, name, state) => {
    const result = decode(value, name, state);
    if (state.error || (isObject(result) && Object.keys(result).length === 1)) return result;
    return fail(state, `${name} does not hold exactly one of its members`);
  };
}

function listDecoder(decode: Decoder): Decoder {
  return (value, name, state) => {
    if (!Array.isArray(value)) return fail(state, `${name} is not a list`);
    const items: unknown[] = [];
    for (const item of value) {
      items.push(decode(item, name, state));
      if (state.error) return undefined;
    }
    return items;
  };
}

function mapDecoder(decode: Decoder): Decoder {
  return (value, name, state) => {
    if (!isObject(value)) return fail(state, `${name} is not an object`);
    const entries: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (item === null) continue;
      entries.push([key, decode(item, name, state)]);
      if (state.error) return undefined;
    }
    // Not by assignment: a key may be `__proto__`.
    return Object.fromEntries(entries);
  };
}

function scalarDecoder(type: ScalarType): Decoder {
  const read = scalarReader(type);
  return (value, name, state) => read(value) ?? fail(state, `${name} is not a valid ${type}`);
}

function scalarReader(type: ScalarType): (value: unknown) => unknown {
  switch (type) {
    case 'string':
      return (value) => (typeof value === 'string' ? value : undefined);
    case 'integer':
      return (value) => (Number.isSafeInteger(value) ? value : undefined);
    case 'double':
      return (value) => (typeof value === 'number' ? value : undefined);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : undefined);
    case 'timestamp':
    case 'epochSeconds':
      return (value) => (typeof value === 'number' ? fromEpochSeconds(value) : undefined);
    case 'dateTime':
      return (value) => (typeof value === 'string' ? parseDateTime(value) : undefined);
    case 'httpDate':
      return (value) => (typeof value === 'string' ? parseHttpDate(value) : undefined);
    case 'blob':
      return (value) => (typeof value === 'string' ? decodeBase64(value) : undefined);
    case 'document':
      return (value) => value;
    default:
      return type satisfies never;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(state: State, message: string): undefined {
  state.error ??= wireError('SerializationException', message);
  return undefined;
}
