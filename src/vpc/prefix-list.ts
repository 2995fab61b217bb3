/** Managed prefix lists: named, versioned sets of blocks of one family. */
import type { Family } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import type { PrefixListId } from './ids.ts';
import type { Tags } from './tags.ts';

export type PrefixListEntry = { readonly cidr: Cidr; readonly description?: string };

export type PrefixList = {
  readonly id: PrefixListId;
  readonly name: string;
  readonly family: Family;
  /** Counts against the rule quota of every group that names the list. */
  readonly maxEntries: number;
  readonly version: number;
  /** Current contents. */
  readonly entries: readonly PrefixListEntry[];
  /** Contents by version, oldest first, the current one last. */
  readonly history: readonly { readonly version: number; readonly entries: readonly PrefixListEntry[] }[];
  /** `AWS` for lists that AWS manages. */
  readonly ownerId: string;
  /** What was done to it last; nothing where it was only created. */
  readonly lastChange?: 'modify' | 'restore';
  /** Why the last change of MaxEntries failed, until another change succeeds. */
  readonly failure?: string;
  readonly tags: Tags;
};
