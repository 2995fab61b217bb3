/** What the suite reads from the wire model. */
import { readFileSync } from 'node:fs';
import type { ServiceModel } from '#wire/model.ts';

const model = JSON.parse(
  readFileSync(new URL('../../../src/wire/models/ec2.json', import.meta.url), 'utf8'),
) as ServiceModel;

/** The members of an action's input. */
export function inputMembers(action: string): readonly string[] {
  const name = model.operations[action]?.[0];
  const shape = name ? model.shapes[name] : undefined;
  return shape?.kind === 'struct' ? Object.keys(shape.members) : [];
}

/** The members without which the model knows no such request; operations may require more in some cases. */
export function requiredMembers(action: string): readonly string[] {
  const name = model.operations[action]?.[0];
  const shape = name ? model.shapes[name] : undefined;
  return shape?.kind === 'struct' ? inputMembers(action).slice(0, shape.required ?? 0) : [];
}
