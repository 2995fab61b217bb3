import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '#vpc/network.ts';
import { asMiddlebox, eniOf, withoutInternet, withRoute } from '../../tests/support/edges.ts';
import { buildWorld, eniId } from '../../tests/support/network.ts';
import { packet, ping, runScenario, tcp, udp } from '../../tests/support/packets.ts';
import { withBlock, withExclusion } from '../../tests/support/public-access.ts';
import { regionalNatId, withRegionalNat } from '../../tests/support/regional-nat.ts';
import { inZone } from '../../tests/support/transit.ts';
import { ask } from './can.ts';
import { decide } from './decide.ts';
import { noFlows } from './flows.ts';

const nat = { kind: 'natGateway', id: regionalNatId } as const;
const outside = '203.0.113.9';

const base = buildWorld({
  subnets: {
    one: { cidr: '10.0.1.0/24' },
    two: { cidr: '10.0.2.0/24' },
    three: { cidr: '10.0.3.0/24' },
    pub: { cidr: '10.0.9.0/24', internet: true },
    shut: {
      cidr: '10.0.4.0/24',
      acl: { ingress: ['100 deny all 0.0.0.0/0'], egress: ['100 allow all 0.0.0.0/0'] },
    },
  },
  groups: {
    out: { egress: ['all 0.0.0.0/0'] },
    web: { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] },
    none: {},
  },
  enis: {
    a: { subnet: 'one', ips: ['10.0.1.9'], groups: ['out'] },
    b: { subnet: 'two', ips: ['10.0.2.9'], groups: ['out'] },
    c: { subnet: 'three', ips: ['10.0.3.9'], groups: ['out'] },
    d: { subnet: 'shut', ips: ['10.0.4.9'], groups: ['out'] },
    e: { subnet: 'one', ips: ['10.0.1.8'], groups: ['none'] },
    p: { subnet: 'pub', ips: ['10.0.9.9'], groups: ['web'], publicIp: '198.18.0.9' },
    m: { subnet: 'pub', ips: ['10.0.9.8'], groups: ['web'] },
  },
});
const addresses = {
  a: '10.0.1.9',
  b: '10.0.2.9',
  c: '10.0.3.9',
  d: '10.0.4.9',
  e: '10.0.1.8',
  p: '10.0.9.9',
  m: '10.0.9.8',
};

/** Subnets one, two and three in zones a, b and c, with the gateway as their way out. */
function routed(world: World): World {
  let found = inZone(inZone(world, 'two', 'b'), 'three', 'c');
  for (const subnet of ['one', 'two', 'three', 'shut']) found = withRoute(found, subnet, '0.0.0.0/0', nat);
  return found;
}

const both = ['a=198.18.0.1', 'b=198.18.0.2'];
const world = withRegionalNat(routed(base), both);

/** The source under which a request of an interface is delivered. */
function seenAs(at: World, from: keyof typeof addresses, to = outside): string {
  const sent = {
    packet: packet(addresses, from, to, udp(4000, 53)),
    origin: { kind: 'eni', eniId: eniId(from) } as const,
  };
  const { verdict } = decide(at, noFlows, sent, 0);
  return verdict.kind === 'accept' ? verdict.delivery.packet.source : verdict.because.kind;
}

test('each zone leaves by its own address, one without by the oldest of another', () => {
  const rows: readonly (readonly [World, keyof typeof addresses, string])[] = [
    [world, 'a', '198.18.0.1'],
    [world, 'b', '198.18.0.2'],
    [world, 'c', '198.18.0.1'],
    [withRegionalNat(routed(base), ['b=198.18.0.2', 'a=198.18.0.1']), 'c', '198.18.0.2'],
    [withRegionalNat(routed(base), [...both, 'c=198.18.0.3', 'c=198.18.0.4']), 'c', '198.18.0.3'],
    [withRegionalNat(routed(base), []), 'a', 'blackhole'],
    [withRegionalNat(routed(base), both, { state: 'deleted' }), 'a', 'blackhole'],
    [withRegionalNat(routed(base), both, { state: 'pending' }), 'a', '198.18.0.1'],
    [withoutInternet(world), 'a', 'blackhole'],
    // No private NAT: what it sends has a public source, wherever it goes.
    [world, 'e', 'group'],
  ];
  for (const [at, from, expected] of rows) assert.equal(seenAs(at, from), expected, `${from} ${expected}`);
});

test('answers come back to the address that asked, by the zone’s own translation; nothing else comes in', () => {
  runScenario(addresses, [
    [world, 'a', outside, tcp(4000, 443), 'accept'],
    [world, 'b', outside, tcp(4000, 443), 'accept'],
    [world, outside, '198.18.0.1', tcp(443, 4000, 'SA'), 'accept'],
    [world, outside, '198.18.0.2', tcp(443, 4000, 'SA'), 'accept'],
    [world, outside, '198.18.0.2', tcp(443, 4001, 'SA'), 'noTranslation'],
    [world, '203.0.113.8', '198.18.0.1', tcp(443, 4000, 'SA'), 'noTranslation'],
    [world, outside, '198.18.0.1', tcp(443, 80), 'noTranslation'],
    [world, 'a', outside, ping(8, 77), 'accept'],
    [world, outside, '198.18.0.1', ping(0, 77), 'accept'],
    [world, outside, '198.18.0.2', ping(0, 77), 'noTranslation'],
    // From the oldest address for want of an own one; with an own one the next request leaves by that.
    [world, 'c', outside, udp(4002, 53), 'accept'],
    [world, outside, '198.18.0.1', udp(53, 4002), 'accept'],
    [world, outside, '198.18.0.2', udp(53, 4002), 'noTranslation'],
  ]);
});

test('its addresses are nobody’s to claim, and lead nowhere once the gateway is gone', () => {
  const gone = withRegionalNat(routed(base), []);
  runScenario(addresses, [
    [world, '198.18.0.1', '198.18.0.9', udp(4000, 53), 'spoofed'],
    [gone, outside, '198.18.0.1', udp(4000, 53), 'accept'],
  ]);
});

test('the ACL of the sender’s subnet judges, and no other: the gateway stands in none', () => {
  runScenario(addresses, [
    [world, 'd', outside, udp(4000, 53), 'accept'],
    [world, outside, '198.18.0.1', udp(53, 4000), 'acl ingress'],
  ]);
});

test('what a public neighbour sends it goes round by the internet gateway', () => {
  runScenario(addresses, [
    [world, 'a', '198.18.0.9', udp(4000, 53), 'accept'],
    [world, 'p', '198.18.0.1', udp(53, 4000), 'accept'],
    [world, 'p', '198.18.0.1', udp(53, 4001), 'noTranslation'],
    // Past its address inside, the neighbour is another one.
    [world, 'p', '10.0.1.9', udp(53, 4000), 'group ingress'],
  ]);
});

test('its own table routes what it brings back', () => {
  const m = { kind: 'eni', id: eniOf(base, 'm').id } as const;
  const byBox = withRegionalNat(asMiddlebox(routed(base), 'm'), both, { routes: [['10.0.2.0/24', m]] });
  const at = (from: World, target: 'a' | 'b') => {
    const asked = decide(
      from,
      noFlows,
      {
        packet: packet(addresses, target, outside, udp(4000, 53)),
        origin: { kind: 'eni', eniId: eniId(target) },
      },
      0,
    );
    const own = target === 'a' ? '198.18.0.1' : '198.18.0.2';
    const sent = {
      packet: packet(addresses, outside, own, udp(53, 4000)),
      origin: { kind: 'internet' } as const,
    };
    const { verdict } = decide(from, asked.flows, sent, 1);
    return verdict.kind === 'accept' && verdict.delivery.kind === 'eni' ? verdict.delivery.eniId : verdict;
  };
  assert.equal(at(world, 'b'), eniId('b'));
  assert.equal(at(byBox, 'b'), eniId('m'));
  assert.equal(at(byBox, 'a'), eniId('a'));
});

test('a block of public access stops it like an internet gateway; a block of ingress and the VPC’s exclusion do not', () => {
  const full = withBlock(world, 'block-bidirectional');
  runScenario(addresses, [
    [withBlock(world, 'block-ingress'), 'a', outside, udp(4000, 53), 'accept'],
    [withBlock(world, 'block-ingress'), outside, '198.18.0.1', udp(53, 4000), 'accept'],
    [full, outside, '198.18.0.1', udp(53, 4000), 'publicAccessBlocked'],
    [full, 'a', outside, udp(4001, 53), 'publicAccessBlocked'],
    [withExclusion(full, 'one', 'allow-bidirectional'), 'a', outside, udp(4001, 53), 'publicAccessBlocked'],
    [withExclusion(full, 'vpc', 'allow-egress'), 'a', outside, udp(4001, 53), 'accept'],
  ]);
});

test('`can` names the gateway whose address it is asked about', () => {
  const asked = ask(world, { from: 'internet', to: '198.18.0.1', wanted: { kind: 'tcp', port: 443 } });
  assert.deepEqual(asked, {
    kind: 'unknown',
    why: `198.18.0.1 is an address of ${regionalNatId}, which takes nothing but answers`,
  });
});

test('`can` says that the internet is reached, and that nobody is reached from there', () => {
  const rows = [
    [eniId('a'), outside, true],
    [eniId('d'), outside, false],
    [eniId('a'), '198.18.0.9', true],
  ] as const;
  for (const [from, to, expected] of rows) {
    const asked = ask(world, { from, to, wanted: { kind: 'tcp', port: 443 } });
    const works = asked.kind === 'answered' && asked.answers.every(({ allowed }) => allowed);
    assert.equal(works, expected, `${from} ${to}`);
  }
});
