/** What every reader of a described resource is told besides the resource. */
import { type Ip, parseIp } from '#net/address.ts';
import { type Cidr, parseCidr } from '#net/cidr.ts';
import type { Id, IdKind } from '#vpc/ids.ts';
import type { Scope } from '#vpc/scope.ts';
import { noTags, type Tags } from '#vpc/tags.ts';
import { type Json, objectListOf, required, textOf, Unfit } from '../json/fields.ts';

/** 17 hex digits that follow from a text alone: ids of what the source does not name. */
export type StableHex = (text: string) => string;

export type Place = {
  readonly scope: Scope;
  readonly stableHex: StableHex;
  /** One text for all that are equal to it: what many resources name takes the place of one, and is compared at once. */
  readonly shared: <T extends string>(text: T) => T;
};

/** A required id. Ids are taken as they are: plans and old accounts have forms of their own. */
export function idOf<K extends IdKind>(from: Json, name: string): Id<K> {
  return required(from, name) as Id<K>;
}

/** An id that may be absent. */
export function optionalId<K extends IdKind>(from: Json, name: string): Id<K> | undefined {
  return textOf(from, name) as Id<K> | undefined;
}

/** The block of a text that must be one. */
export function cidrFrom(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new Unfit(`${text} is no CIDR block`);
  return cidr;
}

/** The address of a text that must be one. */
export function ipFrom(text: string): Ip {
  const ip = parseIp(text);
  if (!ip) throw new Unfit(`${text} is no IP address`);
  return ip;
}

/** AWS's list of keys and values, which interfaces call TagSet. */
export function tagsOf(from: Json, name = 'Tags'): Tags {
  const tags = objectListOf(from, name).flatMap((tag) => {
    const key = textOf(tag, 'Key');
    return key === undefined ? [] : [[key, textOf(tag, 'Value') ?? ''] as const];
  });
  return tags.length === 0 ? noTags : Object.fromEntries(tags);
}
