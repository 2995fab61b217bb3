/** The scenarios of AWS's own example: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-example.html */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf, type World } from '#vpc/network.ts';
import type { PublicAccessBlock, PublicAccessExclusionMode } from '#vpc/public-access.ts';
import {
  asMiddlebox,
  asNatGateway,
  egressOnlyId,
  eniOf,
  natId,
  putIn,
  withEgressOnly,
  withRoute,
} from '../../tests/support/edges.ts';
import { buildWorld, idFor, testScope } from '../../tests/support/network.ts';
import { ping, runScenario, summary, tcp, udp } from '../../tests/support/packets.ts';
import { withBlock, withExclusion } from '../../tests/support/public-access.ts';
import { ask } from './can.ts';

/** `a` and `b` in public subnets, `c` behind a NAT gateway in a's subnet, `d` behind an egress-only gateway. */
const open = ((): World => {
  const all = { ingress: ['all 0.0.0.0/0', 'all ::/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] };
  const built = buildWorld({
    subnets: {
      pa: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
      pb: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64', internet: true },
      pc: { cidr: '10.0.3.0/24', cidr6: '2001:db8:100:3::/64' },
    },
    groups: { all },
    enis: {
      a: { subnet: 'pa', ips: ['10.0.1.9', '2001:db8:100:1::9'], groups: ['all'], publicIp: '198.18.0.1' },
      b: { subnet: 'pb', ips: ['10.0.2.9', '2001:db8:100:2::9'], groups: ['all'], publicIp: '198.18.0.2' },
      c: { subnet: 'pc', ips: ['10.0.3.9', '2001:db8:100:3::9'], groups: ['all'] },
      n: { subnet: 'pa', ips: ['10.0.1.5'], groups: [], publicIp: '198.18.0.5' },
    },
  });
  const routed = withRoute(asNatGateway(built, 'n'), 'pc', '0.0.0.0/0', {
    kind: 'natGateway',
    id: natId('n'),
  });
  return withRoute(withEgressOnly(routed), 'pc', '::/0', { kind: 'egressOnlyGateway', id: egressOnlyId });
})();

const outside = '203.0.113.9';
const outside6 = '2001:db8:ffff::9';
const web = { kind: 'tcp', port: 443 } as const;

/** What works: from outside to `a` and `b`, from `a`, `b`, and from `c` by the NAT and by the egress-only gateway. */
const questions = [
  [outside, 'a'],
  [outside, 'b'],
  ['a', outside],
  ['b', outside],
  ['c', outside],
  ['c', outside6],
] as const;

const placeOf = (name: string) => (name.length === 1 ? idFor('eni', name) : name);
/** The address to ask for: a public one from outside. */
const publicIps: Readonly<Record<string, string>> = { a: '198.18.0.1', b: '198.18.0.2' };

function answers(world: World): string {
  const works = questions.map(([from, to]) => {
    const asked = ask(world, { from: placeOf(from), to: publicIps[to] ?? placeOf(to), wanted: web });
    assert.equal(asked.kind, 'answered', `${from} ${to}`);
    return asked.kind === 'answered' && asked.answers.every(({ allowed }) => allowed) ? 1 : 0;
  });
  return works.join('');
}

type Exclusions = Readonly<Record<string, PublicAccessExclusionMode>>;
const both = 'allow-bidirectional';
const out = 'allow-egress';

test('what each mode and exclusion leaves open', () => {
  const rows: readonly (readonly [PublicAccessBlock, Exclusions, string])[] = [
    ['off', {}, '111111'],
    ['block-bidirectional', {}, '000000'],
    ['block-ingress', {}, '000011'],
    // Subnet A is excluded: its NAT gateway serves others, whose own subnets need no exclusion.
    ['block-ingress', { pa: both }, '101011'],
    ['block-bidirectional', { pa: both }, '101010'],
    // An exclusion of egress means nothing beside a block of ingress …
    ['block-ingress', { pa: out }, '000011'],
    // … and in a full block lets out what a NAT gateway or an egress-only gateway sends, no other.
    ['block-bidirectional', { pa: out }, '000010'],
    ['block-bidirectional', { pc: out }, '000001'],
    ['block-bidirectional', { pc: both }, '000001'],
    ['block-bidirectional', { vpc: both }, '111111'],
    ['block-bidirectional', { vpc: out }, '000011'],
    ['block-ingress', { vpc: out, pb: both }, '010111'],
    ['off', { vpc: out }, '111111'],
  ];
  for (const [block, exclusions, expected] of rows) {
    let world = withBlock(open, block);
    for (const [subject, mode] of Object.entries(exclusions)) world = withExclusion(world, subject, mode);
    assert.equal(answers(world), expected, `${block} ${JSON.stringify(exclusions)}`);
  }
});

test('a deleted exclusion exempts nothing', () => {
  const world = withExclusion(withBlock(open, 'block-ingress'), 'pa', both);
  const [exclusion] = networkOf(world, testScope).publicAccessExclusion.values();
  assert.ok(exclusion);
  assert.equal(
    answers(putIn(world, testScope, 'publicAccessExclusion', { ...exclusion, deletedAtMs: 1 })),
    '000011',
  );
});

const addresses = { a: '10.0.1.9', b: '10.0.2.9', c: '10.0.3.9' };

test('flows under way stop with the block, and private ones go on', () => {
  const [none, full] = [open, withBlock(open, 'block-bidirectional')];
  runScenario(addresses, [
    [none, outside, '198.18.0.1', tcp(4000, 443), 'accept'],
    [none, 'a', outside, tcp(443, 4000, 'SA'), 'accept'],
    [full, outside, '198.18.0.1', tcp(4000, 443, 'A'), 'publicAccessBlocked'],
    [full, 'a', outside, tcp(443, 4000, 'A'), 'publicAccessBlocked'],
    [none, outside, '198.18.0.1', tcp(4000, 443, 'A'), 'accept'],
    [full, 'a', 'b', udp(4000, 53), 'accept'],
    // Round by the gateway to a public address of the same VPC.
    [full, 'a', '198.18.0.2', udp(4001, 53), 'publicAccessBlocked'],
    [none, 'a', '198.18.0.2', udp(4001, 53), 'accept'],
  ]);
});

test('answers to what left by an egress-only gateway come back by it, though there is an internet gateway', () => {
  const [ingress, full] = [withBlock(open, 'block-ingress'), withBlock(open, 'block-bidirectional')];
  runScenario({ c: '2001:db8:100:3::9' }, [
    [ingress, 'c', outside6, tcp(4000, 443), 'accept'],
    [ingress, outside6, '2001:db8:100:3::9', tcp(443, 4000, 'SA'), 'accept'],
    [ingress, outside6, '2001:db8:100:3::9', tcp(443, 4001, 'SA'), 'publicAccessBlocked'],
    [ingress, 'c', outside6, ping(128), 'accept'],
    [ingress, outside6, '2001:db8:100:3::9', ping(129), 'accept'],
    [ingress, outside6, '2001:db8:100:3::9', ping(128), 'publicAccessBlocked'],
    [full, outside6, '2001:db8:100:3::9', tcp(443, 4000, 'A'), 'publicAccessBlocked'],
  ]);
});

test('a middlebox needs the exclusion, not those whose packets it forwards', () => {
  const box = asMiddlebox(open, 'b');
  const toBox = { kind: 'eni', id: eniOf(box, 'b').id } as const;
  const world = withBlock(withRoute(box, 'pa', '0.0.0.0/0', toBox), 'block-ingress');
  const excluded = withExclusion(world, 'pb', both);
  const sentBy = { b: '10.0.2.9' };
  runScenario(sentBy, [
    [world, 'b=10.0.1.9', outside, udp(4000, 53), 'publicAccessBlocked'],
    [excluded, 'b=10.0.1.9', outside, udp(4000, 53), 'accept'],
  ]);
});

test('the explanation names the gateway, and the least exclusion that opens it', () => {
  const rows = [
    ['block-bidirectional', 'c', outside, 'allow-egress'],
    ['block-bidirectional', 'c', outside6, 'allow-egress'],
    ['block-bidirectional', 'a', outside, 'allow-bidirectional'],
    ['block-ingress', 'a', outside, 'allow-bidirectional'],
  ] as const;
  for (const [block, from, to, openedBy] of rows) {
    const asked = ask(withBlock(open, block), { from: placeOf(from), to, wanted: web });
    const request = asked.kind === 'answered' ? asked.answers[0]?.request : undefined;
    assert.equal(request && summary(request), 'publicAccessBlocked');
    const because = request?.kind === 'drop' ? request.because : undefined;
    assert.equal(
      because?.kind === 'publicAccessBlocked' && because.openedBy,
      openedBy,
      `${block} ${from} ${to}`,
    );
  }
});
