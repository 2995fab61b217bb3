/** Interfaces of services: groups judge those that carry some, nothing judges the others, and carriers are nobody's end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '#vpc/network.ts';
import { eniOf } from '../../tests/support/edges.ts';
import { buildWorld, eniId, groupId, withEntity } from '../../tests/support/network.ts';
import { askFully } from './can-answer.ts';
import { servicesBetween } from './pairs.ts';
import { indexWorld, type ReachIndex } from './reach-index.ts';
import { holds } from './spans.ts';

const plain = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24' } },
  groups: { open: { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] }, shut: {} },
  enis: {
    a: { subnet: 's', ips: ['10.0.1.10'], groups: ['open'] },
    x: { subnet: 's', ips: ['10.0.1.20'], groups: ['open'] },
  },
});

function withService(interfaceType: string, groups: readonly string[], requesterManaged = true): World {
  const { attachment, ...eni } = eniOf(plain, 'x');
  const held = requesterManaged || !attachment ? {} : { attachment };
  const groupIds = groups.map(groupId);
  return withEntity(plain, 'eni', { ...eni, ...held, interfaceType, requesterManaged, groupIds });
}

const codeOf = (world: World, from: string, to: string) => {
  const asked = askFully(world, {
    from: eniId(from),
    to: eniId(to),
    wanted: { kind: 'tcp', port: 443 },
  });
  assert.ok(asked.kind === 'answered');
  return asked.answers[0]?.explained?.explanation.code ?? 'yes';
};

function isOpen(index: ReachIndex, from: string, to: string): boolean {
  const [source] = index.byEni().get(eniOf(index.world, from).id) ?? [];
  const [target] = index.byEni().get(eniOf(index.world, to).id) ?? [];
  if (!source || !target) return false;
  return holds(index.pool.spansOf(servicesBetween(index, source, target)), (6 << 16) | 443);
}

const nobody = 'NO_POSSIBLE_DESTINATION';

/** Type of the interface, its groups → what becomes of packets to it, and of those from it. */
const rows: readonly (readonly [string, readonly string[], string, string])[] = [
  ['nat_gateway', [], nobody, nobody],
  ['transit_gateway', [], nobody, nobody],
  ['gateway_load_balancer_endpoint', [], nobody, nobody],
  ['gateway_load_balancer', [], 'yes', 'yes'],
  ['network_load_balancer', [], 'yes', 'yes'],
  ['network_load_balancer', ['shut'], 'SG_HAS_NO_RULES', 'SG_HAS_NO_RULES'],
  ['network_load_balancer', ['open'], 'yes', 'yes'],
  ['vpc_endpoint', ['shut'], 'SG_HAS_NO_RULES', 'SG_HAS_NO_RULES'],
  ['lambda', ['open'], 'yes', 'yes'],
  ['api_gateway_managed', [], 'yes', 'yes'],
  // What AWS gives groups always has some; without any it admits nothing.
  ['interface', [], 'SG_HAS_NO_RULES', 'SG_HAS_NO_RULES'],
];

for (const [type, groups, to, from] of rows) {
  test(`a ${type} with ${groups.join() || 'no groups'}: ${to} to it, ${from} from it`, () => {
    const world = withService(type, groups);
    assert.equal(codeOf(world, 'a', 'x'), to);
    assert.equal(codeOf(world, 'x', 'a'), from);
    const index = indexWorld(world);
    assert.equal(isOpen(index, 'a', 'x'), to === 'yes');
    assert.equal(isOpen(index, 'x', 'a'), from === 'yes');
  });
}

test('an interface of somebody’s own without groups admits nothing, whatever its type', () => {
  assert.equal(codeOf(withService('efa', [], false), 'a', 'x'), 'SG_HAS_NO_RULES');
});
