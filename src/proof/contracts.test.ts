/** Contracts and load balancers: what gets to a target through one counts, and the one is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '#vpc/network.ts';
import type { Service } from '#vpc/security-group.ts';
import {
  type BalancerSpec,
  balancerId,
  type TargetGroupSpec,
  withBalancer,
  withTargetGroup,
} from '../../tests/support/balancers.ts';
import { buildWorld, cidr, eniId, groupId } from '../../tests/support/network.ts';
import type { Contract } from './contract.ts';
import { checkContracts } from './contracts.ts';
import { indexWorld } from './reach-index.ts';
import type { Selector } from './selectors.ts';

/** A client, the node of a public load balancer, and its target, which admits the node alone. */
function site(balancer: Partial<BalancerSpec> = {}, group: Partial<TargetGroupSpec> = {}): World {
  const world = buildWorld({
    subnets: { front: { cidr: '10.0.1.0/24', internet: true }, back: { cidr: '10.0.2.0/24' } },
    groups: {
      lb: { ingress: ['tcp/443 0.0.0.0/0'], egress: ['tcp/8080 10.0.0.0/16'] },
      web: { ingress: ['tcp/8080 lb'] },
      app: { egress: ['tcp/443 0.0.0.0/0'] },
    },
    enis: {
      n: { subnet: 'front', ips: ['10.0.1.4'], groups: ['lb'], publicIp: '198.18.0.4' },
      w: { subnet: 'back', ips: ['10.0.2.10'], groups: ['web'] },
      c: { subnet: 'back', ips: ['10.0.2.20'], groups: ['app'] },
    },
  });
  const grouped = withTargetGroup(world, 'g', { port: 8080, targets: ['w'], ...group });
  return withBalancer(grouped, 'b', { nodes: ['n'], listeners: ['tcp/443 g'], ...balancer });
}

const port = (at: number): Service => ({ kind: 'ports', protocol: 6, from: at, to: at });
const group = (name: string): Selector => ({ kind: 'group', groupId: groupId(name) });
const internet: Selector = { kind: 'internet' };
const client: Selector = { kind: 'interface', eniId: eniId('c') };
const documentation = [cidr('203.0.113.0/24')];

/** World, kind of contract, from whom to the target, port → `holds`, or what breaks it and through which. */
const rows: readonly (readonly [string, World, Contract['kind'], Selector, number, string])[] = [
  ['the internet gets through', site(), 'never', internet, 8080, 'internet b'],
  ['by the target’s port', site(), 'never', internet, 443, 'holds'],
  ['with a listener alone', site({ listeners: ['udp/443 g'] }), 'never', internet, 8080, 'holds'],
  ['to a target alone', site({}, { targets: [] }), 'never', internet, 8080, 'holds'],
  ['it must not have to be direct', site(), 'must', internet, 8080, 'holds'],
  ['but from everywhere', site({ sources: documentation }), 'must', internet, 8080, 'internet'],
  [
    'and from a part of it',
    site({ sources: documentation }),
    'must',
    { kind: 'cidr', cidr: cidr('203.0.113.0/24') },
    8080,
    'holds',
  ],
  ['a client inside gets through', site(), 'never', client, 8080, 'inside b'],
  ['that a condition lets in', site({ sources: documentation }), 'never', client, 8080, 'holds'],
  ['and may have to', site(), 'must', client, 8080, 'holds'],
  ['without a target it cannot', site({}, { targets: [] }), 'must', client, 8080, 'inside'],
  ['others than the client get through', site(), 'only', client, 8080, 'inside + internet b'],
  ['what the nodes alone may do is as meant', site(), 'only', group('lb'), 8080, 'holds'],
];

const nobody: Selector = { kind: 'tag', key: 'Role', value: 'ap' };

/** Ends of a contract that would be kept, whether it may mean nothing → whether it holds, and what means nothing. */
const empty: readonly (readonly [Selector, Selector, boolean, boolean, readonly string[]])[] = [
  [internet, nobody, false, false, ['to']],
  [internet, nobody, true, true, ['to']],
  [nobody, group('web'), false, false, ['from']],
  [nobody, nobody, true, true, ['from', 'to']],
  [client, client, false, true, []],
];

for (const kind of ['must', 'never'] as const) {
  test(`contracts: ${kind} is not kept by ends that mean nothing, unless it says so`, () => {
    const index = indexWorld(site());
    const contracts = empty.map(([from, to, mayBeEmpty]) => ({
      ...{ name: kind, kind, from, to, services: [port(22)], mayBeEmpty },
    }));
    assert.deepEqual(
      checkContracts(index, contracts).map(({ holds, meansNothing }) => [holds, meansNothing]),
      empty.map(([, , , holds, nothing]) => [holds, nothing]),
    );
  });
}

for (const [what, world, kind, from, at, expected] of rows) {
  test(`contracts: ${kind}, ${what}`, () => {
    const contract: Contract = { name: what, kind, from, to: group('web'), services: [port(at)] };
    const [answer] = checkContracts(indexWorld(world), [contract]);
    assert.ok(answer);
    const broken = answer.violations.map(({ kind: where, through }) => {
      assert.ok(through === undefined || through === balancerId('b'));
      return through === undefined ? where : `${where} b`;
    });
    assert.equal(answer.holds ? 'holds' : [...new Set(broken)].join(' + '), expected);
  });
}
