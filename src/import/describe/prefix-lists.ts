/** Prefix lists: DescribeManagedPrefixLists with GetManagedPrefixListEntries, and DescribePrefixLists for AWS's own. */
import type { PrefixList, PrefixListEntry } from '#vpc/prefix-list.ts';
import { type Json, numberOf, objectListOf, required, textListOf, textOf } from '../json/fields.ts';
import { cidrFrom, idOf, type Place, tagsOf } from './place.ts';

/** Contents of lists: id → version → entries; the version 0 stands for the current one. */
export type Contents = ReadonlyMap<string, ReadonlyMap<number, readonly PrefixListEntry[]>>;

const current = 0;

/** The entries of a page of GetManagedPrefixListEntries. */
export function readEntries(from: Json): readonly PrefixListEntry[] {
  return objectListOf(from, 'Entries').map((each) => {
    const description = textOf(each, 'Description');
    return { cidr: cidrFrom(required(each, 'Cidr')), ...(description === undefined ? {} : { description }) };
  });
}

/** A list as either of the two calls shows it. */
export function readPrefixList(from: Json, place: Place, contents: Contents): PrefixList {
  const id = idOf<'prefixList'>(from, 'PrefixListId');
  const versions = contents.get(id) ?? new Map<number, readonly PrefixListEntry[]>();
  const shown = textListOf(from, 'Cidrs').map((text) => ({ cidr: cidrFrom(text) }));
  const entries = versions.get(current) ?? shown;
  const ownerId = textOf(from, 'OwnerId') ?? (isAwsName(from) ? 'AWS' : place.scope.account);
  const version = numberOf(from, 'Version') ?? 1;
  const older = [...versions].filter(([number]) => number !== current && number !== version);
  const history = [...older, [version, entries] as const].sort(([a], [b]) => a - b);
  const isIpv6 = textOf(from, 'AddressFamily') === 'IPv6' || entries[0]?.cidr.includes(':') === true;
  const failure = textOf(from, 'StateMessage');
  return {
    id,
    name: textOf(from, 'PrefixListName') ?? '',
    family: isIpv6 ? 'ipv6' : 'ipv4',
    maxEntries: numberOf(from, 'MaxEntries') ?? entries.length,
    version,
    entries,
    history: ownerId === 'AWS' ? [] : history.map(([number, old]) => ({ version: number, entries: old })),
    ownerId,
    ...lastChangeIn(textOf(from, 'State')),
    ...(failure === undefined ? {} : { failure }),
    tags: tagsOf(from),
  };
}

/** A failed change says no longer what the one before it was. */
function lastChangeIn(state: string | undefined): Pick<PrefixList, 'lastChange'> {
  if (state === 'modify-complete') return { lastChange: 'modify' };
  return state === 'restore-complete' ? { lastChange: 'restore' } : {};
}

const isAwsName = (from: Json) => (textOf(from, 'PrefixListName') ?? '').startsWith('com.amazonaws.');
