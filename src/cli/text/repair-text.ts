/** Changes that would let a conversation work, as one makes them. */
import type { Repair } from '#proof/applied-repair.ts';
import type { RouteDestination } from '#vpc/routing.ts';
import { ruleText } from './rule-text.ts';

const protocolName = (protocol: 6 | 17): string => (protocol === 6 ? 'tcp' : 'udp');

const destinationText = (destination: RouteDestination): string =>
  destination.kind === 'cidr' ? destination.cidr : destination.prefixListId;

/** One change in a line. */
export function repairText(repair: Repair): string {
  switch (repair.kind) {
    case 'addRule': {
      const { direction, service, cidr } = repair;
      return `a rule in ${repair.groupId}, ${direction} ${ruleText({ direction, service, peer: { kind: 'cidr', cidr } })}`;
    }
    case 'addAclEntry': {
      const { direction, number, service, cidr } = repair.entry;
      return `entry ${number} in ${repair.aclId}, ${direction} allow ${ruleText({ direction, service, peer: { kind: 'cidr', cidr } })}`;
    }
    case 'addRoute': {
      const { destination, target } = repair.route;
      return `a route in ${repair.routeTableId} to ${destinationText(destination)} by ${target.kind === 'local' ? 'local' : target.id}`;
    }
    case 'exclude':
      return `an exclusion of ${repair.subject.kind === 'vpc' ? repair.subject.vpcId : repair.subject.subnetId} from the block of public access, ${repair.mode}`;
    case 'addTransitRoute': {
      const { destination, target } = repair.route;
      return `a static route in ${repair.routeTableId} to ${destinationText(destination)} by ${target.kind === 'blackhole' ? 'blackhole' : target.id}`;
    }
    case 'associateAttachment':
      return `an association of ${repair.attachmentId} with ${repair.routeTableId}`;
    case 'attachVpc':
      return `an attachment of ${repair.vpcId} to ${repair.gatewayId} by ${repair.subnetId}, here called ${repair.attachmentId}`;
    case 'addAttachmentSubnet':
      return `${repair.subnetId} among the subnets of ${repair.attachmentId}`;
    default:
      return balancerText(repair);
  }
}

type BalancerRepair = Extract<
  Repair,
  { readonly kind: 'addListener' | 'registerTarget' | 'admitClient' | 'crossZones' | 'enableZone' }
>;

function balancerText(repair: BalancerRepair): string {
  switch (repair.kind) {
    case 'addListener':
      return `a listener of ${repair.loadBalancerId} for ${protocolName(repair.protocol)}/${repair.port} that forwards to ${repair.targetGroupId}`;
    case 'registerTarget':
      return `${repair.targetId} port ${repair.port} as a target of ${repair.targetGroupId}`;
    case 'admitClient':
      return `${repair.cidr} in the source-ip condition of ${repair.ruleId}`;
    case 'crossZones':
      return `cross-zone load balancing of ${repair.id}`;
    case 'enableZone':
      return `${repair.zone} enabled by ${repair.subnetId} for ${repair.loadBalancerId}`;
    default:
      return repair satisfies never;
  }
}
