/** `effective`: everything that the groups of an interface admit, with whom each peer stands for right now. */
import type { Cidr } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { singleAddresses } from '#vpc/eni-addresses.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import { type Direction, directions, type Rule, type SecurityGroup } from '#vpc/security-group.ts';
import { portOfEni } from './port.ts';
import { peerCidrs, rulesOf } from './rules.ts';

/** A rule in force, and the addresses that its peer stands for now. */
export type EffectivePeer = {
  readonly direction: Direction;
  readonly groupId: SecurityGroupId;
  readonly groupName: string;
  readonly rule: Rule;
  readonly stands:
    | readonly Cidr[]
    | { readonly members: readonly { eniId: string; addresses: readonly string[] }[] };
};

export type Effective = {
  readonly eni: Eni;
  readonly groups: readonly SecurityGroup[];
  readonly rules: readonly EffectivePeer[];
};

/** The rules in force on an interface, or undefined where there is no such interface. */
export function effectiveRules(world: World, eniId: string): Effective | undefined {
  const port = portOfEni(world, eniId);
  if (!port) return undefined;
  const { eni, network } = port;
  const groups = eni.groupIds.flatMap((id) => network.securityGroup.get(id) ?? []);
  const nameOf = (id: SecurityGroupId) => groups.find((group) => group.id === id)?.name ?? id;
  const rules = directions.flatMap((direction) =>
    rulesOf({ world, network }, eni.groupIds, direction).map(({ groupId, rule }) => ({
      direction,
      groupId,
      groupName: nameOf(groupId),
      rule,
      stands: standsFor(world, network, rule),
    })),
  );
  return { eni, groups, rules };
}

function standsFor(world: World, network: Network, { peer }: Rule): EffectivePeer['stands'] {
  if (peer.kind !== 'group') return peerCidrs({ world, network }, peer);
  const home = locate(world, 'securityGroup', peer.groupId)?.network ?? network;
  const members = [...home.eni.by('group', peer.groupId)].map((member) => ({
    eniId: member.id,
    addresses: [...singleAddresses(member), ...(member.prefixes ?? [])],
  }));
  return { members };
}
