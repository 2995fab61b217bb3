/**
 * The kinds of EC2 resources: what AWS calls each, and its codes for ids. AWS's spelling follows no rule.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { type IdKind, idPrefixes, parseId } from '#vpc/ids.ts';
import type { Kind, Kinds, TableOf } from '#vpc/network.ts';
import { arnOf } from '../arn.ts';
import type { Context } from '../operation.ts';
import { refuse } from '../refusal.ts';
import { parts } from './parts.ts';

type Resource = {
  /** In sentences. */
  readonly noun: string;
  /** AWS's ResourceType of tags; the middle of ARNs. */
  readonly type: string;
  readonly malformed: string;
  readonly notFound: string;
};

export const resources = {
  vpc: {
    noun: 'VPC',
    type: 'vpc',
    malformed: 'InvalidVpcID.Malformed',
    notFound: 'InvalidVpcID.NotFound',
  },
  subnet: {
    noun: 'subnet',
    type: 'subnet',
    malformed: 'InvalidSubnetID.Malformed',
    notFound: 'InvalidSubnetID.NotFound',
  },
  subnetReservation: {
    noun: 'subnet CIDR reservation',
    type: 'subnet-cidr-reservation',
    malformed: 'InvalidSubnetCidrReservationID.Malformed',
    notFound: 'InvalidSubnetCidrReservationID.NotFound',
  },
  dhcpOptions: {
    noun: 'DHCP options set',
    type: 'dhcp-options',
    malformed: 'InvalidDhcpOptionsId.Malformed',
    // DescribeDhcpOptions says InvalidDhcpOptionID.NotFound.
    notFound: 'InvalidDhcpOptionsID.NotFound',
  },
  eni: {
    noun: 'network interface',
    type: 'network-interface',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
    notFound: 'InvalidNetworkInterfaceID.NotFound',
  },
  instance: {
    noun: 'instance',
    type: 'instance',
    malformed: 'InvalidInstanceID.Malformed',
    notFound: 'InvalidInstanceID.NotFound',
  },
  address: {
    noun: 'allocation',
    type: 'elastic-ip',
    // AWS documents no code of its own for a malformed allocation id.
    malformed: 'InvalidAllocationID.NotFound',
    notFound: 'InvalidAllocationID.NotFound',
  },
  volume: {
    noun: 'volume',
    type: 'volume',
    malformed: 'InvalidVolumeID.Malformed',
    notFound: 'InvalidVolume.NotFound',
  },
  snapshot: {
    noun: 'snapshot',
    type: 'snapshot',
    malformed: 'InvalidSnapshotID.Malformed',
    notFound: 'InvalidSnapshot.NotFound',
  },
  keyPair: {
    noun: 'key pair',
    type: 'key-pair',
    malformed: 'InvalidParameterValue',
    notFound: 'InvalidKeyPair.NotFound',
  },
  launchTemplate: {
    noun: 'launch template',
    type: 'launch-template',
    malformed: 'InvalidLaunchTemplateId.Malformed',
    notFound: 'InvalidLaunchTemplateId.NotFound',
  },
  spotRequest: {
    noun: 'Spot Instance request',
    type: 'spot-instances-request',
    malformed: 'InvalidSpotInstanceRequestID.Malformed',
    notFound: 'InvalidSpotInstanceRequestID.NotFound',
  },
  encryptionControl: {
    noun: 'VPC encryption control',
    type: 'vpc-encryption-control',
    malformed: 'InvalidVpcEncryptionControlId.Malformed',
    notFound: 'InvalidVpcEncryptionControlId.NotFound',
  },
  securityGroup: {
    noun: 'security group',
    type: 'security-group',
    malformed: 'InvalidGroupId.Malformed',
    notFound: 'InvalidGroup.NotFound',
  },
  rule: {
    noun: 'security group rule',
    type: 'security-group-rule',
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
    notFound: 'InvalidSecurityGroupRuleId.NotFound',
  },
  networkAcl: {
    noun: 'network ACL',
    type: 'network-acl',
    malformed: 'InvalidNetworkAclId.Malformed',
    notFound: 'InvalidNetworkAclID.NotFound',
  },
  prefixList: {
    noun: 'prefix list',
    type: 'prefix-list',
    malformed: 'InvalidPrefixListId.Malformed',
    notFound: 'InvalidPrefixListID.NotFound',
  },
  routeTable: {
    noun: 'route table',
    type: 'route-table',
    malformed: 'InvalidRouteTableId.Malformed',
    notFound: 'InvalidRouteTableID.NotFound',
  },
  internetGateway: {
    noun: 'internet gateway',
    type: 'internet-gateway',
    malformed: 'InvalidInternetGatewayId.Malformed',
    notFound: 'InvalidInternetGatewayID.NotFound',
  },
  egressOnlyGateway: {
    noun: 'egress-only internet gateway',
    type: 'egress-only-internet-gateway',
    malformed: 'InvalidEgressOnlyInternetGatewayId.Malformed',
    notFound: 'InvalidEgressOnlyInternetGatewayId.NotFound',
  },
  natGateway: {
    noun: 'NAT gateway',
    type: 'natgateway',
    malformed: 'NatGatewayMalformed',
    notFound: 'NatGatewayNotFound',
  },
  endpoint: {
    noun: 'VPC endpoint',
    type: 'vpc-endpoint',
    malformed: 'InvalidVpcEndpointId.Malformed',
    notFound: 'InvalidVpcEndpointId.NotFound',
  },
  peering: {
    noun: 'VPC peering connection',
    type: 'vpc-peering-connection',
    malformed: 'InvalidVpcPeeringConnectionId.Malformed',
    notFound: 'InvalidVpcPeeringConnectionID.NotFound',
  },
  insightsPath: {
    noun: 'network insights path',
    type: 'network-insights-path',
    malformed: 'InvalidNetworkInsightsPathId.Malformed',
    notFound: 'InvalidNetworkInsightsPathId.NotFound',
  },
  insightsAnalysis: {
    noun: 'network insights analysis',
    type: 'network-insights-analysis',
    malformed: 'InvalidNetworkInsightsAnalysisId.Malformed',
    notFound: 'InvalidNetworkInsightsAnalysisId.NotFound',
  },
  accessScope: {
    noun: 'network insights access scope',
    type: 'network-insights-access-scope',
    malformed: 'InvalidNetworkInsightsAccessScopeId.Malformed',
    notFound: 'InvalidNetworkInsightsAccessScopeId.NotFound',
  },
  accessScopeAnalysis: {
    noun: 'network insights access scope analysis',
    type: 'network-insights-access-scope-analysis',
    malformed: 'InvalidNetworkInsightsAccessScopeAnalysisId.Malformed',
    notFound: 'InvalidNetworkInsightsAccessScopeAnalysisId.NotFound',
  },
  publicAccessExclusion: {
    noun: 'exclusion from the block of public access',
    type: 'vpc-block-public-access-exclusion',
    malformed: 'InvalidVpcBlockPublicAccessExclusionId.Malformed',
    notFound: 'InvalidVpcBlockPublicAccessExclusionId.NotFound',
  },
} as const satisfies Partial<Record<IdKind, Resource>>;

export type ResourceKind = keyof typeof resources;

/** Kinds of resources that have a table of their own: all but rules, which live in their groups. */
export type TableKind = ResourceKind & Kind;

const identified = { ...resources, ...parts };

/** Kinds whose ids requests name. */
export type IdentifiedKind = keyof typeof identified;

/** Refuses with the kind's own code what is not an id of it. */
export function checkId(kind: IdentifiedKind, id: string): void {
  const { noun, malformed } = identified[kind];
  if (!parseId(kind, id)) refuse('malformedId', { code: malformed, noun, id, prefix: idPrefixes[kind] });
}

/** Refuses with the kind's own code for an id that is not there. */
export function refuseNotFound(kind: IdentifiedKind, id: string): never {
  const { noun, notFound } = identified[kind];
  return refuse('notFound', { code: notFound, noun, id });
}

/** The resource of an id in the caller's account and region; refuses an unknown one. */
export function resourceOf<K extends TableKind>(kind: K, id: string, { transaction }: Context): Kinds[K] {
  const table = transaction.network[kind] as TableOf<K>;
  return table.get(id) ?? refuseNotFound(kind, id);
}

/** The ARN of a resource of the caller. */
export function arnOfResource(kind: ResourceKind, id: string, { caller }: Context): string {
  return arnOf('ec2', caller.scope, `${resources[kind].type}/${id}`);
}
