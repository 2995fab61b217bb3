/** Prefix lists as AWS shows them. */
import type { ManagedPrefixList, PrefixListState } from '@aws-sdk/client-ec2';
import type { PrefixList } from '#vpc/prefix-list.ts';
import { arnOf } from '../../arn.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';
import { isAwsList } from './aws-lists.ts';

/** `state`: what the answer to a change says; a describe finds which change is done, or why it failed. */
export function listOutput(
  list: PrefixList,
  { caller }: Context,
  state?: PrefixListState,
): ManagedPrefixList {
  const settled =
    list.failure === undefined ? (`${list.lastChange ?? 'create'}-complete` as const) : 'modify-failed';
  const scope = isAwsList(list) ? { ...caller.scope, account: 'aws' } : caller.scope;
  return {
    PrefixListId: list.id,
    PrefixListName: list.name,
    PrefixListArn: arnOf('ec2', scope, `prefix-list/${list.id}`),
    AddressFamily: list.family === 'ipv4' ? 'IPv4' : 'IPv6',
    State: state ?? settled,
    ...(list.failure === undefined ? {} : { StateMessage: list.failure }),
    ...(isAwsList(list) ? {} : { MaxEntries: list.maxEntries, Version: list.version }),
    OwnerId: list.ownerId,
    Tags: tagList(list.tags),
  };
}
