import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Cidr } from '#net/cidr.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import type { Peer, Rule, SecurityGroup, Service } from '#vpc/security-group.ts';
import { rowChange, storedChange } from './world-text.ts';

const everybody: Peer = { kind: 'cidr', cidr: '::/0' as Cidr };
const services: readonly Service[] = [
  { kind: 'all' },
  { kind: 'ports', protocol: 6, from: 0, to: 65535 },
  { kind: 'ports', protocol: 17, from: 53, to: 53 },
  { kind: 'icmp', protocol: 1, type: -1, code: -1 },
  { kind: 'icmp', protocol: 58, type: 3, code: 0 },
  { kind: 'protocol', protocol: 0 },
  { kind: 'protocol', protocol: 50 },
];
const groupId = 'sg-00000000000000001' as SecurityGroupId;
const peers: readonly Peer[] = [
  everybody,
  { kind: 'cidr', cidr: '10.0.0.0/8' as Cidr },
  { kind: 'prefixList', prefixListId: 'pl-00000000000000001' as never },
  { kind: 'group', groupId },
  { kind: 'group', groupId, account: '210987654321', vpcId: 'vpc-1' as never, peeringId: 'pcx-1' as never },
];
const words: readonly Pick<Rule, 'description' | 'tags'>[] = [
  { tags: {} },
  { tags: {}, description: '' },
  { tags: {}, description: 'from "an" office' },
  { tags: { Name: 'a' } },
  { tags: { Name: '', '': 'b' }, description: 'null' },
];

const rule = (index: number, parts: Omit<Rule, 'id' | 'direction'>): Rule => ({
  id: `sgr-${index}` as Rule['id'],
  direction: index % 2 ? 'ingress' : 'egress',
  ...parts,
});
const group: SecurityGroup = {
  id: groupId,
  vpcId: 'vpc-1' as never,
  name: 'web',
  description: 'a group',
  associatedVpcs: ['vpc-2' as never],
  rules: services.flatMap((service, s) =>
    peers.flatMap((peer, p) =>
      words.map((word, w) => rule((s * peers.length + p) * words.length + w, { service, peer, ...word })),
    ),
  ),
  tags: { team: 'x' },
};
const change = {
  scope: { account: '123456789012', region: 'us-east-1' },
  kind: 'securityGroup' as const,
  id: groupId,
  before: undefined,
};

test('every kind of rule comes back as it was', () => {
  equal(group.rules.length, services.length * peers.length * words.length);
  deepEqual(rowChange(storedChange({ ...change, after: group })).after, group);
});

test('rules that an older program wrote as objects are read, and beside new ones', () => {
  const stored = storedChange({ ...change, after: group });
  deepEqual(rowChange({ ...stored, after: JSON.stringify(group) }).after, group);
  const [first, ...others] = group.rules;
  const text = JSON.parse(stored.after ?? '') as { rules: unknown[] };
  const mixed = JSON.stringify({ ...text, rules: [first, ...text.rules.slice(1)] });
  deepEqual(rowChange({ ...stored, after: mixed }).after, { ...group, rules: [first, ...others] });
});
