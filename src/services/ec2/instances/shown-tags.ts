/** Tags that an instance shows in its metadata: their keys are parts of paths there. */
import type { Instance } from '#vpc/instance.ts';
import { refuse } from '../../refusal.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html */
const shownKey = /^[0-9a-zA-Z\-_+=,.@:]{1,255}$/;
const reservedKeys: readonly string[] = ['.', '..', '_index'];

/** Refuses an instance that shows its tags and has one whose key cannot stand in a path. */
export function checkShownTags({ tags, options }: Pick<Instance, 'tags' | 'options'>): void {
  if (options.metadata.tags === 'disabled') return;
  const bad = Object.keys(tags).find((key) => !shownKey.test(key) || reservedKeys.includes(key));
  if (bad === undefined) return;
  const expected =
    'keys of tags in instance metadata consist of letters, digits and -_+=,.@: and are not ".", ".." or "_index"';
  refuse('invalidValue', { parameter: 'Tag.Key', value: bad, expected });
}
