/** Sorts documents into the resources that they hold, whatever their files are called. */
import { parseCidr } from '#net/cidr.ts';
import type { PrefixListEntry } from '#vpc/prefix-list.ts';
import type { Problem, Skipped } from '../imported.ts';
import { isObject, type Json, textOf, textsOf, Unfit } from '../json/fields.ts';
import { outputKeys, readKeys, subjectKeys, subjectsOf } from './calls.ts';
import { DescribedInterfaces } from './described-interfaces.ts';
import type { Document, Found, Output } from './found.ts';
import { instancesOf } from './instances.ts';
import { readEntries } from './prefix-lists.ts';
import { isListOfAttributes, type Told, toldBeside } from './told-beside.ts';

export type Gathered = {
  /** In the order of the documents. */
  readonly found: readonly Found[];
  readonly byKey: ReadonlyMap<string, readonly Found[]>;
  readonly interfaces: DescribedInterfaces;
  /** Prefix list → version → entries; version 0 is the current one. */
  readonly contents: ReadonlyMap<string, ReadonlyMap<number, readonly PrefixListEntry[]>>;
  /** Key → subject → what outputs list of it that do not name it. A subject without anything has an empty list. */
  readonly subjects: ReadonlyMap<string, ReadonlyMap<string, readonly Json[]>>;
  /** Outputs whose subjects are found by the names of their files once those are known. */
  readonly outputs: readonly Output[];
  /** Every key of every document, read or not, and whether it says that there is more. */
  readonly seen: readonly { readonly key: string; readonly document: Document; readonly hasMore: boolean }[];
  readonly skipped: readonly Skipped[];
  readonly problems: readonly Problem[];
};

/** Keys that hold one object instead of a list. */
const singleKeys: ReadonlySet<string> = new Set(['VpcBlockPublicAccessOptions', 'LoadBalancerAttributes']);

type Contents = Map<string, Map<number, readonly PrefixListEntry[]>>;

export function gather(documents: readonly Document[]): Gathered {
  const found: Found[] = [];
  const contents: Contents = new Map();
  const seen: { key: string; document: Document; hasMore: boolean }[] = [];
  const skipped = new Map<string, number>();
  const problems: Problem[] = [];
  const subjects = new Map<string, Map<string, readonly Json[]>>();
  const outputs: Output[] = [];
  const told = toldBeside(documents);
  for (const document of documents) {
    const hasMore = textOf(document.body, 'NextToken') !== undefined;
    for (const [key, value] of Object.entries(document.body)) {
      const all = Array.isArray(value) ? value : singleKeys.has(key) && isObject(value) ? [value] : undefined;
      if (!all) {
        // Whatever holds no resource, such as a token or boto3's metadata, is nothing that is missed.
        if (readKeys.has(key) && value !== null)
          problems.push({ file: document.file, reason: `${key} is no list` });
        continue;
      }
      // These stand beside what describes the same resources.
      if (key === 'InstanceCreditSpecifications' || (key === 'Addresses' && isListOfAttributes(all)))
        continue;
      seen.push({ key, document, hasMore });
      const items = all.filter(isObject);
      if (readKeys.has(key) && items.length < all.length) {
        problems.push({
          file: document.file,
          reason: `something in ${key} is not an object, and is left out`,
        });
      }
      if (!readKeys.has(key)) skipped.set(key, (skipped.get(key) ?? 0) + items.length);
      else if (key === subjectKeys.entries) noteEntries(document, contents, problems);
      else if (outputKeys.has(key)) outputs.push({ key, items, document });
      else if (isAboutSubject(key)) noteSubject(document, key, items, { subjects, problems });
      else for (const each of unfolded({ key, document, items }, problems, told)) found.push(each);
    }
  }
  noteCidrs(found, contents);
  const counts = [...skipped].filter(([, count]) => count > 0);
  const byKey = Map.groupBy(found, ({ key }) => key);
  return {
    found,
    byKey,
    interfaces: new DescribedInterfaces(byKey.get('NetworkInterfaces') ?? []),
    contents,
    subjects,
    outputs,
    seen,
    skipped: counts.map(([what, count]) => ({ what, count })),
    problems,
  };
}

/** Resources with what is told beside them; reservations hold theirs one level deeper. */
function unfolded({ key, document, items }: Output, problems: Problem[], told: Told): readonly Found[] {
  const all = (each: readonly Json[], whole: (item: Json) => Json) =>
    each.map((item) => ({ key, item: whole(item), document }));
  if (key === 'Vpcs') return all(items, told.vpc);
  if (key === 'Addresses') return all(items, told.address);
  if (key !== 'Reservations') return items.map((item) => ({ key, item, document }));
  return items.flatMap((reservation) => {
    try {
      return all(instancesOf(reservation), told.instance);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      const name = textOf(reservation, 'ReservationId') ?? 'a reservation';
      problems.push({ file: document.file, reason: `${name} is left out: ${error.message}` });
      return [];
    }
  });
}

/** The entries of a list do not name it: the file's name does, and where it is not the current one, the version. */
function noteEntries(document: Document, contents: Contents, problems: Problem[]): void {
  const path = document.file;
  // Also where somebody wrote the id into the output, as the names of its other members suggest.
  const id = textOf(document.body, 'PrefixListId') ?? /pl-[0-9a-f]{8,17}/.exec(path)?.[0];
  if (id === undefined) {
    problems.push({
      file: path,
      reason: 'entries of a prefix list, and the name of the file holds no list’s id',
    });
    return;
  }
  const [, version] = /version-(\d+)/.exec(path) ?? [];
  try {
    add(contents, id, Number(version ?? 0), readEntries(document.body));
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    problems.push({ file: path, reason: `${id}: ${error.message}` });
  }
}

const isAboutSubject = (key: string): key is keyof typeof subjectsOf => key in subjectsOf;

/** The subject of an output: a member that names it, else the file's name. */
function noteSubject(
  { body, file }: Document,
  key: keyof typeof subjectsOf,
  items: readonly Json[],
  { subjects, problems }: { subjects: Map<string, Map<string, readonly Json[]>>; problems: Problem[] },
): void {
  const { member, pattern, what } = subjectsOf[key];
  const known = subjects.get(key) ?? new Map<string, readonly Json[]>();
  subjects.set(key, known);
  const whole = textOf(body, member) ?? pattern.exec(file)?.[0];
  const bySubject = Map.groupBy(items, (item) => textOf(item, member) ?? whole);
  if (whole !== undefined && items.length === 0) bySubject.set(whole, []);
  for (const [id, own] of bySubject) {
    if (id === undefined) problems.push({ file, reason: `${what}, and the name of the file holds no id` });
    else known.set(id, [...(known.get(id) ?? []), ...own]);
  }
}

/** Pages of one list follow each other. */
function add(contents: Contents, id: string, version: number, entries: readonly PrefixListEntry[]): void {
  const versions = contents.get(id) ?? new Map<number, readonly PrefixListEntry[]>();
  versions.set(version, [...(versions.get(version) ?? []), ...entries]);
  contents.set(id, versions);
}

/** DescribePrefixLists shows the blocks of AWS's lists, DescribeManagedPrefixLists does not. */
function noteCidrs(found: readonly Found[], contents: Contents): void {
  for (const { key, item } of found) {
    const id = textOf(item, 'PrefixListId');
    const texts = textsOf(item, 'Cidrs');
    if (key !== 'PrefixLists' || id === undefined || texts.length === 0 || contents.has(id)) continue;
    const entries = texts.flatMap((text) => parseCidr(text) ?? []).map((cidr) => ({ cidr }));
    // Who reads the list says what is wrong with it.
    if (entries.length === texts.length) add(contents, id, 0, entries);
  }
}
