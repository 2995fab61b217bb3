/**
 * Statements of an access scope: which resources at the ends of a path they mean, and which headers.
 * https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/resource-statement.html
 */
import { type Ip, readIp } from '#net/address.ts';
import { type Cidr, contains } from '#net/cidr.ts';
import { destinationEnd, type Packet, sourceEnd } from '#policy/packet.ts';
import type { Eni } from '#vpc/eni.ts';
import type {
  EndStatement,
  HeaderStatement,
  PathHop,
  PortSpan,
  ResourceStatement,
  ScopePath,
} from '#vpc/insights.ts';
import { locate, type World } from '#vpc/network.ts';

/** A resource at which a path begins or ends. */
export type ScopePlace =
  | { readonly kind: 'eni'; readonly eni: Eni }
  | { readonly kind: 'internetGateway'; readonly id: string }
  | { readonly kind: 'peering'; readonly id: string };

const startsWith = (prefix: string) => (id: string) => id.startsWith(prefix);
const isBalancer = (id: string) => id.includes(':loadbalancer/');
/** Those of the second generation have their kind in their ARN. */
const isNewBalancer = (id: string) => /:loadbalancer\/(?:app|net|gwy)\//.test(id);

/** Resource types as CloudFormation names them, and how the ids of what has them here look. */
const followedTypes: ReadonlyMap<string, (id: string) => boolean> = new Map([
  ['AWS::EC2::InternetGateway', startsWith('igw-')],
  ['AWS::EC2::NatGateway', startsWith('nat-')],
  ['AWS::EC2::VPCPeeringConnection', startsWith('pcx-')],
  ['AWS::ElasticLoadBalancing::LoadBalancer', (id) => isBalancer(id) && !isNewBalancer(id)],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', isNewBalancer],
]);

/** Types that a statement may name, and that nothing here is or that paths are not followed through. */
export const typesNotFollowed: readonly string[] = [
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCEndpointService',
  'AWS::EC2::VPNGateway',
  'AWS::NetworkFirewall::NetworkFirewall',
];

/** Every type that a statement may name. */
export const resourceTypes: readonly string[] = [...followedTypes.keys(), ...typesNotFollowed];

const idIn = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1);

/** Whether a statement means the resource; one that is absent means everything. */
export function meansPlace(statement: ResourceStatement | undefined, place: ScopePlace): boolean {
  if (!statement) return true;
  const own = place.kind === 'eni' ? namesOf(place.eni) : [place.id];
  return statement.resources.some((each) => own.includes(idIn(each))) || hasType(statement, own);
}

/** An interface is meant by itself, its instance, its groups, its subnet and its VPC. */
const namesOf = ({ id, attachment, groupIds, subnetId, vpcId }: Eni): readonly string[] => [
  id,
  ...(attachment ? [attachment.instanceId] : []),
  ...groupIds,
  subnetId,
  vpcId,
];

const hasType = ({ resourceTypes: types }: ResourceStatement, ids: readonly string[]): boolean =>
  types.some((type) => {
    const isOf = followedTypes.get(type);
    return isOf !== undefined && ids.some(isOf);
  });

/** Whether a path passes something that each statement means. */
export function passesThrough(statements: readonly ResourceStatement[], hops: readonly PathHop[]): boolean {
  const ids = hops.map(({ component }) => component.id);
  return statements.every(
    ({ resources, ...types }) =>
      // Load balancers are known by their whole ARNs.
      resources.some((resource) => ids.includes(idIn(resource)) || ids.includes(resource)) ||
      hasType({ resources, ...types }, ids),
  );
}

/** Blocks of addresses, with those of prefix lists; undefined where a statement names none. */
export function addressesIn(
  world: World,
  cidrs: readonly Cidr[],
  prefixLists: readonly string[],
): readonly Cidr[] | undefined {
  if (cidrs.length === 0 && prefixLists.length === 0) return undefined;
  const listed = prefixLists.flatMap((id) => locate(world, 'prefixList', idIn(id))?.entity.entries ?? []);
  return [...cidrs, ...listed.map(({ cidr }) => cidr)];
}

/** Whether a packet's header is as a statement says; what is absent says nothing. */
export function meansHeader(world: World, statement: HeaderStatement | undefined, packet: Packet): boolean {
  if (!statement) return true;
  const [source, destination] = [sourceEnd(packet), destinationEnd(packet)];
  const { protocols, sourcePorts, destinationPorts } = statement;
  return (
    holdsIp(addressesIn(world, statement.sourceAddresses, statement.sourcePrefixLists), source.ip) &&
    holdsIp(
      addressesIn(world, statement.destinationAddresses, statement.destinationPrefixLists),
      destination.ip,
    ) &&
    holdsPort(sourcePorts, source.port) &&
    holdsPort(destinationPorts, destination.port) &&
    (protocols.length === 0 || protocols.some((protocol) => protocol === packet.transport.kind))
  );
}

function holdsIp(cidrs: readonly Cidr[] | undefined, address: Ip): boolean {
  const ip = readIp(address);
  return cidrs === undefined || (ip !== undefined && cidrs.some((cidr) => contains(cidr, ip)));
}

const holdsPort = (spans: readonly PortSpan[], port: number): boolean =>
  spans.length === 0 || spans.some(({ from, to }) => from <= port && port <= to);

/** The headers that paths speak of, at either end. */
export function headersOf(paths: readonly ScopePath[]): readonly HeaderStatement[] {
  const of = (end: EndStatement | undefined) => (end?.header ? [end.header] : []);
  return paths.flatMap(({ source, destination }) => [...of(source), ...of(destination)]);
}
