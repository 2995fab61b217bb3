/** The services and operations of the generated models, with their codecs. A new service is one more import and row. */
import { jsonDecoders } from './json-decoder.ts';
import { jsonEncoders } from './json-encoder.ts';
import type { ServiceModel, TypeName } from './model.ts';
import cloudtrail from './models/cloudtrail.json' with { type: 'json' };
import ec2 from './models/ec2.json' with { type: 'json' };
import sts from './models/sts.json' with { type: 'json' };
import { queryDecoders } from './query-decoder.ts';
import { type Codec, type Protocol, type ServiceName, serviceNames, type WireOperation } from './wire.ts';
import { xmlEncoders } from './xml-encoder.ts';

// The inferred types of the files say less than `ServiceModel` and tuples are arrays in them; a test checks the files.
const models: Readonly<Record<ServiceName, ServiceModel>> = {
  ec2: ec2 as unknown as ServiceModel,
  sts: sts as unknown as ServiceModel,
  cloudtrail: cloudtrail as unknown as ServiceModel,
};

/** How a service is recognised in a request. */
export type Service = {
  readonly name: ServiceName;
  readonly protocol: Protocol;
  readonly version: string;
  readonly target: string;
};

type ServiceEntry = Service & { readonly operations: ReadonlyMap<string, () => WireOperation> };

const services: ReadonlyMap<ServiceName, ServiceEntry> = new Map(
  serviceNames.map((name) => [name, serviceEntry(name, models[name])]),
);

/** The service of a name, such as that of a credential scope; undefined where it is not served. */
export function serviceOf(name: string): Service | undefined {
  return services.get(name as ServiceName);
}

/** All services, in the order in which an ambiguous request is tried. */
export function allServices(): readonly Service[] {
  return [...services.values()];
}

/** An operation of the model, or undefined where the model has none of the name. */
export function operationOf(service: string, action: string): WireOperation | undefined {
  return services.get(service as ServiceName)?.operations.get(action)?.();
}

/** The model of a service, and the name of a shape there. */
export type ShapeIn = { readonly model: ServiceModel; readonly shape: TypeName };

/** What an operation takes, as its model says; undefined where it takes nothing or the model does not know it. */
export function inputShapeOf(service: string, action: string): ShapeIn | undefined {
  return shapeOfOperation(service, action, 0);
}

/** What an operation answers, as its model says; undefined where it answers nothing or the model does not know it. */
export function outputShapeOf(service: string, action: string): ShapeIn | undefined {
  return shapeOfOperation(service, action, 1);
}

function shapeOfOperation(service: string, action: string, side: 0 | 1): ShapeIn | undefined {
  if (!services.has(service as ServiceName)) return undefined;
  const model = models[service as ServiceName];
  const shape = Object.hasOwn(model.operations, action) ? model.operations[action]?.[side] : undefined;
  return shape ? { model, shape } : undefined;
}

/** Names of all operations of a service's model, sorted. */
export function operationNames(service: ServiceName): readonly string[] {
  return [...(services.get(service)?.operations.keys() ?? [])];
}

function serviceEntry(name: ServiceName, model: ServiceModel): ServiceEntry {
  const codecOf = codecs(model);
  const operations = new Map(
    Object.entries(model.operations).map(([action, [input, output]]) => {
      let made: WireOperation | undefined;
      const operation = (): WireOperation => {
        made ??= {
          service: name,
          name: action,
          protocol: model.protocol,
          xmlNamespace: model.xmlNamespace,
          codec: codecOf(input, output),
        };
        return made;
      };
      return [action, operation] as const;
    }),
  );
  const { protocol, version, target } = model;
  return { name, protocol, version, target, operations };
}

function codecs(model: ServiceModel): (input: string | null, output: string | null) => Codec {
  switch (model.protocol) {
    case 'ec2Query':
    case 'awsQuery': {
      const decoderOf = queryDecoders(model);
      const encoderOf = xmlEncoders(model);
      return (input, output) => ({
        kind: 'query',
        decode: decoderOf(input),
        encode: output === null ? undefined : encoderOf(output),
      });
    }
    case 'awsJson1_0':
    case 'awsJson1_1': {
      const decoderOf = jsonDecoders(model);
      const encoderOf = jsonEncoders(model);
      return (input, output) => ({
        kind: 'json',
        decode: decoderOf(input),
        encode: output === null ? undefined : encoderOf(output),
      });
    }
    default:
      return model.protocol satisfies never;
  }
}
