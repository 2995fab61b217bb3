/** Where a route leads: exactly one of many parameters. */
import type { ReplaceRouteRequest } from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { type Cidr, covers } from '#net/cidr.ts';
import type { RouteDestination, RouteTable, RouteTarget } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

/** Parameter → how its value becomes a target of a table of the VPC. */
const readers = {
  GatewayId: gatewayTarget,
  NatGatewayId: natGatewayTarget,
  NetworkInterfaceId: eniTarget,
  InstanceId: instanceTarget,
  EgressOnlyInternetGatewayId: egressOnlyTarget,
  VpcPeeringConnectionId: peeringTarget,
  VpcEndpointId: endpointTarget,
  TransitGatewayId: (id: string) => refuseMissing('InvalidTransitGatewayID.NotFound', 'transit gateway', id),
  CarrierGatewayId: (id: string) => refuseMissing('InvalidCarrierGatewayID.NotFound', 'carrier gateway', id),
  LocalGatewayId: (id: string) => refuseMissing('InvalidLocalGatewayID.NotFound', 'local gateway', id),
  CoreNetworkArn: (id: string) => refuseMissing('InvalidCoreNetworkArn.NotFound', 'core network', id),
  OdbNetworkArn: (id: string) => refuseMissing('InvalidOdbNetworkArn.NotFound', 'ODB network', id),
} as const satisfies Record<string, Reader>;

type Reader = (id: string, table: RouteTable, context: Context) => RouteTarget;
type TargetParameter = keyof typeof readers;
export type TargetInput = Pick<ReplaceRouteRequest, TargetParameter>;

const parameters = Object.keys(readers) as TargetParameter[];

/** The one parameter that names the target; refuses none and several. */
export function targetParameter(
  input: TargetInput,
  extra: readonly string[] = [],
): TargetParameter | undefined {
  const given = parameters.filter((name) => input[name] !== undefined && input[name] !== '');
  const [name, second] = [...given, ...extra];
  if (!name) return refuse('missingParameter', { parameter: parameters.join(' | ') });
  if (second) refuse('invalidCombination', { reason: `A route has one target, not ${name} and ${second}.` });
  return given[0];
}

/** The target that a parameter names; refuses what does not exist, does not fit the VPC or the destination. */
export function targetIn(
  name: TargetParameter,
  input: TargetInput,
  { table, destination }: { readonly table: RouteTable; readonly destination: RouteDestination },
  context: Context,
): RouteTarget {
  const target = readers[name](input[name] ?? '', table, context);
  checkFamily(target, destination);
  return target;
}

function refuseMissing(code: string, noun: string, id: string): never {
  return refuse('notFound', { code, noun, id });
}

function refuseOtherVpc(id: string, table: RouteTable, parameter: string): never {
  const expected = `route table ${table.id} and ${id} belong to different networks`;
  return refuse('invalidValue', { parameter, value: id, expected });
}

function gatewayTarget(id: string, table: RouteTable, { transaction }: Context): RouteTarget {
  if (id === 'local') {
    const expected = 'local routes come with the VPC; ReplaceRoute with LocalTarget brings one back';
    return refuse('invalidValue', { parameter: 'gatewayId', value: id, expected });
  }
  const gateway = transaction.network.internetGateway.get(id);
  if (!gateway) return refuseMissing('InvalidGatewayID.NotFound', 'gateway', id);
  if (gateway.vpcId !== table.vpcId) refuseOtherVpc(id, table, 'gatewayId');
  return { kind: 'internetGateway', id: gateway.id };
}

function natGatewayTarget(id: string, table: RouteTable, { transaction }: Context): RouteTarget {
  const gateway = transaction.network.natGateway.get(id);
  if (!gateway || gateway.state === 'deleted')
    return refuseMissing('InvalidNatGatewayID.NotFound', 'NAT gateway', id);
  if (gateway.vpcId !== table.vpcId) refuseOtherVpc(id, table, 'natGatewayId');
  return { kind: 'natGateway', id: gateway.id };
}

function eniTarget(id: string, table: RouteTable, context: Context): RouteTarget {
  const eni = resourceOf('eni', id, context);
  if (eni.vpcId !== table.vpcId) refuseOtherVpc(id, table, 'networkInterfaceId');
  return { kind: 'eni', id: eni.id };
}

/** An instance stands for its only interface. */
function instanceTarget(id: string, table: RouteTable, context: Context): RouteTarget {
  const instance = resourceOf('instance', id, context);
  const [eni, second] = context.transaction.network.eni.by('instance', instance.id);
  if (second) refuse('severalInterfaces', { instanceId: instance.id });
  if (!eni) return refuse('incorrectState', { reason: `Instance ${id} has no network interface.` });
  return eniTarget(eni.id, table, context);
}

function egressOnlyTarget(id: string, table: RouteTable, { transaction }: Context): RouteTarget {
  const gateway = transaction.network.egressOnlyGateway.get(id);
  if (!gateway) return refuseMissing('InvalidGatewayID.NotFound', 'egress-only internet gateway', id);
  if (gateway.vpcId !== table.vpcId) refuseOtherVpc(id, table, 'egressOnlyInternetGatewayId');
  return { kind: 'egressOnlyGateway', id: gateway.id };
}

/** Routes lead to Gateway Load Balancer endpoints, of which Rampart has none; a gateway endpoint makes its own routes. */
function endpointTarget(id: string, _: RouteTable, context: Context): RouteTarget {
  resourceOf('endpoint', id, context);
  const expected = 'routes lead to Gateway Load Balancer endpoints alone';
  return refuse('invalidValue', { parameter: 'vpcEndpointId', value: id, expected });
}

/** A peering that is not yet accepted may be named; the route is a blackhole until it is. */
function peeringTarget(id: string, table: RouteTable, context: Context): RouteTarget {
  const { requester, accepter, ...peering } = resourceOf('peering', id, context);
  const isOurs = requester.vpcId === table.vpcId || accepter.vpcId === table.vpcId;
  if (!isOurs) refuseOtherVpc(id, table, 'vpcPeeringConnectionId');
  return { kind: 'peering', id: peering.id };
}

/** IPv6 addresses that stand for IPv4 ones (RFC 6052): the only IPv6 that a NAT gateway translates. */
const nat64 = '64:ff9b::/96' as Cidr;

function checkFamily(target: RouteTarget, destination: RouteDestination): void {
  if (destination.kind !== 'cidr') return;
  const { cidr } = destination;
  const isIpv6 = familyOf(cidr) === 'ipv6';
  if (target.kind === 'egressOnlyGateway' && !isIpv6) {
    const expected = 'an egress-only internet gateway carries IPv6 alone';
    refuse('invalidValue', { parameter: 'destinationCidrBlock', value: cidr, expected });
  }
  if (target.kind === 'natGateway' && isIpv6 && !covers(nat64, cidr)) {
    const expected = `a NAT gateway takes IPv6 to ${nat64} alone`;
    refuse('invalidValue', { parameter: 'destinationIpv6CidrBlock', value: cidr, expected });
  }
}
