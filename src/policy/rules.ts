/** The rules in force on an interface: the union of its groups' rules, with prefix lists opened up. */
import type { Family } from '#net/address.ts';
import { type Cidr, everybody } from '#net/cidr.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import type { Direction, Peer, Rule, Service } from '#vpc/security-group.ts';

/** A rule and the group it stands in. */
export type EffectiveRule = { readonly groupId: SecurityGroupId; readonly rule: Rule };

/** Where rules are looked up: the network that owns the interface, in the world its peers may reach into. */
export type Place = { readonly world: World; readonly network: Network };

/** All rules of the groups in one direction. A group that is gone admits nothing. */
export function rulesOf(
  { world, network }: Place,
  groupIds: readonly SecurityGroupId[],
  direction: Direction,
): readonly EffectiveRule[] {
  return groupIds.flatMap((groupId) => {
    const group = network.securityGroup.get(groupId) ?? locate(world, 'securityGroup', groupId)?.entity;
    const rules = group?.rules.filter((rule) => rule.direction === direction) ?? [];
    return rules.map((rule) => ({ groupId, rule }));
  });
}

/** The blocks a peer stands for. A group is no block; a prefix list that is gone holds nothing. */
export function peerCidrs({ world, network }: Place, peer: Peer): readonly Cidr[] {
  switch (peer.kind) {
    case 'cidr':
      return [peer.cidr];
    case 'prefixList': {
      const id = peer.prefixListId;
      const list = network.prefixList.get(id) ?? locate(world, 'prefixList', id)?.entity;
      return list?.entries.map(({ cidr }) => cidr) ?? [];
    }
    case 'group':
      return [];
    default:
      return peer satisfies never;
  }
}

/** Whether a peer admits everybody of the family by one block; two halves do not count (AWS speaks of 0.0.0.0/0). */
export function admitsEverybody(place: Place, peer: Peer, family: Family): boolean {
  return peerCidrs(place, peer).includes(everybody[family]);
}

/** Whether a service covers every port of TCP (6) or UDP (17). */
export function coversAllPorts(service: Service, protocol: 6 | 17): boolean {
  if (service.kind === 'all') return true;
  return (
    service.kind === 'ports' && service.protocol === protocol && service.from === 0 && service.to === 65535
  );
}

/** Whether a service covers one port of TCP (6) or UDP (17). */
export function coversPort(service: Service, protocol: 6 | 17, port: number): boolean {
  if (service.kind === 'all') return true;
  return (
    service.kind === 'ports' && service.protocol === protocol && service.from <= port && port <= service.to
  );
}
