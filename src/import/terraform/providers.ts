/** Where the provider of a resource works: its region, and the account of the role that it takes. */
import { isObject, type Json, objectOf, objectsOf, textOf, textsOf } from '../json/fields.ts';
import type { Plan, Resource } from './plan.ts';

export type Whereabouts = { readonly region?: string | undefined; readonly account?: string | undefined };

/** Region and account as far as the configuration tells them, as constants or through variables. */
export function providerOf(plan: Plan, { module, isData, type, name }: Resource): Whereabouts {
  const resources = objectsOf(plan.modules.get(module) ?? {}, 'resources');
  const own = resources.find(
    (each) =>
      textOf(each, 'type') === type &&
      textOf(each, 'name') === name &&
      (textOf(each, 'mode') === 'data') === isData,
  );
  const provider = configurationOf(plan, textOf(own ?? {}, 'provider_config_key'));
  const expressions = objectOf(provider ?? {}, 'expressions') ?? {};
  const [role] = objectsOf(expressions, 'assume_role');
  const [account] = constantTexts(plan, objectOf(expressions, 'allowed_account_ids'));
  const [arn] = constantTexts(plan, objectOf(role ?? {}, 'role_arn'));
  const [region] = constantTexts(plan, objectOf(expressions, 'region'));
  return { region, account: arn?.split(':')[4] ?? account };
}

/**
 * Keys are opaque: `aws.west`, or `module.a:aws` for a provider of a module. A module that is handed a provider names
 * one that is not there in plans of older versions; without an alias of its own it has the root's.
 */
function configurationOf({ providers }: Plan, key = 'aws'): Json | undefined {
  const plain = key.slice(key.lastIndexOf(':') + 1);
  const fallback = Object.values(providers)
    .filter(isObject)
    .find((each) => textOf(each, 'name') === 'aws' && textOf(each, 'alias') === undefined);
  return objectOf(providers, key) ?? objectOf(providers, plain) ?? fallback;
}

/** A constant, one or a list of one, or the value of the variable that the expression is. */
function constantTexts({ variables, modules }: Plan, expression: Json = {}): readonly string[] {
  const [name, ...more] = textsOf(expression, 'references').map((text) => /^var\.(\w+)$/.exec(text)?.[1]);
  const declared = objectOf(objectOf(modules.get('') ?? {}, 'variables') ?? {}, name ?? '');
  const given = objectOf(variables, name ?? '')?.['value'] ?? declared?.['default'];
  const value = name !== undefined && more.length === 0 ? given : expression['constant_value'];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.length === 1 ? all.filter((each) => typeof each === 'string') : [];
}
