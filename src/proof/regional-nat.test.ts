/** What proofs say of a regional NAT gateway: each zone's address, its own table, and gateways behind one another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '#policy/can.ts';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import { asNatGateway, natId, withRoute } from '../../tests/support/edges.ts';
import { buildWorld, eniId, ip } from '../../tests/support/network.ts';
import { withBlock } from '../../tests/support/public-access.ts';
import { regionalNatId, withRegionalNat } from '../../tests/support/regional-nat.ts';
import { inZone } from '../../tests/support/transit.ts';
import { pointOf } from './address-line.ts';
import { blastRadius } from './blast.ts';
import { outsideOf } from './outside.ts';
import { indexWorld } from './reach-index.ts';
import { spansAt } from './region.ts';
import { holds } from './spans.ts';
import { unknownsOf } from './unknowns.ts';

const nat = { kind: 'natGateway', id: regionalNatId } as const;
const both = ['a=198.18.0.1', 'b=198.18.0.2'];

/** `a` and `b` in zones of their own behind the gateway, `n` a zonal one whose subnet leads there; `p` is public. */
function site(admitted = 'tcp/22 0.0.0.0/0', addresses = both): World {
  let world = buildWorld({
    subnets: {
      one: { cidr: '10.0.1.0/24' },
      two: { cidr: '10.0.2.0/24' },
      three: { cidr: '10.0.3.0/24' },
      four: { cidr: '10.0.4.0/24' },
      pub: { cidr: '10.0.9.0/24', internet: true },
    },
    groups: { out: { egress: ['all 0.0.0.0/0'] }, web: { ingress: [admitted], egress: ['all 0.0.0.0/0'] } },
    enis: {
      a: { subnet: 'one', ips: ['10.0.1.9'], groups: ['out'] },
      b: { subnet: 'two', ips: ['10.0.2.9'], groups: ['out'] },
      c: { subnet: 'three', ips: ['10.0.3.9'], groups: ['out'] },
      n: { subnet: 'four', ips: ['10.0.4.5'], groups: [] },
      p: { subnet: 'pub', ips: ['10.0.9.9'], groups: ['web'], publicIp: '198.18.0.9' },
    },
  });
  world = asNatGateway(inZone(inZone(world, 'two', 'b'), 'four', 'b'), 'n');
  for (const subnet of ['one', 'two', 'four']) world = withRoute(world, subnet, '0.0.0.0/0', nat);
  const zonal = { kind: 'natGateway', id: natId('n') } as const;
  return withRegionalNat(withRoute(world, 'three', '0.0.0.0/0', zonal), addresses);
}

/** Reach says of what is inside alone that it goes over the internet where no way inside is open. */
const seen: readonly (readonly [admitted: string, can: string, reachedOverInternet: string])[] = [
  ['tcp/22 0.0.0.0/0', 'a b c', ''],
  ['tcp/22 198.18.0.1/32', 'a', 'a'],
  ['tcp/22 198.18.0.2/32', 'b c', 'b c'],
  ['tcp/22 198.18.0.3/32', '', ''],
  ['tcp/22 10.0.0.0/16', '', ''],
];

for (const [admitted, expected, overInternet] of seen) {
  test(`a neighbour in the internet that admits ${admitted} sees: ${expected || 'nobody'}`, () => {
    const world = site(admitted);
    const can = ['a', 'b', 'c'].filter((name) => {
      const asked = ask(world, { from: eniId(name), to: '198.18.0.9', wanted: { kind: 'tcp', port: 22 } });
      return asked.kind === 'answered' && asked.answers.every(({ allowed }) => allowed);
    });
    assert.equal(can.join(' '), expected);
    const reach = ['a', 'b', 'c'].filter((name) => {
      const { interfaces } = blastRadius(indexWorld(world), [eniId(name) as Id<'eni'>]);
      return interfaces.some(({ eni, via }) => eni.id === eniId('p') && via?.overInternet);
    });
    assert.equal(reach.join(' '), overInternet);
  });
}

const outward: readonly (readonly [string, World, string])[] = [
  ['both zones, and a zonal gateway behind it', site(), 'a b c'],
  ['one zone’s address for all', site(undefined, ['b=198.18.0.2']), 'a b c'],
  ['no address', site(undefined, []), ''],
  ['blocked', withBlock(site(), 'block-bidirectional'), ''],
  ['ingress blocked', withBlock(site(), 'block-ingress'), 'a b c'],
];

for (const [what, world, expected] of outward) {
  test(`the internet is reached by: ${what}`, () => {
    const index = indexWorld(world);
    const found = ['a', 'b', 'c'].filter((name) => {
      const [point] = index.byEni().get(eniId(name) as Id<'eni'>) ?? [];
      const [member] = point?.members ?? [];
      assert.ok(point && member);
      const { internet } = outsideOf(index, point, member, 'egress');
      return holds(spansAt(internet, pointOf(ip('203.0.113.9'))), (6 << 16) | 443);
    });
    assert.equal(found.join(' '), expected);
  });
}

test('nothing of it is unknown', () => {
  assert.deepEqual(unknownsOf(site()), []);
});
