/** Regional NAT gateways with real packets: each zone leaves by its own address, and answers come home. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inNamespace, listNamespaces } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { World } from '#vpc/network.ts';
import { asMiddlebox, eniOf, withGatewayTable, withoutInternet, withRoute } from '../support/edges.ts';
import { buildWorld, eniId, gatewayId, ip, type NetworkSpec } from '../support/network.ts';
import { type Addresses, ping, tcp, udp } from '../support/packets.ts';
import { withBlock, withExclusion } from '../support/public-access.ts';
import { regionalNatId, withRegionalNat } from '../support/regional-nat.ts';
import { inZone } from '../support/transit.ts';
import { agree } from './agree.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';

const outside = '192.0.2.7';
const [ofA, ofB, ofC] = ['198.18.0.1', '198.18.0.2', '198.18.0.3'];
const nat = { kind: 'natGateway', id: regionalNatId } as const;

const spec: NetworkSpec = {
  subnets: {
    one: { cidr: '10.0.1.0/24' },
    two: { cidr: '10.0.2.0/24' },
    three: { cidr: '10.0.3.0/24' },
    shut: {
      cidr: '10.0.4.0/24',
      acl: {
        ingress: ['100 deny udp/53 0.0.0.0/0', '200 allow all 0.0.0.0/0'],
        egress: ['90 deny tcp/25 0.0.0.0/0', '100 allow all 0.0.0.0/0'],
      },
    },
    pub: { cidr: '10.0.9.0/24', internet: true },
  },
  groups: {
    out: { egress: ['all 0.0.0.0/0'] },
    web: { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] },
  },
  enis: {
    a: { subnet: 'one', ips: ['10.0.1.9'], groups: ['out'] },
    b: { subnet: 'two', ips: ['10.0.2.9'], groups: ['out'] },
    c: { subnet: 'three', ips: ['10.0.3.9'], groups: ['out'] },
    d: { subnet: 'shut', ips: ['10.0.4.9'], groups: ['out'] },
    m: { subnet: 'pub', ips: ['10.0.9.8'], groups: ['web'] },
    p: { subnet: 'pub', ips: ['10.0.9.9'], groups: ['web'], publicIp: '198.18.0.9' },
  },
};
const at: Addresses = {
  a: '10.0.1.9',
  b: '10.0.2.9',
  c: '10.0.3.9',
  d: '10.0.4.9',
  m: '10.0.9.8',
  p: '10.0.9.9',
};

/** Subnets one, two and three in zones a, b and c. */
const base = ((): World => {
  let world = inZone(inZone(buildWorld(spec), 'two', 'b'), 'three', 'c');
  for (const subnet of ['one', 'two', 'three', 'shut']) world = withRoute(world, subnet, '0.0.0.0/0', nat);
  return world;
})();
const both = [`a=${ofA}`, `b=${ofB}`];
const world = withRegionalNat(base, both);

describe('regional NAT gateways', { skip }, async () => {
  const rig = await LabRig.start('rnat', world);
  await rig.host(outside);

  test('each zone leaves by its own address, one without by the oldest, and answers come back', () =>
    agree(rig, at, [
      [world, 'a', outside, tcp(4000, 443), 'accept'],
      [world, 'b', outside, tcp(4000, 443), 'accept'],
      [world, outside, ofA, tcp(443, 4000, 'SA'), 'accept'],
      [world, outside, ofB, tcp(443, 4000, 'SA'), 'accept'],
      [world, 'a', outside, tcp(4000, 443, 'A'), 'accept'],
      [world, 'c', outside, udp(4001, 53), 'accept'],
      [world, outside, ofB, udp(53, 4001), 'noTranslation'],
      [world, outside, ofA, udp(53, 4001), 'accept'],
      [world, outside, ofA, udp(53, 4002), 'noTranslation'],
      [world, outside, ofB, tcp(443, 80), 'noTranslation'],
      [world, 'b', outside, ping(8, 77), 'accept'],
      [world, outside, ofA, ping(0, 77), 'noTranslation'],
      [world, outside, ofB, ping(0, 77), 'accept'],
      [world, 'a', outside, { kind: 'other', protocol: 50 }, 'noTranslation'],
    ]));

  test('a zone gets an address, another one loses its own', () => {
    const grown = withRegionalNat(base, [...both, `c=${ofC}`]);
    const shrunk = withRegionalNat(base, [`b=${ofB}`, `c=${ofC}`]);
    return agree(rig, at, [
      [world, 'c', outside, udp(4100, 53), 'accept'],
      [world, outside, ofA, udp(53, 4100), 'accept'],
      [grown, 'c', outside, udp(4100, 53), 'accept'],
      [grown, outside, ofC, udp(53, 4100), 'accept'],
      [grown, outside, ofA, udp(53, 4100), 'accept'],
      [grown, 'c', outside, tcp(4101, 443), 'accept'],
      [shrunk, 'a', outside, udp(4102, 53), 'accept'],
      [shrunk, outside, ofB, udp(53, 4102), 'accept'],
      [shrunk, outside, ofC, tcp(443, 4101, 'SA'), 'accept'],
      [world, 'c', outside, udp(4103, 53), 'accept'],
      [world, outside, ofA, udp(53, 4103), 'accept'],
    ]);
  });

  test('the ACL of the sender’s subnet judges, and no other', () =>
    agree(rig, at, [
      [world, 'd', outside, tcp(4200, 25), 'acl egress'],
      [world, 'd', outside, tcp(4201, 26), 'accept'],
      [world, 'd', outside, udp(53, 53), 'accept'],
      [world, outside, ofA, udp(53, 53), 'acl ingress'],
      [world, outside, ofA, tcp(26, 4201, 'SA'), 'accept'],
    ]));

  test('a public address of the same VPC is reached, and answers the zone’s address', () =>
    agree(rig, at, [
      [world, 'b', '198.18.0.9', udp(4300, 53), 'accept'],
      [world, 'p', ofB, udp(53, 4300), 'accept'],
      [world, 'p', ofA, udp(53, 4300), 'noTranslation'],
      [world, 'p', '10.0.2.9', udp(53, 4300), 'group ingress'],
    ]));

  test('its own table, and not the internet gateway’s, routes what it brings back', () => {
    const m = { kind: 'eni', id: eniOf(base, 'm').id } as const;
    const boxed = asMiddlebox(base, 'm');
    const byBox = withRegionalNat(boxed, both, { routes: [['10.0.2.0/24', m]] });
    const ingress = withGatewayTable(withRegionalNat(boxed, both), gatewayId, [['10.0.9.0/24', m]]);
    return agree(rig, at, [
      [byBox, 'b', outside, udp(4400, 53), 'accept'],
      // To the middlebox.
      [byBox, outside, ofB, udp(53, 4400), 'accept'],
      [byBox, 'a', outside, udp(4401, 53), 'accept'],
      [byBox, outside, ofA, udp(53, 4401), 'accept'],
      [ingress, 'b', outside, udp(4402, 53), 'accept'],
      [ingress, outside, ofB, udp(53, 4402), 'accept'],
    ]);
  });

  test('a block of public access stops it, but for the VPC’s exclusion; a block of ingress does not', () => {
    const full = withBlock(world, 'block-bidirectional');
    const narrow = withBlock(world, 'block-ingress');
    return agree(rig, at, [
      [narrow, 'a', outside, udp(4500, 53), 'accept'],
      [narrow, outside, ofA, udp(53, 4500), 'accept'],
      [full, outside, ofA, udp(53, 4500), 'publicAccessBlocked'],
      [full, 'a', outside, udp(4501, 53), 'publicAccessBlocked'],
      [withExclusion(full, 'one', 'allow-bidirectional'), 'a', outside, udp(4502, 53), 'publicAccessBlocked'],
      [withExclusion(full, 'vpc', 'allow-egress'), 'a', outside, udp(4503, 53), 'accept'],
      [world, outside, ofA, udp(53, 4503), 'accept'],
      [world, outside, ofA, udp(53, 4501), 'accept'],
    ]);
  });

  test('a gateway that is gone, has no address or no internet gateway carries nothing', () => {
    const gone = withRegionalNat(base, [], { state: 'deleted' });
    return agree(rig, at, [
      [gone, 'a', outside, udp(4600, 53), 'blackhole'],
      [withRegionalNat(base, []), 'b', outside, udp(4601, 53), 'blackhole'],
      [withoutInternet(world), 'a', outside, udp(4602, 53), 'blackhole'],
      [world, 'a', outside, udp(4603, 53), 'accept'],
      [world, outside, ofA, udp(53, 4603), 'accept'],
    ]);
  });

  test('a restart adopts what is there: numbers, routes, and translations', async () => {
    // It comes back under other numbers than a server would give it that finds nothing.
    for (const each of [base, withRegionalNat(base, []), base, world]) await rig.to(each);
    await agree(rig, at, [[world, 'b', outside, udp(4700, 53), 'accept']]);
    const before = tags(rig);
    await rig.restart();
    assert.deepEqual(tags(rig), before);
    const answer = { source: ip(outside), destination: ip(ofB), transport: udp(53, 4700) };
    const [arrival] = await rig.exchange([{ packet: answer, origin: { kind: 'internet' } }]);
    assert.equal(arrival?.at, eniId('b'));
    assert.equal(arrival?.frame.destination, '10.0.2.9');
  });
});

/** What marks the tables of every namespace of the rig, but for the epoch, which moves: numbers count for it too. */
function tags(rig: LabRig): readonly (string | undefined)[] {
  return listNamespaces(`${rig.prefix}-`).flatMap((name) =>
    inNamespace(name, () => {
      const socket = NftSocket.open();
      const found = socket
        .tables()
        .map((table) => `${name} ${table} ${socket.tag(table)?.replace(/ \d+$/, '')}`);
      socket.close();
      return found;
    }),
  );
}
