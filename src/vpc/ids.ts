/** Branded resource ids and the prefixes AWS gives them. A resource id is `<prefix>-` and 17 hex digits. */

declare const idBrand: unique symbol;
/** The id of one kind of resource; `parseId` and `newId` make them. */
export type Id<Kind extends string> = string & { readonly [idBrand]: Kind };

/** Kind of resource or association → the prefix of its ids. */
export const idPrefixes = {
  vpc: 'vpc',
  vpcCidrAssociation: 'vpc-cidr-assoc',
  subnet: 'subnet',
  subnetCidrAssociation: 'subnet-cidr-assoc',
  subnetReservation: 'scr',
  eni: 'eni',
  eniAttachment: 'eni-attach',
  securityGroup: 'sg',
  rule: 'sgr',
  routeTable: 'rtb',
  routeTableAssociation: 'rtbassoc',
  internetGateway: 'igw',
  natGateway: 'nat',
  egressOnlyGateway: 'eigw',
  peering: 'pcx',
  address: 'eipalloc',
  addressAssociation: 'eipassoc',
  networkAcl: 'acl',
  networkAclAssociation: 'aclassoc',
  prefixList: 'pl',
  instance: 'i',
  reservation: 'r',
  volume: 'vol',
  snapshot: 'snap',
  image: 'ami',
  keyPair: 'key',
  launchTemplate: 'lt',
  spotRequest: 'sir',
  dhcpOptions: 'dopt',
  endpoint: 'vpce',
  transitGateway: 'tgw',
  transitAttachment: 'tgw-attach',
  transitRouteTable: 'tgw-rtb',
  insightsPath: 'nip',
  insightsAnalysis: 'nia',
  accessScope: 'nis',
  accessScopeAnalysis: 'nisa',
  publicAccessExclusion: 'vpcbpa-exclude',
  encryptionControl: 'vpcec',
} as const;

export type IdKind = keyof typeof idPrefixes;

export type VpcId = Id<'vpc'>;
export type SubnetId = Id<'subnet'>;
export type EniId = Id<'eni'>;
export type SecurityGroupId = Id<'securityGroup'>;
export type RuleId = Id<'rule'>;
export type RouteTableId = Id<'routeTable'>;
export type InternetGatewayId = Id<'internetGateway'>;
export type NatGatewayId = Id<'natGateway'>;
export type EgressOnlyGatewayId = Id<'egressOnlyGateway'>;
export type PeeringId = Id<'peering'>;
export type AllocationId = Id<'address'>;
export type NetworkAclId = Id<'networkAcl'>;
export type PrefixListId = Id<'prefixList'>;
export type InstanceId = Id<'instance'>;
export type EndpointId = Id<'endpoint'>;
export type TransitGatewayId = Id<'transitGateway'>;
export type TransitAttachmentId = Id<'transitAttachment'>;
export type TransitRouteTableId = Id<'transitRouteTable'>;
export type DhcpOptionsId = Id<'dhcpOptions'>;
export type SubnetReservationId = Id<'subnetReservation'>;

/**
 * The id, if the text has the kind's prefix and 8 or 17 hex digits (AWS keeps the short form of old resources:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html), else undefined.
 */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> | undefined {
  const prefix = `${idPrefixes[kind]}-`;
  const tail = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  return /^([0-9a-f]{8}|[0-9a-f]{17})$/.test(tail) ? (text as Id<Kind>) : undefined;
}

/** A fresh id; `hex17` gives 17 random hex digits. */
export function newId<Kind extends IdKind>(kind: Kind, hex17: () => string): Id<Kind> {
  return `${idPrefixes[kind]}-${hex17()}` as Id<Kind>;
}
