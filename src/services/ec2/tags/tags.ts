/** The rules of tags, for tags on create and for CreateTags alike. */
import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { noTags, type Tags } from '#vpc/tags.ts';
import { limitOf } from '../../limits.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { type ResourceKind, resources } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const keyLengthMax = 128;
const valueLengthMax = 256;

/** Unicode characters, as AWS counts them. */
const lengthOf = (text: string): number => [...text].length;
const reservedPrefix = 'aws:';

/**
 * The tags that a create gives to a resource of the kind. Specifications for kinds that the action does not make are
 * refused; `kinds` are those that it makes.
 */
export function tagsOnCreate(
  kind: ResourceKind,
  specifications: readonly TagSpecification[] | undefined,
  context: Context,
  kinds: readonly ResourceKind[] = [kind],
): Tags {
  let tags = noTags;
  for (const { ResourceType: type, Tags: given } of specifications ?? []) {
    if (type === undefined) return refuse('missingParameter', { parameter: 'TagSpecification.ResourceType' });
    if (!kinds.some((made) => resources[made].type === type)) {
      const expected = `this action tags ${kinds.map((made) => resources[made].type).join(', ')}`;
      return refuse('invalidValue', { parameter: 'TagSpecification.ResourceType', value: type, expected });
    }
    if (type === resources[kind].type)
      tags = withTags(tags, given ?? [], { id: `The ${resources[kind].noun}` }, context);
  }
  return tags;
}

/** The tags with others added or replaced; refuses bad keys and values and too many tags. */
export function withTags(
  tags: Tags,
  given: readonly Tag[],
  { id }: { readonly id: string },
  context: Context,
): Tags {
  // A map, since a key may be any text, `__proto__` too.
  const next = new Map(Object.entries(tags));
  checkKeys(given);
  for (const { Key: key = '', Value: value = '' } of given) {
    if (lengthOf(value) > valueLengthMax) {
      refuse('invalidValue', {
        parameter: 'Tag.Value',
        value,
        expected: `use at most ${valueLengthMax} characters`,
      });
    }
    next.set(key, value);
  }
  const limit = limitOf('tagsPerResource', context);
  // Tags that AWS itself gave do not count.
  const count = [...next.keys()].filter((key) => !key.startsWith(reservedPrefix)).length;
  if (count > limit) refuse('tooManyTags', { id, limit });
  return Object.fromEntries(next);
}

/**
 * The tags without those given: by key, or by key and value where a value is given; all where none is given.
 * Tags under `aws:` stay (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html).
 */
export function withoutTags(tags: Tags, given: readonly Tag[] | undefined): Tags {
  checkKeys(given ?? []);
  const goes = (key: string, value: string): boolean =>
    !key.startsWith(reservedPrefix) &&
    (!given?.length || given.some((tag) => tag.Key === key && (tag.Value ?? value) === value));
  return Object.fromEntries(Object.entries(tags).filter(([key, value]) => !goes(key, value)));
}

function checkKeys(given: readonly Tag[]): void {
  const seen = new Set<string>();
  for (const { Key: key = '' } of given) {
    checkKey(key);
    if (seen.has(key)) {
      refuse('invalidValue', { parameter: 'Tag.Key', value: key, expected: 'each key may be given once' });
    }
    seen.add(key);
  }
}

function checkKey(key: string): void {
  if (key === '') refuse('invalidTagKey', { key, reason: 'it is empty' });
  if (lengthOf(key) > keyLengthMax) {
    refuse('invalidTagKey', { key, reason: `it has more than ${keyLengthMax} characters` });
  }
  if (key.toLowerCase().startsWith(reservedPrefix)) {
    refuse('invalidTagKey', { key, reason: `the prefix ${reservedPrefix} is reserved` });
  }
}

/** Tags as the API lists them, by key. */
export function tagList(tags: Tags): Tag[] {
  return Object.keys(tags)
    .sort()
    .map((Key) => ({ Key, Value: tags[Key] ?? '' }));
}
