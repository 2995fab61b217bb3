/**
 * The peer: the layout that cloud platforms use for security groups on nftables. What is established is accepted
 * first; ACLs are not, as they have no memory, so their entries are asked in order for every packet; then the
 * interface's chain of rules, one after the other, groups as sets of addresses. Interfaces with the same groups share a
 * chain, which is more than most do.
 */

import { portName } from '#kernel/dataplane/names.ts';
import {
  accept,
  back,
  ctState,
  dispatch,
  drop,
  inSet,
  is,
  jump,
  notInSet,
} from '#kernel/dataplane/statements.ts';
import type { Command, Element, NftRule, SetSpec, Statement } from '#kernel/nft/statement.ts';
import { rulesOf } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import { type Direction, directions, type Peer, type Service } from '#vpc/security-group.ts';
import { testScope } from '../../tests/support/network.ts';

const table = 'usual';
const sources: SetSpec = { name: 'sources', key: ['ifname', 'ipv4_addr'], interval: false };
const dispatchOf = (name: string): SetSpec => ({ name, key: ['ifname'], data: 'verdict', interval: false });
const maps = {
  egress: dispatchOf('from_port'),
  ingress: dispatchOf('to_port'),
  aclEgress: dispatchOf('from_subnet'),
  aclIngress: dispatchOf('to_subnet'),
} as const;
const members = (groupId: string): SetSpec => ({ name: `m_${groupId}`, key: ['ipv4_addr'], interval: false });

/** All of it as one batch. IPv4 alone, as the benchmark's traffic is. */
export function usualLayout(world: World): readonly Command[] {
  const network = networkOf(world, testScope);
  const place = { world, network };
  const enis = [...network.eni.values()];
  const commands: Command[] = [{ kind: 'addTable', table }];
  const addSet = (set: SetSpec, elements: readonly Element[]) => {
    commands.push({ kind: 'addSet', table, set });
    if (elements.length > 0) commands.push({ kind: 'addElements', table, set, elements });
  };
  const addChain = (name: string, rules: readonly NftRule[]) => {
    commands.push({ kind: 'addChain', table, chain: { name } });
    for (const rule of rules) commands.push({ kind: 'addRule', table, chain: name, rule });
  };
  for (const { id } of network.securityGroup.values()) {
    const addresses = enis.filter(({ groupIds }) => groupIds.includes(id)).flatMap(addressesOf);
    addSet(
      members(id),
      addresses.map((address) => ({ key: [address] })),
    );
  }
  addSet(
    sources,
    enis.flatMap((eni) => addressesOf(eni).map((ip) => ({ key: [portName(eni.id), ip] }))),
  );
  const combinations = new Map(enis.map((eni) => [eni.groupIds.join(' '), eni.groupIds]));
  const numbers = new Map([...combinations.keys()].map((key, index) => [key, index]));
  for (const [key, groupIds] of combinations) {
    for (const direction of directions) {
      const rules = rulesOf(place, groupIds, direction).map(({ rule: { service, peer } }) => [
        ...serviceIs(service),
        ...peerIs(peer, direction),
        back,
      ]);
      addChain(`${direction}_${numbers.get(key)}`, [...rules, [drop]]);
    }
  }
  for (const { entries, associations } of network.networkAcl.values()) {
    for (const direction of directions) {
      const rules = entries.filter((entry) => entry.direction === direction).map(aclRule);
      for (const { subnetId } of associations) addChain(`acl_${direction}_${subnetId}`, [...rules, [drop]]);
    }
  }
  const ports = (chain: (eni: Eni) => string): readonly Element[] =>
    enis.map((eni) => ({ key: [portName(eni.id)], data: { kind: 'goto', chain: chain(eni) } }));
  const combination = (eni: Eni) => numbers.get(eni.groupIds.join(' '));
  addSet(
    maps.egress,
    ports((eni) => `egress_${combination(eni)}`),
  );
  addSet(
    maps.ingress,
    ports((eni) => `ingress_${combination(eni)}`),
  );
  addSet(
    maps.aclEgress,
    ports((eni) => `acl_egress_${eni.subnetId}`),
  );
  addSet(
    maps.aclIngress,
    ports((eni) => `acl_ingress_${eni.subnetId}`),
  );
  addChain('acl_from', [[dispatch(['iifname'], maps.aclEgress.name)], [drop]]);
  addChain('acl_to', [[dispatch(['oifname'], maps.aclIngress.name)], [drop]]);
  addChain('acls', [[jump('acl_from')], [jump('acl_to')]]);
  addChain('groups_from', [[dispatch(['iifname'], maps.egress.name)], [drop]]);
  addChain('groups_to', [[dispatch(['oifname'], maps.ingress.name)], [drop]]);
  return [...commands, ...baseChains()];
}

function baseChains(): readonly Command[] {
  const base = (
    name: string,
    hook: 'prerouting' | 'forward',
    priority: number,
    rules: readonly NftRule[],
  ) => [
    {
      kind: 'addChain',
      table,
      chain: { name, hook: { type: 'filter', hook, priority, policy: 'accept' } },
    } as const,
    ...rules.map((rule): Command => ({ kind: 'addRule', table, chain: name, rule })),
  ];
  return [
    ...base('pre', 'prerouting', -300, [[notInSet(['iifname', 'ip saddr'], sources.name), drop]]),
    ...base('forw', 'forward', 0, [
      [jump('acls')],
      [is('ct state', ctState.established | ctState.related), accept],
      [is('ct state', ctState.invalid), drop],
      [jump('groups_from')],
      [jump('groups_to')],
      [accept],
    ]),
  ];
}

const addressesOf = (eni: Eni): readonly string[] => eni.privateIps.map(({ address }) => address);

function serviceIs(service: Service): readonly Statement[] {
  if (service.kind === 'all') return [];
  if (service.kind !== 'ports') return [is('l4proto', service.protocol)];
  if (service.from !== service.to) throw new Error('the benchmark has no ranges of ports');
  return [is('l4proto', service.protocol), is('th dport', service.from)];
}

function peerIs(peer: Peer, direction: Direction): readonly Statement[] {
  const end = direction === 'egress' ? 'ip daddr' : 'ip saddr';
  if (peer.kind === 'group') return [inSet([end], members(peer.groupId).name)];
  if (peer.kind !== 'cidr') throw new Error('the benchmark has no prefix lists');
  return peer.cidr === '0.0.0.0/0' ? [] : [is(end, peer.cidr)];
}

function aclRule({ direction, action, service, cidr }: AclEntry): NftRule {
  const end = direction === 'egress' ? 'ip daddr' : 'ip saddr';
  const peer = cidr === '0.0.0.0/0' ? [] : [is(end, cidr)];
  return [...serviceIs(service), ...peer, action === 'allow' ? back : drop];
}
