/** Peering connections as AWS shows them. */
import type {
  VpcPeeringConnection,
  VpcPeeringConnectionStateReason,
  VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import { peeringExpiryMs, peeringStatusAt } from '#vpc/peering-state.ts';
import type { Peering, PeeringSide } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';
import { vpcOfSide } from './find.ts';

/** The statuses that last no time here; AWS gives them in the answer to the request. */
export type PassingStatus = 'initiating-request' | 'provisioning' | 'failed';

function statusOutput(
  peering: Peering,
  { nowMs }: Context,
  passing?: PassingStatus,
): VpcPeeringConnectionStateReason {
  const code = passing ?? peeringStatusAt(peering, nowMs);
  switch (code) {
    case 'initiating-request':
      return { Code: code, Message: `Initiating request to ${peering.accepter.account}` };
    case 'pending-acceptance':
      return { Code: code, Message: `Pending acceptance by ${peering.accepter.account}` };
    case 'provisioning':
      return { Code: code, Message: 'Provisioning' };
    case 'active':
      return { Code: code, Message: 'Active' };
    case 'rejected':
      return { Code: code, Message: `Rejected by ${peering.accepter.account}` };
    case 'expired':
      return { Code: code, Message: `Not accepted by ${peering.accepter.account} in time` };
    case 'failed':
      return { Code: code, Message: 'The VPC id or account is wrong, or the blocks of the VPCs overlap' };
    case 'deleted': {
      const { account } = peering.deletedBy === 'accepter' ? peering.accepter : peering.requester;
      return { Code: code, Message: `Deleted by ${account}` };
    }
    default:
      return code satisfies never;
  }
}

/** A side; its blocks and options show once both sides agreed to be peered, and before that to its owner. */
function sideOutput(side: PeeringSide, isOpen: boolean, context: Context): VpcPeeringConnectionVpcInfo {
  const vpc = isOpen ? vpcOfSide(side, context) : undefined;
  const info = { OwnerId: side.account, VpcId: side.vpcId, Region: side.region };
  if (!vpc) return info;
  return {
    ...info,
    CidrBlock: vpc.cidrBlocks[0]?.cidr,
    CidrBlockSet: vpc.cidrBlocks.map(({ cidr }) => ({ CidrBlock: cidr })),
    Ipv6CidrBlockSet: vpc.ipv6Blocks.map(({ cidr }) => ({ Ipv6CidrBlock: cidr })),
    PeeringOptions: optionsOutput(side),
  };
}

export function optionsOutput({ allowsDns = false }: PeeringSide) {
  return {
    AllowDnsResolutionFromRemoteVpc: allowsDns,
    AllowEgressFromLocalClassicLinkToRemoteVpc: false,
    AllowEgressFromLocalVpcToRemoteClassicLink: false,
  };
}

export function peeringOutput(
  peering: Peering,
  context: Context,
  passing?: PassingStatus,
): VpcPeeringConnection {
  const isActive = peering.status === 'active';
  const isPending = peeringStatusAt(peering, context.nowMs) === 'pending-acceptance';
  return {
    VpcPeeringConnectionId: peering.id,
    Status: statusOutput(peering, context, passing),
    RequesterVpcInfo: sideOutput(peering.requester, isActive || isPending, context),
    AccepterVpcInfo: sideOutput(peering.accepter, isActive, context),
    ...(isPending ? { ExpirationTime: new Date(peering.createdAtMs + peeringExpiryMs) } : {}),
    Tags: tagList(peering.tags),
  };
}
