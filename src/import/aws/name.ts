/** `aws[:PROFILE][@REGION,…]`: which account and regions to read. */
import { UnreadableSource } from '../imported.ts';

export type AccountName = {
  /** A profile of the AWS configuration; absent: what the SDK finds by itself. */
  readonly profile?: string;
  /** Empty: the configured region; `all`: every region that the account may use. */
  readonly regions: readonly string[] | 'all';
};

/** Reads what stands behind `aws`: `PROFILE`, `PROFILE@REGION,REGION`, `@REGION` or nothing. */
export function accountName(text: string): AccountName {
  const [profile = '', list, more] = text.split('@');
  const regions = list?.split(',') ?? [];
  const wrong = regions.find((region) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region));
  if (more !== undefined || (wrong !== undefined && list !== 'all')) {
    const given = text.startsWith('@') ? `aws${text}` : `aws:${text}`;
    throw new UnreadableSource(`${given}: it is aws[:PROFILE][@REGION,…], or @all for every region`);
  }
  return { ...(profile === '' ? {} : { profile }), regions: list === 'all' ? 'all' : regions };
}
