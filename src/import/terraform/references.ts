/**
 * What an attribute that only the apply tells will hold: the configuration says which resources it is made from, and
 * those have ids, real ones or stand-ins.
 */
import { isObject, type Json, objectOf, objectsOf, textOf, textsOf } from '../json/fields.ts';
import type { Plan, Resource } from './plan.ts';

/** Which attribute of which resource. */
export type Reference = { readonly resource: Resource; readonly attribute: string };

type Place = Pick<Resource, 'module' | 'moduleInstance' | 'key'>;

/** Far above any chain of variables and outputs that people write. */
const depthMax = 20;

export class References {
  readonly #plan: Plan;
  readonly #byName: ReadonlyMap<string, readonly Resource[]>;

  constructor(plan: Plan, resources: readonly Resource[]) {
    this.#plan = plan;
    this.#byName = Map.groupBy(resources, ({ module, isData, type, name }) =>
      nameKey(module, isData, type, name),
    );
  }

  /** Whether the configuration of a resource gives the attribute or block; without a configuration, nothing is given. */
  isGiven(resource: Resource, attribute: string): boolean {
    const value = this.#expressionsOf(resource)[attribute];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  }

  /**
   * What the expression of an attribute is made from; `block` names the nested block that the attribute stands in, all
   * blocks of the name together, since a plan does not keep their order. Undefined where something else is in it too.
   */
  of(resource: Resource, attribute: string, block?: string): readonly Reference[] | undefined {
    const expressions = this.#expressionsOf(resource);
    const whole = block === undefined ? undefined : objectOf(expressions, block);
    if (whole) return this.#fitting(textsOf(whole, 'references'), attribute, resource);
    const blocks = block === undefined ? [expressions] : objectsOf(expressions, block);
    const given = blocks.map((each) => each[attribute]).filter(isObject);
    return this.#resolve(
      given.flatMap((each) => textsOf(each, 'references')),
      resource,
      depthMax,
    );
  }

  /**
   * Blocks that may also be written as one list have one expression for all their members together; what a member is
   * made from is then among those references that can be its value.
   */
  #fitting(texts: readonly string[], attribute: string, place: Place): readonly Reference[] | undefined {
    const longest = texts.filter((text) => !texts.some((other) => isLonger(other, text)));
    const all = longest.flatMap((text) => this.#resolve([text], place, depthMax) ?? []);
    const fitting = all.filter((reference) => fits(attribute, reference));
    return fitting.length > 0 ? fitting : undefined;
  }

  #expressionsOf({ module, isData, type, name }: Resource): Json {
    const resources = objectsOf(this.#plan.modules.get(module) ?? {}, 'resources');
    const found = resources.find(
      (each) =>
        textOf(each, 'type') === type &&
        textOf(each, 'name') === name &&
        (textOf(each, 'mode') === 'data') === isData,
    );
    return objectOf(found ?? {}, 'expressions') ?? {};
  }

  #resolve(texts: readonly string[], place: Place, depth: number): readonly Reference[] | undefined {
    if (texts.length === 0 || depth === 0) return undefined;
    // A plan lists `aws_vpc.a.id` and its shortening `aws_vpc.a`; the longest says all.
    const longest = texts.filter((text) => !texts.some((other) => isLonger(other, text)));
    const found: Reference[] = [];
    for (const text of longest) {
      if (/^(each|count|path|terraform|self)\./.test(text)) continue;
      const references = this.#resolveOne(text, place, depth);
      if (!references) return undefined;
      found.push(...references);
    }
    return found.length > 0 ? found : undefined;
  }

  #resolveOne(text: string, place: Place, depth: number): readonly Reference[] | undefined {
    const [first = '', second = '', third = ''] = text.split(/\.(?![^[]*\])/);
    if (first === 'var') return this.#variable(second.replace(/\[.*/, ''), place, depth);
    if (first === 'module') return this.#output(second, third.replace(/\[.*/, ''), place, depth);
    if (first === 'local') return undefined;
    const isData = first === 'data';
    const [type, named, attribute] = isData ? text.split('.').slice(1) : text.split(/\.(?![^[]*\])/);
    const [, name = '', keyText] = /^([^[]+)(?:\[(.*)\])?$/.exec(named ?? '') ?? [];
    const all = this.#byName.get(nameKey(place.module, isData, type ?? '', name)) ?? [];
    const here = all.filter(({ moduleInstance }) => moduleInstance === place.moduleInstance);
    const chosen = choose(here, keyText, place.key);
    return chosen.map((resource) => ({ resource, attribute: (attribute ?? 'id').replace(/\[.*/, '') }));
  }

  /** What the caller of the module gave for one of its variables. */
  #variable(
    name: string,
    { module, moduleInstance }: Place,
    depth: number,
  ): readonly Reference[] | undefined {
    const outer = parentOf(module);
    const parent = this.#plan.modules.get(outer.path);
    const call = objectOf(objectOf(parent ?? {}, 'module_calls') ?? {}, outer.name);
    const expression = objectOf(objectOf(call ?? {}, 'expressions') ?? {}, name);
    if (module === '' || !expression) return undefined;
    const above = parentInstance(moduleInstance);
    return this.#resolve(textsOf(expression, 'references'), { module: outer.path, ...above }, depth - 1);
  }

  #output(named: string, name: string, place: Place, depth: number): readonly Reference[] | undefined {
    const [, callName = '', key = ''] = /^([^[]+)(\[.*\])?$/.exec(named) ?? [];
    const join = (path: string, part: string) => (path === '' ? `module.${part}` : `${path}.module.${part}`);
    const module = join(place.module, callName);
    const output = objectOf(objectOf(this.#plan.modules.get(module) ?? {}, 'outputs') ?? {}, name);
    const expression = objectOf(output ?? {}, 'expression');
    if (!expression) return undefined;
    const moduleInstance = join(place.moduleInstance, `${callName}${key}`);
    return this.#resolve(
      textsOf(expression, 'references'),
      { module, moduleInstance, key: undefined },
      depth - 1,
    );
  }
}

const nameKey = (module: string, isData: boolean, type: string, name: string) =>
  `${module} ${isData ? 'data' : ''} ${type} ${name}`;

const isLonger = (other: string, text: string) =>
  other !== text && (other.startsWith(`${text}.`) || other.startsWith(`${text}[`));

/** A key that is written counts, else the key that the asking resource has too, else all instances. */
function choose(
  resources: readonly Resource[],
  keyText: string | undefined,
  ownKey: Resource['key'],
): readonly Resource[] {
  const written = keyText?.replaceAll('"', '');
  const byText = resources.filter(({ key }) => key !== undefined && String(key) === written);
  if (byText.length > 0) return byText;
  const same = resources.filter(({ key }) => key !== undefined && key === ownKey);
  return same.length > 0 ? same : resources;
}

function parentOf(module: string): { readonly path: string; readonly name: string } {
  const parts = module.split('.module.');
  const name = (parts.at(-1) ?? '').replace(/^module\./, '');
  return { path: parts.slice(0, -1).join('.module.'), name };
}

/** The instance of the module around, and the key with which it called. */
function parentInstance(moduleInstance: string): Pick<Place, 'moduleInstance' | 'key'> {
  const at = moduleInstance.lastIndexOf('module.');
  const [, text] = /\[(.*)\]$/.exec(moduleInstance.slice(at)) ?? [];
  const key = text === undefined ? undefined : text.startsWith('"') ? text.slice(1, -1) : Number(text);
  return { moduleInstance: moduleInstance.slice(0, Math.max(0, at - 1)), key };
}

/** Attributes of routes and rules → the types of resources whose ids they hold. */
const idTypes: Readonly<Record<string, RegExp>> = {
  gateway_id: /^aws_(internet|vpn)_gateway$/,
  nat_gateway_id: /^aws_nat_gateway$/,
  egress_only_gateway_id: /^aws_egress_only_internet_gateway$/,
  network_interface_id: /^aws_network_interface$/,
  transit_gateway_id: /^aws_ec2_transit_gateway/,
  vpc_endpoint_id: /^aws_vpc_endpoint$/,
  vpc_peering_connection_id: /^aws_vpc_peering_connection/,
  destination_prefix_list_id: /prefix_list$/,
  prefix_list_ids: /prefix_list$/,
  security_groups: /security_group$/,
};

function fits(attribute: string, { resource, attribute: value }: Reference): boolean {
  const types = idTypes[attribute];
  if (types) return types.test(resource.type);
  // Blocks come from attributes that hold blocks.
  return attribute.includes('cidr') ? value.includes('cidr') : false;
}
