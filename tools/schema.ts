/**
 * Reads the AWS SDK's runtime schemas: nested arrays whose first element is the kind. A numeric schema stands for a
 * scalar, or with a modifier bit for a list or map of one. A schema may be behind a function, and a member may pair
 * its schema with traits.
 */
export type Traits = {
  readonly xmlName?: string;
  readonly ec2QueryName?: string;
  readonly jsonName?: string;
  readonly xmlFlattened?: 1;
  readonly idempotencyToken?: 1;
  readonly timestampFormat?: unknown;
};

export type Schema =
  | { readonly kind: 'unit' }
  | { readonly kind: 'scalar'; readonly code: number; readonly traits: Traits }
  | { readonly kind: 'list' | 'map'; readonly name: string; readonly key: unknown; readonly value: unknown }
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string;
      readonly members: readonly {
        readonly name: string;
        readonly schema: unknown;
        readonly traits: Traits;
      }[];
      readonly required: number;
    };

const listModifier = 64;
const mapModifier = 128;
const scalarMask = 63;
const idempotencyTokenBit = 4;

/** An operation's schema, or undefined where a value is something else. */
export function operationOfSchema(
  value: unknown,
): { name: string; input: unknown; output: unknown } | undefined {
  if (!Array.isArray(value) || value[0] !== 9) return undefined;
  return { name: String(value[2]), input: value[4], output: value[5] };
}

/** The target and the traits of a member's schema. */
export function targetOf(member: unknown): { schema: unknown; traits: Traits } {
  if (typeof member === 'function') return targetOf(member());
  if (Array.isArray(member) && member.length === 2) {
    const inner = targetOf(member[0]);
    return { schema: inner.schema, traits: { ...inner.traits, ...traitsOf(member[1]) } };
  }
  return { schema: member, traits: {} };
}

/** The schema behind a value as a tagged union. */
export function readSchema(value: unknown): Schema {
  const { schema } = targetOf(value);
  if (schema === 'unit') return { kind: 'unit' };
  if (typeof schema === 'number') return numericSchema(schema);
  if (!Array.isArray(schema)) throw new Error(`not a schema: ${String(schema)}`);
  const [kind, , name, traits] = schema;
  switch (kind) {
    case 0: {
      if (typeof schema[4] !== 'number') throw new Error(`simple schema ${name} of no scalar`);
      return { kind: 'scalar', code: schema[4], traits: traitsOf(traits) };
    }
    case 1:
      refuseFlattened(name, traits);
      return { kind: 'list', name, key: undefined, value: schema[4] };
    case 2:
      refuseFlattened(name, traits);
      return { kind: 'map', name, key: schema[4], value: schema[5] };
    case 3:
    case 4:
      return {
        kind: kind === 3 ? 'struct' : 'union',
        name,
        members: membersOf(schema[4], schema[5]),
        required: schema[6] ?? 0,
      };
    case 9: {
      const input = targetOf(schema).schema;
      throw new Error(`operation ${name} where a shape was expected: ${String(input)}`);
    }
    default:
      throw new Error(`schema kind ${kind} of ${name} is not known`);
  }
}

function membersOf(names: readonly string[], schemas: readonly unknown[]) {
  return names.map((name, index) => {
    const { schema, traits } = targetOf(schemas[index]);
    if (traits.xmlFlattened) throw new Error(`flattened member ${name} is not supported`);
    if (traits.jsonName) throw new Error(`jsonName of ${name} is not supported`);
    return { name, schema, traits };
  });
}

function numericSchema(code: number): Schema {
  const scalar = code & scalarMask;
  if (code >= mapModifier) return { kind: 'map', name: `map.${scalar}`, key: 0, value: scalar };
  if (code >= listModifier) return { kind: 'list', name: `list.${scalar}`, key: undefined, value: scalar };
  return { kind: 'scalar', code, traits: {} };
}

function traitsOf(traits: unknown): Traits {
  if (typeof traits === 'number') return traits & idempotencyTokenBit ? { idempotencyToken: 1 } : {};
  return (traits ?? {}) as Traits;
}

function refuseFlattened(name: string, traits: unknown): void {
  if (traitsOf(traits).xmlFlattened) throw new Error(`flattened shape ${name} is not supported`);
}
