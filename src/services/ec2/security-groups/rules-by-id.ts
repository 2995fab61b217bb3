/** Rules of one group by their ids. */
import type { Direction, Rule, SecurityGroup } from '#vpc/security-group.ts';
import { refuseNotFound } from '../resources.ts';

/** The rule of an id in the group, and in the direction if one is given; refuses an unknown id. */
export function ruleById(id: string, group: SecurityGroup, direction?: Direction): Rule {
  const rule = group.rules.find((held) => held.id === id);
  return rule && (direction === undefined || rule.direction === direction)
    ? rule
    : refuseNotFound('rule', id);
}

/** The rules of all ids, or a refusal. */
export function rulesById(
  ids: readonly string[],
  group: SecurityGroup,
  direction: Direction,
): readonly Rule[] {
  return ids.map((id) => ruleById(id, group, direction));
}
