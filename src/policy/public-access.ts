/** What VPC Block Public Access stops at the gateways of a VPC's edge. */
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import type { PublicAccessBlock } from '#vpc/public-access.ts';
import { settingsId } from '#vpc/settings.ts';
import { type EgressOnlyPort, type InternetPort, type Port, subnetOf } from './port.ts';
import type { DropReason } from './verdict.ts';

/** The gateways through which VPCs meet the internet; nothing else is blocked, no peering and no private network. */
type PublicPort = InternetPort | EgressOnlyPort;

/**
 * What is blocked for a subnet, in both directions and for flows that are under way too. An exclusion exempts the subnet
 * or its whole VPC: `allow-bidirectional` from everything, `allow-egress` only from what a full block does beyond one of
 * ingress. Where a VPC and its subnet have one each, what either allows is allowed (AWS is silent). Settings are those
 * of the account that owns the subnet. What stands in no subnet (a regional NAT gateway) the VPC's exclusion alone exempts;
 * AWS is silent.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-example.html
 */
export function publicAccessBlockOf(
  network: Network,
  { vpcId, subnetId }: { readonly vpcId: VpcId; readonly subnetId?: SubnetId | undefined },
): PublicAccessBlock {
  const block = network.settings.get(settingsId)?.publicAccess?.block ?? 'off';
  if (block === 'off') return 'off';
  const exclusions = [vpcId, subnetId ?? []]
    .flat()
    .flatMap((id) => [...network.publicAccessExclusion.by('subject', id)]);
  if (exclusions.some(({ mode }) => mode === 'allow-bidirectional')) return 'off';
  return exclusions.length > 0 ? 'block-ingress' : block;
}

/** A gateway, and whether it is a NAT gateway that meets the internet through it. */
type Crossed = { readonly gateway: PublicPort['kind']; readonly isNatGateway: boolean };

/**
 * Whether a block stops what a port of the subnet exchanges with a gateway. A block of ingress leaves what can only be
 * opened from inside: the traffic of NAT gateways and of egress-only gateways.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
 */
export function blocksPublicAccess(block: PublicAccessBlock, { gateway, isNatGateway }: Crossed): boolean {
  switch (block) {
    case 'off':
      return false;
    case 'block-bidirectional':
      return true;
    case 'block-ingress':
      return gateway === 'internetGateway' && !isNatGateway;
    default:
      return block satisfies never;
  }
}

/** Why a packet does not pass between a port of a subnet and a gateway to the internet; undefined where it does. */
export function publicAccessRefusal(from: Port, to: Port): DropReason | undefined {
  const [gateway, inside] = isPublicGateway(from) ? [from, to] : [to, from];
  const subnetId = subnetOf(inside);
  const isRegional = inside.kind === 'regionalNatGateway';
  if (!isPublicGateway(gateway) || (subnetId === undefined && !isRegional)) return undefined;
  const { network, vpcId } = inside;
  const crossed = { gateway: gateway.kind, isNatGateway: inside.kind === 'natGateway' || isRegional };
  if (!blocksPublicAccess(publicAccessBlockOf(network, { vpcId, subnetId }), crossed)) return undefined;
  const openedBy = blocksPublicAccess('block-ingress', crossed) ? 'allow-bidirectional' : 'allow-egress';
  const subject = subnetId ? ({ kind: 'subnet', subnetId } as const) : ({ kind: 'vpc', vpcId } as const);
  return { kind: 'publicAccessBlocked', subject, gatewayId: gateway.gateway.id, openedBy };
}

/** Whether a port leads to the internet. */
export function isPublicGateway(port: Port): port is PublicPort {
  return port.kind === 'internetGateway' || port.kind === 'egressOnlyGateway';
}
