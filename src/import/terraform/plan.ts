/**
 * `terraform show -json`: the instances of resources before and after, and what the configuration says of them.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
import { UnreadableSource } from '../imported.ts';
import { isObject, type Json, objectOf, objectsOf, textOf } from '../json/fields.ts';

/** One instance of a resource. */
export type Resource = {
  readonly address: string;
  /** Module path without instance keys, `module.a.module.b`; empty for the root. */
  readonly module: string;
  /** The same with keys, as it stands in the address. */
  readonly moduleInstance: string;
  readonly isData: boolean;
  readonly type: string;
  readonly name: string;
  /** The key of `count` or `for_each`. */
  readonly key?: string | number | undefined;
  readonly values: Json;
  /** In the shape of the values, `true` for what only the apply tells. */
  readonly unknown: Json;
};

export type Plan = {
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
  /** Module path without keys → its configuration. */
  readonly modules: ReadonlyMap<string, Json>;
  /** The region of the provider, where the configuration has it as a constant. */
  readonly region?: string | undefined;
};

/** Reads a plan, or a state, whose before and after are the same. */
export function readPlan(text: Json): Plan {
  const state = objectOf(objectOf(text, 'prior_state') ?? {}, 'values') ?? objectOf(text, 'values');
  const planned = objectOf(text, 'planned_values');
  if (textOf(text, 'format_version') === undefined || (!state && !planned)) {
    throw new UnreadableSource('it is no output of terraform show -json');
  }
  const unknowns = new Map(
    objectsOf(text, 'resource_changes').map((change) => {
      const unknown = objectOf(objectOf(change, 'change') ?? {}, 'after_unknown') ?? {};
      return [textOf(change, 'address') ?? '', unknown] as const;
    }),
  );
  const before = state ? resourcesIn(state, new Map()) : [];
  const after = planned
    ? // Data sources are read before the plan is made and stand in the state alone.
      [
        ...resourcesIn(planned, unknowns).filter(({ isData }) => !isData),
        ...before.filter(({ isData }) => isData),
      ]
    : before;
  const configuration = objectOf(text, 'configuration') ?? {};
  const modules = new Map<string, Json>();
  collectModules(objectOf(configuration, 'root_module') ?? {}, '', modules);
  return { before, after, modules, region: providerRegion(configuration) };
}

function resourcesIn(values: Json, unknowns: ReadonlyMap<string, Json>): readonly Resource[] {
  const root = objectOf(values, 'root_module');
  return root ? inModule(root, unknowns) : [];
}

function inModule(module: Json, unknowns: ReadonlyMap<string, Json>): readonly Resource[] {
  const moduleInstance = textOf(module, 'address') ?? '';
  const own = objectsOf(module, 'resources').map((each): Resource => {
    const address = textOf(each, 'address') ?? '';
    const key = each['index'];
    return {
      address,
      module: withoutKeys(moduleInstance),
      moduleInstance,
      isData: textOf(each, 'mode') === 'data',
      type: textOf(each, 'type') ?? '',
      name: textOf(each, 'name') ?? '',
      key: typeof key === 'string' || typeof key === 'number' ? key : undefined,
      values: objectOf(each, 'values') ?? {},
      unknown: unknowns.get(address) ?? {},
    };
  });
  return [...own, ...objectsOf(module, 'child_modules').flatMap((child) => inModule(child, unknowns))];
}

/** `module.a["x"].module.b[0]` → `module.a.module.b`. */
function withoutKeys(address: string): string {
  return address.replaceAll(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');
}

function collectModules(module: Json, path: string, into: Map<string, Json>): void {
  into.set(path, module);
  for (const [name, call] of Object.entries(objectOf(module, 'module_calls') ?? {})) {
    const child = isObject(call) ? objectOf(call, 'module') : undefined;
    if (child) collectModules(child, path === '' ? `module.${name}` : `${path}.module.${name}`, into);
  }
}

function providerRegion(configuration: Json): string | undefined {
  const providers = Object.values(objectOf(configuration, 'provider_config') ?? {}).filter(isObject);
  const aws = providers.find((each) => textOf(each, 'name') === 'aws' && textOf(each, 'alias') === undefined);
  const region = objectOf(objectOf(aws ?? {}, 'expressions') ?? {}, 'region');
  return region && textOf(region, 'constant_value');
}
