/** Create, modify, restore and delete managed prefix lists. */
import type {
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { PrefixList, PrefixListEntry } from '#vpc/prefix-list.ts';
import { once } from '../../client-token.ts';
import { inRange, oneOf } from '../../input.ts';
import { checkQuota, limitOf } from '../../limits.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { isAwsList } from './aws-lists.ts';
import { changedEntries, entriesIn, removalsIn } from './entries.ts';
import { listOutput } from './output.ts';
import { overloadedUsers, usersOf } from './users.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html */
export const createManagedPrefixList: Operation<
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult
> = (input, context) => {
  const make = () => [makeList(input, context).id];
  const [id = ''] = once({ action: 'CreateManagedPrefixList', input, maxLength: 255 }, context, make);
  return { PrefixList: listOutput(resourceOf('prefixList', id, context), context, 'create-in-progress') };
};

function makeList(input: Checked<CreateManagedPrefixListRequest>, context: Context): PrefixList {
  const { transaction, hex17, caller } = context;
  const name = nameIn(input.PrefixListName);
  const maxEntries = sizeIn(input.MaxEntries, context);
  const address = oneOf(input.AddressFamily, ['IPv4', 'IPv6'], 'AddressFamily');
  const family = address === 'IPv4' ? 'ipv4' : 'ipv6';
  const entries = entriesIn(input.Entries, family, 'Entry');
  const tags = tagsOnCreate('prefixList', input.TagSpecifications, context);
  checkFits(entries, maxEntries);
  const count = [...transaction.network.prefixList.values()].filter((list) => !isAwsList(list)).length;
  const quota = { count, code: 'PrefixListLimitExceeded', what: 'prefix lists in the region' };
  checkQuota('prefixListsPerRegion', quota, context);
  const list: PrefixList = {
    id: newId('prefixList', hex17),
    name,
    family,
    maxEntries,
    version: 1,
    entries,
    history: [{ version: 1, entries }],
    ownerId: caller.scope.account,
    tags,
  };
  transaction.put('prefixList', list);
  return list;
}

const nameLengthMax = 255;

function nameIn(name: string): string {
  const parameter = 'PrefixListName';
  if (name.length > nameLengthMax) {
    const expected = `a name has at most ${nameLengthMax} characters`;
    refuse('invalidValue', { parameter, value: name, expected });
  }
  if (name.startsWith('com.amazonaws')) {
    refuse('invalidValue', { parameter, value: name, expected: 'com.amazonaws begins names of AWS alone' });
  }
  return name;
}

function sizeIn(maxEntries: number, context: Context): number {
  const max = limitOf('entriesPerPrefixList', context);
  return inRange(maxEntries, { min: 1, max, parameter: 'MaxEntries' });
}

function checkFits(entries: readonly PrefixListEntry[], maxEntries: number): void {
  if (entries.length > maxEntries) refuse('tooManyEntries', { count: entries.length, maxEntries });
}

/** A list that the caller may change. */
function ownList(id: string, context: Context): PrefixList {
  const list = resourceOf('prefixList', id, context);
  if (isAwsList(list)) refuse('notPermitted', { reason: `The prefix list '${list.id}' is managed by AWS.` });
  return list;
}

function checkVersion(list: PrefixList, current: number): void {
  if (current !== list.version) refuse('listVersion', { id: list.id, given: current, version: list.version });
}

/**
 * Entries, or the size, or the name: AWS changes entries and size in separate requests.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 */
export const modifyManagedPrefixList: Operation<
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult
> = (input, context) => {
  if (input.IpamPrefixListResolverSyncEnabled) {
    refuse('invalidCombination', { reason: 'Only a list with an IPAM resolver is synchronised by one.' });
  }
  const changesEntries = (input.AddEntries?.length ?? 0) + (input.RemoveEntries?.length ?? 0) > 0;
  if (changesEntries && input.MaxEntries !== undefined) {
    const reason = 'A request changes the entries of a prefix list or its size (MaxEntries), not both.';
    refuse('invalidCombination', { reason });
  }
  if (!changesEntries && input.MaxEntries === undefined && input.PrefixListName === undefined) {
    refuse('missingParameter', { parameter: 'AddEntry | RemoveEntry | MaxEntries | PrefixListName' });
  }
  const name = input.PrefixListName === undefined ? undefined : nameIn(input.PrefixListName);
  const maxEntries = input.MaxEntries === undefined ? undefined : sizeIn(input.MaxEntries, context);
  const list = ownList(input.PrefixListId, context);
  // AWS's model does not require the version, so only one that is given is compared.
  if (input.CurrentVersion !== undefined) checkVersion(list, input.CurrentVersion);
  const named = name === undefined ? list : { ...list, name };
  const resized = maxEntries === undefined ? named : withSize(named, maxEntries, context);
  const edited = changesEntries ? withEntries(resized, editedEntries(list, input), context) : resized;
  const next: PrefixList = { ...edited, lastChange: 'modify' };
  context.transaction.put('prefixList', next);
  return { PrefixList: listOutput(next, context, 'modify-in-progress') };
};

function editedEntries(list: PrefixList, input: ModifyManagedPrefixListRequest): readonly PrefixListEntry[] {
  const added = entriesIn(input.AddEntries, list.family, 'AddEntry');
  const removed = removalsIn(input.RemoveEntries, list.family);
  const entries = changedEntries(list, added, removed);
  checkFits(entries, list.maxEntries);
  return entries;
}

/**
 * A larger list must fit the quotas of all that name it; AWS finds out after it has answered, and says so in the state.
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-managed-prefix-lists.html#resize-managed-prefix-list
 */
function withSize(list: PrefixList, maxEntries: number, context: Context): PrefixList {
  const { failure: _, ...sound } = list;
  checkFits(list.entries, maxEntries);
  const overloaded = overloadedUsers(list.id, maxEntries, context);
  if (overloaded.length === 0) return { ...sound, maxEntries };
  return {
    ...list,
    failure: `With ${maxEntries} entries these would pass their limits: ${overloaded.join(', ')}.`,
  };
}

/** The next version; the oldest versions are forgotten beyond the limit. */
function withEntries(list: PrefixList, entries: readonly PrefixListEntry[], context: Context): PrefixList {
  const { failure: _, ...sound } = list;
  const version = list.version + 1;
  const history = [...list.history, { version, entries }].slice(-limitOf('versionsPerPrefixList', context));
  return { ...sound, version, entries, history };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreManagedPrefixListVersion.html */
export const restoreManagedPrefixListVersion: Operation<
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult
> = (input, context) => {
  const previous = input.PreviousVersion;
  const current = input.CurrentVersion;
  const list = ownList(input.PrefixListId, context);
  checkVersion(list, current);
  const old = list.history.find(({ version }) => version === previous);
  if (!old) {
    const expected = `prefix list ${list.id} has no such version`;
    return refuse('invalidValue', { parameter: 'PreviousVersion', value: previous, expected });
  }
  checkFits(old.entries, list.maxEntries);
  const next: PrefixList = { ...withEntries(list, old.entries, context), lastChange: 'restore' };
  context.transaction.put('prefixList', next);
  return { PrefixList: listOutput(next, context, 'restore-in-progress') };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteManagedPrefixList.html */
export const deleteManagedPrefixList: Operation<
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult
> = (input, context) => {
  const list = ownList(input.PrefixListId, context);
  const users = usersOf(list.id, context);
  if (users.length > 0) {
    refuse('dependency', { noun: 'prefix list', id: list.id, usedBy: users.join(', ') });
  }
  context.transaction.remove('prefixList', list.id);
  return { PrefixList: listOutput(list, context, 'delete-in-progress') };
};
