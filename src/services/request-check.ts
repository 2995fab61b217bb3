/**
 * What is checked of every request before its operation runs: that the parameters are there which its model
 * requires and those that it needs besides, then that every id in it has the form of its kind. Operations
 * rely on both, and an unknown id is never reported before a malformed one.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import {
  isScalar,
  membersOf,
  type ServiceModel,
  type StructModel,
  shapeOf,
  type TypeName,
} from '#wire/model.ts';
import { inputShapeOf } from '#wire/operation.ts';
import { type IdForm, idFormOf } from './ec2/request-ids.ts';
import { type Need, needsOf } from './ec2/request-needs.ts';
import { refuse } from './refusal.ts';

/** The first parameter that is missing, and the ids in the order of the model's members. */
type Found = { missing: string | undefined; readonly ids: (readonly [form: IdForm, id: string])[] };

/** Looks at a value whose parameter has this name. */
type Look = (value: unknown, name: string, found: Found) => void;

/** Which members hold ids; services that are not here have none whose form anybody knows. */
const formsOf: Readonly<Record<string, typeof idFormOf>> = { ec2: idFormOf };

const looks = new Map<string, Look | undefined>();

/** Refuses a request that lacks a parameter, or else one with a malformed id. */
export function checkRequest(service: string, action: string, input: unknown): void {
  const key = `${service} ${action}`;
  if (!looks.has(key)) looks.set(key, compiled(service, action));
  const found: Found = { missing: undefined, ids: [] };
  looks.get(key)?.(input ?? {}, '', found);
  if (service === 'ec2') found.missing ??= unmet(needsOf(action), input);
  if (found.missing !== undefined) refuseMissing(service, found.missing);
  for (const [form, id] of found.ids) form(id);
}

/** STS validates all of a request in one, and has one code for it. */
function refuseMissing(service: string, parameter: string): never {
  if (service !== 'sts') refuse('missingParameter', { parameter });
  refuse('stsValidation', { reason: `The request must contain the parameter ${parameter}.` });
}

/** The first need that a request does not meet, called by its first parameter. */
function unmet(needs: readonly Need[], input: unknown): string | undefined {
  const given = (input ?? {}) as Readonly<Record<string, unknown>>;
  return needs.find((need) => need.every((name) => isAbsent(given[name])))?.[0];
}

function compiled(service: string, action: string): Look | undefined {
  const taken = inputShapeOf(service, action);
  return taken && lookOf(taken.shape, taken.model, formsOf[service] ?? (() => undefined));
}

/** A look at everything in a value that the model says something of; undefined where it says nothing. */
function lookOf(type: TypeName, model: ServiceModel, formOf: typeof idFormOf): Look | undefined {
  if (isScalar(type)) return undefined;
  const shape = shapeOf(model, type);
  if (shape.kind === 'struct') return structLook(type, shape, model, formOf);
  // Inputs hold unions and maps in no service; none of their shapes contains itself.
  const each = shape.kind === 'list' ? lookOf(shape.of, model, formOf) : undefined;
  return (
    each &&
    ((value, name, found) => {
      for (const [index, element] of (value as readonly unknown[]).entries())
        each(element, `${name}.${index + 1}`, found);
    })
  );
}

function structLook(
  type: TypeName,
  struct: StructModel,
  model: ServiceModel,
  formOf: typeof idFormOf,
): Look | undefined {
  const members = membersOf(struct, model.protocol).flatMap(({ name, queryName, required, type: of }) => {
    const form = holdsText(of, model) ? formOf(type, name) : undefined;
    const look = form ? idLook(form) : lookOf(of, model, formOf);
    return required || look ? [{ name, queryName, required, look }] : [];
  });
  if (members.length === 0) return undefined;
  return (value, parent, found) => {
    const prefix = parent === '' ? '' : `${parent}.`;
    for (const { name, queryName, required, look } of members) {
      const held = (value as Readonly<Record<string, unknown>>)[name];
      if (!isAbsent(held)) look?.(held, `${prefix}${queryName}`, found);
      else if (required) found.missing ??= `${prefix}${queryName}`;
    }
  };
}

/** Whether a member is a text or a list of texts; lists of structures bear the names of the ids in them too. */
function holdsText(type: TypeName, model: ServiceModel): boolean {
  if (isScalar(type)) return type === 'string';
  const shape = shapeOf(model, type);
  return shape.kind === 'list' && shape.of === 'string';
}

/** An empty text or list counts as absent, as in AWS's query protocol. */
function isAbsent(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

const idLook =
  (form: IdForm): Look =>
  (value, _, { ids }) => {
    for (const id of Array.isArray(value) ? value : [value]) ids.push([form, String(id)]);
  };
