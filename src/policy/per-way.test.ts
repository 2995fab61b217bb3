/** Whether an entry counts for packets that come another way than those that made it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asMiddlebox, eniOf, withRoute } from '../../tests/support/edges.ts';
import { buildWorld } from '../../tests/support/network.ts';
import { origin, packet, summary, udp } from '../../tests/support/packets.ts';
import { decide } from './decide.ts';
import { type Flows, noFlows } from './flows.ts';

const plain = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24' }, t: { cidr: '10.0.2.0/24' }, u: { cidr: '10.0.3.0/24' } },
  groups: {
    asks: { egress: ['udp/53 10.0.0.0/16'] },
    box: { ingress: ['udp 10.0.0.0/16'], egress: ['udp 10.0.0.0/16'] },
    answers: { ingress: ['udp/53 10.0.0.0/16'] },
  },
  enis: {
    a: { subnet: 's', ips: ['10.0.1.10'], groups: ['asks'] },
    b: { subnet: 't', ips: ['10.0.2.20'], groups: ['answers'] },
    m: { subnet: 'u', ips: ['10.0.3.9'], groups: ['box'] },
  },
});
const at = { a: '10.0.1.10', b: '10.0.2.20', m: '10.0.3.9' };
const target = { kind: 'eni', id: eniOf(plain, 'm').id } as const;
/** There by the box, back straight. */
const bent = withRoute(asMiddlebox(plain, 'm'), 's', '10.0.2.0/24', target);
const straight = asMiddlebox(plain, 'm');

const question = { packet: packet(at, 'a', 'b', udp(4000, 53)), origin: origin(at, 'a') };
const passedOn = { ...question, origin: origin(at, 'm') };
const answer = { packet: packet(at, 'b', 'a', udp(53, 4000)), origin: origin(at, 'b') };

/** What becomes of the answer. */
function fate(world: typeof plain, flows: Flows): string {
  const sent = world === straight ? [question] : [question, passedOn];
  let left = flows;
  for (const each of sent) {
    const { verdict, flows: now } = decide(world, left, each, 0);
    assert.equal(summary(verdict), 'accept');
    left = now;
  }
  return summary(decide(world, left, answer, 1).verdict);
}

const rows: readonly (readonly [string, typeof plain, Flows, string])[] = [
  ['AWS: an interface has one memory', bent, noFlows, 'accept'],
  ['the kernel: a memory for each way', bent, { ...noFlows, isPerWay: true }, 'group egress'],
  ['the kernel: one way there and back', straight, { ...noFlows, isPerWay: true }, 'accept'],
];

for (const [what, world, flows, expected] of rows)
  test(`entries: ${what}`, () => assert.equal(fate(world, flows), expected));
