/**
 * `Condition` of a statement: the operators and keys of which this program knows exactly what they mean. All operators
 * and all their keys must hold; of the values of a key one must match, or none where the operator says Not.
 */
import { type ConditionKey, conditionKey, type Facts, valueForm } from './condition-key.ts';
import { misfit, type Operator, operatorNamed } from './condition-operator.ts';

export type Condition = (facts: Facts) => boolean;

/** The condition of a statement, or in one line why it is none that this program would obey. */
export function conditionIn(value: unknown): Condition | string {
  const all: Condition[] = [];
  for (const [name, keys] of entriesOf(value)) {
    const operator = operatorNamed(name);
    if (!operator) return `the condition operator ${name} is not supported`;
    const asked = entriesOf(keys);
    if (asked.length === 0) return `the condition ${name} has no condition`;
    for (const [key, values] of asked) {
      const holds = compiled(operator, key, values);
      if (typeof holds === 'string') return `the condition ${name} of ${key}: ${holds}`;
      all.push(holds);
    }
  }
  if (all.length === 0) return 'Condition has no condition';
  return (facts) => all.every((holds) => holds(facts));
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function compiled(operator: Operator, name: string, values: unknown): Condition | string {
  const key = conditionKey(name);
  if (!key) return 'the key is not supported';
  const wrong = misfit(operator, valueForm(key));
  if (wrong !== undefined) return wrong;
  return operator.kind === 'null' ? presence(key, values) : comparison(operator, key, values);
}

/** `"true"`: the key is to stand for nothing. */
function presence(key: ConditionKey, value: unknown): Condition | string {
  const text = String(value);
  if (text !== 'true' && text !== 'false') return 'its value is not "true" or "false"';
  return (facts) => (facts(key) === undefined) === (text === 'true');
}

function comparison(
  { matcher, quantifier, isNegated, isOptional }: Operator & { kind: 'compare' },
  key: ConditionKey,
  values: unknown,
): Condition | string {
  const matchers: ((text: string) => boolean)[] = [];
  for (const each of [values].flat()) {
    if (typeof each !== 'string') return 'a value is not text';
    if (each.includes('${')) return `the variable in "${each}" is not supported`;
    const made = matcher(each);
    if (!made) return `"${each}" is not an address, a block or an ARN`;
    matchers.push(made);
  }
  if (matchers.length === 0) return 'it has no value';
  const fits = (text: string) => matchers.some((matches) => matches(text)) !== isNegated;
  return (facts) => {
    const held = facts(key);
    if (held === undefined) return isOptional || quantifier === 'all' || (isNegated && quantifier === 'one');
    const texts = [held].flat();
    return quantifier === 'any' ? texts.some(fits) : texts.every(fits);
  };
}
