/** IpPermission, and the older flat parameters, to rules. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { RuleSubstance } from '#vpc/group-rules.ts';
import { explainProblem, textProblem } from '#vpc/names.ts';
import type { Direction, Peer, SecurityGroup } from '#vpc/security-group.ts';
import { requiredList } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { cidrPeer, groupPeer, type PeerCheck, prefixListPeer } from './peers.ts';
import { readService, type ServiceInput } from './service.ts';

/** A rule that a request speaks of. */
export type RuleRequest = {
  readonly rule: RuleSubstance & { readonly description?: string };
  /** The permission with this rule alone, for answers that repeat it. */
  readonly permission: () => IpPermission;
};

type FlatInput = ServiceInput & {
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
  readonly IpPermissions?: IpPermission[] | undefined;
};

/** Where rules belong and how strictly their peers are looked up. */
export type RuleContext = {
  readonly group: SecurityGroup;
  readonly direction: Direction;
  readonly check: PeerCheck;
};

/** The rules of a request, from either form. */
export function readRules(input: FlatInput, target: RuleContext, context: Context): readonly RuleRequest[] {
  return permissionsIn(input, target.direction).flatMap((permission) =>
    readPermission(permission, target, context),
  );
}

const flatMembers = [
  'IpProtocol',
  'FromPort',
  'ToPort',
  'CidrIp',
  'SourceSecurityGroupName',
  'SourceSecurityGroupOwnerId',
] as const;

/** The permissions of a request; flat parameters stand for one permission, or for three where they name a group. */
function permissionsIn(input: FlatInput, direction: Direction): readonly IpPermission[] {
  const flat = flatMembers.filter((member) => input[member] !== undefined);
  const [first] = flat;
  if (first === undefined) return requiredList(input.IpPermissions, 'IpPermissions');
  if (input.IpPermissions && input.IpPermissions.length > 0) {
    refuse('invalidCombination', {
      reason: `The parameter ${first} cannot be used with the parameter IpPermissions.`,
    });
  }
  if (direction === 'egress') {
    refuse('unsupported', {
      reason: `Outbound rules do not take the parameter ${first}; use IpPermissions.`,
    });
  }
  if (input.SourceSecurityGroupName === undefined) {
    const { IpProtocol, FromPort, ToPort, CidrIp } = input;
    return [{ IpProtocol, FromPort, ToPort, IpRanges: CidrIp === undefined ? [] : [{ CidrIp }] }];
  }
  const beside = flat.find((member) => !member.startsWith('SourceSecurityGroup'));
  if (beside !== undefined) {
    refuse('invalidCombination', {
      reason: `The parameter ${beside} cannot be used with the parameter SourceSecurityGroupName.`,
    });
  }
  return wholeAccess(input.SourceSecurityGroupName, input.SourceSecurityGroupOwnerId);
}

/**
 * "Full ICMP, UDP, and TCP access" from a group.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
function wholeAccess(GroupName: string, UserId: string | undefined): readonly IpPermission[] {
  const UserIdGroupPairs = [{ GroupName, UserId }];
  return [
    { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, UserIdGroupPairs },
    { IpProtocol: 'udp', FromPort: 0, ToPort: 65535, UserIdGroupPairs },
    { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, UserIdGroupPairs },
  ];
}

function readPermission(
  permission: IpPermission,
  target: RuleContext,
  context: Context,
): readonly RuleRequest[] {
  const { group, direction, check } = target;
  const service = readService(permission);
  const { IpProtocol, FromPort, ToPort } = permission;
  const requests: RuleRequest[] = [];
  const add = (peer: Peer, Description: string | undefined, source: IpPermission) => {
    const rule = { direction, service, peer, ...readDescription(Description) };
    requests.push({ rule, permission: () => ({ IpProtocol, FromPort, ToPort, ...source }) });
  };
  for (const range of permission.IpRanges ?? []) {
    add(cidrPeer(range.CidrIp, 'ipv4', 'CidrIp'), range.Description, { IpRanges: [range] });
  }
  for (const range of permission.Ipv6Ranges ?? []) {
    add(cidrPeer(range.CidrIpv6, 'ipv6', 'CidrIpv6'), range.Description, { Ipv6Ranges: [range] });
  }
  for (const list of permission.PrefixListIds ?? []) {
    add(prefixListPeer(list.PrefixListId, check, context), list.Description, { PrefixListIds: [list] });
  }
  for (const pair of permission.UserIdGroupPairs ?? []) {
    add(groupPeer(pair, group, check, context), pair.Description, { UserIdGroupPairs: [pair] });
  }
  if (requests.length > 0) return requests;
  return refuse('missingParameter', { parameter: 'IpRanges, Ipv6Ranges, PrefixListIds or UserIdGroupPairs' });
}

/** A rule's description as a member, checked; no member where it is absent or empty. */
export function readDescription(text: string | undefined): { readonly description?: string } {
  const problem = text === undefined ? undefined : textProblem(text);
  if (problem) {
    refuse('invalidValue', {
      parameter: 'Description',
      value: text ?? '',
      expected: explainProblem(problem),
    });
  }
  return text ? { description: text } : {};
}
