/** Encoders of XML responses, compiled once per shape: each writes an element with its tags made beforehand. */
import { encodeBase64 } from './base64.ts';
import {
  type Encoder,
  encodersOf,
  expectBytes,
  expectDate,
  expectList,
  expectObject,
  expectPrimitive,
} from './encoder.ts';
import {
  type ListModel,
  membersOf,
  type ScalarType,
  type ServiceModel,
  type StructModel,
  type TypeName,
} from './model.ts';
import { escapeXml } from './xml-text.ts';

/** The inside of an element for a value of the shape. */
type ContentEncoder = Encoder<string>;

/** A function that compiles the encoder of an output shape to the elements of its members. */
export function xmlEncoders(model: ServiceModel): (shape: string) => ContentEncoder {
  return encodersOf<string>(model, {
    scalar: scalarEncoder,
    shape: (type, shape, contentOf) => {
      switch (shape.kind) {
        case 'struct':
          return structEncoder(type, shape, model, contentOf);
        case 'list':
          return listEncoder(type, shape, contentOf(shape.of));
        case 'union':
        case 'map':
          throw new Error(`the generator lets no ${shape.kind} into an XML service: ${type}`);
        default:
          return shape satisfies never;
      }
    },
  });
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
    const fields = expectObject(value, type);
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

function listEncoder(type: TypeName, list: ListModel, content: ContentEncoder): ContentEncoder {
  const encode = elementEncoder(list.item ?? 'member', content);
  return (value) => {
    let text = '';
    for (const item of expectList(value, type)) text += encode(item);
    return text;
  };
}

function scalarEncoder(type: ScalarType): ContentEncoder {
  switch (type) {
    case 'string':
      return (value) => escapeXml(expectPrimitive(value, 'string', type));
    case 'integer':
    case 'double':
      return (value) => String(expectPrimitive(value, 'number', type));
    case 'boolean':
      return (value) => String(expectPrimitive(value, 'boolean', type));
    case 'timestamp':
    case 'dateTime':
      return (value) => expectDate(value).toISOString();
    case 'httpDate':
      return (value) => expectDate(value).toUTCString();
    case 'epochSeconds':
      return (value) => String(expectDate(value).getTime() / 1000);
    case 'blob':
      return (value) => encodeBase64(expectBytes(value));
    case 'document':
      throw new Error('the generator lets no document into an XML service');
    default:
      return type satisfies never;
  }
}
