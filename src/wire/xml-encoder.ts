/** Encoders of XML responses, compiled once per shape: each writes an element with its tags made beforehand. */
import { encodeBase64 } from './base64.ts';
import {
  isScalar,
  type ListModel,
  membersOf,
  type ScalarType,
  type ServiceModel,
  type StructModel,
  shapeOf,
  type TypeName,
} from './model.ts';
import { escapeXml } from './xml-text.ts';

/** The inside of an element for a value of the shape. */
type ContentEncoder = (value: unknown) => string;

/** A function that compiles the encoder of an output shape to the elements of its members. */
export function xmlEncoders(model: ServiceModel): (shape: string) => ContentEncoder {
  const compiled = new Map<TypeName, ContentEncoder>();

  function contentOf(type: TypeName): ContentEncoder {
    if (isScalar(type)) return scalarEncoder(type);
    // Compiled at first use: shapes may contain themselves, and most are never asked for.
    return (value) => {
      let encode = compiled.get(type);
      if (!encode) {
        encode = compile(type);
        compiled.set(type, encode);
      }
      return encode(value);
    };
  }

  function compile(type: TypeName): ContentEncoder {
    const shape = shapeOf(model, type);
    switch (shape.kind) {
      case 'struct':
        return structEncoder(type, shape, model, contentOf);
      case 'list':
        return listEncoder(shape, contentOf(shape.of));
      case 'union':
      case 'map':
        throw new Error(`the generator lets no ${shape.kind} into an XML service: ${type}`);
      default:
        return shape satisfies never;
    }
  }

  return contentOf;
}

/** An element with a content; `<x/>` where it is empty. */
function elementEncoder(name: string, content: ContentEncoder): ContentEncoder {
  const open = `<${name}>`;
  const close = `</${name}>`;
  const empty = `<${name}/>`;
  return (value) => {
    const inside = content(value);
    return inside === '' ? empty : open + inside + close;
  };
}

function structEncoder(
  type: TypeName,
  struct: StructModel,
  model: ServiceModel,
  contentOf: (type: TypeName) => ContentEncoder,
): ContentEncoder {
  const elements = new Map(
    membersOf(struct, model.protocol).map((member) => [
      member.name,
      elementEncoder(member.xmlName, contentOf(member.type)),
    ]),
  );
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new TypeError(`${type} is not an object`);
    const fields = value as Readonly<Record<string, unknown>>;
    let text = '';
    for (const name in fields) {
      const field = fields[name];
      if (field === undefined || field === null) continue;
      const encode = elements.get(name);
      if (!encode) throw new TypeError(`${type} has no member ${name}`);
      text += encode(field);
    }
    return text;
  };
}

function listEncoder(list: ListModel, content: ContentEncoder): ContentEncoder {
  const encode = elementEncoder(list.item ?? 'member', content);
  return (value) => {
    if (!Array.isArray(value)) throw new TypeError(`a list of ${list.of} is not an array`);
    let text = '';
    for (const item of value) text += encode(item);
    return text;
  };
}

function scalarEncoder(type: ScalarType): ContentEncoder {
  switch (type) {
    case 'string':
      return (value) => escapeXml(expect(value, 'string', type));
    case 'integer':
    case 'double':
      return (value) => String(expect(value, 'number', type));
    case 'boolean':
      return (value) => String(expect(value, 'boolean', type));
    case 'timestamp':
    case 'dateTime':
      return (value) => expectDate(value).toISOString();
    case 'httpDate':
      return (value) => expectDate(value).toUTCString();
    case 'epochSeconds':
      return (value) => String(expectDate(value).getTime() / 1000);
    case 'blob':
      return (value) => {
        if (!(value instanceof Uint8Array)) throw new TypeError('a blob is not bytes');
        return encodeBase64(value);
      };
    case 'document':
      throw new Error('the generator lets no document into an XML service');
    default:
      return type satisfies never;
  }
}

type Primitives = { string: string; number: number; boolean: boolean };

function expect<K extends keyof Primitives>(value: unknown, kind: K, type: ScalarType): Primitives[K] {
  if (typeof value !== kind) throw new TypeError(`a ${type} is ${typeof value}`);
  return value as Primitives[K];
}

function expectDate(value: unknown): Date {
  if (value instanceof Date) return value;
  throw new TypeError('a timestamp is not a Date');
}
