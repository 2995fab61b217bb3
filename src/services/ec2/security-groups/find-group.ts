/** Security groups as requests name them: by id, or by name in the default VPC. */

import { groupNameKey } from '#vpc/network.ts';
import type { SecurityGroup } from '#vpc/security-group.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';

type Named = { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined };

/** The group of a request; refuses where none is named, or two are. */
export function groupIn({ GroupId: id, GroupName: name }: Named, context: Context): SecurityGroup {
  if (id && name) {
    refuse('invalidCombination', {
      reason: 'The parameter GroupName cannot be used with the parameter GroupId.',
    });
  }
  if (id) return resourceOf('securityGroup', id, context);
  return name ? groupNamed(name, context) : refuse('missingParameter', { parameter: 'GroupId or GroupName' });
}

/** The group of a name in the default VPC. */
export function groupNamed(name: string, context: Context): SecurityGroup {
  const vpc = defaultVpc(context);
  const [group] = context.transaction.network.securityGroup.by('nameInVpc', groupNameKey(vpc.id, name));
  return group ?? refuseNotFound('securityGroup', name);
}

/** The default VPC; refuses where the account deleted it. */
export function defaultVpc({ transaction }: Context): Vpc {
  const [vpc] = transaction.network.vpc.by('default', 'default');
  return (
    vpc ??
    refuse('noDefaultVpc', { reason: 'There is no default VPC: name the VPC, and groups by their ids.' })
  );
}
