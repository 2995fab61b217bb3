/** Why a conversation does not work, in AWS's words, and the fewest changes that would let it. */
import type { Answer, Wanted } from '#policy/can.ts';
import { can } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { portOfEni } from '#policy/port.ts';
import type { DropReason, TransitFault, Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import { applyRepair, type Repair } from './applied-repair.ts';
import { unroutedCode } from './internet.ts';
import { repairOf } from './repair.ts';

/**
 * An explanation code of Reachability Analyzer.
 * https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
 */
export type ExplanationCode =
  | 'BAD_STATE'
  | 'BAD_STATE_ATTACHMENT'
  | 'CANNOT_ROUTE'
  | 'ELB_INSTALLED_AZ_RESTRICTION'
  | 'ELB_LISTENERS_MISMATCH'
  | 'ELB_NOT_CROSSZONE'
  | 'ELBV2_LISTENER_HAS_NO_TG'
  | 'ELBV2_LISTENER_REQUIRES_TG_ACCEPT'
  | 'ELBV2_LISTENERS_MISMATCH'
  | 'ENI_ADDRESS_RESTRICTION'
  | 'ENI_SG_RULES_MISMATCH'
  | 'ENI_SOURCE_DEST_CHECK_RESTRICTION'
  | 'INGRESS_RTB_NO_PUBLIC_IP'
  | 'GATEWAY_REJECTS_SPOOFED_TRAFFIC'
  | ReturnType<typeof unroutedCode>
  | 'IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS'
  | 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS'
  | 'NGW_DEST_ADDRESS_PRESERVATION'
  | 'NO_PATH'
  | 'NO_ROUTE_TO_DESTINATION'
  | 'SG_HAS_NO_RULES'
  | 'NO_POSSIBLE_DESTINATION'
  | 'SUBNET_ACL_RESTRICTION'
  | 'TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION'
  | 'TGW_ATTACH_VPC_AZ_RESTRICTION'
  | 'TGW_RTB_BAD_STATE_ROUTE'
  | 'TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT'
  | 'TGW_RTB_ROUTES_ARE_UNKNOWN'
  | 'UNKNOWN_DESTINATION'
  | 'UNKNOWN_RESOURCE'
  | 'UNSUPPORTED_COMPONENT'
  | 'VPC_BLOCK_PUBLIC_ACCESS_ENABLED';

export type Explanation = {
  readonly code: ExplanationCode;
  /** The id of what stops the packet: an interface, group, ACL, table or gateway; absent where there is none. */
  readonly component?: string;
  /** Which of the two packets was stopped. */
  readonly packet: 'request' | 'answer';
};

export type Explained = {
  readonly explanation: Explanation;
  /** Changes that together let the conversation work, proved by asking again; absent where we know none. */
  readonly repairs?: readonly Repair[];
};

/** More changes than this mean that the two are not meant to talk. */
export const repairsMax = 8;

/** Explains an answer that is no. */
export function explain(
  world: World,
  { from, to, wanted }: { readonly from: Endpoint; readonly to: Endpoint; readonly wanted: Wanted },
  answer: Answer,
): Explained {
  const explanation = explanationOf(world, from, to, answer);
  const repairs: Repair[] = [];
  let [next, current] = [world, answer];
  while (!current.allowed && repairs.length < repairsMax) {
    const repair = repairOf(next, { from, to, wanted }, current);
    if (!repair) return { explanation };
    repairs.push(repair);
    next = applyRepair(next, repair);
    current = can(next, from, to, wanted);
  }
  if (!current.allowed) return { explanation };
  return { explanation, repairs: neededOf(world, repairs, (tried) => can(tried, from, to, wanted).allowed) };
}

/** Without those that a later change has made needless, such as an entry on a way that is no longer taken. */
function neededOf(
  world: World,
  repairs: readonly Repair[],
  isOpen: (tried: World) => boolean,
): readonly Repair[] {
  return repairs.reduce((kept, each) => {
    const fewer = kept.filter((other) => other !== each);
    return isOpen(fewer.reduce(applyRepair, world)) ? fewer : kept;
  }, repairs);
}

/** The explanation of an answer that is no, without remedies. */
export function explanationOf(world: World, from: Endpoint, to: Endpoint, answer: Answer): Explanation {
  const { request, reply } = answer;
  if (request.kind === 'drop' && request.because.kind === 'noPublicAddress' && from.kind === 'internet') {
    const code = 'IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS';
    return { code, component: request.because.source, packet: 'request' };
  }
  if (request.kind === 'drop') return { ...codeOf(world, request, request.because), packet: 'request' };
  if (reply?.kind === 'drop') return { ...codeOf(world, reply, reply.because), packet: 'answer' };
  // Delivered, but to somebody else, or from another address than was asked.
  const stray = (reply ?? request) as Extract<Verdict, { kind: 'accept' }>;
  const meant = reply ? from : to;
  const component = stray.delivery.kind === 'eni' ? stray.delivery.eniId : undefined;
  const code = component === undefined || meant.kind === 'internet' ? 'NO_PATH' : 'CANNOT_ROUTE';
  return { code, ...(component ? { component } : {}), packet: reply ? 'answer' : 'request' };
}

const transitCodes = {
  noSubnetInZone: 'TGW_ATTACH_VPC_AZ_RESTRICTION',
  notAvailable: 'BAD_STATE_ATTACHMENT',
  noAssociation: 'TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION',
  noRoute: 'TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT',
  blackhole: 'TGW_RTB_BAD_STATE_ROUTE',
  notFollowed: 'UNSUPPORTED_COMPONENT',
} as const satisfies Record<TransitFault, ExplanationCode>;

const unknownCode = (command: string): ExplanationCode =>
  command === 'search-transit-gateway-routes' ? 'TGW_RTB_ROUTES_ARE_UNKNOWN' : 'UNKNOWN_RESOURCE';

/** The code of a drop, and the id of what stops the packet. */
export function codeOf(world: World, { steps }: Verdict, because: DropReason): Omit<Explanation, 'packet'> {
  switch (because.kind) {
    case 'group': {
      const port = portOfEni(world, because.eniId);
      const groups = port?.eni.groupIds.map((id) => port.network.securityGroup.get(id)) ?? [];
      const isEmpty = groups.every(
        (group) => !group?.rules.some(({ direction }) => direction === because.direction),
      );
      return { code: isEmpty ? 'SG_HAS_NO_RULES' : 'ENI_SG_RULES_MISMATCH', component: because.eniId };
    }
    case 'acl': {
      const step = steps.findLast((each) => each.kind === 'acl');
      const acl = step?.kind === 'acl' ? step.verdict.acl?.id : undefined;
      return { code: 'SUBNET_ACL_RESTRICTION', component: acl ?? because.subnetId };
    }
    case 'noRoute':
      return { code: 'NO_ROUTE_TO_DESTINATION', ...(because.tableId ? { component: because.tableId } : {}) };
    case 'blackhole':
      return because.target.kind === 'local'
        ? { code: 'CANNOT_ROUTE' }
        : { code: 'CANNOT_ROUTE', component: because.target.id };
    case 'noPublicAddress':
      return { code: 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS', component: because.source };
    case 'notRouted':
      return { code: unroutedCode(because), component: because.address };
    case 'publicAccessBlocked':
      return { code: 'VPC_BLOCK_PUBLIC_ACCESS_ENABLED', component: because.gatewayId };
    case 'noInterface':
      return { code: 'UNKNOWN_DESTINATION', component: because.what };
    case 'notAttached':
      return { code: 'BAD_STATE', component: because.what };
    case 'spoofed':
      return { code: 'GATEWAY_REJECTS_SPOOFED_TRAFFIC', component: because.source };
    case 'noTranslation':
      return { code: 'NGW_DEST_ADDRESS_PRESERVATION', component: because.gatewayId };
    case 'sourceDestCheck':
      return { code: 'ENI_SOURCE_DEST_CHECK_RESTRICTION', component: because.eniId };
    case 'noPublicTarget':
      return { code: 'INGRESS_RTB_NO_PUBLIC_IP', component: because.eniId };
    case 'transit':
      return { code: transitCodes[because.fault], component: because.what };
    case 'carrier':
      return { code: 'NO_POSSIBLE_DESTINATION', component: because.eniId };
    case 'noListener': {
      const code = because.isClassic ? 'ELB_LISTENERS_MISMATCH' : 'ELBV2_LISTENERS_MISMATCH';
      return { code, component: because.loadBalancerId };
    }
    case 'notDescribed':
      return { code: unknownCode(because.command), component: because.what };
    case 'notFollowed':
      return { code: 'UNSUPPORTED_COMPONENT', component: because.what };
    case 'loop':
      return { code: 'NO_PATH' };
    default:
      return because satisfies never;
  }
}
