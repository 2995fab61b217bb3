import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayId, ip, securityGroup, withEntity } from '../../tests/support/network.ts';
import {
  origin as originOf,
  packet as packetBetween,
  ping,
  runScenario,
  type ScenarioStep,
  summary,
  tcp,
  udp,
} from '../../tests/support/packets.ts';
import { tierAddresses, tiers, tiersSpec, withRules } from '../../tests/support/tiers.ts';
import { decide } from './decide.ts';
import { noFlows } from './flows.ts';
import type { Transport } from './packet.ts';

const packet = (from: string, to: string, transport: Transport) =>
  packetBetween(tierAddresses, from, to, transport);
const origin = (name: string) => originOf(tierAddresses, name);
const run = (steps: readonly ScenarioStep[], stepMs = 0) => runScenario(tierAddresses, steps, stepMs);

const single: readonly (readonly [string, string, string, Transport, string])[] = [
  ['a port just below the rule', 'w', 'a', tcp(4000, 8079), 'group ingress'],
  ['the rule’s port, from the named group', 'w', 'a', tcp(4000, 8080), 'accept'],
  ['a port just above', 'w', 'a', tcp(4000, 8081), 'group ingress'],
  ['the rule’s port over another protocol', 'w', 'a', udp(4000, 8080), 'group ingress'],
  ['the rule’s port from another group', 'n', 'a', tcp(4000, 8080), 'group egress'],
  ['egress only to the named group', 'a', 'd', tcp(4000, 5432), 'accept'],
  ['egress to an interface outside it', 'a', 'n', tcp(4000, 5432), 'group egress'],
  ['no rule at all', 'w', 'n', tcp(4000, 80), 'group ingress'],
  ['a prefix list that holds the source', 'w', 'd', tcp(4000, 22), 'accept'],
  ['a prefix list that does not', 'x', 'd', tcp(4000, 22), 'group ingress'],
  ['an ICMP type of a rule', 'w', 'x', ping(8), 'accept'],
  ['another ICMP type', 'w', 'x', ping(13), 'group ingress'],
  ['another protocol by number', 'w', 'a', { kind: 'other', protocol: 47 }, 'accept'],
  ['a protocol without a rule', 'w', 'a', { kind: 'other', protocol: 50 }, 'group ingress'],
  ['from inside with another’s address', 'w', '10.0.1.11', tcp(1, 80), 'accept'],
  ['an ACL entry before a wider one', 'w', 's', tcp(4000, 22), 'acl ingress'],
  ['the ACL’s wider entry, then the group', 'w', 's', tcp(4000, 80), 'accept'],
  ['egress through the ACL just below its ports', 's', 'w', tcp(4000, 80), 'acl egress'],
  ['no public address, so no internet', 'x', '203.0.113.9', tcp(4000, 443), 'noPublicAddress'],
  ['out to the internet', 'w', '203.0.113.9', tcp(4000, 443), 'accept'],
  ['to an address that is not routed there', 'w', '192.168.9.9', tcp(4000, 443), 'notRouted'],
  ['a subnet without a route out', 'a', '203.0.113.9', tcp(4000, 443), 'noRoute'],
  ['in from the internet', '203.0.113.9', '198.18.0.10', tcp(4000, 80), 'accept'],
  ['in on a port without a rule', '203.0.113.9', '198.18.0.10', tcp(4000, 81), 'group ingress'],
  ['an inside address nobody has', 'w', '10.0.2.99', tcp(4000, 80), 'noInterface'],
  ['over IPv6 from the internet', '2001:db8:9::9', '2001:db8:100:1::10', tcp(4000, 80), 'accept'],
  ['over IPv6 on another port', '2001:db8:9::9', '2001:db8:100:1::10', tcp(4000, 81), 'group ingress'],
  ['a stray answer without a conversation', 'a', 'w', tcp(8080, 4000, 'SA'), 'group egress'],
];

for (const [name, from, to, transport, expected] of single) {
  test(`decide: ${name}`, () => run([[tiers, from, to, transport, expected]]));
}

test('decide: an interface may not send from another’s address', () => {
  const sent = { packet: packet('x', 'a', tcp(1, 8080)), origin: origin('w') };
  assert.equal(summary(decide(tiers, noFlows, sent, 0).verdict), 'spoofed');
});

const fromOutside: readonly (readonly [source: string, expected: string])[] = [
  ['203.0.113.9', 'accept'],
  ['198.18.0.10', 'spoofed'],
  ['10.0.2.20', 'notRouted'],
  ['9.255.255.255', 'accept'],
  ['10.77.0.1', 'notRouted'],
  ['11.0.0.0', 'accept'],
  ['172.15.255.255', 'accept'],
  ['172.16.0.0', 'notRouted'],
  ['192.168.255.255', 'notRouted'],
  ['100.127.255.255', 'notRouted'],
  ['100.128.0.0', 'accept'],
  ['169.254.1.1', 'notRouted'],
  ['223.255.255.255', 'accept'],
  ['224.0.0.1', 'notRouted'],
  ['2001:db8:100:2::1', 'spoofed'],
  ['1fff:ffff::1', 'notRouted'],
  ['2000::1', 'accept'],
  ['3fff:ffff::1', 'accept'],
  ['4000::1', 'notRouted'],
  ['fd00::1', 'notRouted'],
  ['fe80::1', 'notRouted'],
];

for (const [source, expected] of fromOutside) {
  test(`decide: a packet of the internet from ${source}: ${expected}`, () => {
    const destination = ip(source.includes(':') ? '2001:db8:100:1::10' : '198.18.0.10');
    const sent = {
      packet: { source: ip(source), destination, transport: tcp(1, 80) },
      origin: { kind: 'internet' } as const,
    };
    assert.equal(summary(decide(tiers, noFlows, sent, 0).verdict), expected);
  });
}

test('decide: a group peer does not match through a public address of the same VPC', () => {
  const named = withRules(tiers, 'web', { ingress: ['tcp/80 web'], egress: ['all 0.0.0.0/0'] });
  run([
    [named, 's', '10.0.1.10', tcp(4000, 80), 'acl egress'],
    [named, 'w', '198.18.0.10', tcp(4000, 80), 'group ingress'],
    [tiers, 'w', '198.18.0.10', tcp(4000, 80), 'accept'],
  ]);
});

test('decide: a tracked flow outlives its rule, and a new one does not pass', () => {
  const shut = withRules(tiers, 'app', { ingress: [] });
  run([
    [tiers, 'w', 'a', tcp(4000, 8080), 'accept'],
    [tiers, 'a', 'w', tcp(8080, 4000, 'SA'), 'accept'],
    [shut, 'w', 'a', tcp(4000, 8080, 'A'), 'accept'],
    [shut, 'a', 'w', tcp(8080, 4000, 'A'), 'accept'],
    [shut, 'w', 'a', tcp(4001, 8080), 'group ingress'],
  ]);
});

test('decide: an untracked flow is cut at once both ways when its rule goes', () => {
  const open = withRules(tiers, 'app', { ingress: ['tcp/8080 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] });
  const shut = withRules(tiers, 'app', { ingress: [], egress: ['all 0.0.0.0/0'] });
  run([
    [open, 'w', 'a', tcp(4000, 8080), 'accept'],
    [open, 'a', 'w', tcp(8080, 4000, 'SA'), 'accept'],
    [open, 'w', 'a', tcp(4000, 8080, 'A'), 'accept'],
    [shut, 'w', 'a', tcp(4000, 8080, 'A'), 'group ingress'],
    [shut, 'a', 'w', tcp(8080, 4000, 'A'), 'group egress'],
    [open, 'w', 'a', tcp(4000, 8080, 'A'), 'accept'],
  ]);
});

test('decide: hardening the other direction makes an untracked flow tracked for its opener, and then it lasts', () => {
  const open = withRules(tiers, 'app', { ingress: ['tcp/8080 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] });
  const hardened = withRules(tiers, 'app', { ingress: ['tcp/8080 0.0.0.0/0'], egress: [] });
  const shut = withRules(tiers, 'app', { ingress: [], egress: [] });
  run([
    [open, 'w', 'a', tcp(4000, 8080), 'accept'],
    [open, 'a', 'w', tcp(8080, 4000, 'SA'), 'accept'],
    [hardened, 'a', 'w', tcp(8080, 4000, 'A'), 'group egress'],
    [hardened, 'w', 'a', tcp(4000, 8080, 'A'), 'accept'],
    [hardened, 'a', 'w', tcp(8080, 4000, 'A'), 'accept'],
    [shut, 'w', 'a', tcp(4000, 8080, 'A'), 'accept'],
  ]);
});

test('decide: two halves of the world are not everybody, so such a flow is tracked', () => {
  const halves = withRules(tiers, 'app', {
    ingress: ['tcp/8080 0.0.0.0/1', 'tcp/8080 128.0.0.0/1'],
    egress: ['all 0.0.0.0/0'],
  });
  const shut = withRules(tiers, 'app', { ingress: [], egress: ['all 0.0.0.0/0'] });
  run([
    [halves, 'w', 'a', tcp(4000, 8080), 'accept'],
    [halves, 'a', 'w', tcp(8080, 4000, 'SA'), 'accept'],
    [shut, 'w', 'a', tcp(4000, 8080, 'A'), 'accept'],
  ]);
});

test('decide: an answer to a query passes without a rule, an unasked one does not', () => {
  run([
    [tiers, 'x', 'w', ping(8, 1), 'accept'],
    [withRules(tiers, 'web', {}), 'w', 'x', ping(0, 1), 'accept'],
    [withRules(tiers, 'web', {}), 'w', 'x', ping(0, 2), 'group egress'],
    [withRules(tiers, 'web', {}), 'x', 'w', ping(0, 1), 'group egress'],
  ]);
});

test('decide: an ICMP error of a tracked flow passes at the interface that holds the entry', () => {
  const quoted = packet('w', 'a', udp(4000, 53));
  const error: Transport = { kind: 'icmp', type: 3, code: 3, identifier: 0, quoted };
  const other: Transport = { ...error, quoted: packet('w', 'a', udp(4001, 53)) };
  const tight = withRules(tiers, 'web', { egress: ['udp/53 10.0.2.20/32'] });
  run([
    [tight, 'w', 'a', udp(4000, 53), 'accept'],
    [tight, 'a', 'w', other, 'group egress'],
    [tight, 'a', 'w', error, 'accept'],
    [tight, 'd', 'w', error, 'group egress'],
  ]);
});

test('decide: a reply through a stateless ACL needs its own entry', () => {
  const asking = withRules(tiers, 'web', { ingress: ['tcp/80 0.0.0.0/0'], egress: ['tcp/80 10.0.0.0/16'] });
  run([
    [asking, 'w', 's', tcp(1000, 80), 'accept'],
    [asking, 's', 'w', tcp(80, 1000, 'SA'), 'acl egress'],
    [asking, 'w', 's', tcp(1024, 80), 'accept'],
    [asking, 's', 'w', tcp(80, 1024, 'SA'), 'accept'],
  ]);
});

test('decide: a UDP flow is forgotten after 30 s without an answer', () => {
  const shut = withRules(tiers, 'app', { ingress: [] });
  const first = [tiers, 'w', 'a', udp(4000, 53), 'accept'] as const;
  run([first, [shut, 'w', 'a', udp(4000, 53), 'accept']], 29_999);
  run([first, [shut, 'w', 'a', udp(4000, 53), 'group ingress']], 30_000);
});

test('decide: a SYN on a connection that was reset starts a new one, judged by the rules of now', () => {
  const shut = withRules(tiers, 'app', { ingress: [] });
  run([
    [tiers, 'w', 'a', tcp(4000, 8080), 'accept'],
    [tiers, 'a', 'w', tcp(8080, 4000, 'SA'), 'accept'],
    [shut, 'w', 'a', tcp(4000, 8080, 'R'), 'accept'],
    [shut, 'w', 'a', tcp(4000, 8080), 'group ingress'],
  ]);
});

test('decide: after the other side’s reset a SYN still belongs to the old connection, for ten seconds', () => {
  const shut = withRules(tiers, 'app', { ingress: [] });
  const reset = [
    [tiers, 'w', 'a', tcp(4000, 8080), 'accept'],
    [tiers, 'a', 'w', tcp(8080, 4000, 'SA'), 'accept'],
    [shut, 'a', 'w', tcp(8080, 4000, 'R'), 'accept'],
  ] as const;
  run([...reset, [shut, 'w', 'a', tcp(4000, 8080), 'accept']], 9_999);
  run([...reset, [shut, 'w', 'a', tcp(4000, 8080), 'group ingress']], 10_000);
});

test('decide: a detached gateway is a blackhole', () => {
  const detached = withEntity(tiers, 'internetGateway', { id: gatewayId, tags: {} });
  run([
    [detached, 'w', '203.0.113.9', tcp(4000, 443), 'blackhole'],
    [detached, '203.0.113.9', '198.18.0.10', tcp(4000, 80), 'notAttached'],
  ]);
});

test('decide: a verdict names the rule and its group', () => {
  const { verdict } = decide(
    tiers,
    noFlows,
    { packet: packet('w', 'a', tcp(4000, 8080)), origin: origin('w') },
    0,
  );
  const last = verdict.steps.at(-1);
  assert.ok(last?.kind === 'group' && last.verdict.kind === 'rule');
  assert.deepEqual(last.verdict.rule, {
    groupId: securityGroup('app', {}).id,
    rule: securityGroup('app', tiersSpec.groups['app'] ?? {}).rules[0],
  });
});
