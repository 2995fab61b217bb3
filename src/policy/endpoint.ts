/** Names of places as people write them: an instance, an interface, an address, or `internet`. */
import { type Family, type Ip, parseIp, readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { enisAt } from '#vpc/eni-addresses.ts';
import type { InstanceId } from '#vpc/ids.ts';
import { whyNotOnTheInternet } from '#vpc/internet-space.ts';
import { isLinkAddress } from '#vpc/link-services.ts';
import { isPlanAddress } from '#vpc/names.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import { ownerOfPublicIp } from './internet.ts';
import { portOfEni } from './port.ts';

/** A place a conversation starts at or leads to. */
export type Endpoint =
  | { readonly kind: 'eni'; readonly eniId: string; readonly ip: Ip; readonly publicIp?: Ip }
  /** A host on the internet. */
  | { readonly kind: 'internet'; readonly ip: Ip }
  /** What the router of a VPC itself serves: DNS, instance metadata, time. Nobody asks from there. */
  | { readonly kind: 'service'; readonly ip: Ip };

/** An internet host that stands for all of them, per family (RFC 5737, RFC 3849). */
export const internetHosts: Readonly<Record<Family, Ip>> = {
  ipv4: '203.0.113.1' as Ip,
  ipv6: '2001:db8:ffff::1' as Ip,
};

export type Resolved =
  | { readonly kind: 'found'; readonly endpoints: readonly Endpoint[] }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * The endpoints that a name stands for: at most one a family, but all the interfaces of a VPC endpoint. An
 * instance stands for its primary interface. A public address of ours stands for the interface behind it, and
 * remembers that it was named so.
 */
export function resolveEndpoint(world: World, name: string): Resolved {
  if (name === 'internet') return found(Object.values(internetHosts).map((ip) => ({ kind: 'internet', ip })));
  if (name.startsWith('i-')) return instanceEndpoints(world, name);
  if (isPlanAddress(name)) return plannedEndpoints(world, name);
  if (name.startsWith('vpce-')) return ofVpcEndpoint(world, name);
  if (name.startsWith('eni-')) {
    const eni = [...world.values()].map((network) => network.eni.get(name)).find((each) => each);
    return eni ? found(eniEndpoints(eni)) : unknown(`there is no interface ${name}`);
  }
  const ip = parseIp(name);
  return ip
    ? addressEndpoint(world, ip)
    : unknown(`${name} is no instance, interface, address, or the word internet`);
}

/** The service that an address stands for in the VPC of the one who asks; undefined for every other address. */
export function serviceEndpoint(world: World, from: Endpoint, name: string): Endpoint | undefined {
  const ip = parseIp(name);
  const port = from.kind === 'eni' ? portOfEni(world, from.eniId) : undefined;
  const vpc = port?.network.vpc.get(port.vpcId);
  return ip && vpc && isLinkAddress(vpc, ip) ? { kind: 'service', ip } : undefined;
}

const found = (endpoints: readonly Endpoint[]): Resolved => ({ kind: 'found', endpoints });
const unknown = (why: string): Resolved => ({ kind: 'unknown', why });

/** The interfaces of an interface endpoint stand for the service behind it; others have no address of their own. */
function ofVpcEndpoint(world: World, name: string): Resolved {
  const at = locate(world, 'endpoint', name);
  if (!at) return unknown(`there is no endpoint ${name}`);
  const { entity, network } = at;
  const { detail, serviceName } = entity;
  switch (detail.kind) {
    case 'interface':
      return found(
        detail.places.flatMap(({ eniId }) => {
          const eni = network.eni.get(eniId);
          return eni ? eniEndpoints(eni) : [];
        }),
      );
    case 'gateway':
      return unknown(`${name} is reached by routes; name an address of ${serviceName} instead`);
    case 'gatewayLoadBalancer':
      return unknown(`${name} hands packets to appliances of ${serviceName}, which are not followed`);
    default:
      return detail satisfies never;
  }
}

function addressEndpoint(world: World, ip: Ip): Resolved {
  const owners = [...world.values()].flatMap((network) => [...enisAt(network, ip)]);
  if (owners.length > 1) {
    const ids = owners.map(({ id }) => id).join(', ');
    return unknown(`${ip} stands in several VPCs (${ids}); name the interface instead`);
  }
  const [owner] = owners;
  if (owner) return found([{ kind: 'eni', eniId: owner.id, ip }]);
  const behind = ownerOfPublicIp(world.values(), ip);
  if (behind) return found([{ kind: 'eni', eniId: behind.eni.id, ip: behind.privateIp, publicIp: ip }]);
  const [nat] = [...world.values()].flatMap((network) => [...network.natGateway.by('publicIp', ip)]);
  if (nat) return unknown(`${ip} is an address of ${nat.id}, which takes nothing but answers`);
  if (insideSomeVpc(world, ip)) return unknown(`no interface has the address ${ip}`);
  const why = whyNotOnTheInternet(ip);
  return why === undefined ? found([{ kind: 'internet', ip }]) : unknown(why);
}

/** An address inside a VPC's blocks belongs to that VPC even if nobody has it yet. */
function insideSomeVpc(world: World, ip: Ip): boolean {
  const number = readIp(ip);
  return [...world.values()].some((network) =>
    [...network.vpc.values()].some(({ cidrBlocks, ipv6Blocks }) =>
      [...cidrBlocks, ...ipv6Blocks].some(({ cidr }) => number && contains(cidr, number)),
    ),
  );
}

function instanceEndpoints(world: World, name: string): Resolved {
  const network = [...world.values()].find((each: Network) => each.instance.has(name));
  if (!network) return unknown(`there is no instance ${name}`);
  const order = (eni: Eni) => eni.attachment?.deviceIndex ?? 0;
  const [primary] = [...network.eni.by('instance', name)].sort((a, b) => order(a) - order(b));
  return primary
    ? found(eniEndpoints(primary))
    : unknown(
        network.instance.get(name as InstanceId)?.state === 'terminated'
          ? `instance ${name} has no interface; it is terminated`
          : `no interface of instance ${name} is known`,
      );
}

function plannedEndpoints(world: World, address: string): Resolved {
  const all = [...world.values()].flatMap((network) => [...network.eni.values()]);
  const eni = all.find(({ description }) => description === address);
  return eni ? found(eniEndpoints(eni)) : unknown(`there is no ${address} in this network`);
}

/** The primary IPv4 address and the first IPv6 address. */
function eniEndpoints({ id, privateIps, ipv6Addresses }: Eni): readonly Endpoint[] {
  const ips = [privateIps.find(({ isPrimary }) => isPrimary)?.address, ipv6Addresses[0]];
  return ips.flatMap((ip) => (ip ? [{ kind: 'eni', eniId: id, ip } as const] : []));
}
