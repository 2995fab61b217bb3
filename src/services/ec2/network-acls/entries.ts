/** CreateNetworkAclEntry, ReplaceNetworkAclEntry, DeleteNetworkAclEntry. */
import type {
  CreateNetworkAclEntryRequest,
  DeleteNetworkAclEntryRequest,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import type { AclEntry, NetworkAcl } from '#vpc/network-acl.ts';
import { limitOf } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { entryIn, entryKeyIn } from './entry.ts';

type Place = Pick<AclEntry, 'direction' | 'number'>;

const indexOf = ({ entries }: NetworkAcl, { direction, number }: Place) =>
  entries.findIndex((entry) => entry.direction === direction && entry.number === number);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
export const createNetworkAclEntry: Operation<CreateNetworkAclEntryRequest, Record<string, never>> = (
  input,
  context,
) => {
  const entry = entryIn(input);
  const acl = resourceOf('networkAcl', input.NetworkAclId, context);
  if (indexOf(acl, entry) >= 0) {
    refuse('aclEntryExists', { aclId: acl.id, direction: entry.direction, number: entry.number });
  }
  put(acl, [...acl.entries, entry], entry, context);
  return {};
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclEntry.html */
export const replaceNetworkAclEntry: Operation<ReplaceNetworkAclEntryRequest, Record<string, never>> = (
  input,
  context,
) => {
  const entry = entryIn(input);
  const acl = resourceOf('networkAcl', input.NetworkAclId, context);
  put(acl, acl.entries.with(placeOf(acl, entry), entry), entry, context);
  return {};
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAclEntry.html */
export const deleteNetworkAclEntry: Operation<DeleteNetworkAclEntryRequest, Record<string, never>> = (
  input,
  context,
) => {
  const key = entryKeyIn(input);
  const acl = resourceOf('networkAcl', input.NetworkAclId, context);
  const entries = acl.entries.toSpliced(placeOf(acl, key), 1);
  context.transaction.put('networkAcl', { ...acl, entries });
  return {};
};

function placeOf(acl: NetworkAcl, { direction, number }: Place): number {
  const index = indexOf(acl, { direction, number });
  return index >= 0 ? index : refuse('aclEntryNotFound', { aclId: acl.id, direction, number });
}

/** The quota counts per direction and family, and counts the final deny. */
function put(acl: NetworkAcl, entries: readonly AclEntry[], changed: AclEntry, context: Context): void {
  const limit = limitOf('entriesPerNetworkAcl', context);
  const alike = (entry: AclEntry) =>
    entry.direction === changed.direction && familyOf(entry.cidr) === familyOf(changed.cidr);
  const [before, after] = [acl.entries, entries].map((each) => each.filter(alike).length + 1);
  if ((after ?? 0) > limit && (after ?? 0) > (before ?? 0)) {
    const what = `${changed.direction} entries for ${familyOf(changed.cidr)} of network ACL ${acl.id}`;
    refuse('quota', { code: 'NetworkAclEntryLimitExceeded', what, limit });
  }
  context.transaction.put('networkAcl', { ...acl, entries });
}
