/** How long a conversation is remembered: by its interface, and by the router, which forgets for both ends at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrackingTimeouts } from '#vpc/eni.ts';
import type { World } from '#vpc/network.ts';
import { eniOf, putIn } from '../../tests/support/edges.ts';
import { buildWorld, securityGroup, testScope, withEntity } from '../../tests/support/network.ts';
import { origin, packet, tcp, udp } from '../../tests/support/packets.ts';
import { decide } from './decide.ts';
import { type Flows, noFlows } from './flows.ts';
import type { Transport } from './packet.ts';

const at = { a: '10.0.1.10', b: '10.0.1.11' };
const base = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24' } },
  groups: { all: { ingress: ['all 10.0.0.0/8'], egress: ['all 10.0.0.0/8'] } },
  enis: {
    a: { subnet: 's', ips: [at.a], groups: ['all'] },
    b: { subnet: 's', ips: [at.b], groups: ['all'] },
  },
});
const withTimeouts = (timeouts: TrackingTimeouts): World =>
  putIn(base, testScope, 'eni', { ...eniOf(base, 'a'), timeouts });
/** Nothing opens any more; what is remembered goes on. */
const shut = (world: World): World => withEntity(world, 'securityGroup', securityGroup('all', {}));

type Sent = readonly [from: 'a' | 'b', transport: Transport];
const opened: readonly Sent[] = [
  ['a', tcp(1000, 80)],
  ['b', tcp(80, 1000, 'SA')],
];
const established: readonly Sent[] = [...opened, ['a', tcp(1000, 80, 'A')]];

function pass(world: World, flows: Flows, [from, transport]: Sent, nowMs: number) {
  const to = from === 'a' ? 'b' : 'a';
  return decide(world, flows, { packet: packet(at, from, to, transport), origin: origin(at, from) }, nowMs);
}

const short = { tcpEstablishedSeconds: 60, udpSeconds: 40, udpStreamSeconds: 90 };
const cases: readonly (readonly [string, TrackingTimeouts, readonly Sent[], Sent, number])[] = [
  ['a connection', short, established, ['a', tcp(1000, 80, 'A')], 60],
  ['a connection, as usual', {}, established, ['a', tcp(1000, 80, 'A')], 432_000],
  ['a connection whose answer was not acknowledged', short, opened, ['a', tcp(1000, 80, 'A')], 120],
  ['UDP one way', short, [['a', udp(1000, 53)]], ['a', udp(1000, 53)], 30],
  [
    'UDP both ways',
    short,
    [
      ['a', udp(1000, 53)],
      ['b', udp(53, 1000)],
    ],
    ['a', udp(1000, 53)],
    90,
  ],
];

for (const [name, timeouts, packets, last, seconds] of cases) {
  test(`${name} goes on after less than ${seconds} s, and not after as many`, () => {
    const world = withTimeouts(timeouts);
    let flows = noFlows;
    for (const each of packets) flows = pass(world, flows, each, 0).flows;
    for (const [nowMs, wanted] of [
      [1000 * seconds - 1, 'accept'],
      [1000 * seconds, 'drop'],
    ] as const) {
      assert.equal(pass(shut(world), flows, last, nowMs).verdict.kind, wanted);
    }
  });
}

test('what one end has forgotten the router has, so that the middle of a connection opens nothing anew', () => {
  const world = withTimeouts(short);
  let flows = noFlows;
  for (const each of established) flows = pass(world, flows, each, 0).flows;
  const after = (nowMs: number) => pass(world, flows, ['a', tcp(1000, 80, 'A')], nowMs).verdict.kind;
  assert.equal(after(59_999), 'accept');
  assert.equal(after(60_000), 'drop');
});
