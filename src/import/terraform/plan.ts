/**
 * `terraform show -json`: the instances of resources before and after, and what the configuration says of them.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
import { readKeys } from '../describe/calls.ts';
import { isObject, type Json, objectOf, objectsOf, textOf, textsOf, Unfit } from '../json/fields.ts';

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
  /** The values of the one whose place it takes, where the plan destroys that. */
  readonly replaced?: Json;
};

export type Plan = {
  readonly before: readonly Resource[];
  readonly after: readonly Resource[];
  /** Module path without keys → its configuration. */
  readonly modules: ReadonlyMap<string, Json>;
  /** Key of a provider's configuration → the configuration. */
  readonly providers: Json;
  /** The values of the root's variables, by name. */
  readonly variables: Json;
};

export const noPlan = 'it is no output of terraform show -json';

const isDescribed = (text: Json): boolean => Object.keys(text).some((key) => readKeys.has(key));

/** Reads a plan, or a state, whose before and after are the same. Throws `Unfit` where it is neither. */
export function readPlan(text: Json): Plan {
  const state = objectOf(objectOf(text, 'prior_state') ?? {}, 'values') ?? objectOf(text, 'values');
  const planned = objectOf(text, 'planned_values');
  if (textOf(text, 'format_version') === undefined || (!state && !planned)) {
    throw new Unfit(isDescribed(text) ? `${noPlan}, but of aws ec2 describe-*: dump:PATH` : noPlan);
  }
  // What is left of a replaced object when a run ends early is destroyed, and has an entry of its own.
  const changes = objectsOf(text, 'resource_changes').filter((each) => textOf(each, 'deposed') === undefined);
  const byAddress = new Map(changes.map((each) => [textOf(each, 'address') ?? '', each] as const));
  const before = state ? resourcesIn(state, new Map()) : [];
  const stays = new Set(changes.filter(isForgotten).map((each) => textOf(each, 'address')));
  const after = planned
    ? [
        ...resourcesIn(planned, byAddress).filter(({ isData }) => !isData),
        // Data sources are read before the plan is made and stand in the state alone.
        ...before.filter(({ isData, address }) => isData || stays.has(address)),
      ]
    : before;
  const configuration = objectOf(text, 'configuration') ?? {};
  const modules = new Map<string, Json>();
  collectModules(objectOf(configuration, 'root_module') ?? {}, '', modules);
  const providers = objectOf(configuration, 'provider_config') ?? {};
  return { before, after, modules, providers, variables: objectOf(text, 'variables') ?? {} };
}

function changeOf(change: Json | undefined): Pick<Resource, 'unknown' | 'replaced'> {
  const what = objectOf(change ?? {}, 'change') ?? {};
  const actions = textsOf(what, 'actions');
  const replaced =
    actions.includes('create') && actions.includes('delete') ? objectOf(what, 'before') : undefined;
  return { unknown: objectOf(what, 'after_unknown') ?? {}, ...(replaced ? { replaced } : {}) };
}

/** A `removed` block without `destroy`: Terraform looks after the resource no longer, but it stays. */
const isForgotten = (change: Json): boolean =>
  textsOf(objectOf(change, 'change') ?? {}, 'actions').join() === 'forget';

function resourcesIn(values: Json, changes: ReadonlyMap<string, Json>): readonly Resource[] {
  const root = objectOf(values, 'root_module');
  return root ? inModule(root, changes) : [];
}

function inModule(module: Json, changes: ReadonlyMap<string, Json>): readonly Resource[] {
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
      ...changeOf(changes.get(address)),
    };
  });
  return [...own, ...objectsOf(module, 'child_modules').flatMap((child) => inModule(child, changes))];
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
