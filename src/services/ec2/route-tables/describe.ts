/** DescribeRouteTables. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
import type { DescribeRouteTablesRequest, DescribeRouteTablesResult, Route } from '@aws-sdk/client-ec2';
import type { RouteTable } from '#vpc/routing.ts';
import type { Field, Fields } from '../../filters.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { resourceOf } from '../resources.ts';
import { routeOutput, tableOutput } from './output.ts';

/** What the routes of a table hold under a member of the answer. */
const ofRoutes =
  (member: keyof Route): Field<RouteTable> =>
  (table, context) =>
    table.routes.flatMap((route) => {
      const value = routeOutput(table, route, context)[member];
      return value === undefined ? [] : [value];
    });

const fields: Fields<RouteTable> = {
  'association.gateway-id': ({ associations }) =>
    associations.flatMap(({ subject }) => (subject.kind === 'gateway' ? [subject.gatewayId] : [])),
  'association.main': ({ associations }) => associations.map(({ subject }) => subject.kind === 'main'),
  'association.route-table-association-id': ({ associations }) => associations.map(({ id }) => id),
  'association.route-table-id': ({ id, associations }) => associations.map(() => id),
  'association.subnet-id': ({ associations }) =>
    associations.flatMap(({ subject }) => (subject.kind === 'subnet' ? [subject.subnetId] : [])),
  'owner-id': (_, { caller }) => caller.scope.account,
  'route-table-id': ({ id }) => id,
  'route.destination-cidr-block': ofRoutes('DestinationCidrBlock'),
  'route.destination-ipv6-cidr-block': ofRoutes('DestinationIpv6CidrBlock'),
  'route.destination-prefix-list-id': ofRoutes('DestinationPrefixListId'),
  'route.egress-only-internet-gateway-id': ofRoutes('EgressOnlyInternetGatewayId'),
  'route.gateway-id': ofRoutes('GatewayId'),
  'route.instance-id': ofRoutes('InstanceId'),
  'route.nat-gateway-id': ofRoutes('NatGatewayId'),
  'route.transit-gateway-id': ofRoutes('TransitGatewayId'),
  'route.origin': ofRoutes('Origin'),
  'route.state': ofRoutes('State'),
  'route.vpc-peering-connection-id': ofRoutes('VpcPeeringConnectionId'),
  'vpc-id': ({ vpcId }) => vpcId,
};

const tables = listingOf({
  action: 'DescribeRouteTables',
  kind: 'routeTable',
  bounds: { min: 5, max: 100 },
  fields,
  byId: (id, context) => resourceOf('routeTable', id, context),
  indexes: {
    'route-table-id': 'id',
    'vpc-id': 'vpc',
    'association.subnet-id': 'subnet',
    'association.route-table-association-id': 'association',
    'association.gateway-id': 'gateway',
  },
});

export const describeRouteTables: Operation<DescribeRouteTablesRequest, DescribeRouteTablesResult> = (
  input,
  context,
) => {
  const page = list(tables, { ...input, ids: input.RouteTableIds }, context);
  return { RouteTables: page.items.map((table) => tableOutput(table, context)), NextToken: page.nextToken };
};
