/**
 * What the resolver of a VPC knows: the names that AWS gives to addresses, seen from inside that VPC.
 * https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html
 */
import { type Ip, ipNumber, parseIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { ownerOfPublicIp } from '#policy/internet.ts';
import { hasHostnames, instanceDnsName, privateDnsName, publicDnsName } from '#vpc/dns-names.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Instance } from '#vpc/instance.ts';
import { type Network, networkOf, type World } from '#vpc/network.ts';
import { type Scope, scopeOfKey } from '#vpc/scope.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';
import { addressOfReverse, isPrivateSpace } from './reverse.ts';

/** The VPC that asks. */
export type View = { readonly world: World; readonly scope: Scope; readonly vpc: Vpc };

export type NameRecord =
  | { readonly type: 'A' | 'AAAA'; readonly data: Ip }
  | { readonly type: 'PTR'; readonly data: string };

export type Lookup =
  /** All records of the name; none where it only stands above others. */
  | { readonly kind: 'name'; readonly records: readonly NameRecord[] }
  | { readonly kind: 'noName' }
  /** Somebody else's name: only the internet would know, and there is none. */
  | { readonly kind: 'foreign' };

const noName: Lookup = { kind: 'noName' };
const foreign: Lookup = { kind: 'foreign' };
const found = (...records: readonly NameRecord[]): Lookup => ({ kind: 'name', records });

/** Domains that no server on the internet has (RFC 6761, RFC 6762, RFC 7686, and ICANN's `internal`). */
const nowhere: ReadonlySet<string> = new Set(['internal', 'invalid', 'test', 'local', 'onion']);

/** The domain of a region's private names. */
function privateDomain(region: string): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
}

/** What a name means to a VPC. Letter case does not matter. */
export function lookUp(view: View, asked: string): Lookup {
  const name = asked.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const top = labels.at(-1) ?? '';
  if (top === 'localhost') {
    return found({ type: 'A', data: '127.0.0.1' as Ip }, { type: 'AAAA', data: '::1' as Ip });
  }
  if (name.endsWith('.arpa')) return lookUpReverse(view, name);
  const domain = privateDomain(view.scope.region);
  if (name === domain) return found();
  if (name.endsWith(`.${domain}`)) return lookUpPrivate(view, name.slice(0, -domain.length - 1), name);
  if (nowhere.has(top)) return noName;
  return lookUpPublic(view, name) ?? (labels.length === 1 && name !== '' ? noName : foreign);
}

/** Names of both kinds, by address and by resource, coexist; those by address always answer. */
function lookUpPrivate({ world, scope, vpc }: View, label: string, name: string): Lookup {
  const network = networkOf(world, scope);
  if (!hasHostnames(network, vpc.id)) return noName;
  const ip = parseIp(label.replace(/^ip-/, '').replaceAll('-', '.'));
  if (ip && privateDnsName(ip, scope.region) === name) {
    return interfaceAt(network, vpc, ip) ? found({ type: 'A', data: ip }) : noName;
  }
  const instance = network.instance.get(label);
  if (instance?.vpcId !== vpc.id || instance.state === 'terminated') return noName;
  const { aRecord = false, aaaaRecord = false } = instance.options.dns ?? {};
  if (!aRecord && !aaaaRecord) return noName;
  const primary = primaryInterface(network, instance);
  const [ipv4, ipv6] = [primary?.privateIps[0]?.address, primary?.ipv6Addresses[0]];
  return found(
    ...(aRecord && ipv4 ? [{ type: 'A', data: ipv4 } as const] : []),
    ...(aaaaRecord && ipv6 ? [{ type: 'AAAA', data: ipv6 } as const] : []),
  );
}

/** A public name leads to the private address inside the VPC, and through a peering that allows it. */
function lookUpPublic(view: View, name: string): Lookup | undefined {
  const text = /^ec2-(\d+-\d+-\d+-\d+)\..*amazonaws\.com(\.cn)?$/.exec(name)?.[1];
  const ip = text === undefined ? undefined : parseIp(text.replaceAll('-', '.'));
  if (!ip) return undefined;
  const owner = publicOwner(view.world, ip);
  if (!owner || publicDnsName(ip, owner.scope.region) !== name) return noName;
  const isNear = owner.eni.vpcId === view.vpc.id || isPeerWithDns(view, owner.eni.vpcId);
  return found({ type: 'A', data: isNear ? owner.privateIp : ip });
}

/** https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html */
function isPeerWithDns({ world, scope, vpc }: View, other: string): boolean {
  return [...networkOf(world, scope).peering.by('vpc', vpc.id)].some(
    ({ status, requester, accepter }) =>
      status === 'active' &&
      [requester, accepter].some((side) => side.vpcId === other && side.allowsDns === true),
  );
}

function lookUpReverse(view: View, name: string): Lookup {
  const { world, scope, vpc } = view;
  const ip = addressOfReverse(name);
  if (!ip) return noName;
  if (ip === '127.0.0.1' || ip === '::1') return found({ type: 'PTR', data: 'localhost' });
  const network = networkOf(world, scope);
  if (blocksOfVpc(vpc).some((block) => contains(block, ipNumber(ip)))) {
    const hostname = hasHostnames(network, vpc.id) ? privateNameOf(network, view, ip) : undefined;
    return hostname === undefined ? noName : found({ type: 'PTR', data: hostname });
  }
  const owner = publicOwner(world, ip);
  if (owner && !ip.includes(':')) {
    return found({ type: 'PTR', data: givenName(world, ip) ?? publicDnsName(ip, owner.scope.region) });
  }
  return isPrivateSpace(ip) ? noName : foreign;
}

/** The name that the holder of an elastic address has given to it. */
function givenName(world: World, ip: Ip): string | undefined {
  const held = [...world.values()].flatMap(({ address }) => [...address.by('publicIp', ip)]);
  return held[0]?.ptrRecord?.replace(/\.$/, '');
}

/** The private name that an address leads back to; an IPv6 address has one only as a resource. */
function privateNameOf(network: Network, { vpc, scope }: View, ip: Ip): string | undefined {
  const eni = interfaceAt(network, vpc, ip);
  if (!eni) return undefined;
  const instance = eni.attachment && network.instance.get(eni.attachment.instanceId);
  const [first] = eni.privateIps;
  if (ip.includes(':')) {
    const hasRecord = instance?.options.dns?.aaaaRecord === true && eni.ipv6Addresses[0] === ip;
    return hasRecord && eni.attachment?.deviceIndex === 0 ? resourceName(instance, scope) : undefined;
  }
  const isPrimary = eni.attachment?.deviceIndex === 0 && first?.address === ip;
  return instance && isPrimary
    ? instanceDnsName(instance, ip, scope.region)
    : privateDnsName(ip, scope.region);
}

function resourceName({ id }: Instance, { region }: Scope): string {
  return `${id}.${privateDomain(region)}`;
}

function interfaceAt(network: Network, vpc: Vpc, ip: Ip): Eni | undefined {
  return [...network.eni.by('ip', ip)].find(({ vpcId }) => vpcId === vpc.id);
}

/** The interface of an instance that carries its names. */
function primaryInterface(network: Network, { id }: Instance): Eni | undefined {
  return [...network.eni.by('instance', id)].find(({ attachment }) => attachment?.deviceIndex === 0);
}

/** Who has a public address with a name. */
function publicOwner(
  world: World,
  ip: Ip,
): { readonly scope: Scope; readonly eni: Eni; readonly privateIp: Ip } | undefined {
  for (const [key, network] of world.entries()) {
    const owner = ownerOfPublicIp([network], ip);
    if (!owner) continue;
    const { eni, privateIp } = owner;
    return hasHostnames(network, eni.vpcId) ? { scope: scopeOfKey(key), eni, privateIp } : undefined;
  }
  return undefined;
}
