/** What AWS's DHCP server tells an instance about DNS, as the file /etc/resolv.conf. */
import { resolverAddress } from '#vpc/link-services.ts';
import { locate, type World } from '#vpc/network.ts';

/**
 * The text of the file for an instance; undefined where there is no such instance. A VPC without DHCP options names no
 * server. https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
export function resolverConfig(world: World, instanceId: string): string | undefined {
  const found = locate(world, 'instance', instanceId);
  const vpc = found?.network.vpc.get(found.entity.vpcId);
  if (!found || !vpc) return undefined;
  const configurations = found.network.dhcpOptions.get(vpc.dhcpOptionsId)?.configurations ?? [];
  const values = (key: string) =>
    configurations.filter((each) => each.key === key).flatMap((each) => each.values);
  const own = resolverAddress(vpc);
  const servers = values('domain-name-servers').flatMap((server) =>
    server === 'AmazonProvidedDNS' ? (own ?? []) : server,
  );
  const domains = values('domain-name');
  return [
    ...(domains.length > 0 ? [`search ${domains.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    '',
  ].join('\n');
}
