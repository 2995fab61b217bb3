/**
 * What the expressions of a plan's configuration are made from. A plan lists the references of an expression, not the
 * expression itself: variables, outputs and `each.value` are followed to resources and constants; values of `locals` are
 * not in a plan. https://developer.hashicorp.com/terraform/internals/json-format
 */
import { isObject, type Json, objectOf, objectsOf, textOf, textsOf } from '../json/fields.ts';
import type { Plan, Resource } from './plan.ts';
import { lastKey, longestOf, type Step, stepsOf, within } from './reference-text.ts';

/** One thing that an expression is made from. */
export type Source =
  /** An attribute of a resource; without a name where a plan does not tell it, as for `a[*].id` and `a[each.key].id`. */
  | { readonly kind: 'attribute'; readonly resource: Resource; readonly attribute: string | undefined }
  | { readonly kind: 'constant'; readonly value: unknown }
  /** Nobody can follow it; `place` is the module that its reference stands in. */
  | { readonly kind: 'hidden'; readonly text: string; readonly place: Place };

/** Where a reference stands: the module, and what `each` and `count` are there. */
export type Place = {
  readonly module: string;
  readonly moduleInstance: string;
  readonly key?: string | undefined;
  readonly forEach?: Json | undefined;
};

/** Far above any chain of variables and outputs that people write. */
const depthMax = 20;

export class References {
  readonly #plan: Plan;
  readonly #byName: ReadonlyMap<string, readonly Resource[]>;
  readonly #moduleInstances: ReadonlySet<string>;

  constructor(plan: Plan, resources: readonly Resource[]) {
    this.#plan = plan;
    this.#byName = Map.groupBy(resources, nameKey);
    this.#moduleInstances = new Set(resources.flatMap(({ moduleInstance }) => withAncestors(moduleInstance)));
  }

  /** Whether the configuration of a resource gives the attribute or block; without a configuration, nothing is given. */
  isGiven(resource: Resource, attribute: string): boolean {
    const value = this.#expressionsOf(resource)[attribute];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  }

  /**
   * What the expression of an attribute is made from; `block` names the nested block that the attribute stands in, all
   * blocks of the name together, since a plan does not keep their order. Undefined where no expression is there.
   */
  of(resource: Resource, attribute: string, block?: string): readonly Source[] | undefined {
    const expressions = this.#expressionsOf(resource);
    // Blocks that may also be written as one list have one expression for all their members together.
    const whole = block === undefined ? undefined : objectOf(expressions, block);
    const blocks = block === undefined ? [expressions] : objectsOf(expressions, block);
    const given = whole ? [whole] : blocks.map((each) => each[attribute]).filter(isObject);
    if (given.length === 0) return undefined;
    const place = { ...resource, key: keyText(resource), forEach: this.#forEachOf(resource) };
    return given.flatMap((each) => this.#expression(each, place, [], depthMax));
  }

  /** Whether blocks of the name are written as one list, so that what a member is made from is only among its sources. */
  isList(resource: Resource, block: string | undefined): boolean {
    return block !== undefined && objectOf(this.#expressionsOf(resource), block) !== undefined;
  }

  /** Everything that the locals of a module can be made from: its resources, its variables, its modules' outputs. */
  visibleIn(place: Place): readonly Source[] {
    const own = [...this.#byName.values()]
      .flat()
      .filter(({ moduleInstance }) => moduleInstance === place.moduleInstance)
      .map((resource): Source => ({ kind: 'attribute', resource, attribute: undefined }));
    const module = this.#plan.modules.get(place.module) ?? {};
    const variables = Object.keys(objectOf(module, 'variables') ?? {});
    const inputs = variables.flatMap((name) => this.#variable(name, place, [], depthMax));
    const calls = Object.keys(objectOf(module, 'module_calls') ?? {});
    const outputs = calls.flatMap((name) => this.#output(['module', name], place, depthMax));
    return [...own, ...inputs, ...outputs];
  }

  #configurationOf({ module, isData, type, name }: Resource): Json {
    const resources = objectsOf(this.#plan.modules.get(module) ?? {}, 'resources');
    const found = resources.find(
      (each) =>
        textOf(each, 'type') === type &&
        textOf(each, 'name') === name &&
        (textOf(each, 'mode') === 'data') === isData,
    );
    return found ?? {};
  }

  #expressionsOf(resource: Resource): Json {
    return objectOf(this.#configurationOf(resource), 'expressions') ?? {};
  }

  #forEachOf(resource: Resource): Json | undefined {
    return objectOf(this.#configurationOf(resource), 'for_each_expression');
  }

  /** The sources of an expression; `rest` are the steps that are taken from its value. */
  #expression(expression: Json, place: Place, rest: readonly Step[], depth: number): readonly Source[] {
    if (Object.hasOwn(expression, 'constant_value')) {
      return [{ kind: 'constant', value: within(expression['constant_value'], rest) }];
    }
    const texts = longestOf(textsOf(expression, 'references'));
    if (texts.length === 0 || depth === 0) return [{ kind: 'hidden', text: 'its expression', place }];
    const keys = new Set(texts.flatMap((text) => this.#keysIn(text, place, depth)));
    for (const step of rest) if (typeof step !== 'string') keys.add(step.key);
    return texts.flatMap((text) => narrowed(this.#one(text, place, rest, depth), keys));
  }

  /** What a reference may stand for as a key of others: `a[each.key]` is listed as `a` and `each.key`. */
  #keysIn(text: string, place: Place, depth: number): readonly string[] {
    if (text === 'each.key' || text === 'count.index') return place.key === undefined ? [] : [place.key];
    if (!/^(each\.value|var\.)/.test(text)) return [];
    const constants = this.#one(text, place, [], depth).flatMap((source) => {
      const isKey = source.kind === 'constant' && /^(string|number)$/.test(typeof source.value);
      return isKey ? [String(source.value)] : [];
    });
    // Of a set, the value is the key.
    const isOwn = text === 'each.value' && constants.length === 0 && place.key !== undefined;
    return isOwn ? [place.key] : constants;
  }

  #one(text: string, place: Place, rest: readonly Step[], depth: number): readonly Source[] {
    const steps = stepsOf(text);
    const [first, second] = steps;
    if (first === 'each' && second === 'value') {
      return this.#eachValue(place, [...steps.slice(2), ...rest], depth);
    }
    if (typeof first !== 'string' || /^(each|count|path|terraform|self)$/.test(first)) return [];
    if (first === 'var' && typeof second === 'string') {
      return this.#variable(second, place, [...steps.slice(2), ...rest], depth);
    }
    if (first === 'module') return this.#output([...steps, ...rest], place, depth);
    if (first === 'local') return [{ kind: 'hidden', text, place }];
    return this.#resource([...steps, ...rest], text, place);
  }

  #resource(steps: readonly Step[], text: string, place: Place): readonly Source[] {
    const isData = steps[0] === 'data';
    const [type, name, ...path] = isData ? steps.slice(1) : steps;
    if (typeof type !== 'string' || typeof name !== 'string') return [{ kind: 'hidden', text, place }];
    const all = this.#byName.get(nameKey({ module: place.module, isData, type, name })) ?? [];
    const here = all.filter(({ moduleInstance }) => moduleInstance === place.moduleInstance);
    // A data source that is read during the apply; a resource without instances gives nothing.
    if (here.length === 0) return isData ? [{ kind: 'hidden', text, place }] : [];
    const [key] = path;
    const chosen =
      key === undefined || typeof key === 'string' ? here : here.filter((each) => keyText(each) === key.key);
    const named = path.find((step) => typeof step === 'string');
    return (chosen.length > 0 ? chosen : here).map((resource) => {
      const attribute = named !== undefined && isAttribute(resource, named) ? named : undefined;
      return { kind: 'attribute', resource, attribute };
    });
  }

  #eachValue(place: Place, rest: readonly Step[], depth: number): readonly Source[] {
    const { forEach, key } = place;
    // Only what has references is told of: it is a constant, made by a function.
    if (!forEach) return [{ kind: 'constant', value: undefined }];
    const own = key === undefined ? [] : [{ key }];
    if (Object.hasOwn(forEach, 'constant_value'))
      return this.#expression(forEach, place, [...own, ...rest], 1);
    // What `for_each` itself says of `each` is that of the module around.
    const { forEach: _, ...around } = place;
    const sources = this.#expression(forEach, around, [...own, ...rest], depth - 1);
    return narrowed(sources, new Set(key === undefined ? [] : [key]));
  }

  /** What the caller of the module gave for one of its variables; of the root's, what the plan was made with. */
  #variable(name: string, place: Place, rest: readonly Step[], depth: number): readonly Source[] {
    const { module, moduleInstance } = place;
    const declared = objectOf(objectOf(this.#plan.modules.get(module) ?? {}, 'variables') ?? {}, name) ?? {};
    const preset = (): readonly Source[] =>
      Object.hasOwn(declared, 'default')
        ? [{ kind: 'constant', value: within(declared['default'], rest) }]
        : [{ kind: 'hidden', text: `var.${name}`, place }];
    if (module === '') {
      const given = objectOf(this.#plan.variables, name);
      return given ? [{ kind: 'constant', value: within(given['value'], rest) }] : preset();
    }
    const outer = parentOf(module);
    const calls = objectOf(this.#plan.modules.get(outer.path) ?? {}, 'module_calls');
    const call = objectOf(calls ?? {}, outer.name) ?? {};
    const expression = objectOf(objectOf(call, 'expressions') ?? {}, name);
    if (!expression) return preset();
    const around: Place = {
      module: outer.path,
      moduleInstance: parentInstance(moduleInstance),
      key: lastKey(moduleInstance),
      forEach: objectOf(call, 'for_each_expression'),
    };
    return this.#expression(expression, around, rest, depth - 1);
  }

  /** What an output of a module is made from; where a plan does not tell which, of all of them. */
  #output(steps: readonly Step[], place: Place, depth: number): readonly Source[] {
    const [, callName, ...after] = steps;
    const [first] = after;
    const key = first === undefined || typeof first === 'string' ? undefined : first.key;
    const path = key === undefined ? after : after.slice(1);
    const at = path.findIndex((step) => typeof step === 'string');
    const wanted = at < 0 ? undefined : path[at];
    const module = joined(place.module, String(callName));
    const outputs = objectOf(this.#plan.modules.get(module) ?? {}, 'outputs') ?? {};
    const isOutput = typeof wanted === 'string' && Object.hasOwn(outputs, wanted);
    const names = isOutput ? [wanted] : Object.keys(outputs);
    const stem = joined(place.moduleInstance, String(callName));
    const all = [...this.#moduleInstances].filter((each) => each === stem || isInstance(each, stem));
    const chosen = key === undefined ? all : all.filter((each) => lastKey(each) === key);
    return chosen.flatMap((moduleInstance) =>
      names.flatMap((name) => {
        const expression = objectOf(objectOf(outputs, name) ?? {}, 'expression');
        const rest = isOutput ? path.slice(at + 1) : [];
        return this.#expression(expression ?? {}, { module, moduleInstance }, rest, depth - 1);
      }),
    );
  }
}

type Named = Pick<Resource, 'module' | 'isData' | 'type' | 'name'>;

const nameKey = ({ module, isData, type, name }: Named) =>
  `${module} ${isData ? 'data' : ''} ${type} ${name}`;

const keyText = ({ key }: Resource) => (key === undefined ? undefined : String(key));

/** A step that is no attribute comes from an object around the resource, or from a function that a plan does not name. */
const isAttribute = ({ values, unknown }: Resource, name: string) =>
  name === 'id' || Object.hasOwn(values, name) || Object.hasOwn(unknown, name);

/** Where several instances of a resource, or of its module, are meant and a key is one of theirs, that one. */
function narrowed(sources: readonly Source[], keys: ReadonlySet<string>): readonly Source[] {
  if (keys.size === 0) return sources;
  const keysOf = ({ resource }: Source & { readonly kind: 'attribute' }) =>
    [keyText(resource), lastKey(resource.moduleInstance)].filter((key) => key !== undefined);
  const groups = Map.groupBy(sources, (source) =>
    source.kind === 'attribute' ? nameKey(source.resource) : source.kind,
  );
  return [...groups.values()].flatMap((group) => {
    const meant = group.filter(
      (each) => each.kind === 'attribute' && keysOf(each).some((key) => keys.has(key)),
    );
    return meant.length > 0 ? meant : group;
  });
}

const joined = (path: string, name: string) => (path === '' ? `module.${name}` : `${path}.module.${name}`);

/** Whether an address is that of a module with a key, `module.a["x"]` of `module.a`. */
const isInstance = (address: string, stem: string) =>
  address.startsWith(`${stem}[`) && stepsOf(address.slice(stem.length)).length === 1;

function parentOf(module: string): { readonly path: string; readonly name: string } {
  const parts = module.split('.module.');
  const name = (parts.at(-1) ?? '').replace(/^module\./, '');
  const path = parts.slice(0, -1).join('.module.');
  return { path, name };
}

/** The address of the module around. */
function parentInstance(moduleInstance: string): string {
  const [all = ''] =
    /^.*(?=\.module\.[^.[\]]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?$)/.exec(moduleInstance) ?? [];
  return all;
}

/** A module's address and those of all modules around it, down to the root. */
function withAncestors(moduleInstance: string): readonly string[] {
  return moduleInstance === '' ? [''] : [moduleInstance, ...withAncestors(parentInstance(moduleInstance))];
}
