/**
 * Writes src/wire/models/*.json: for each service of the table the shapes of its listed operations, read from the
 * runtime schemas of the AWS SDK for JavaScript. `npm run generate`; a test holds the files against what this makes.
 */
import { writeFileSync } from 'node:fs';
import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as ec2 from '@aws-sdk/client-ec2';
import * as sts from '@aws-sdk/client-sts';
import type { MemberModel, OperationModel, ScalarType, ServiceModel, ShapeModel } from '../src/wire/model.ts';
import { defaultQueryName, isScalar } from '../src/wire/model.ts';
import type { Protocol } from '../src/wire/wire.ts';
import { cloudtrailOperations, ec2Operations, stsOperations } from './operations.ts';
import { operationOfSchema, readSchema, type Schema, targetOf } from './schema.ts';

type ServiceRow = {
  readonly protocol: Protocol;
  readonly sdk: Readonly<Record<string, unknown>>;
  readonly client: { readonly config: { readonly protocolSettings?: unknown } };
  readonly operations: readonly string[];
  /** Structures whose numbers are not integers: the runtime schemas do not tell the two apart. */
  readonly doubles: readonly string[];
};

const client = { region: 'us-east-1' };

const services: Readonly<Record<string, ServiceRow>> = {
  ec2: {
    protocol: 'ec2Query',
    sdk: ec2,
    client: new ec2.EC2Client(client),
    operations: ec2Operations,
    doubles: ['MemoryGiBPerVCpuRequest', 'NetworkBandwidthGbpsRequest', 'TotalLocalStorageGBRequest'],
  },
  sts: {
    protocol: 'awsQuery',
    sdk: sts,
    client: new sts.STSClient(client),
    operations: stsOperations,
    doubles: [],
  },
  cloudtrail: {
    protocol: 'awsJson1_1',
    sdk: cloudtrail,
    client: new cloudtrail.CloudTrailClient(client),
    operations: cloudtrailOperations,
    doubles: [],
  },
};

export const serviceNames: readonly string[] = Object.keys(services);

const notice =
  'Generated from the AWS SDK for JavaScript, Copyright Amazon.com, Inc. or its affiliates, ' +
  'licensed under the Apache License 2.0; see NOTICE. Written by tools/generate-models.ts; do not edit.';

const scalars: Readonly<Record<number, ScalarType>> = {
  0: 'string',
  1: 'integer',
  2: 'boolean',
  4: 'timestamp',
  5: 'dateTime',
  6: 'httpDate',
  7: 'epochSeconds',
  15: 'document',
  21: 'blob',
};

type Shapes = Map<string, ShapeModel>;

/** The model of a service of the table. */
export function modelOf(service: string): ServiceModel {
  const row = services[service];
  if (!row) throw new Error(`no service ${service}`);
  const settings = row.client.config.protocolSettings as Readonly<Record<string, string>> | undefined;
  const known = new Map(
    Object.values(row.sdk).flatMap((value) => {
      const operation = operationOfSchema(value);
      return operation ? [[operation.name, operation] as const] : [];
    }),
  );
  const shapes: Shapes = new Map();
  const operations = row.operations.map((name): readonly [string, OperationModel] => {
    const operation = known.get(name);
    if (!operation) throw new Error(`${service} has no operation ${name}`);
    return [name, [addRoot(operation.input, row, shapes), addRoot(operation.output, row, shapes)]];
  });
  return {
    notice,
    protocol: row.protocol,
    version: settings?.['version'] ?? '',
    xmlNamespace: settings?.['xmlNamespace'] ?? '',
    target: settings?.['serviceTarget'] ?? '',
    operations: Object.fromEntries(operations),
    shapes: Object.fromEntries([...shapes].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** A model as its file holds it: one shape a line, so that changes can be read. */
export function fileText(model: ServiceModel): string {
  const lines = (entries: object) =>
    Object.entries(entries).map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const { operations, shapes, ...head } = model;
  const headLines = Object.entries(head).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`);
  const parts = [
    ...headLines,
    `  "operations": {\n${lines(operations).join(',\n')}\n  }`,
    `  "shapes": {\n${lines(shapes).join(',\n')}\n  }`,
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** Where a service's model is kept. */
export function modelFile(service: string): URL {
  return new URL(`../src/wire/models/${service}.json`, import.meta.url);
}

function addRoot(schema: unknown, row: ServiceRow, shapes: Shapes): string | null {
  const read = readSchema(schema);
  return read.kind === 'unit' ? null : typeName(read, row, shapes, false);
}

/** The type name of a schema; the shapes it needs are added. */
function typeName(schema: Schema, row: ServiceRow, shapes: Shapes, isDouble: boolean): string {
  if (schema.kind === 'unit') throw new Error('a unit shape has no type');
  if (schema.kind === 'scalar') {
    const scalar = scalars[schema.code];
    if (!scalar) throw new Error(`scalar ${schema.code} is not supported`);
    return scalar === 'integer' && isDouble ? 'double' : scalar;
  }
  if (row.protocol.endsWith('Query') && (schema.kind === 'map' || schema.kind === 'union')) {
    throw new Error(`${schema.kind} ${schema.name}: query services are read and written without`);
  }
  if (isScalar(schema.name)) throw new Error(`shape ${schema.name} has the name of a scalar`);
  if (!shapes.has(schema.name)) {
    // Set before its members are read: shapes may contain themselves.
    const shape: Record<string, unknown> = {};
    shapes.set(schema.name, shape as ShapeModel);
    Object.assign(shape, shapeModel(schema, row, shapes));
  }
  return schema.name;
}

function shapeModel(
  schema: Exclude<Schema, { kind: 'unit' | 'scalar' }>,
  row: ServiceRow,
  shapes: Shapes,
): ShapeModel {
  const type = (value: unknown, isDouble = false) => typeName(readSchema(value), row, shapes, isDouble);
  switch (schema.kind) {
    case 'list': {
      const { xmlName } = targetOf(schema.value).traits;
      const item = xmlName === undefined || xmlName === 'member' ? {} : { item: xmlName };
      return { kind: 'list', of: type(schema.value), ...item };
    }
    case 'map': {
      const key = targetOf(schema.key).traits.xmlName ?? 'key';
      const value = targetOf(schema.value).traits.xmlName ?? 'value';
      return {
        kind: 'map',
        of: type(schema.value),
        ...(key === 'key' && value === 'value' ? {} : { entry: [key, value] }),
      };
    }
    case 'struct':
    case 'union': {
      const tokens = schema.members.filter(({ traits }) => traits.idempotencyToken).map(({ name }) => name);
      const isDouble = row.doubles.includes(schema.name);
      return {
        kind: schema.kind,
        members: Object.fromEntries(
          schema.members.map((member) => [
            member.name,
            memberModel(member, type(member.schema, isDouble), row.protocol),
          ]),
        ),
        ...(schema.required > 0 ? { required: schema.required } : {}),
        ...(tokens.length > 0 ? { tokens } : {}),
      };
    }
    default:
      return schema satisfies never;
  }
}

function memberModel(
  { name, traits }: { name: string; traits: { xmlName?: string; ec2QueryName?: string } },
  type: string,
  protocol: Protocol,
): MemberModel {
  const xmlName = traits.xmlName ?? name;
  const queryName = protocol === 'ec2Query' ? traits.ec2QueryName : undefined;
  if (queryName !== undefined && queryName !== defaultQueryName(xmlName, protocol)) {
    return [type, xmlName, queryName];
  }
  return xmlName === name ? type : [type, xmlName];
}

if (import.meta.main) {
  for (const service of serviceNames) writeFileSync(modelFile(service), fileText(modelOf(service)));
}
