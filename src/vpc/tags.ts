/** Resource tags: key to value, both case-sensitive. */
export type Tags = Readonly<Record<string, string>>;

export const noTags: Tags = {};
