/**
 * What has an id and is no resource of the account here, so that it has no ARN and bears no tags: associations,
 * attachments, images, and the transit gateways that routes may name.
 */
import type { IdKind } from '#vpc/ids.ts';

type Part = { readonly noun: string; readonly malformed: string; readonly notFound: string };

export const parts = {
  vpcCidrAssociation: {
    noun: 'VPC CIDR block association',
    malformed: 'InvalidVpcCidrBlockAssociationID.Malformed',
    notFound: 'InvalidVpcCidrBlockAssociationID.NotFound',
  },
  subnetCidrAssociation: {
    noun: 'subnet CIDR block association',
    malformed: 'InvalidSubnetCidrBlockAssociationID.Malformed',
    notFound: 'InvalidSubnetCidrBlockAssociationID.NotFound',
  },
  routeTableAssociation: {
    noun: 'route table association',
    malformed: 'InvalidAssociationID.Malformed',
    notFound: 'InvalidAssociationID.NotFound',
  },
  networkAclAssociation: {
    noun: 'network ACL association',
    malformed: 'InvalidAssociationID.Malformed',
    notFound: 'InvalidAssociationID.NotFound',
  },
  addressAssociation: {
    noun: 'address association',
    malformed: 'InvalidAssociationID.NotFound',
    notFound: 'InvalidAssociationID.NotFound',
  },
  eniAttachment: {
    noun: 'attachment',
    malformed: 'InvalidNetworkInterfaceAttachmentId.Malformed',
    notFound: 'InvalidAttachmentID.NotFound',
  },
  image: {
    noun: 'image',
    malformed: 'InvalidAMIID.Malformed',
    notFound: 'InvalidAMIID.NotFound',
  },
  // The malformed code is the one that AWS's own CloudFormation handlers know.
  transitGateway: {
    noun: 'transit gateway',
    malformed: 'InvalidTransitGatewayID.Malformed',
    notFound: 'InvalidTransitGatewayID.NotFound',
  },
} as const satisfies Partial<Record<IdKind, Part>>;
