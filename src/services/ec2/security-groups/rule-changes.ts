/** Putting changed rules into a group: whole or not at all. */
import { excessOf } from '#vpc/group-rules.ts';
import type { Rule, SecurityGroup } from '#vpc/security-group.ts';
import { limitOf } from '../../limits.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';

/** Puts the group with these rules; refuses where they pass a limit. */
export function putRules(group: SecurityGroup, rules: readonly Rule[], context: Context): void {
  const { transaction } = context;
  const limit = limitOf('rulesPerSecurityGroup', context);
  const listSize = (id: string) => transaction.network.prefixList.get(id);
  const excess = excessOf({ before: group.rules, after: rules }, limit, listSize);
  if (excess) refuse('tooManyRules', { id: group.id, limit, ...excess });
  transaction.put('securityGroup', { ...group, rules });
}
