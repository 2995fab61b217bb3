/** Explanations of a no: AWS's codes by table, and in random worlds that the proposed changes really open the path. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wanted } from '#policy/can.ts';
import { can } from '#policy/can.ts';
import { applyRepair, type Repair } from '#proof/applied-repair.ts';
import { askFully } from '#proof/can-answer.ts';
import { locate, type World } from '#vpc/network.ts';
import { wantedAt } from '../../support/conversations.ts';
import { type AclText, buildWorld, eniId } from '../../support/network.ts';
import { type Random, seeded } from '../../support/random.ts';
import { hosts } from '../../support/random-network.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

const tcp = (port: number): Wanted => ({ kind: 'tcp', port });
const open: AclText = { ingress: ['100 allow all 0.0.0.0/0'], egress: ['100 allow all 0.0.0.0/0'] };

const world = (acl: AclText = open) =>
  buildWorld({
    subnets: {
      pub: { cidr: '10.0.1.0/24', internet: true },
      priv: { cidr: '10.0.2.0/24', acl },
    },
    groups: { web: { ingress: ['tcp/80 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] }, none: {} },
    enis: {
      w: { subnet: 'pub', ips: ['10.0.1.10'], groups: ['web'], publicIp: '198.18.0.10' },
      p: { subnet: 'pub', ips: ['10.0.1.11'], groups: ['web'] },
      n: { subnet: 'priv', ips: ['10.0.2.20'], groups: ['none'] },
      a: { subnet: 'priv', ips: ['10.0.2.21'], groups: ['web'] },
    },
  });

const denying: AclText = {
  ingress: ['50 deny tcp/80 0.0.0.0/0', '100 allow all 0.0.0.0/0'],
  egress: open.egress,
};
const oneWay: AclText = { ingress: open.ingress, egress: [] };
const narrow: AclText = { ingress: open.ingress, egress: ['100 allow tcp/40000-50000 0.0.0.0/0'] };
const low: AclText = { ingress: open.ingress, egress: ['100 allow tcp/2000-3000 0.0.0.0/0'] };

/** World, from, to, port → `yes`, `yes from ports`, or `code packet changes`. */
const cases: readonly (readonly [ReturnType<typeof world>, string, string, number, string])[] = [
  [world(), eniId('w'), eniId('a'), 80, 'yes'],
  [world(), eniId('w'), eniId('a'), 81, 'ENI_SG_RULES_MISMATCH request addRule'],
  [world(), eniId('w'), eniId('n'), 80, 'SG_HAS_NO_RULES request addRule'],
  [world(), eniId('n'), eniId('w'), 80, 'SG_HAS_NO_RULES request addRule'],
  [world(), 'internet', eniId('p'), 80, 'IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS request none'],
  [world(), eniId('p'), 'internet', 80, 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS request none'],
  [world(), eniId('a'), 'internet', 80, 'NO_ROUTE_TO_DESTINATION request none'],
  [world(denying), eniId('w'), eniId('a'), 80, 'SUBNET_ACL_RESTRICTION request addAclEntry'],
  [world(denying), eniId('w'), eniId('a'), 81, 'ENI_SG_RULES_MISMATCH request addRule'],
  [world(oneWay), eniId('w'), eniId('a'), 80, 'SUBNET_ACL_RESTRICTION answer addAclEntry'],
  [world(narrow), eniId('w'), eniId('a'), 80, 'yes 40000-50000'],
  [world(low), eniId('w'), eniId('a'), 80, 'yes 2000-3000'],
];

for (const [at, [where, from, to, port, expected]] of cases.entries()) {
  test(`can ${at}: ${expected}`, () => {
    const asked = askFully(where, { from, to, wanted: tcp(port) });
    assert.ok(asked.kind === 'answered');
    const [answer] = asked.answers;
    const ports = answer?.onlyFrom?.map(({ first, last }) => ` ${first}-${last}`).join('') ?? '';
    const { explanation, repairs } = answer?.explained ?? {};
    const changes = repairs?.map(({ kind }) => kind).join('+') ?? 'none';
    const text = answer?.allowed ? `yes${ports}` : `${explanation?.code} ${explanation?.packet} ${changes}`;
    assert.equal(text, expected);
  });
}

/** Somebody of either VPC, or a host on the internet. */
function randomEnd(random: Random, where: World): string {
  if (random.chance(0.15)) return '203.0.113.9';
  const own = eniId(random.pick(hosts).name);
  const other = own.replace('eni-0', 'eni-1');
  return random.chance(0.4) && locate(where, 'eni', other) ? other : own;
}

test('can: the changes that are proposed open the path, and each of them is needed', () => {
  const seen = new Map<Repair['kind'], number>();
  // Attachments of whole VPCs are rarely all that is missing; src/proof/egress-repair.test.ts has rows of them.
  const needed = ['addRule', 'addAclEntry', 'addRoute', 'addTransitRoute'] as const;
  let repaired = 0;
  const isEnough = () => repaired > 300 && needed.every((kind) => (seen.get(kind) ?? 0) > 5);
  for (const seed of seeds(60, isEnough)) {
    const random = seeded(seed);
    const where = randomProofWorld(random);
    for (let probe = 0; probe < 20; probe++) {
      const [from, to] = [randomEnd(random, where), randomEnd(random, where)];
      const wanted = wantedAt((6 << 16) | random.pick([22, 80, 443, 5432]), 'ipv4');
      if (from === to) continue;
      const asked = askFully(where, { from, to, wanted });
      if (asked.kind === 'unknown') continue;
      for (const { allowed, explained, relays, from: source, to: target } of asked.answers) {
        // A direct no stands explained beside a way through a load balancer that works.
        const isRelayed = relays.some((each) => each.allowed);
        const isDirect = can(where, source, target, wanted).allowed;
        assert.equal(allowed, explained === undefined || isRelayed, `seed ${seed}`);
        if (isDirect) assert.equal(explained, undefined, `seed ${seed}`);
        const { repairs } = explained ?? {};
        if (!repairs) continue;
        const after = repairs.reduce(applyRepair, where);
        assert.ok(can(after, source, target, wanted).allowed, `seed ${seed}`);
        for (const left of repairs) {
          const fewer = repairs.filter((each) => each !== left).reduce(applyRepair, where);
          const what = `seed ${seed}: ${from} → ${to}: ${left.kind} was not needed`;
          assert.ok(!can(fewer, source, target, wanted).allowed, what);
          seen.set(left.kind, (seen.get(left.kind) ?? 0) + 1);
        }
        repaired++;
      }
    }
  }
  assert.ok(isEnough(), `${repaired} repaired, ${JSON.stringify([...seen])}`);
});
