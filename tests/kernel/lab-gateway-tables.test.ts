/** Route tables of internet gateways: what comes in goes to an interface first, whoever holds the address or nobody. */
import { describe, test } from 'node:test';
import { networkOf, type World } from '#vpc/network.ts';
import { asMiddlebox, eniOf, putIn, withGatewayTable, withoutInternet, withRoute } from '../support/edges.ts';
import { buildWorld, gatewayId, idFor, type NetworkSpec, testScope } from '../support/network.ts';
import { type Addresses, tcp, udp } from '../support/packets.ts';
import { agree } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const outside = '192.0.2.7';
const outside6 = '2001:db8:ffff::7';

const spec: NetworkSpec = {
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    app: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64', internet: true },
    int: { cidr: '10.0.3.0/24' },
  },
  groups: {
    box: {
      ingress: ['tcp/80 0.0.0.0/0', 'tcp/80 ::/0', 'udp/53 ::/0'],
      egress: ['all 0.0.0.0/0', 'all ::/0'],
    },
    web: { ingress: ['tcp/80 0.0.0.0/0', 'udp/53 ::/0'], egress: ['udp/99 ::/0'] },
  },
  enis: {
    m: { subnet: 'pub', ips: ['10.0.1.99', '2001:db8:100:1::99'], groups: ['box'], publicIp: '198.18.0.99' },
    i: { subnet: 'int', ips: ['10.0.3.30'], groups: ['box'] },
    a: { subnet: 'app', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['web'], publicIp: '198.18.0.20' },
  },
};
const base = asMiddlebox(buildWorld(spec), 'm');
const toBox = { kind: 'eni', id: eniOf(base, 'm').id } as const;
const out = withRoute(withRoute(base, 'app', '0.0.0.0/0', toBox), 'app', '::/0', toBox);
const boxed = withGatewayTable(out, gatewayId, [
  ['10.0.2.0/24', toBox],
  ['2001:db8:100:2::/64', toBox],
]);
const [own, nobody] = ['2001:db8:100:2::20', '2001:db8:100:2::77'];
const at: Addresses = { a: '10.0.2.20', a6: own, m: '10.0.1.99', i: '10.0.3.30' };

describe('route tables of internet gateways', { skip }, async () => {
  const rig = await LabRig.start('rtg', boxed);
  for (const address of [outside, outside6]) await rig.host(address);

  test('what comes in goes to the interface of the route, and on from there', () =>
    agree(rig, at, [
      [boxed, outside, '198.18.0.20', tcp(4000, 80), 'accept'],
      [boxed, `m=${outside}`, 'a', tcp(4000, 80), 'accept'],
      [boxed, outside, '198.18.0.20', tcp(4001, 81), 'group ingress'],
    ]));

  test('the interface needs a public address of its own, of either family', () => {
    const m = eniOf(boxed, 'm');
    const ipv4Alone = putIn(boxed, testScope, 'eni', { ...m, ipv6Addresses: [] });
    const free = (world: World) =>
      [...networkOf(world, testScope).address.by('eni', m.id)].reduce(
        (left, { association: _, ...address }) => putIn(left, testScope, 'address', address),
        world,
      );
    return agree(rig, at, [
      [ipv4Alone, outside, '198.18.0.20', tcp(4100, 80), 'accept'],
      [free(ipv4Alone), outside, '198.18.0.20', tcp(4101, 80), 'noPublicTarget'],
      [free(boxed), outside, '198.18.0.20', tcp(4102, 80), 'accept'],
    ]);
  });

  test('a subnet with the same table needs no public address there', () => {
    const { routeTable, address } = networkOf(boxed, testScope);
    const [gateways, own] = ['gateway', 'int'].map((name) => routeTable.get(idFor('rtb', name)));
    if (!gateways || !own) throw new Error('no tables');
    const left = putIn(boxed, testScope, 'routeTable', { ...own, associations: [] });
    const associations = [...gateways.associations, ...own.associations];
    const shared = putIn(left, testScope, 'routeTable', { ...gateways, associations });
    const m = eniOf(boxed, 'm');
    const ipv4Alone = putIn(shared, testScope, 'eni', { ...m, ipv6Addresses: [] });
    const freed = [...address.by('eni', m.id)].reduce(
      (world, { association: _, ...free }) => putIn(world, testScope, 'address', free),
      ipv4Alone,
    );
    return agree(rig, at, [
      [shared, outside, '198.18.0.20', tcp(4200, 80), 'accept'],
      [shared, 'i', 'a', tcp(4200, 80), 'accept'],
      [shared, 'i', 'a', tcp(4201, 81), 'group ingress'],
      [freed, outside, '198.18.0.20', tcp(4202, 80), 'noPublicTarget'],
      [freed, 'i', 'a', tcp(4202, 80), 'accept'],
      [boxed, 'i', 'a', tcp(4203, 80), 'accept'],
    ]);
  });

  test('an IPv6 address that nobody holds leads there too, and nowhere without the route', () =>
    agree(rig, at, [
      [boxed, outside6, nobody, udp(4000, 53), 'accept'],
      [boxed, outside6, nobody, udp(4000, 54), 'group ingress'],
      [boxed, outside6, '2001:db8:100:1::77', udp(4000, 53), 'noInterface'],
      [base, outside6, nobody, udp(4001, 53), 'noInterface'],
      [withoutInternet(boxed), outside6, nobody, udp(4002, 53), 'notAttached'],
      [boxed, outside6, nobody, udp(4003, 53), 'accept'],
    ]));
});
