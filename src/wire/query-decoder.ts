/**
 * Decoders of EC2 query and awsQuery inputs, compiled once per shape.
 * https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { wireError } from './errors.ts';
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
import { nameOf } from './parameters.ts';
import { parseScalar } from './scalar.ts';
import type { Input, Parameter, Parameters, WireError } from './wire.ts';

/** The first thing found wrong; decoders go on only while there is none. */
type Findings = { error: WireError | undefined };
type Decoder = (parameter: Parameter, findings: Findings) => unknown;

/** Decodes all parameters of a request to an input with the SDK's names and types. */
export type QueryDecoder = (parameters: Parameters) => Input | WireError;

/**
 * Parameters of every query request, which belong to no shape. `Timestamp` is Signature Version 2's; AWS's SDK for Ruby 1
 * sends it besides a signature of version 4, which has its own.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
 */
const commonParameter = /^(Action|Version|Timestamp|x-amz-.*)$/i;

/** A function that compiles the decoder of an input shape; null stands for an input without members. */
export function queryDecoders(model: ServiceModel): (shape: string | null) => QueryDecoder {
  const compiled = new Map<TypeName, Decoder>();

  function decoderOf(type: TypeName): Decoder {
    if (isScalar(type)) return scalarDecoder(type);
    // Compiled at first use: shapes may contain themselves, and most are never asked for.
    let decode: Decoder | undefined;
    return (parameter, findings) => {
      decode ??= compiledOf(type);
      return decode(parameter, findings);
    };
  }

  function compiledOf(type: TypeName): Decoder {
    const known = compiled.get(type);
    if (known) return known;
    const decode = compile(type);
    compiled.set(type, decode);
    return decode;
  }

  function compile(type: TypeName): Decoder {
    const shape = shapeOf(model, type);
    switch (shape.kind) {
      case 'struct':
        return structDecoder(shape, model, decoderOf);
      case 'list':
        return model.protocol === 'ec2Query'
          ? flatListDecoder(decoderOf(shape.of))
          : wrappedListDecoder(shape, decoderOf(shape.of));
      case 'union':
      case 'map':
        throw new Error(`the generator lets no ${shape.kind} into a query service: ${type}`);
      default:
        return shape satisfies never;
    }
  }

  return (shape) => {
    const decode =
      shape === null ? structDecoder({ kind: 'struct', members: {} }, model, decoderOf) : decoderOf(shape);
    return (parameters) => {
      const findings: Findings = { error: undefined };
      const input = decode(parameters, findings);
      return findings.error ?? { kind: 'input', input };
    };
  };
}

function structDecoder(
  struct: StructModel,
  model: ServiceModel,
  decoderOf: (type: TypeName) => Decoder,
): Decoder {
  const members = membersOf(struct, model.protocol);
  const byQueryName = new Map(
    members.map(({ name, queryName, type }) => [queryName, { name, decode: decoderOf(type) }]),
  );
  return (parameter, findings) => {
    const result: Record<string, unknown> = {};
    if (parameter.value) return unknown(parameter, findings);
    for (const child of parameter.children.values()) {
      const member = byQueryName.get(child.segment);
      if (member) result[member.name] = member.decode(child, findings);
      else if (parameter.parent || !commonParameter.test(child.segment)) unknown(child, findings);
      if (findings.error) return undefined;
    }
    return result;
  };
}

/** EC2: `Name.1`, `Name.2`; numbers leave no gap. They start at 1, or at 0 as some older clients (fog) count. */
function flatListDecoder(decode: Decoder): Decoder {
  return (parameter, findings) => {
    if (parameter.value) return unknown(parameter, findings);
    const count = parameter.children.size;
    const items = new Array<unknown>(count);
    const first = parameter.children.get('0') ? 0 : 1;
    for (const child of parameter.children.values()) {
      if (!/^(0|[1-9]\d{0,8})$/.test(child.segment)) return unknown(child, findings);
      const position = Number(child.segment);
      if (position - first >= count) {
        findings.error = wireError(
          'InvalidParameterValue',
          `The list ${nameOf(parameter)} has ${count} elements but one is numbered ${position}: number them from 1`,
        );
        return undefined;
      }
      items[position - first] = decode(child, findings);
      if (findings.error) return undefined;
    }
    return items;
  };
}

/** awsQuery: `Name.member.1`, or the shape's own word for `member`. */
function wrappedListDecoder(list: ListModel, decode: Decoder): Decoder {
  const decodeItems = flatListDecoder(decode);
  const item = list.item ?? 'member';
  return (parameter, findings) => {
    if (parameter.value) return unknown(parameter, findings);
    for (const child of parameter.children.values()) {
      if (child.segment !== item) return unknown(child, findings);
    }
    const items = parameter.children.get(item);
    return items ? decodeItems(items, findings) : [];
  };
}

function scalarDecoder(type: ScalarType): Decoder {
  return (parameter, findings) => {
    for (const child of parameter.children.values()) return unknown(child, findings);
    const text = parameter.value ?? '';
    const value = parseScalar(type, text);
    if (value !== undefined) return value;
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    findings.error = wireError(
      'InvalidParameterValue',
      `The value '${shown}' of the parameter ${nameOf(parameter)} is not a valid ${type}`,
    );
    return undefined;
  };
}

/** Reports the outermost name that the operation does not know as it stands. */
function unknown(parameter: Parameter, findings: Findings): undefined {
  findings.error ??= wireError('UnknownParameter', `The parameter ${nameOf(parameter)} is not recognized`);
  return undefined;
}
