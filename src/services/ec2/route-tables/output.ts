/** Route tables as AWS shows them. */
import type {
  RouteTableAssociation as AssociationOutput,
  Route as RouteOutput,
  RouteTable as TableOutput,
} from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { routeState } from '#vpc/route-state.ts';
import type {
  Route,
  RouteDestination,
  RouteTable,
  RouteTableAssociation,
  RouteTarget,
} from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';

/** The destination as AWS writes it in one string. */
export function destinationText(destination: RouteDestination): string {
  return destination.kind === 'cidr' ? destination.cidr : destination.prefixListId;
}

function destinationOutput(destination: RouteDestination): RouteOutput {
  if (destination.kind === 'prefixList') return { DestinationPrefixListId: destination.prefixListId };
  return familyOf(destination.cidr) === 'ipv4'
    ? { DestinationCidrBlock: destination.cidr }
    : { DestinationIpv6CidrBlock: destination.cidr };
}

/** The target under the member that AWS names it by; an interface's instance is the caller's to add. */
export function targetMember(target: RouteTarget) {
  switch (target.kind) {
    case 'local':
      return { GatewayId: 'local' };
    case 'internetGateway':
    case 'endpoint':
    case 'other':
      return { GatewayId: target.id };
    case 'natGateway':
      return { NatGatewayId: target.id };
    case 'egressOnlyGateway':
      return { EgressOnlyInternetGatewayId: target.id };
    case 'peering':
      return { VpcPeeringConnectionId: target.id };
    case 'transitGateway':
      return { TransitGatewayId: target.id };
    case 'eni':
      return { NetworkInterfaceId: target.id };
    default:
      return target satisfies never;
  }
}

/** The instance of an interface that a route leads to, as it is attached now. */
function instanceOutput(target: RouteTarget, { caller, transaction }: Context): RouteOutput {
  if (target.kind !== 'eni') return {};
  const instanceId = transaction.network.eni.get(target.id)?.attachment?.instanceId;
  return instanceId ? { InstanceId: instanceId, InstanceOwnerId: caller.scope.account } : {};
}

export function routeOutput(table: RouteTable, route: Route, context: Context): RouteOutput {
  const { world, network } = context.transaction;
  return {
    ...destinationOutput(route.destination),
    ...targetMember(route.target),
    ...instanceOutput(route.target, context),
    Origin: route.origin,
    State: routeState({ world, network, vpcId: table.vpcId }, route),
  };
}

function associationOutput(table: RouteTable, { id, subject }: RouteTableAssociation): AssociationOutput {
  return {
    RouteTableAssociationId: id,
    RouteTableId: table.id,
    Main: subject.kind === 'main',
    ...(subject.kind === 'subnet' ? { SubnetId: subject.subnetId } : {}),
    ...(subject.kind === 'gateway' ? { GatewayId: subject.gatewayId } : {}),
    AssociationState: { State: 'associated' },
  };
}

export function tableOutput(table: RouteTable, context: Context): TableOutput {
  return {
    RouteTableId: table.id,
    VpcId: table.vpcId,
    OwnerId: context.caller.scope.account,
    Routes: table.routes.map((route) => routeOutput(table, route, context)),
    Associations: table.associations.map((association) => associationOutput(table, association)),
    PropagatingVgws: [],
    Tags: tagList(table.tags),
  };
}
