import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asMiddlebox,
  asNatGateway,
  eniOf,
  natId,
  withGatewayTable,
  withRoute,
} from '../../tests/support/edges.ts';
import { buildWorld, eniId, gatewayId, idFor } from '../../tests/support/network.ts';
import { ask, type Wanted } from './can.ts';
import { effectiveRules } from './effective.ts';

const world = buildWorld({
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    priv: { cidr: '10.0.2.0/24' },
  },
  groups: {
    web: { ingress: ['tcp/80 0.0.0.0/0', 'icmp/8 0.0.0.0/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] },
    app: { ingress: ['tcp/8080 web'] },
  },
  enis: {
    w: { subnet: 'pub', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['web'], publicIp: '198.18.0.10' },
    a: { subnet: 'priv', ips: ['10.0.2.20'], groups: ['app'] },
  },
});

const tcp = (port: number): Wanted => ({ kind: 'tcp', port });
const ping: Wanted = { kind: 'icmp', protocol: 1, type: 8, code: 0 };

/** Question → `family:answer` for each family, or why it cannot be asked. */
const questions: readonly (readonly [string, string, Wanted, string])[] = [
  ['internet', idFor('i', 'w'), tcp(80), 'ipv4:yes ipv6:no'],
  ['internet', idFor('i', 'w'), tcp(81), 'ipv4:no ipv6:no'],
  ['internet', '198.18.0.10', tcp(80), 'ipv4:yes'],
  ['internet', eniId('a'), tcp(8080), 'ipv4:no'],
  ['internet', eniId('w'), ping, 'ipv4:yes'],
  [eniId('w'), 'internet', tcp(443), 'ipv4:yes ipv6:yes'],
  [eniId('a'), 'internet', tcp(443), 'ipv4:no'],
  [eniId('w'), eniId('a'), tcp(8080), 'ipv4:yes'],
  [eniId('w'), eniId('a'), tcp(8081), 'ipv4:no'],
  ['10.0.1.10', '10.0.2.20', tcp(8080), 'ipv4:yes'],
  ['192.0.2.7', '198.18.0.10', tcp(80), 'ipv4:yes'],
  [eniId('w'), '198.18.0.10', tcp(80), 'ipv4:yes'],
  // The router's own services, which nobody judges; a's group admits nothing outbound.
  [eniId('a'), '169.254.169.254', tcp(80), 'ipv4:yes'],
  [eniId('a'), '169.254.169.254', tcp(81), 'ipv4:no'],
  [eniId('w'), 'fd00:ec2::254', tcp(80), 'ipv6:yes'],
  [eniId('a'), '10.0.0.2', { kind: 'udp', port: 53 }, 'ipv4:yes'],
  [eniId('a'), '169.254.169.253', tcp(53), 'ipv4:yes'],
  [eniId('a'), '169.254.169.123', { kind: 'udp', port: 123 }, 'ipv4:yes'],
  [eniId('a'), '169.254.169.123', { kind: 'udp', port: 124 }, 'ipv4:no'],
  ['internet', '169.254.169.254', tcp(80), 'unknown'],
  ['10.0.2.99', eniId('a'), tcp(1), 'unknown'],
  ['i-0123456789abcdef0', 'internet', tcp(1), 'unknown'],
  ['nonsense', 'internet', tcp(1), 'unknown'],
  ['2001:db8::1', '10.0.2.20', tcp(1), 'unknown'],
];

for (const [from, to, wanted, expected] of questions) {
  test(`can ${from} ${to} ${wanted.kind === 'tcp' ? wanted.port : wanted.kind}: ${expected}`, () => {
    const asked = ask(world, { from, to, wanted });
    const text =
      asked.kind === 'unknown'
        ? 'unknown'
        : asked.answers.map(({ family, allowed }) => `${family}:${allowed ? 'yes' : 'no'}`).join(' ');
    assert.equal(text, expected, asked.kind === 'unknown' ? asked.why : JSON.stringify(asked.answers));
  });
}

test('an answer that a gateway’s routes bring to a middlebox under another address is not for it', () => {
  const out = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };
  const plain = buildWorld({
    subnets: {
      pub: { cidr: '10.0.1.0/24', internet: true },
      priv: { cidr: '10.0.2.0/24', internet: true },
    },
    groups: { out },
    enis: {
      n: { subnet: 'pub', ips: ['10.0.1.5'], groups: [], publicIp: '198.18.0.5' },
      m: { subnet: 'priv', ips: ['10.0.2.10'], groups: ['out'] },
    },
  });
  const toNat = { kind: 'natGateway', id: natId('n') } as const;
  const behind = withRoute(asMiddlebox(asNatGateway(plain, 'n'), 'm'), 'priv', '0.0.0.0/0', toNat);
  const strayed = withGatewayTable(behind, gatewayId, [
    ['10.0.1.0/24', { kind: 'eni', id: eniOf(behind, 'm').id }],
  ]);
  const works = (where: typeof plain) => {
    const asked = ask(where, { from: eniId('m'), to: '203.0.113.9', wanted: tcp(443) });
    return asked.kind === 'answered' && asked.answers.some(({ allowed }) => allowed);
  };
  assert.equal(works(behind), true);
  assert.equal(works(strayed), false);
});

test('effective: every rule of every group, and whom a group peer stands for', () => {
  const effective = effectiveRules(world, eniId('a'));
  assert.equal(effective?.rules.length, 1);
  assert.deepEqual(effective?.rules[0]?.stands, {
    members: [{ eniId: eniId('w'), addresses: ['10.0.1.10', '2001:db8:100:1::10'] }],
  });
  assert.equal(effectiveRules(world, 'eni-00000000000000000'), undefined);
});
