/** What the writer writes, by the number of the request. */
import type { InternetGatewayId, PrefixListId, VpcId } from '#vpc/ids.ts';
import type { PrefixList } from '#vpc/prefix-list.ts';
import { noTags } from '#vpc/tags.ts';
import { plainVpc, type Vpc } from '#vpc/vpc.ts';

export const scope = { account: '123456789012', region: 'us-east-1' };

export function vpcOf(n: number): Vpc {
  return {
    id: `vpc-${n}` as VpcId,
    cidrBlocks: [],
    ipv6Blocks: [],
    ...plainVpc,
    // Long enough that a transaction spans several pages of the log.
    tags: { padding: 'x'.repeat((n % 7) * 1000) },
  };
}

export const gatewayOf = (n: number) => ({
  id: `igw-${n}` as InternetGatewayId,
  vpcId: vpcOf(n).id,
  tags: noTags,
});

/** One resource that every request replaces; its version is the number of the last one. */
export function tallyOf(n: number): PrefixList {
  const id = 'pl-tally' as PrefixListId;
  return {
    id,
    name: 'tally',
    family: 'ipv4',
    maxEntries: 1,
    version: n,
    entries: [],
    history: [],
    ownerId: 'AWS',
    tags: noTags,
  };
}
