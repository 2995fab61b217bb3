/** Entries of prefix lists: as requests spell them, as sets, and as changes of a set. */
import type { AddPrefixListEntry, RemovePrefixListEntry } from '@aws-sdk/client-ec2';
import type { Cidr } from '#net/cidr.ts';
import type { PrefixList, PrefixListEntry } from '#vpc/prefix-list.ts';
import { required } from '../../input.ts';
import { refuse } from '../../refusal.ts';
import { blockIn } from '../blocks.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html */
const entriesPerRequestMax = 100;
const descriptionLengthMax = 255;

type Family = PrefixList['family'];

/** The entries of a request, canonical, each block once. */
export function entriesIn(
  given: readonly AddPrefixListEntry[] | undefined,
  family: Family,
  parameter: string,
): readonly PrefixListEntry[] {
  checkCount(given, parameter);
  const seen = new Set<Cidr>();
  return (given ?? []).map(({ Cidr: text, Description: description }) => {
    const cidr = blockIn(required(text, `${parameter}.Cidr`), family, `${parameter}.Cidr`);
    checkOnce(cidr, seen, parameter);
    if (description !== undefined && description.length > descriptionLengthMax) {
      const expected = `a description has at most ${descriptionLengthMax} characters`;
      refuse('invalidValue', { parameter: `${parameter}.Description`, value: description, expected });
    }
    return description ? { cidr, description } : { cidr };
  });
}

/** The blocks of a request to remove. */
export function removalsIn(
  given: readonly RemovePrefixListEntry[] | undefined,
  family: Family,
): readonly Cidr[] {
  const parameter = 'RemoveEntry';
  checkCount(given, parameter);
  const seen = new Set<Cidr>();
  return (given ?? []).map(({ Cidr: text }) => {
    const cidr = blockIn(required(text, `${parameter}.Cidr`), family, `${parameter}.Cidr`);
    checkOnce(cidr, seen, parameter);
    return cidr;
  });
}

function checkCount(given: readonly unknown[] | undefined, parameter: string): void {
  const count = given?.length ?? 0;
  if (count > entriesPerRequestMax) {
    const expected = `a request takes at most ${entriesPerRequestMax} entries`;
    refuse('invalidValue', { parameter, value: count, expected });
  }
}

function checkOnce(cidr: Cidr, seen: Set<Cidr>, parameter: string): void {
  if (seen.has(cidr)) refuse('invalidValue', { parameter, value: cidr, expected: 'it stands there twice' });
  seen.add(cidr);
}

/** The entries after a change. An added block that is there gets the new description. */
export function changedEntries(
  list: PrefixList,
  added: readonly PrefixListEntry[],
  removed: readonly Cidr[],
): readonly PrefixListEntry[] {
  const missing = removed.find((cidr) => !list.entries.some((entry) => entry.cidr === cidr));
  if (missing) refuse('badListChange', { id: list.id, reason: `it has no entry ${missing} to remove` });
  const both = added.find(({ cidr }) => removed.includes(cidr));
  if (both) {
    const expected = 'a request does not both add and remove it';
    refuse('invalidValue', { parameter: 'Cidr', value: both.cidr, expected });
  }
  const news = new Map(added.map((entry) => [entry.cidr, entry]));
  const kept = list.entries
    .filter(({ cidr }) => !removed.includes(cidr))
    .map((entry) => news.get(entry.cidr) ?? entry);
  const fresh = added.filter(({ cidr }) => !list.entries.some((entry) => entry.cidr === cidr));
  return [...kept, ...fresh];
}
