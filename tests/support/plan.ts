/** Terraform plans for tests: what `terraform show -json` has, from a few lines. */
import { isObject, type Json } from '#import/json/fields.ts';

/** Address of an instance → what is known of it; what stands as `'?'` only the apply tells, in blocks too. */
export type Planned = Readonly<Record<string, Json>>;

/** A plan that makes the resources, out of a configuration as `terraform show -json` has it. */
export function planJson(planned: Planned, configuration: Json, more: Json = {}): Json {
  const instances = Object.entries(planned).map(([address, values]) => instanceOf(address, values));
  const changes = instances.map(({ address, type, name, unknown }) => ({
    address,
    type,
    name,
    change: { actions: ['create'], before: null, after_unknown: unknown },
  }));
  const data = instances.filter(({ mode }) => mode === 'data');
  return {
    format_version: '1.2',
    planned_values: { root_module: tree(instances.filter(({ mode }) => mode !== 'data')) },
    prior_state: { format_version: '1.0', values: { root_module: tree(data) } },
    resource_changes: changes,
    configuration,
    ...more,
  };
}

type Instance = ReturnType<typeof instanceOf>;

function instanceOf(address: string, given: Json) {
  const [, module = '', data, type = '', name = '', key] =
    /^((?:module\.[^.[]+(?:\[[^\]]+\])?\.)*)(data\.)?(\w+)\.(\w+)(?:\[(.+)\])?$/.exec(address) ?? [];
  const index = key?.startsWith('"') ? key.slice(1, -1) : key === undefined ? undefined : Number(key);
  const { values, unknown } = apart(given);
  const id = data || 'id' in given ? {} : { id: true };
  const mode = data ? 'data' : 'managed';
  return {
    module: module.slice(0, -1),
    mode,
    address,
    type,
    name,
    index,
    values,
    unknown: { ...id, ...unknown },
  };
}

/** What is known and what only the apply tells, in nested blocks too. */
function apart(given: Json): { readonly values: Json; readonly unknown: Json } {
  const values: Record<string, unknown> = {};
  const unknown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === '?') unknown[name] = true;
    else if (Array.isArray(value) && value.every(isObject)) {
      const blocks = value.map(apart);
      values[name] = blocks.map((each) => each.values);
      unknown[name] = blocks.map((each) => each.unknown);
    } else values[name] = value;
  }
  return { values, unknown };
}

/** Modules inside modules, each with its address. */
function tree(instances: readonly Instance[], module = ''): Json {
  const inside = instances.filter((each) => each.module !== module && each.module.startsWith(module));
  const start = module === '' ? '' : `${module}.`;
  const children = new Set(
    inside.map(
      (each) => start + (/^module\.[^.[]+(?:\[[^\]]+\])?/.exec(each.module.slice(start.length))?.[0] ?? ''),
    ),
  );
  return {
    ...(module === '' ? {} : { address: module }),
    resources: instances.filter((each) => each.module === module),
    child_modules: [...children].map((child) =>
      tree(
        inside.filter((each) => each.module === child || each.module.startsWith(`${child}.`)),
        child,
      ),
    ),
  };
}

/** The configuration of a resource: attribute → the references of its expression, or the expression itself. */
export function configured(
  address: string,
  attributes: Readonly<Record<string, readonly string[] | Json>>,
  more: Json = {},
): Json {
  const isData = address.startsWith('data.');
  const [type, name] = address.replace(/^data\./, '').split('.');
  return {
    address,
    mode: isData ? 'data' : 'managed',
    type,
    name,
    expressions: expressions(attributes),
    ...more,
  };
}

/** The expressions of a resource or of a call of a module. */
export function expressions(attributes: Readonly<Record<string, readonly string[] | Json>>): Json {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, made]) => [
      name,
      Array.isArray(made) ? { references: made } : made,
    ]),
  );
}
