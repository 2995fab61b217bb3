/** `unused`: security groups that no interface carries, what still names them, and an order in which they can go. */
import type { RuleId, SecurityGroupId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import { defaultGroupName, type SecurityGroup } from '#vpc/security-group.ts';

export type RuleReference = { readonly groupId: SecurityGroupId; readonly ruleId: RuleId };

export type UnusedGroup = {
  readonly group: SecurityGroup;
  /** Rules of other groups that name it, and would be revoked before it can be deleted. */
  readonly namedBy: readonly RuleReference[];
  /** Unused groups that name each other in a circle with this one; empty where there is none. */
  readonly cycle: readonly SecurityGroupId[];
  /** AWS keeps a VPC's default group; such a group can only be emptied. */
  readonly isDefault: boolean;
};

export type DeleteStep =
  | { readonly kind: 'revoke'; readonly rule: RuleReference }
  | { readonly kind: 'delete'; readonly groupId: SecurityGroupId };

export type Unused = {
  readonly groups: readonly UnusedGroup[];
  /**
   * Steps that AWS accepts in this order: a group that another one names cannot be deleted
   * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html).
   */
  readonly order: readonly DeleteStep[];
};

/** The unused groups of all accounts and regions. Of services, endpoints and load balancers alone are seen to use some. */
export function unusedGroups(world: World): Unused {
  const found = [...world.values()].map(unusedIn);
  return { groups: found.flatMap(({ groups }) => groups), order: found.flatMap(({ order }) => order) };
}

function unusedIn(network: Network): Unused {
  const ofServices = groupsOfServices(network);
  const unused = [...network.securityGroup.values()].filter(
    ({ id }) => network.eni.countBy('group', id) === 0 && !ofServices.has(id),
  );
  const ids = new Set(unused.map(({ id }) => id));
  const circles = circlesOf(unused, ids);
  const groups = unused.map((group) => ({
    group,
    namedBy: namedBy(network, group.id),
    cycle: circles.get(group.id) ?? [],
    isDefault: group.name === defaultGroupName,
  }));
  return { groups, order: deleteOrder(groups) };
}

/** Groups that endpoints and load balancers say they have: a dump may describe those and not their interfaces. */
function groupsOfServices({ endpoint, loadBalancer }: Network): ReadonlySet<string> {
  return new Set([
    ...[...endpoint.values()].flatMap(({ detail }) => (detail.kind === 'interface' ? detail.groupIds : [])),
    ...[...loadBalancer.values()].flatMap(({ groupIds = [] }) => groupIds),
  ]);
}

function namedBy(network: Network, groupId: SecurityGroupId): readonly RuleReference[] {
  return [...network.securityGroup.by('peerGroup', groupId)]
    .filter(({ id }) => id !== groupId)
    .flatMap(({ id, rules }) =>
      rules
        .filter(({ peer }) => peer.kind === 'group' && peer.groupId === groupId)
        .map((rule) => ({ groupId: id, ruleId: rule.id })),
    );
}

function peersOf({ id, rules }: SecurityGroup, among: ReadonlySet<string>): readonly SecurityGroupId[] {
  const named = rules.flatMap(({ peer }) => (peer.kind === 'group' ? [peer.groupId] : []));
  return [...new Set(named)].filter((each) => each !== id && among.has(each));
}

/** Groups of which each names the next and the last the first (Tarjan's strongly connected components). */
function circlesOf(
  groups: readonly SecurityGroup[],
  ids: ReadonlySet<string>,
): ReadonlyMap<string, readonly SecurityGroupId[]> {
  const byId = new Map(groups.map((group) => [group.id as string, group]));
  const state = new Map<string, { index: number; low: number; isOpen: boolean }>();
  const open: SecurityGroupId[] = [];
  const circles = new Map<string, readonly SecurityGroupId[]>();
  const visit = (group: SecurityGroup): { low: number; isOpen: boolean } => {
    const own = { index: state.size, low: state.size, isOpen: true };
    state.set(group.id, own);
    open.push(group.id);
    for (const peerId of peersOf(group, ids)) {
      const peer = byId.get(peerId);
      const seen = state.get(peerId) ?? (peer && visit(peer));
      if (seen?.isOpen) own.low = Math.min(own.low, seen.low);
    }
    if (own.low === own.index) {
      const circle = open.splice(open.indexOf(group.id));
      for (const id of circle) {
        const member = state.get(id);
        if (member) member.isOpen = false;
        if (circle.length > 1) circles.set(id, circle);
      }
    }
    return own;
  };
  for (const group of groups) if (!state.has(group.id)) visit(group);
  return circles;
}

/** First the rules that no deletion takes away, then each group once nothing left names it. */
function deleteOrder(groups: readonly UnusedGroup[]): readonly DeleteStep[] {
  const deletable = groups.filter(({ isDefault }) => !isDefault);
  const left = new Map(deletable.map((each) => [each.group.id as string, each]));
  const revoked: DeleteStep[] = [];
  const deleted: DeleteStep[] = [];
  const needsRevoke = ({ cycle, group }: UnusedGroup, rule: RuleReference) =>
    !left.has(rule.groupId) ||
    (cycle.includes(rule.groupId) && cycle.indexOf(rule.groupId) > cycle.indexOf(group.id));
  const blockers = new Map<string, Set<string>>();
  for (const each of deletable) {
    const names = new Set<string>();
    for (const rule of each.namedBy) {
      if (needsRevoke(each, rule)) revoked.push({ kind: 'revoke', rule });
      else names.add(rule.groupId);
    }
    blockers.set(each.group.id, names);
  }
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ group }) =>
      [...(blockers.get(group.id) ?? [])].every((id) => !left.has(id)),
    );
    for (const { group } of ready) {
      left.delete(group.id);
      deleted.push({ kind: 'delete', groupId: group.id });
    }
    if (ready.length === 0) throw new Error('the delete order of unused groups goes round in a circle');
  }
  return [...revoked, ...deleted];
}
