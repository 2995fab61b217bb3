/** CreateRoute, ReplaceRoute and DeleteRoute. */
import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
} from '@aws-sdk/client-ec2';
import { type Cidr, covers } from '#net/cidr.ts';
import type { Network } from '#vpc/network.ts';
import type { Route, RouteDestination, RouteTable, RouteTarget } from '#vpc/routing.ts';
import { blocksOfSubnet } from '#vpc/subnet-space.ts';
import { limitOf } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { routesOf } from '../prefix-lists/users.ts';
import { resourceOf } from '../resources.ts';
import { gatewayTableRule, isGatewayTarget, isNatTable } from './associations.ts';
import { destinationIn, routeIndex } from './destination.ts';
import { destinationText } from './output.ts';
import { targetIn, targetParameter } from './target.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const createRoute: Operation<CreateRouteRequest, CreateRouteResult> = (input, context) => {
  const name = targetParameter(input);
  const destination = destinationIn(input, context);
  const table = resourceOf('routeTable', input.RouteTableId, context);
  if (!name) throw new Error('a route without LocalTarget has a target parameter');
  const target = targetIn(name, input, { table, destination }, context);
  if (routeIndex(table, destination) >= 0) {
    refuse('routeExists', { destination: destinationText(destination), tableId: table.id });
  }
  checkGatewayTable(table, target);
  checkReserved(destination);
  checkInsideVpc(destination, target, table, context.transaction.network);
  const routes: readonly Route[] = [...table.routes, { destination, target, origin: 'CreateRoute' }];
  checkRouteQuota(table, routes, context);
  context.transaction.put('routeTable', { ...table, routes });
  return { Return: true };
};

/** Refuses a target that the table of a gateway cannot have. */
function checkGatewayTable({ id, associations }: RouteTable, target: RouteTarget): void {
  if (isGatewayTarget(target) || !associations.some(({ subject }) => subject.kind === 'gateway')) return;
  refuse('invalidValue', { parameter: 'routeTableId', value: id, expected: gatewayTableRule });
}

/** Where AWS serves instances itself. */
const reserved = ['169.254.168.0/22', 'fd00:ec2::/32'] as Cidr[];

/**
 * Refuses a route into what AWS keeps for services such as DNS and metadata; a wider one is accepted.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
 */
function checkReserved(destination: RouteDestination): void {
  if (destination.kind !== 'cidr') return;
  const { cidr } = destination;
  const range = reserved.find((each) => covers(each, cidr));
  if (!range) return;
  const expected = `${range} is reserved for services of AWS`;
  refuse('invalidValue', { parameter: 'destinationCidrBlock', value: cidr, expected });
}

/** Targets to which traffic inside the VPC may be sent through a middlebox. */
const middleboxes: readonly RouteTarget['kind'][] = ['eni', 'natGateway', 'endpoint'];

/**
 * A route more specific than a local one is for a whole subnet and leads through a middlebox.
 * https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html#route-table-routes
 */
function checkInsideVpc(
  destination: RouteDestination,
  target: RouteTarget,
  table: RouteTable,
  network: Network,
): void {
  if (destination.kind !== 'cidr') return;
  const { cidr } = destination;
  const vpc = network.vpc.get(table.vpcId);
  const local = [...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6Blocks ?? [])].find((block) =>
    covers(block.cidr, cidr),
  );
  if (!local) return;
  const parameter = 'destinationCidrBlock';
  if (!middleboxes.includes(target.kind)) {
    const expected = `it is inside ${local.cidr} of the VPC, where a route leads to a network interface, NAT gateway or endpoint`;
    refuse('invalidValue', { parameter, value: cidr, expected });
  }
  if (!subnetBlocks(table, network).includes(cidr)) {
    const expected = `it is inside ${local.cidr} of the VPC and not the whole block of a subnet`;
    refuse('invalidValue', { parameter, value: cidr, expected });
  }
}

function subnetBlocks(table: RouteTable, network: Network): readonly Cidr[] {
  return [...network.subnet.by('vpc', table.vpcId)].flatMap((subnet) => [
    ...blocksOfSubnet(subnet, 'ipv4'),
    ...blocksOfSubnet(subnet, 'ipv6'),
  ]);
}

/** A prefix list counts as its MaxEntries; local and propagated routes do not count. */
function checkRouteQuota(table: RouteTable, routes: readonly Route[], context: Context): void {
  const limit = limitOf('routesPerRouteTable', context);
  const { prefixList } = context.transaction.network;
  const count = routesOf({ routes }, (id) => prefixList.get(id));
  if (count > limit) {
    refuse('quota', { code: 'RouteLimitExceeded', what: `routes of route table ${table.id}`, limit });
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export const replaceRoute: Operation<ReplaceRouteRequest, Record<string, never>> = (input, context) => {
  const name = targetParameter(input, input.LocalTarget ? ['LocalTarget'] : []);
  const destination = destinationIn(input, context);
  const table = resourceOf('routeTable', input.RouteTableId, context);
  const { route, index } = routeAt(table, destination, 'noRouteToReplace');
  refuseEndpointRoute(route, table);
  refusePresetRoute(route, table);
  const target: RouteTarget = name
    ? targetIn(name, input, { table, destination }, context)
    : { kind: 'local' };
  const isLocal = route.origin === 'CreateRouteTable';
  const parameter = name ?? 'localTarget';
  if (!name && !isLocal) {
    const expected = `${destinationText(destination)} is not a block of the VPC`;
    refuse('invalidValue', { parameter, value: true, expected });
  }
  if (isLocal && name && !middleboxes.includes(target.kind)) {
    const expected = 'a local route leads to local, a network interface, NAT gateway or endpoint';
    refuse('invalidValue', { parameter, value: input[name] ?? '', expected });
  }
  checkGatewayTable(table, target);
  const routes = table.routes.with(index, { ...route, target });
  context.transaction.put('routeTable', { ...table, routes });
  return {};
};

function routeAt(
  table: RouteTable,
  destination: RouteDestination,
  missing: 'routeNotFound' | 'noRouteToReplace',
): { route: Route; index: number } {
  const index = routeIndex(table, destination);
  const route = table.routes[index];
  if (route) return { route, index };
  return refuse(missing, { destination: destinationText(destination), tableId: table.id });
}

/** A gateway endpoint's routes come and go with ModifyVpcEndpoint. */
function refuseEndpointRoute({ destination, target }: Route, table: RouteTable): void {
  if (target.kind !== 'endpoint') return;
  const expected = `the route of ${target.id} in route table ${table.id} goes with the endpoint`;
  const value = destinationText(destination);
  refuse('invalidValue', { parameter: 'destinationPrefixListId', value, expected });
}

/**
 * A regional NAT gateway's table comes with a route to the internet gateway. That it stays is our decision: the gateway
 * would reach nobody without it, and AWS does not say.
 */
function refusePresetRoute({ destination, target }: Route, table: RouteTable): void {
  if (target.kind !== 'internetGateway' || !isNatTable(table)) return;
  const value = destinationText(destination);
  const expected = `it is the way of a regional NAT gateway to ${target.id}`;
  refuse('invalidValue', { parameter: 'destinationCidrBlock', value, expected });
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html */
export const deleteRoute: Operation<DeleteRouteRequest, Record<string, never>> = (input, context) => {
  const destination = destinationIn(input, context);
  const table = resourceOf('routeTable', input.RouteTableId, context);
  const { route, index } = routeAt(table, destination, 'routeNotFound');
  refuseEndpointRoute(route, table);
  refusePresetRoute(route, table);
  if (route.origin === 'CreateRouteTable') {
    const value = destinationText(destination);
    // Terraform's provider takes "cannot remove local route" for done: it forgets the route.
    const expected = `cannot remove local route of route table ${table.id}`;
    refuse('invalidValue', { parameter: 'destinationCidrBlock', value, expected });
  }
  context.transaction.put('routeTable', { ...table, routes: table.routes.toSpliced(index, 1) });
  return {};
};
