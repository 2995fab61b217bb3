/**
 * The DHCP options that every region has.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
import { newId } from '#vpc/ids.ts';
import { noTags } from '#vpc/tags.ts';
import type { DhcpOptions } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';

/** Puts the region's own options: Amazon's DNS, and the region's domain. */
export function makeUsualDhcpOptions({ transaction, hex17, caller }: Context): DhcpOptions {
  const { region } = caller.scope;
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  const options: DhcpOptions = {
    id: newId('dhcpOptions', hex17),
    configurations: [
      { key: 'domain-name', values: [domain] },
      { key: 'domain-name-servers', values: ['AmazonProvidedDNS'] },
    ],
    tags: noTags,
  };
  transaction.put('dhcpOptions', options);
  return options;
}
