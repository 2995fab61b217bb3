/** The account and region that own a resource; requests get theirs from the SigV4 credential scope. */

export type Scope = { readonly account: string; readonly region: string };

/** Text key of a scope. */
export function scopeKey({ account, region }: Scope): string {
  return `${account}/${region}`;
}

/** The scope of a key made by `scopeKey`. */
export function scopeOfKey(key: string): Scope {
  const slash = key.indexOf('/');
  return { account: key.slice(0, slash), region: key.slice(slash + 1) };
}

/** The partition of a region (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
