/** Tags of sessions. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import { refuse } from '../refusal.ts';
import type { Session } from './session.ts';

export type SessionTags = Pick<Session, 'tags' | 'transitiveTagKeys'>;

const tagsMax = 50;
const keyForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valueForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

type Asked = Pick<AssumeRoleRequest, 'Tags' | 'TransitiveTagKeys'>;

/** The tags of a new session: what the session before passes on, and what the request gives. */
export function checkedTags({ Tags = [], TransitiveTagKeys = [] }: Asked, before?: Session): SessionTags {
  const inherited = Object.entries(before?.tags ?? {}).filter(([key]) =>
    before?.transitiveTagKeys.includes(key),
  );
  const given = Tags.map(({ Key = '', Value = '' }) => {
    if (!keyForm.test(Key)) refuse('stsValidation', { reason: `'${Key}' is no key of a tag.` });
    if (!valueForm.test(Value)) refuse('stsValidation', { reason: `'${Value}' is no value of a tag.` });
    return [Key, Value] as const;
  });
  const all = [...inherited, ...given];
  if (all.length > tagsMax) refuse('stsValidation', { reason: `A session has at most ${tagsMax} tags.` });
  // "Tag key–value pairs are not case sensitive, but case is preserved."
  const keys = new Map(all.map(([key]) => [key.toLowerCase(), key]));
  if (keys.size < all.length) {
    refuse('stsValidation', { reason: 'Two tags have the same key; keys are compared without case.' });
  }
  const transitive = TransitiveTagKeys.map(
    (key) =>
      keys.get(key.toLowerCase()) ??
      refuse('stsValidation', { reason: `The transitive tag key '${key}' is that of no tag.` }),
  );
  return {
    tags: Object.fromEntries(all),
    transitiveTagKeys: [...new Set([...inherited.map(([key]) => key), ...transitive])],
  };
}
