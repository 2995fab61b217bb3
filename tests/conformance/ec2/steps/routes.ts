/** Route tables, routes and associations. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const unknown = '0123456789abcdef0';

const tables: readonly Row[] = [
  step(
    'CreateRouteTable',
    { VpcId: '$vpc' },
    {
      required: ['VpcId'],
      ids: { VpcId: 'vpc' },
      tags: 'route-table',
      token: 'RouteTable.RouteTableId',
      shows: {
        'RouteTable.RouteTableId': /^rtb-[0-9a-f]{17}$/,
        'RouteTable.Associations': [],
        'RouteTable.PropagatingVgws': [],
        'RouteTable.Routes.0': {
          DestinationCidrBlock: '10.0.0.0/16',
          GatewayId: 'local',
          Origin: 'CreateRouteTable',
          State: 'active',
        },
      },
      remembers: { table: 'RouteTable.RouteTableId' },
    },
  ),
  step('CreateRouteTable', { VpcId: '$vpc' }, { remembers: { spareTable: 'RouteTable.RouteTableId' } }),
  step('CreateRouteTable', { VpcId: '$otherVpc' }, { remembers: { otherTable: 'RouteTable.RouteTableId' } }),
  step(
    'DescribeRouteTables',
    {
      Filters: [
        { Name: 'association.main', Values: ['true'] },
        { Name: 'vpc-id', Values: ['$vpc'] },
      ],
    },
    {
      remembers: {
        mainTable: 'RouteTables.0.RouteTableId',
        mainAssociation: 'RouteTables.0.Associations.0.RouteTableAssociationId',
      },
      shows: { 'RouteTables.0.Associations.0.Main': true },
    },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet' },
    { remembers: { routedEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$otherSubnet' },
    { remembers: { otherEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
];

const missing: readonly (readonly [member: string, id: string, code: string])[] = [
  ['GatewayId', `igw-${unknown}`, 'InvalidGatewayID.NotFound'],
  ['NatGatewayId', `nat-${unknown}`, 'InvalidNatGatewayID.NotFound'],
  ['NetworkInterfaceId', `eni-${unknown}`, 'InvalidNetworkInterfaceID.NotFound'],
  ['InstanceId', `i-${unknown}`, 'InvalidInstanceID.NotFound'],
  ['VpcPeeringConnectionId', `pcx-${unknown}`, 'InvalidVpcPeeringConnectionID.NotFound'],
  ['VpcEndpointId', `vpce-${unknown}`, 'InvalidVpcEndpointId.NotFound'],
  ['TransitGatewayId', `tgw-${unknown}`, 'InvalidTransitGatewayID.NotFound'],
  ['CarrierGatewayId', `cagw-${unknown}`, 'InvalidCarrierGatewayID.NotFound'],
  ['LocalGatewayId', `lgw-${unknown}`, 'InvalidLocalGatewayID.NotFound'],
  ['CoreNetworkArn', 'arn:aws:networkmanager::123456789012:core-network/x', 'InvalidCoreNetworkArn.NotFound'],
  ['OdbNetworkArn', 'arn:aws:odb:us-east-1:123456789012:odb-network/x', 'InvalidOdbNetworkArn.NotFound'],
];

const others: readonly (readonly [member: string, id: string])[] = [
  ['GatewayId', '$otherIgw2'],
  ['NatGatewayId', '$otherNat'],
  ['NetworkInterfaceId', '$otherEni'],
  ['EgressOnlyInternetGatewayId', '$otherEigw'],
  ['VpcPeeringConnectionId', '$foreignPeering'],
];

const routes: readonly Row[] = [
  step('CreateInternetGateway', {}, { remembers: { otherIgw2: 'InternetGateway.InternetGatewayId' } }),
  step(
    'CreateEgressOnlyInternetGateway',
    { VpcId: '$otherVpc' },
    { remembers: { otherEigw: 'EgressOnlyInternetGateway.EgressOnlyInternetGatewayId' } },
  ),
  step(
    'CreateNatGateway',
    { SubnetId: '$otherSubnet', ConnectivityType: 'private' },
    { remembers: { otherNat: 'NatGateway.NatGatewayId' } },
  ),
  step(
    'CreateVpcPeeringConnection',
    { VpcId: '$otherVpc', PeerVpcId: '$defaultVpc' },
    { remembers: { foreignPeering: 'VpcPeeringConnection.VpcPeeringConnectionId' } },
  ),
  step(
    'CreateRoute',
    { RouteTableId: '$table', DestinationCidrBlock: '0.0.0.0/0', GatewayId: '$igw' },
    {
      required: ['RouteTableId', 'DestinationCidrBlock', 'GatewayId'],
      ids: { RouteTableId: 'routeTable' },
      refuses: [
        [{ NatGatewayId: '$nat' }, combination],
        [{ DestinationIpv6CidrBlock: '::/0' }, combination],
        [{ DestinationCidrBlock: 'x' }, value],
        [{ DestinationCidrBlock: undefined, DestinationIpv6CidrBlock: 'x' }, value],
        [
          { DestinationCidrBlock: undefined, DestinationPrefixListId: `pl-${unknown}` },
          'InvalidPrefixListID.NotFound',
        ],
        [{ GatewayId: 'local' }, value],
        [{ DestinationCidrBlock: '169.254.169.0/24' }, value],
        [{ DestinationCidrBlock: '10.0.1.0/24' }, value],
        [
          { GatewayId: undefined, NetworkInterfaceId: '$routedEni', DestinationCidrBlock: '10.0.77.0/24' },
          value,
        ],
        [{ GatewayId: undefined, EgressOnlyInternetGatewayId: '$eigw' }, value],
        [
          { GatewayId: undefined, EgressOnlyInternetGatewayId: `eigw-${unknown}` },
          'InvalidGatewayID.NotFound',
        ],
        [
          {
            GatewayId: undefined,
            NatGatewayId: '$nat',
            DestinationCidrBlock: undefined,
            DestinationIpv6CidrBlock: '2001:db8::/64',
          },
          value,
        ],
        ...missing.map(([member, id, code]) => [{ GatewayId: undefined, [member]: id }, code] as const),
        ...others.map(
          ([member, id]) =>
            [
              {
                GatewayId: undefined,
                DestinationCidrBlock: undefined,
                DestinationIpv6CidrBlock: '64:ff9b::/96',
                [member]: id,
              },
              value,
            ] as const,
        ),
      ],
      shows: { Return: true },
      after: [[{}, 'RouteAlreadyExists']],
    },
  ),
  step('CreateRoute', {
    RouteTableId: '$table',
    DestinationIpv6CidrBlock: '::/0',
    EgressOnlyInternetGatewayId: '$eigw',
  }),
  step('CreateRoute', { RouteTableId: '$table', DestinationCidrBlock: '10.50.0.0/16', NatGatewayId: '$nat' }),
  step('CreateRoute', {
    RouteTableId: '$table',
    DestinationCidrBlock: '10.51.0.0/16',
    NetworkInterfaceId: '$routedEni',
  }),
  step(
    'DescribeManagedPrefixLists',
    {
      Filters: [
        { Name: 'owner-id', Values: ['AWS'] },
        { Name: 'prefix-list-name', Values: ['*dynamodb'] },
      ],
    },
    {
      remembers: { awsList: 'PrefixLists.0.PrefixListId' },
    },
  ),
  step(
    'ReplaceRoute',
    { RouteTableId: '$table', DestinationCidrBlock: '10.51.0.0/16', NatGatewayId: '$nat' },
    {
      required: ['RouteTableId', 'DestinationCidrBlock', 'NatGatewayId'],
      ids: { RouteTableId: 'routeTable' },
      refuses: [
        [{ DestinationCidrBlock: '10.99.0.0/16' }, value],
        [{ LocalTarget: true }, combination],
        [{ NatGatewayId: undefined, LocalTarget: true }, value],
        [{ DestinationCidrBlock: '10.0.0.0/16', NatGatewayId: undefined, GatewayId: '$igw' }, value],
      ],
    },
  ),
  step('ReplaceRoute', {
    RouteTableId: '$spareTable',
    DestinationCidrBlock: '10.0.0.0/16',
    NetworkInterfaceId: '$routedEni',
  }),
  step('ReplaceRoute', {
    RouteTableId: '$spareTable',
    DestinationCidrBlock: '10.0.0.0/16',
    LocalTarget: true,
  }),
];

const associations: readonly Row[] = [
  step(
    'AssociateRouteTable',
    { RouteTableId: '$table', SubnetId: '$subnet' },
    {
      required: ['RouteTableId', 'SubnetId'],
      ids: { RouteTableId: 'routeTable', SubnetId: 'subnet' },
      refuses: [
        [{ GatewayId: '$igw' }, combination],
        [{ SubnetId: '$otherSubnet' }, value],
        [{ PublicIpv4Pool: 'p' }, 'InvalidPublicIpv4PoolID.NotFound'],
        [{ SubnetId: undefined, GatewayId: `igw-${unknown}` }, 'InvalidGatewayID.NotFound'],
        [{ SubnetId: undefined, GatewayId: '$igw' }, value],
      ],
      shows: { AssociationId: /^rtbassoc-[0-9a-f]{17}$/, 'AssociationState.State': 'associated' },
      remembers: { association: 'AssociationId' },
      after: [[{ RouteTableId: '$spareTable' }, 'Resource.AlreadyAssociated']],
    },
  ),
  {
    lists: 'DescribeRouteTables',
    items: 'RouteTables',
    by: 'RouteTableId',
    item: '$table',
    ids: ['RouteTableIds', 'routeTable'],
    tagged: true,
    bounds: [5, 100],
    filters: {
      'association.gateway-id': null,
      'association.main': 'Associations.0.Main',
      'association.route-table-association-id': 'Associations.0.RouteTableAssociationId',
      'association.route-table-id': 'RouteTableId',
      'association.subnet-id': 'Associations.0.SubnetId',
      'owner-id': 'OwnerId',
      'route-table-id': 'RouteTableId',
      'route.destination-cidr-block': 'Routes.*.DestinationCidrBlock',
      'route.destination-ipv6-cidr-block': 'Routes.*.DestinationIpv6CidrBlock',
      'route.destination-prefix-list-id': null,
      'route.egress-only-internet-gateway-id': 'Routes.*.EgressOnlyInternetGatewayId',
      'route.gateway-id': 'Routes.*.GatewayId',
      'route.instance-id': null,
      'route.nat-gateway-id': 'Routes.*.NatGatewayId',
      'route.transit-gateway-id': null,
      'route.origin': 'Routes.*.Origin',
      'route.state': 'Routes.*.State',
      'route.vpc-peering-connection-id': null,
      'vpc-id': 'VpcId',
    },
  },
  step(
    'AssociateRouteTable',
    { RouteTableId: '$spareTable', GatewayId: '$igw' },
    { remembers: { edge: 'AssociationId' } },
  ),
  step(
    'DescribeRouteTables',
    { Filters: [{ Name: 'association.gateway-id', Values: ['$igw'] }] },
    { shows: { 'RouteTables.0.RouteTableId': '$spareTable' } },
  ),
  step(
    'CreateRoute',
    { RouteTableId: '$spareTable', DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: '$nat' },
    { code: value },
  ),
  step(
    'ReplaceRouteTableAssociation',
    { AssociationId: '$association', RouteTableId: '$spareTable' },
    {
      required: ['AssociationId', 'RouteTableId'],
      ids: { RouteTableId: 'routeTable' },
      refuses: [
        [{ RouteTableId: '$otherTable' }, value],
        [{ AssociationId: 'x' }, 'InvalidAssociationID.Malformed'],
        [{ AssociationId: `rtbassoc-${unknown}` }, 'InvalidAssociationID.NotFound'],
        [{ AssociationId: '$edge', RouteTableId: '$table' }, value],
        // The table of a gateway becomes nobody's default.
        [{ AssociationId: '$mainAssociation', RouteTableId: '$spareTable' }, value],
      ],
      shows: { NewAssociationId: /^rtbassoc-/ },
      remembers: { association: 'NewAssociationId' },
    },
  ),
  step(
    'ReplaceRouteTableAssociation',
    { AssociationId: '$mainAssociation', RouteTableId: '$table' },
    { remembers: { mainAssociation: 'NewAssociationId' } },
  ),
  step(
    'ReplaceRouteTableAssociation',
    { AssociationId: '$mainAssociation', RouteTableId: '$mainTable' },
    { remembers: { mainAssociation: 'NewAssociationId' } },
  ),
  step(
    'DisassociateRouteTable',
    { AssociationId: '$association' },
    {
      required: ['AssociationId'],
      refuses: [
        [{ AssociationId: '$mainAssociation' }, value],
        [{ AssociationId: 'x' }, 'InvalidAssociationID.Malformed'],
        [{ AssociationId: `rtbassoc-${unknown}` }, 'InvalidAssociationID.NotFound'],
      ],
    },
  ),
  step('DisassociateRouteTable', { AssociationId: '$edge' }),
  step(
    'DeleteRoute',
    { RouteTableId: '$table', DestinationCidrBlock: '10.51.0.0/16' },
    {
      required: ['RouteTableId', 'DestinationCidrBlock'],
      ids: { RouteTableId: 'routeTable' },
      refuses: [
        [{ DestinationCidrBlock: '10.99.0.0/16' }, 'InvalidRoute.NotFound'],
        [{ DestinationCidrBlock: '10.0.0.0/16' }, value],
      ],
    },
  ),
  step(
    'DeleteRouteTable',
    { RouteTableId: '$spareTable' },
    {
      required: ['RouteTableId'],
      ids: { RouteTableId: 'routeTable' },
      refuses: [[{ RouteTableId: '$mainTable' }, 'DependencyViolation']],
    },
  ),
];

export const routeStory: readonly Row[] = [...tables, ...routes, ...associations];
