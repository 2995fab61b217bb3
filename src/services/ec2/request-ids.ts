/**
 * Which members of requests hold ids, and of what. A test finds members of the wire model that look like ids and stand
 * neither here nor among its exceptions.
 */
import { isServiceAttachment } from '#vpc/eni.ts';
import { checkEndId } from './network-insights/ends.ts';
import { checkId, type IdentifiedKind } from './resources.ts';
import { checkTaggableId } from './tags/taggable.ts';

/** Refuses a text that is not an id of the right form. */
export type IdForm = (text: string) => void;

const membersOf = {
  address: ['AllocationId', 'AllocationIds', 'SecondaryAllocationIds'],
  accessScope: ['NetworkInsightsAccessScopeId', 'NetworkInsightsAccessScopeIds'],
  accessScopeAnalysis: ['NetworkInsightsAccessScopeAnalysisId', 'NetworkInsightsAccessScopeAnalysisIds'],
  dhcpOptions: ['DhcpOptionsId', 'DhcpOptionsIds'],
  egressOnlyGateway: ['EgressOnlyInternetGatewayId', 'EgressOnlyInternetGatewayIds'],
  encryptionControl: ['VpcEncryptionControlId', 'VpcEncryptionControlIds'],
  endpoint: ['VpcEndpointId', 'VpcEndpointIds'],
  eni: ['NetworkInterfaceId', 'NetworkInterfaceIds'],
  image: ['ImageId', 'ImageIds'],
  insightsAnalysis: ['NetworkInsightsAnalysisId', 'NetworkInsightsAnalysisIds'],
  insightsPath: ['NetworkInsightsPathId', 'NetworkInsightsPathIds'],
  instance: ['InstanceId', 'InstanceIds'],
  internetGateway: ['InternetGatewayId', 'InternetGatewayIds'],
  keyPair: ['KeyPairId', 'KeyPairIds'],
  launchTemplate: ['LaunchTemplateId', 'LaunchTemplateIds'],
  natGateway: ['NatGatewayId', 'NatGatewayIds'],
  networkAcl: ['NetworkAclId', 'NetworkAclIds'],
  peering: ['VpcPeeringConnectionId', 'VpcPeeringConnectionIds'],
  prefixList: ['DestinationPrefixListId', 'PrefixListId', 'PrefixListIds'],
  publicAccessExclusion: ['ExclusionId', 'ExclusionIds'],
  routeTable: ['AddRouteTableIds', 'RemoveRouteTableIds', 'RouteTableId', 'RouteTableIds'],
  rule: ['SecurityGroupRuleId', 'SecurityGroupRuleIds'],
  securityGroup: [
    ...['AddSecurityGroupIds', 'GroupId', 'GroupIds', 'Groups', 'ReferencedGroupId'],
    ...['RemoveSecurityGroupIds', 'SecurityGroupIds'],
  ],
  snapshot: ['SnapshotId', 'SnapshotIds'],
  spotRequest: ['SpotInstanceRequestIds'],
  subnet: ['AddSubnetIds', 'AssociatedSubnetIds', 'RemoveSubnetIds', 'SubnetId', 'SubnetIds'],
  subnetReservation: ['SubnetCidrReservationId'],
  transitGateway: ['TransitGatewayId'],
  volume: ['VolumeId', 'VolumeIds'],
  vpc: ['PeerVpcId', 'VpcId', 'VpcIds'],
} as const satisfies Partial<Record<IdentifiedKind, readonly string[]>>;

const formOfKind =
  (kind: IdentifiedKind): IdForm =>
  (text) =>
    checkId(kind, text);

const formOfMember: ReadonlyMap<string, IdForm> = new Map(
  Object.entries(membersOf).flatMap(([kind, members]) =>
    members.map((member) => [member, formOfKind(kind as IdentifiedKind)]),
  ),
);

/** Attachments of services have ids of their own, and a request that names one gets another answer than `Malformed`. */
const checkAttachmentId: IdForm = (text) => {
  if (!isServiceAttachment(text)) checkId('eniAttachment', text);
};

/** The members of single shapes that hold something else than their name says elsewhere; undefined is no id. */
const formOfShapeMember: Readonly<Record<string, IdForm | undefined>> = {
  // `default` takes every option away.
  'AssociateDhcpOptionsRequest.DhcpOptionsId': (text) => {
    if (text !== 'default') formOfKind('dhcpOptions')(text);
  },
  'CreateNetworkInsightsPathRequest.Destination': checkEndId,
  'CreateNetworkInsightsPathRequest.Source': checkEndId,
  'CreateTagsRequest.Resources': checkTaggableId,
  'DeleteTagsRequest.Resources': checkTaggableId,
  // Answers for each id by itself, as that of credits below.
  'DeleteVpcEndpointsRequest.VpcEndpointIds': undefined,
  'DetachNetworkInterfaceRequest.AttachmentId': checkAttachmentId,
  'DisassociateAddressRequest.AssociationId': formOfKind('addressAssociation'),
  'DisassociateNatGatewayAddressRequest.AssociationIds': formOfKind('addressAssociation'),
  'DisassociateRouteTableRequest.AssociationId': formOfKind('routeTableAssociation'),
  'DisassociateSubnetCidrBlockRequest.AssociationId': formOfKind('subnetCidrAssociation'),
  'DisassociateVpcCidrBlockRequest.AssociationId': formOfKind('vpcCidrAssociation'),
  'InstanceCreditSpecificationRequest.InstanceId': undefined,
  'NetworkInterfaceAttachmentChanges.AttachmentId': checkAttachmentId,
  // A placement group.
  'Placement.GroupId': undefined,
  'ReplaceNetworkAclAssociationRequest.AssociationId': formOfKind('networkAclAssociation'),
  'ReplaceRouteTableAssociationRequest.AssociationId': formOfKind('routeTableAssociation'),
};

/**
 * What a launch template keeps is not looked at before something is launched from it.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html
 */
const templateShape = /^(RequestLaunchTemplateData|LaunchTemplate.*Request)$/;

/** The form of the ids that a member of a shape holds, alone or in a list; undefined where it holds none. */
export function idFormOf(shape: string, member: string): IdForm | undefined {
  const own = `${shape}.${member}`;
  if (Object.hasOwn(formOfShapeMember, own)) return formOfShapeMember[own];
  return templateShape.test(shape) ? undefined : formOfMember.get(member);
}
