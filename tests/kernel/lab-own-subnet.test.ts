/** Routes to a subnet's own addresses: what stays in the subnet meets no route table, whatever others see of it. */
import { describe, test } from 'node:test';
import { networkOf, type World } from '#vpc/network.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { asMiddlebox, eniOf, putIn, withRoute } from '../support/edges.ts';
import { buildWorld, idFor, type NetworkSpec, subnetId, testScope } from '../support/network.ts';
import { type Addresses, udp } from '../support/packets.ts';
import { agree } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const open = ['all 0.0.0.0/0', 'all ::/0'];
const spec: NetworkSpec = {
  subnets: {
    s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' },
    t: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
    u: { cidr: '10.0.3.0/24', cidr6: '2001:db8:100:3::/64' },
  },
  // What goes by way of the box meets its groups, which take port 7 alone.
  groups: { open: { ingress: open, egress: open }, box: { ingress: ['udp/7 0.0.0.0/0'], egress: open } },
  enis: {
    a: { subnet: 's', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['open'] },
    b: { subnet: 's', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['open'] },
    c: { subnet: 't', ips: ['10.0.2.10', '2001:db8:100:2::10'], groups: ['open'] },
    m: { subnet: 'u', ips: ['10.0.3.9', '2001:db8:100:3::9'], groups: ['box'] },
  },
};
const at: Addresses = {
  a: '10.0.1.10',
  a6: '2001:db8:100:1::10',
  b: '10.0.1.20',
  b6: '2001:db8:100:1::20',
  c: '10.0.2.10',
  c6: '2001:db8:100:2::10',
};
const base = asMiddlebox(buildWorld(spec), 'm');
const toBox: RouteTarget = { kind: 'eni', id: eniOf(base, 'm').id };

const routed = (world: World, ...blocks: readonly string[]) =>
  blocks.reduce((left, block) => withRoute(left, 's', block, toBox), world);

/** The table of `s` has this target in the place of `local`. */
function withoutLocal(world: World, target: RouteTarget): World {
  const table = networkOf(world, testScope).routeTable.get(idFor('rtb', 's'));
  if (!table) throw new Error('no table');
  const routes = table.routes.map((route) => (route.target.kind === 'local' ? { ...route, target } : route));
  return putIn(world, testScope, 'routeTable', { ...table, routes });
}

/** Both subnets use the table of `s`. */
function shared(world: World): World {
  const { routeTable } = networkOf(world, testScope);
  const [own, other] = [routeTable.get(idFor('rtb', 's')), routeTable.get(idFor('rtb', 't'))];
  const [moved] = other?.associations ?? [];
  if (!own || !other || moved?.subject.kind !== 'subnet' || moved.subject.subnetId !== subnetId('t'))
    throw new Error('no tables');
  const left = putIn(world, testScope, 'routeTable', { ...other, associations: [] });
  return putIn(left, testScope, 'routeTable', { ...own, associations: [...own.associations, moved] });
}

const own = routed(base, '10.0.1.0/24', '2001:db8:100:1::/64');
const half = routed(base, '10.0.1.16/28');
const all = withoutLocal(base, toBox);
const both = shared(own);

describe('routes to a subnet’s own addresses', { skip }, async () => {
  const rig = await LabRig.start('own', own);

  test('do not lead what stays in the subnet', () =>
    agree(rig, at, [
      [own, 'a', 'b', udp(4000, 53), 'accept'],
      [own, 'a6', 'b6', udp(4000, 53), 'accept'],
      [half, 'a', 'b', udp(4001, 53), 'accept'],
      [base, 'a', 'b', udp(4002, 53), 'accept'],
      [own, 'b', 'a', udp(4003, 53), 'accept'],
    ]));

  test('nor does a route that stands in the place of the local one, which leads the rest', () =>
    agree(rig, at, [
      [all, 'a', 'b', udp(4100, 53), 'accept'],
      [all, 'a6', 'b6', udp(4100, 53), 'accept'],
      [all, 'a', '10.0.1.77', udp(4100, 53), 'noInterface'],
      [all, 'a', 'c', udp(4100, 53), 'group ingress'],
      [all, 'a6', 'c6', udp(4100, 53), 'group ingress'],
      [all, 'a', 'c', udp(4100, 7), 'accept'],
      [base, 'a', 'c', udp(4101, 53), 'accept'],
    ]));

  test('lead what comes from another subnet with the same table, as soon as it has that table', () =>
    agree(rig, at, [
      [own, 'c', 'b', udp(4200, 53), 'accept'],
      [both, 'c', 'b', udp(4201, 53), 'group ingress'],
      [both, 'c', 'b', udp(4201, 7), 'accept'],
      [both, 'a', 'b', udp(4201, 53), 'accept'],
      [both, 'c6', 'b6', udp(4201, 53), 'group ingress'],
      [own, 'c', 'b', udp(4202, 53), 'accept'],
    ]));
});
