/**
 * The prefix lists that AWS manages, by AWS's names and weights. They hold no entries here: the services whose
 * addresses they name do not exist in this world, so a rule that names one admits nobody, as it should.
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
import type { Family } from '#net/address.ts';
import { newId } from '#vpc/ids.ts';
import type { PrefixList } from '#vpc/prefix-list.ts';
import { noTags } from '#vpc/tags.ts';
import type { Context } from '../../operation.ts';

const awsOwner = 'AWS';

type Row = readonly [name: (region: string) => string, family: Family, weight: number];

const rows: readonly Row[] = [
  [(region) => `com.amazonaws.${region}.s3`, 'ipv4', 1],
  [(region) => `com.amazonaws.${region}.dynamodb`, 'ipv4', 1],
  [() => 'com.amazonaws.global.cloudfront.origin-facing', 'ipv4', 55],
  [(region) => `com.amazonaws.${region}.ec2-instance-connect`, 'ipv4', 2],
  [(region) => `com.amazonaws.${region}.route53-healthchecks`, 'ipv4', 25],
  [(region) => `com.amazonaws.${region}.vpc-lattice`, 'ipv4', 10],
  [(region) => `com.amazonaws.${region}.ipv6.vpc-lattice`, 'ipv6', 10],
];

/** Whether AWS, not the account, owns a list. */
export function isAwsList({ ownerId }: PrefixList): boolean {
  return ownerId === awsOwner;
}

/** Puts the region's AWS-managed lists. */
export function makeAwsLists({ transaction, hex17, caller }: Context): void {
  for (const [name, family, maxEntries] of rows) {
    transaction.put('prefixList', {
      id: newId('prefixList', hex17),
      name: name(caller.scope.region),
      family,
      maxEntries,
      version: 1,
      entries: [],
      history: [],
      ownerId: awsOwner,
      tags: noTags,
    });
  }
}
