/** The slim service models under models/, written by tools/generate-models.ts from the AWS SDK's runtime schemas. */
import type { Protocol } from './wire.ts';

/** Scalar types; a timestamp without a format of its own takes the protocol's. */
export const scalarTypes = [
  'string',
  'integer',
  'double',
  'boolean',
  'timestamp',
  'dateTime',
  'httpDate',
  'epochSeconds',
  'blob',
  'document',
] as const;

export type ScalarType = (typeof scalarTypes)[number];

/** A `ScalarType`, or the name of a shape of the model. */
export type TypeName = string;

/** Type, name in XML where it differs from the member's, and name in EC2 queries where it follows from neither. */
export type MemberModel = TypeName | readonly [TypeName, string] | readonly [TypeName, string, string];

export type StructModel = {
  readonly kind: 'struct' | 'union';
  readonly members: Readonly<Record<string, MemberModel>>;
  /** How many of the first members are required. */
  readonly required?: number;
  /** The members that make a request idempotent: the SDKs fill them in. */
  readonly tokens?: readonly string[];
};

export type ListModel = {
  readonly kind: 'list';
  readonly of: TypeName;
  /** Name of an element in XML and awsQuery, where it is not `member`. */
  readonly item?: string;
};

export type MapModel = {
  readonly kind: 'map';
  readonly of: TypeName;
  /** Names of key and value in XML and awsQuery, where they are not `key` and `value`. */
  readonly entry?: readonly [string, string];
};

export type ShapeModel = StructModel | ListModel | MapModel;

/** Shape names of input and output; null where there is none. */
export type OperationModel = readonly [string | null, string | null];

export type ServiceModel = {
  readonly notice: string;
  readonly protocol: Protocol;
  readonly version: string;
  readonly xmlNamespace: string;
  /** What stands before the dot of `X-Amz-Target`. */
  readonly target: string;
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, ShapeModel>>;
};

export type Member = {
  readonly name: string;
  readonly type: TypeName;
  readonly xmlName: string;
  /** Key segment in query requests. */
  readonly queryName: string;
  readonly required: boolean;
};

/** The members of a structure with every name spelled out. */
export function membersOf(struct: StructModel, protocol: Protocol): readonly Member[] {
  return Object.entries(struct.members).map(([name, model], index) => {
    const [type, xmlName = name, queryName = defaultQueryName(xmlName, protocol)] =
      typeof model === 'string' ? [model] : model;
    return { name, type, xmlName, queryName, required: index < (struct.required ?? 0) };
  });
}

/** https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#query-key-resolution */
export function defaultQueryName(xmlName: string, protocol: Protocol): string {
  return protocol === 'ec2Query' ? xmlName.charAt(0).toUpperCase() + xmlName.slice(1) : xmlName;
}

/** Whether a type is a scalar and not the name of a shape. */
export function isScalar(type: TypeName): type is ScalarType {
  return (scalarTypes as readonly string[]).includes(type);
}

/** A shape that the model must hold: its absence is a fault of the generator. */
export function shapeOf(model: ServiceModel, name: TypeName): ShapeModel {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`the model has no shape ${name}`);
  return shape;
}
