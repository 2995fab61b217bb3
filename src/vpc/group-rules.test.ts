import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCidr } from '#net/cidr.ts';
import { excessOf, firstRepeated, hasUntouchedEgress, openEgressRule, ruleKey } from './group-rules.ts';
import type { PrefixListId, RuleId, SecurityGroupId, VpcId } from './ids.ts';
import type { Direction, Peer, Rule, Service } from './security-group.ts';

const ssh: Service = { kind: 'ports', protocol: 6, from: 22, to: 22 };
const cidr = (text: string): Peer => ({ kind: 'cidr', cidr: parseCidr(text) ?? assert.fail(text) });
const group: Peer = { kind: 'group', groupId: 'sg-1' as SecurityGroupId };
const list = (id: string): Peer => ({ kind: 'prefixList', prefixListId: id as PrefixListId });
const rule = (peer: Peer, service: Service = ssh, direction: Direction = 'ingress'): Rule => ({
  id: 'sgr-1' as RuleId,
  direction,
  service,
  peer,
  tags: {},
});

test('what makes two rules the same', () => {
  const base = rule(cidr('10.0.0.0/8'));
  const rows: readonly (readonly [other: Rule, same: boolean])[] = [
    [{ ...base, id: 'sgr-2' as RuleId, description: 'other', tags: { a: 'b' } }, true],
    [rule(cidr('10.1.2.3/8')), true],
    [rule(cidr('10.0.0.0/9')), false],
    [rule(group), false],
    [{ ...base, direction: 'egress' }, false],
    [{ ...base, service: { ...ssh, to: 23 } }, false],
    [{ ...base, service: { ...ssh, protocol: 17 } }, false],
    [{ ...base, service: { kind: 'icmp', protocol: 1, type: 22, code: 22 } }, false],
    [{ ...base, service: { kind: 'protocol', protocol: 6 } }, false],
    [{ ...base, service: { kind: 'all' } }, false],
  ];
  for (const [other, same] of rows) assert.equal(ruleKey(base) === ruleKey(other), same, ruleKey(other));
});

test('a referenced group is the same peer with and without its whereabouts', () => {
  const peered: Peer = {
    kind: 'group',
    groupId: 'sg-1' as SecurityGroupId,
    vpcId: 'vpc-1' as VpcId,
    account: '1',
  };
  assert.equal(ruleKey(rule(group)), ruleKey(rule(peered)));
});

test('repetition is found within and against others', () => {
  const [a, b] = [rule(cidr('10.0.0.0/8')), rule(cidr('11.0.0.0/8'))];
  assert.equal(firstRepeated([a, b]), undefined);
  assert.equal(firstRepeated([a, b, { ...a, description: 'again' }])?.description, 'again');
  assert.equal(firstRepeated([b], [a]), undefined);
  assert.equal(firstRepeated([a, b], [b]), b);
});

test('rules count per direction and family; lists by size, groups twice', () => {
  const sizes = (id: string) =>
    id === 'pl-4'
      ? ({ family: 'ipv4', maxEntries: 5 } as const)
      : ({ family: 'ipv6', maxEntries: 5 } as const);
  const v4 = (count: number) => Array.from({ length: count }, (_, n) => rule(cidr(`10.0.${n}.0/24`)));
  const v6 = (count: number) => Array.from({ length: count }, (_, n) => rule(cidr(`2001:db8:${n}::/48`)));
  const egress = (rules: readonly Rule[]) => rules.map((each): Rule => ({ ...each, direction: 'egress' }));
  const rows: readonly (readonly [after: readonly Rule[], excess: string | undefined])[] = [
    [v4(6), undefined],
    [v4(7), 'ingress ipv4 7'],
    [[...v4(6), ...v6(6), ...egress(v4(6)), ...egress(v6(6))], undefined],
    [[...v4(6), ...v6(7)], 'ingress ipv6 7'],
    [egress(v4(7)), 'egress ipv4 7'],
    [[...v4(5), rule(group)], undefined],
    [[...v4(6), rule(group)], 'ingress ipv4 7'],
    [[...v6(6), rule(group)], 'ingress ipv6 7'],
    [[...v4(1), rule(list('pl-4'))], undefined],
    [[...v4(2), rule(list('pl-4'))], 'ingress ipv4 7'],
    [[...v4(6), rule(list('pl-6'))], undefined],
  ];
  for (const [after, expected] of rows) {
    const excess = excessOf({ before: [], after }, 6, sizes);
    assert.equal(excess && `${excess.direction} ${excess.family} ${excess.count}`, expected);
  }
});

test('a group above a lowered limit may still lose rules and gain others', () => {
  const before = Array.from({ length: 9 }, (_, n) => rule(cidr(`10.0.${n}.0/24`)));
  const excess = (after: readonly Rule[]) => excessOf({ before, after }, 6, () => undefined)?.family;
  assert.equal(excess(before.slice(1)), undefined);
  assert.equal(excess([...before, rule(cidr('2001:db8::/32'))]), undefined);
  assert.equal(excess([...before, rule(cidr('11.0.0.0/8'))]), 'ipv4');
});

test('untouched outbound rules', () => {
  const id = 'sgr-1' as RuleId;
  const of = (rules: readonly Rule[]) =>
    hasUntouchedEgress({
      id: 'sg-1' as SecurityGroupId,
      vpcId: 'vpc-1' as VpcId,
      name: '',
      description: '',
      rules,
      tags: {},
    });
  const open = openEgressRule('ipv4', id);
  assert.equal(of([open]), true);
  assert.equal(of([open, rule(cidr('10.0.0.0/8'))]), true, 'inbound rules do not matter');
  assert.equal(of([]), false);
  assert.equal(of([{ ...open, service: ssh }]), false);
  assert.equal(of([open, openEgressRule('ipv6', id)]), false);
});
