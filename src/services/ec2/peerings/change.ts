/** Create, accept, reject and delete VPC peering connections. */
import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult,
  RejectVpcPeeringConnectionRequest,
  RejectVpcPeeringConnectionResult,
} from '@aws-sdk/client-ec2';
import { overlaps } from '#net/cidr.ts';
import { newId, type VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { isOpenPeering, peeringStatusAt, rolesOf } from '#vpc/peering-state.ts';
import type { Peering, PeeringSide } from '#vpc/routing.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';
import { required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { regionNamed } from '../regions.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { checkRole, checkStatus, peeringIn, putPeering, vpcOfSide } from './find.ts';
import { peeringOutput } from './output.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcPeeringConnection.html */
export const createVpcPeeringConnection: Operation<
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult
> = (input, context) => {
  const { transaction, caller, hex17, nowMs } = context;
  const peerVpcId = required(input.PeerVpcId, 'PeerVpcId') as VpcId;
  const accepter = accepterIn(input, peerVpcId, context);
  const tags = tagsOnCreate('peering', input.TagSpecifications, context);
  const vpc = resourceOf('vpc', input.VpcId, context);
  const requester: PeeringSide = { ...caller.scope, vpcId: vpc.id };
  if (vpc.id === accepter.vpcId) {
    const expected = 'a VPC cannot be peered with itself';
    refuse('invalidValue', { parameter: 'peerVpcId', value: vpc.id, expected });
  }
  const isOwn = accepter.account === requester.account && accepter.region === requester.region;
  if (isOwn && !vpcOfSide(accepter, context)) refuseNotFound('vpc', accepter.vpcId);
  for (const other of transaction.network.peering.by('vpc', vpc.id)) {
    const ends = [other.requester.vpcId, other.accepter.vpcId];
    if (ends.includes(accepter.vpcId) && isOpenPeering(other, nowMs))
      refuse('peeringExists', { id: other.id });
  }
  checkLimits(vpc.id, context);
  const canWork = !clashes(requester, accepter, context);
  const peering: Peering = {
    id: newId('peering', hex17),
    requester,
    accepter,
    status: canWork ? 'pending-acceptance' : 'failed',
    createdAtMs: nowMs,
    statusAtMs: nowMs,
    tags,
  };
  if (canWork) putPeering(peering, context);
  else transaction.put('peering', peering);
  return { VpcPeeringConnection: peeringOutput(peering, context, 'initiating-request') };
};

function accepterIn(
  input: CreateVpcPeeringConnectionRequest,
  vpcId: VpcId,
  { caller }: Context,
): PeeringSide {
  const { PeerOwnerId: account = caller.scope.account, PeerRegion: region = caller.scope.region } = input;
  if (!/^\d{12}$/.test(account)) {
    refuse('invalidValue', {
      parameter: 'peerOwnerId',
      value: account,
      expected: 'an account id has 12 digits',
    });
  }
  if (!regionNamed(region)) {
    refuse('invalidValue', { parameter: 'peerRegion', value: region, expected: 'this is not a region' });
  }
  return { account, region, vpcId };
}

function checkLimits(vpcId: VpcId, context: Context): void {
  const { network } = context.transaction;
  const all = [...network.peering.values()];
  const pending = all.filter(
    (peering) =>
      peeringStatusAt(peering, context.nowMs) === 'pending-acceptance' &&
      rolesOf(peering, context.caller.scope).includes('requester'),
  );
  const outstanding = 'OutstandingVpcPeeringConnectionLimitExceeded';
  const what = 'outstanding peering requests';
  checkQuota('pendingPeeringsPerAccount', { count: pending.length, code: outstanding, what }, context);
  checkActive(vpcId, network, context);
}

function checkActive(vpcId: VpcId, { peering }: Network, context: Context): void {
  const count = [...peering.by('vpc', vpcId)].filter(({ status }) => status === 'active').length;
  const code = 'VpcPeeringConnectionsPerVpcLimitExceeded';
  checkQuota('peeringsPerVpc', { count, code, what: `active peerings of VPC ${vpcId}` }, context);
}

/** Whether the two VPCs cannot be peered: the other is not there, or addresses would be ambiguous. */
function clashes(requester: PeeringSide, accepter: PeeringSide, context: Context): boolean {
  const [ours, theirs] = [vpcOfSide(requester, context), vpcOfSide(accepter, context)];
  if (!ours || !theirs) return true;
  return blocksOfVpc(ours).some((block) => blocksOfVpc(theirs).some((other) => overlaps(block, other)));
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html */
export const acceptVpcPeeringConnection: Operation<
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult
> = (input, context) => {
  const peering = peeringIn(input.VpcPeeringConnectionId, context);
  checkRole(peering, 'accepter', 'accept', context);
  checkStatus(peering, ['pending-acceptance'], 'active', context);
  checkActive(peering.accepter.vpcId, context.transaction.network, context);
  const works = !clashes(peering.requester, peering.accepter, context);
  const status = works ? 'active' : 'failed';
  const next: Peering = { ...peering, status, statusAtMs: context.nowMs };
  putPeering(next, context);
  return { VpcPeeringConnection: peeringOutput(next, context, works ? 'provisioning' : 'failed') };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RejectVpcPeeringConnection.html */
export const rejectVpcPeeringConnection: Operation<
  RejectVpcPeeringConnectionRequest,
  RejectVpcPeeringConnectionResult
> = (input, context) => {
  const peering = peeringIn(input.VpcPeeringConnectionId, context);
  checkRole(peering, 'accepter', 'reject', context);
  checkStatus(peering, ['pending-acceptance'], 'rejected', context);
  putPeering({ ...peering, status: 'rejected', statusAtMs: context.nowMs }, context);
  return { Return: true };
};

/**
 * Either side ends an active peering, the requester also one that waits. Routes become blackholes and rules stale.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcPeeringConnection.html
 */
export const deleteVpcPeeringConnection: Operation<
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult
> = (input, context) => {
  const peering = peeringIn(input.VpcPeeringConnectionId, context);
  checkStatus(peering, ['pending-acceptance', 'active'], 'deleting', context);
  if (peering.status === 'pending-acceptance') checkRole(peering, 'requester', 'delete', context);
  const [deletedBy] = rolesOf(peering, context.caller.scope);
  if (!deletedBy) throw new Error(`${peering.id} stands in a network of neither side`);
  putPeering({ ...peering, status: 'deleted', deletedBy, statusAtMs: context.nowMs }, context);
  return { Return: true };
};
