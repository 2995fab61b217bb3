/** Verdicts as sentences: what looked at a packet, and what stopped it. */
import { parseIp } from '#net/address.ts';
import type { AclVerdict } from '#policy/acl.ts';
import type { SideVerdict } from '#policy/side.ts';
import type { DropReason, Step, TransitFault } from '#policy/verdict.ts';
import type { RouteDestination, RouteTarget } from '#vpc/routing.ts';
import type { TransitRoute } from '#vpc/transit.ts';
import { ruleText } from './rule-text.ts';

/** One line for one step of a packet's way. */
export function stepText(step: Step): string {
  switch (step.kind) {
    case 'group':
      return `groups of ${step.eniId}, ${step.direction}: ${sideText(step.verdict)}`;
    case 'acl':
      return `network ACL of ${step.subnetId}, ${step.direction}: ${aclText(step.verdict)}`;
    case 'route': {
      const { route, table } = step.match;
      return `route of ${table.id}: ${destinationText(route.destination)} → ${targetText(route.target)}`;
    }
    case 'transitRoute':
      return `route of ${step.table.id}: ${destinationText(step.route.destination)} → ${transitTarget(step.route)}`;
    case 'translated':
      return `${step.gatewayId} translates ${step.from} to ${step.to}`;
    default:
      return step satisfies never;
  }
}

function sideText(verdict: SideVerdict): string {
  switch (verdict.kind) {
    case 'entry':
      return 'allowed, part of a tracked flow';
    case 'related':
      return 'allowed, an error about a tracked flow';
    case 'untracked':
      return `allowed by ${verdict.rule.rule.id} (${ruleText(verdict.rule.rule)}), untracked`;
    case 'rule': {
      const { rule, groupId } = verdict.rule;
      return `allowed by ${rule.id} of ${groupId} (${ruleText(rule)})`;
    }
    case 'notOpening':
      return `denied: ${verdict.rule.rule.id} covers it, but it opens no connection and belongs to none`;
    case 'noRule':
      return 'denied: no rule admits it';
    default:
      return verdict satisfies never;
  }
}

function aclText(verdict: AclVerdict): string {
  switch (verdict.kind) {
    case 'allow':
      return `allowed by entry ${verdict.entry.number} of ${verdict.acl.id}`;
    case 'deny':
      return `denied by entry ${verdict.entry.number} of ${verdict.acl.id}`;
    case 'unmatched':
      return `denied: no entry of ${verdict.acl?.id ?? 'any ACL'} matches`;
    default:
      return verdict satisfies never;
  }
}

/** What is said of interfaces without groups that are nobody's end. */
export const carrierText = 'it only carries what routes hand to it; nothing is for it, and it asks nobody';

/** Why a packet went no further. */
export function dropText(because: DropReason): string {
  switch (because.kind) {
    case 'noInterface':
      return `nothing has the address ${because.what}`;
    case 'spoofed':
      return `${because.source} is not an address of the sending interface`;
    case 'notRouted':
      return `${because.address} is an address that nobody routes on the internet`;
    case 'noRoute':
      return 'no route leads there';
    case 'blackhole':
      return `the route leads to ${targetText(because.target)}, which carries nothing`;
    case 'noPublicAddress':
      return `${because.source} has no public address`;
    case 'publicAccessBlocked':
      return `the account blocks public access of ${because.subject.kind === 'vpc' ? because.subject.vpcId : because.subject.subnetId} by ${because.gatewayId}`;
    case 'notAttached':
      return parseIp(because.what)
        ? `${because.what} belongs to a VPC that has no internet gateway`
        : `${because.what} is not attached to a running instance`;
    case 'noTranslation':
      return `${because.gatewayId} has sent nothing that this answers`;
    case 'sourceDestCheck':
      return `it is not addressed to ${because.eniId}, which checks that`;
    case 'noPublicTarget':
      return `the route leads to ${because.eniId}, which would need a public address`;
    case 'carrier':
      return `${because.eniId} is a ${because.type}: ${carrierText}`;
    case 'transit':
      return `${because.what} ${transitFaults[because.fault]}`;
    case 'noListener':
      return `${because.loadBalancerId} has no listener for it`;
    case 'notDescribed':
      return `unknown: ${because.command} is missing, which would tell of ${because.what}`;
    case 'notFollowed':
      return `${because.what} is a ${because.type}, and what it passes on is not followed`;
    case 'loop':
      return 'the routes lead round in a circle';
    case 'group':
      return `no ${because.direction} rule of the security groups of ${because.eniId} admits it`;
    case 'acl':
      return `the network ACL of ${because.subnetId} denies it (${because.direction})`;
    default:
      return because satisfies never;
  }
}

const transitFaults: Readonly<Record<TransitFault, string>> = {
  noSubnetInZone: 'has no subnet in the zone of the sender',
  notAvailable: 'is not available',
  noAssociation: 'is associated with no route table of its transit gateway',
  noRoute: 'has no route there',
  blackhole: 'has a blackhole there',
  notFollowed: 'leads out of AWS, and is not followed',
};

const transitTarget = ({ target }: TransitRoute): string =>
  target.kind === 'attachment' ? target.id : 'blackhole';

function destinationText(destination: RouteDestination): string {
  return destination.kind === 'cidr' ? destination.cidr : destination.prefixListId;
}

function targetText(target: RouteTarget): string {
  return target.kind === 'local' ? 'local' : target.id;
}
