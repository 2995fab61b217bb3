/**
 * IPv6 between two VPCs that nothing but the internet links (seed 4072 of diff): `can` and `reach` follow it,
 * pairs do not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { can } from '#policy/can.ts';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import { withNatGatewayFor, withOtherVpc, withRoute } from '../../tests/support/edges.ts';
import { buildWorld, eniId, idFor, ip, testScope } from '../../tests/support/network.ts';
import { blastRadius } from './blast.ts';
import type { Contract } from './contract.ts';
import { checkContracts } from './contracts.ts';
import { servicesBetween } from './pairs.ts';
import { indexWorld, type ReachIndex } from './reach-index.ts';
import { noSpans, spansOf } from './spans.ts';

const otherVpc = idFor('vpc', 'o') as Id<'vpc'>;

function site(admitted: string): World {
  const near = buildWorld({
    subnets: { s1: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true } },
    groups: { near: { egress: ['all ::/0'] } },
    enis: { a: { subnet: 's1', ips: ['10.0.1.10', '2001:db8:100:1::a'], groups: ['near'] } },
  });
  const there = {
    cidrs: ['10.9.0.0/16', '2001:db8:900::/56'],
    subnets: {
      far: { cidr: '10.9.1.0/24', cidr6: '2001:db8:900:1::/64' },
      t2: { cidr: '10.9.9.0/24' },
    },
    groups: { f: { ingress: [admitted] } },
    enis: { f: { subnet: 'far', ips: ['10.9.1.10', '2001:db8:900:1::f'], groups: ['f'] } },
  };
  const world = withNatGatewayFor(withOtherVpc(near, otherVpc, there, testScope), otherVpc);
  const gateway = { kind: 'internetGateway', id: idFor('igw', 'o') as Id<'internetGateway'> } as const;
  return withRoute(world, 'far', '::/0', gateway);
}

const classOf = (index: ReachIndex, name: string) =>
  index
    .byEni()
    .get(eniId(name) as Id<'eni'>)
    ?.find(({ family }) => family === 'ipv6') ?? assert.fail(name);

const rows: readonly (readonly [string, boolean])[] = [
  ['tcp/22 ::/0', true],
  ['tcp/22 2001:db8:100::/56', true],
  ['tcp/22 2001:db8:101::/56', false],
  ['tcp/22 2001:db8:100:1::a/128', true],
  ['tcp/22 2001:db8:100:1::b/128', false],
];

for (const [admitted, isOpen] of rows) {
  test(`over the internet: a rule for ${admitted}: ${isOpen}`, () => {
    const world = site(admitted);
    const index = indexWorld(world);
    const [from, to] = [
      { kind: 'eni', eniId: eniId('a'), ip: ip('2001:db8:100:1::a') } as const,
      { kind: 'eni', eniId: eniId('f'), ip: ip('2001:db8:900:1::f') } as const,
    ];
    assert.equal(can(world, from, to, { kind: 'tcp', port: 22 }).allowed, isOpen);
    const services = spansOf({ kind: 'ports', protocol: 6, from: 22, to: 22 }, 'ipv6');
    const { interfaces } = blastRadius(index, [eniId('a') as Id<'eni'>], { services });
    const found = interfaces.find(({ eni }) => eni.id === eniId('f'));
    assert.equal(found?.via?.overInternet, isOpen ? true : undefined);
    const spans = servicesBetween(index, classOf(index, 'a'), classOf(index, 'f'));
    assert.equal(index.pool.spansOf(spans), noSpans);
  });
}

const ofPublicAddress: readonly (readonly [string, boolean])[] = [
  ['tcp/22 198.18.0.10/32', true],
  ['tcp/22 198.18.0.11/32', false],
  // The internet gateway shows the public address alone.
  ['tcp/22 10.0.1.10/32', false],
];

for (const [admitted, isOpen] of ofPublicAddress) {
  test(`over the internet: from one public address to another by a rule for ${admitted}: ${isOpen}`, () => {
    const world = buildWorld({
      subnets: { pub: { cidr: '10.0.1.0/24', internet: true } },
      groups: { near: { egress: ['tcp/22 198.18.0.20/32'] }, far: { ingress: [admitted] } },
      enis: {
        a: { subnet: 'pub', ips: ['10.0.1.10'], groups: ['near'], publicIp: '198.18.0.10' },
        f: { subnet: 'pub', ips: ['10.0.1.20'], groups: ['far'], publicIp: '198.18.0.20' },
      },
    });
    const from = { kind: 'eni', eniId: eniId('a'), ip: ip('10.0.1.10') } as const;
    const publicIp = ip('198.18.0.20');
    const to = { kind: 'eni', eniId: eniId('f'), ip: ip('10.0.1.20'), publicIp } as const;
    const index = indexWorld(world);
    const { interfaces } = blastRadius(index, [eniId('a') as Id<'eni'>]);
    const found = interfaces.find(({ eni }) => eni.id === eniId('f'));
    assert.equal(found?.via?.overInternet, isOpen ? true : undefined);
    assert.equal(can(world, from, to, { kind: 'tcp', port: 22 }).allowed, isOpen);

    const contract = (kind: Contract['kind'], client: string): Contract => ({
      name: kind,
      kind,
      from: { kind: 'interface', eniId: eniId(client) },
      to: { kind: 'interface', eniId: eniId('f') },
      services: [{ kind: 'ports', protocol: 6, from: 22, to: 22 }],
    });
    const asked = [
      contract('never', 'a'),
      contract('only', 'f'),
      contract('only', 'a'),
      contract('must', 'a'),
    ];
    const inside = checkContracts(index, asked).map(({ violations }) =>
      violations.filter((each) => each.kind === 'inside').map(({ overInternet }) => overInternet ?? false),
    );
    // The third is about the one who may; and what must be open is asked of private ways.
    const broken = isOpen ? [true] : [];
    assert.deepEqual(inside, [broken, broken, [], [false]]);
  });
}

test('who gets to one target over the internet by the same services breaks a contract together', () => {
  const outgoing = { b: '10.0.1.11', c: '10.0.1.12', d: '10.0.1.13' };
  const world = buildWorld({
    subnets: { pub: { cidr: '10.0.1.0/24', internet: true } },
    groups: {
      near: { egress: ['tcp/22 198.18.0.20/32'] },
      other: { egress: ['tcp/22-23 198.18.0.20/32'] },
      far: { ingress: ['tcp/22-23 198.18.0.0/16'] },
    },
    enis: {
      ...Object.fromEntries(
        Object.entries(outgoing).map(([name, address], at) => [
          name,
          {
            ...{ subnet: 'pub', ips: [address], groups: [name === 'd' ? 'other' : 'near'] },
            publicIp: `198.18.0.1${at}`,
          },
        ]),
      ),
      f: { subnet: 'pub', ips: ['10.0.1.20'], groups: ['far'], publicIp: '198.18.0.20' },
    },
  });
  const never: Contract = {
    name: 'n',
    kind: 'never',
    from: { kind: 'any' },
    to: { kind: 'interface', eniId: eniId('f') },
    services: [{ kind: 'ports', protocol: 6, from: 22, to: 23 }],
  };
  const [answer] = checkContracts(indexWorld(world), [never]);
  const inside = answer?.violations.flatMap((each) =>
    each.kind === 'inside' && each.overInternet ? [each.from.map(({ eni }) => eni.id).sort()] : [],
  );
  assert.deepEqual(inside, [[eniId('b'), eniId('c')], [eniId('d')]]);
});
