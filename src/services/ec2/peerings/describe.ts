/** DescribeVpcPeeringConnections and the options of a peering. */
import type {
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  ModifyVpcPeeringConnectionOptionsRequest,
  ModifyVpcPeeringConnectionOptionsResult,
  PeeringConnectionOptionsRequest,
} from '@aws-sdk/client-ec2';
import { isForgottenPeering, peeringStatusAt } from '#vpc/peering-state.ts';
import type { Peering } from '#vpc/routing.ts';
import type { Field, Fields } from '../../filters.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { checkRole, peeringIn, putPeering, vpcOfSide } from './find.ts';
import { optionsOutput, peeringOutput } from './output.ts';

const blocksOf =
  (member: 'RequesterVpcInfo' | 'AccepterVpcInfo'): Field<Peering> =>
  (peering, context) =>
    peeringOutput(peering, context)[member]?.CidrBlockSet?.flatMap(({ CidrBlock }) => CidrBlock ?? []);

const fields: Fields<Peering> = {
  'accepter-vpc-info.cidr-block': blocksOf('AccepterVpcInfo'),
  'accepter-vpc-info.owner-id': ({ accepter }) => accepter.account,
  'accepter-vpc-info.vpc-id': ({ accepter }) => accepter.vpcId,
  'expiration-time': (peering, context) => peeringOutput(peering, context).ExpirationTime?.toISOString(),
  'requester-vpc-info.cidr-block': blocksOf('RequesterVpcInfo'),
  'requester-vpc-info.owner-id': ({ requester }) => requester.account,
  'requester-vpc-info.vpc-id': ({ requester }) => requester.vpcId,
  'status-code': (peering, context) => peeringOutput(peering, context).Status?.Code,
  'status-message': (peering, context) => peeringOutput(peering, context).Status?.Message,
  'vpc-peering-connection-id': ({ id }) => id,
};

const peerings = listingOf({
  action: 'DescribeVpcPeeringConnections',
  kind: 'peering',
  fields,
  isShown: (peering, { caller, nowMs }) => !isForgottenPeering(peering, caller.scope, nowMs),
  byId: peeringIn,
  indexes: {},
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcPeeringConnections.html */
export const describeVpcPeeringConnections: Operation<
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult
> = (input, context) => {
  const page = list(peerings, { ...input, ids: input.VpcPeeringConnectionIds }, context);
  const shown = page.items.map((peering) => peeringOutput(peering, context));
  return { VpcPeeringConnections: shown, NextToken: page.nextToken };
};

/** Each side sets its own. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcPeeringConnectionOptions.html */
export const modifyVpcPeeringConnectionOptions: Operation<
  ModifyVpcPeeringConnectionOptionsRequest,
  ModifyVpcPeeringConnectionOptionsResult
> = (input, context) => {
  const { RequesterPeeringConnectionOptions: requester, AccepterPeeringConnectionOptions: accepter } = input;
  const peering = peeringIn(input.VpcPeeringConnectionId, context);
  if (!requester && !accepter) {
    refuse('missingParameter', {
      parameter: 'requesterPeeringConnectionOptions | accepterPeeringConnectionOptions',
    });
  }
  const status = peeringStatusAt(peering, context.nowMs);
  if (status !== 'active') {
    const reason = `The peering connection '${peering.id}' is ${status}; only an active one takes options.`;
    refuse('notPermitted', { reason });
  }
  const next: Peering = {
    ...peering,
    requester: requester ? withOptions(peering, 'requester', requester, context) : peering.requester,
    accepter: accepter ? withOptions(peering, 'accepter', accepter, context) : peering.accepter,
  };
  putPeering(next, context);
  return {
    ...(requester ? { RequesterPeeringConnectionOptions: optionsOutput(next.requester) } : {}),
    ...(accepter ? { AccepterPeeringConnectionOptions: optionsOutput(next.accepter) } : {}),
  };
};

function withOptions(
  peering: Peering,
  role: 'requester' | 'accepter',
  options: PeeringConnectionOptionsRequest,
  context: Context,
) {
  checkRole(peering, role, 'set this side’s options of', context);
  const { AllowDnsResolutionFromRemoteVpc: allowsDns } = options;
  if (
    options.AllowEgressFromLocalClassicLinkToRemoteVpc ||
    options.AllowEgressFromLocalVpcToRemoteClassicLink
  ) {
    refuse('unsupported', { reason: 'AWS retired EC2-Classic, and ClassicLink with it.' });
  }
  if (allowsDns) checkHostnames(peering, context);
  const side = peering[role];
  return allowsDns === undefined ? side : { ...side, allowsDns };
}

/** Names of the other side are resolved only where both VPCs give names to their addresses. */
function checkHostnames(peering: Peering, context: Context): void {
  for (const side of [peering.requester, peering.accepter]) {
    if (vpcOfSide(side, context)?.dnsHostnames === false) refuse('noHostnames', { vpcId: side.vpcId });
  }
}
