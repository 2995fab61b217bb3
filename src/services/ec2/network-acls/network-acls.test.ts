import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateNetworkAclResult, DescribeNetworkAclsResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

type Made = { readonly account: Account; readonly VpcId: string; readonly NetworkAclId: string };

function made(quotas = {}): Made {
  const account = new Account({ quotas });
  const VpcId = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', {
    CidrBlock: '10.0.0.0/16',
    AmazonProvidedIpv6CidrBlock: true,
  }).Vpc.VpcId;
  const { NetworkAcl } = account.call<CreateNetworkAclResult>('CreateNetworkAcl', { VpcId });
  return { account, VpcId, NetworkAclId: NetworkAcl?.NetworkAclId ?? '' };
}

const shown = ({ account }: Made, id: string) =>
  account.call<DescribeNetworkAclsResult>('DescribeNetworkAcls', { NetworkAclIds: [id] }).NetworkAcls?.[0] ??
  assert.fail(id);
const entry = { RuleNumber: 100, Egress: false, RuleAction: 'allow', Protocol: '-1', CidrBlock: '0.0.0.0/0' };

test('a new ACL shows the final denies alone', () => {
  const here = made();
  const acl = shown(here, here.NetworkAclId);
  assert.equal(acl.IsDefault, false);
  assert.deepEqual(
    acl.Entries?.map(({ Egress, RuleNumber, RuleAction, CidrBlock, Ipv6CidrBlock, Protocol }) =>
      [Egress, RuleNumber, RuleAction, CidrBlock ?? Ipv6CidrBlock, Protocol].join(' '),
    ),
    [
      'true 32767 deny 0.0.0.0/0 -1',
      'true 32768 deny ::/0 -1',
      'false 32767 deny 0.0.0.0/0 -1',
      'false 32768 deny ::/0 -1',
    ],
  );
  const old = here.account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc
    .VpcId;
  const [plain] = here.account.network.networkAcl.by('vpc', old);
  assert.equal(shown(here, plain?.id ?? '').Entries?.length, 4, 'one entry and one final deny a direction');
});

test('the edges of entries', () => {
  const rows: readonly (readonly [change: object, code: string])[] = [
    [{}, 'ok'],
    [{ RuleNumber: undefined }, 'MissingParameter'],
    [{ RuleNumber: 0 }, 'InvalidParameterValue'],
    [{ RuleNumber: 1 }, 'ok'],
    [{ RuleNumber: 32766 }, 'ok'],
    [{ RuleNumber: 32767 }, 'InvalidParameterValue'],
    [{ Egress: undefined }, 'MissingParameter'],
    [{ RuleAction: 'drop' }, 'InvalidParameterValue'],
    [{ Protocol: '256' }, 'InvalidParameterValue'],
    [{ Protocol: '255' }, 'ok'],
    [{ Protocol: 'gre' }, 'InvalidParameterValue'],
    [{ CidrBlock: undefined }, 'MissingParameter'],
    [{ CidrBlock: '::/0' }, 'InvalidParameterValue'],
    [{ Ipv6CidrBlock: '::/0' }, 'InvalidParameterCombination'],
    [{ CidrBlock: undefined, Ipv6CidrBlock: '::/0' }, 'ok'],
    [{ Protocol: '6' }, 'MissingParameter'],
    [{ Protocol: '6', PortRange: { From: 0, To: 65535 } }, 'ok'],
    [{ Protocol: '17', PortRange: { From: 0, To: 65536 } }, 'InvalidParameterValue'],
    [{ Protocol: 'tcp', PortRange: { From: -1, To: 1 } }, 'InvalidParameterValue'],
    [{ Protocol: '6', PortRange: { From: 2, To: 1 } }, 'InvalidParameterValue'],
    [{ Protocol: '6', PortRange: { From: 2 } }, 'MissingParameter'],
    [{ Protocol: '1' }, 'MissingParameter'],
    [{ Protocol: '1', IcmpTypeCode: { Type: 8, Code: -1 } }, 'ok'],
    [{ Protocol: '1', IcmpTypeCode: { Type: 255, Code: 255 } }, 'ok'],
    [{ Protocol: '1', IcmpTypeCode: { Type: 256, Code: 0 } }, 'InvalidParameterValue'],
    [{ Protocol: '1', IcmpTypeCode: { Type: -1, Code: 0 } }, 'InvalidParameterValue'],
    [{ Protocol: '58' }, 'ok'],
    [{ Protocol: '58', CidrBlock: undefined, Ipv6CidrBlock: '::/0' }, 'MissingParameter'],
    [{ NetworkAclId: 'acl-00000000' }, 'InvalidNetworkAclID.NotFound'],
    [{ NetworkAclId: 'acl-1' }, 'InvalidNetworkAclId.Malformed'],
  ];
  for (const [change, code] of rows) {
    const { account, NetworkAclId } = made();
    const outcome = account.attempt('CreateNetworkAclEntry', { NetworkAclId, ...entry, ...change });
    assert.equal(outcome.kind === 'ok' ? 'ok' : outcome.code, code, JSON.stringify(change));
  }
});

test('entries are made once, replaced, deleted, and stand by number', () => {
  const here = made();
  const { account, NetworkAclId } = here;
  const https = { Protocol: '6', PortRange: { From: 443, To: 443 } };
  const create = (change: object) =>
    account.call('CreateNetworkAclEntry', { NetworkAclId, ...entry, ...change });
  create({ RuleNumber: 200, CidrBlock: '10.1.2.3/16' });
  create({ RuleNumber: 100, ...https });
  create({ RuleNumber: 100, Egress: true });
  assert.equal(
    account.refusal('CreateNetworkAclEntry', { NetworkAclId, ...entry }),
    'NetworkAclEntryAlreadyExists',
  );
  account.call('ReplaceNetworkAclEntry', { NetworkAclId, ...entry, RuleAction: 'deny' });
  assert.deepEqual(
    shown(here, NetworkAclId)
      .Entries?.filter(({ Egress }) => !Egress)
      .map(({ RuleNumber, RuleAction, Protocol, CidrBlock }) =>
        [RuleNumber, RuleAction, Protocol, CidrBlock].join(' '),
      ),
    ['100 deny -1 0.0.0.0/0', '200 allow -1 10.1.0.0/16', '32767 deny -1 0.0.0.0/0', '32768 deny -1 '],
  );
  account.call('DeleteNetworkAclEntry', { NetworkAclId, RuleNumber: 100, Egress: false });
  const gone = { NetworkAclId, RuleNumber: 100, Egress: false };
  assert.equal(account.refusal('DeleteNetworkAclEntry', gone), 'InvalidNetworkAclEntry.NotFound');
  assert.equal(
    account.refusal('ReplaceNetworkAclEntry', { ...entry, NetworkAclId }),
    'InvalidNetworkAclEntry.NotFound',
  );
});

test('the final deny counts against the limit, families and directions apart', () => {
  const { account, NetworkAclId } = made({ entriesPerNetworkAcl: 3 });
  const create = (change: object) => ({ NetworkAclId, ...entry, ...change });
  account.call('CreateNetworkAclEntry', create({ RuleNumber: 1 }));
  account.call('CreateNetworkAclEntry', create({ RuleNumber: 2 }));
  assert.equal(
    account.refusal('CreateNetworkAclEntry', create({ RuleNumber: 3 })),
    'NetworkAclEntryLimitExceeded',
  );
  account.call(
    'CreateNetworkAclEntry',
    create({ RuleNumber: 3, CidrBlock: undefined, Ipv6CidrBlock: '::/0' }),
  );
  account.call('CreateNetworkAclEntry', create({ RuleNumber: 3, Egress: true }));
});

test('a subnet moves from ACL to ACL of its VPC', () => {
  const { account, VpcId, NetworkAclId } = made();
  const { SubnetId } = account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
    VpcId,
    CidrBlock: '10.0.0.0/24',
  }).Subnet;
  const [from] = account.network.networkAcl.by('subnet', SubnetId);
  const AssociationId = from?.associations[0]?.id;
  const foreign = [...account.network.networkAcl.by('vpc', account.defaultVpcId)][0]?.id;
  const rows: readonly (readonly [string, object, string])[] = [
    ['ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId: foreign }, 'InvalidParameterValue'],
    [
      'ReplaceNetworkAclAssociation',
      { AssociationId: 'aclassoc-00000000', NetworkAclId },
      'InvalidAssociationID.NotFound',
    ],
    ['ReplaceNetworkAclAssociation', { AssociationId: 'x', NetworkAclId }, 'InvalidAssociationID.Malformed'],
    ['ReplaceNetworkAclAssociation', { NetworkAclId }, 'MissingParameter'],
    ['DeleteNetworkAcl', { NetworkAclId: from?.id }, 'InvalidParameterValue'],
  ];
  for (const [action, input, code] of rows)
    assert.equal(account.refusal(action, input), code, JSON.stringify(input));
  const { NewAssociationId } = account.call<{ NewAssociationId: string }>('ReplaceNetworkAclAssociation', {
    AssociationId,
    NetworkAclId,
  });
  assert.deepEqual(
    [...account.network.networkAcl.by('subnet', SubnetId)].map(({ id }) => id),
    [NetworkAclId],
  );
  assert.equal(account.refusal('DeleteNetworkAcl', { NetworkAclId }), 'DependencyViolation');
  account.call('ReplaceNetworkAclAssociation', { AssociationId: NewAssociationId, NetworkAclId: from?.id });
  account.call('DeleteNetworkAcl', { NetworkAclId });
});

test('the limit of ACLs and tokens', () => {
  const { account, VpcId } = made({ networkAclsPerVpc: 3 });
  const make = (ClientToken: string) =>
    account.call<CreateNetworkAclResult>('CreateNetworkAcl', { VpcId, ClientToken }).NetworkAcl?.NetworkAclId;
  assert.equal(make('a'), make('a'));
  assert.equal(account.refusal('CreateNetworkAcl', { VpcId }), 'NetworkAclLimitExceeded');
});

test('filters of network ACLs, both sides', () => {
  const { account, VpcId, NetworkAclId } = made();
  const { SubnetId } = account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
    VpcId,
    CidrBlock: '10.0.0.0/24',
  }).Subnet;
  const old = [...account.network.networkAcl.by('subnet', SubnetId)][0]?.associations[0]?.id;
  const { NewAssociationId } = account.call<{ NewAssociationId: string }>('ReplaceNetworkAclAssociation', {
    AssociationId: old,
    NetworkAclId,
  });
  const tcp = { Protocol: '6', PortRange: { From: 80, To: 81 }, CidrBlock: '10.9.0.0/16', RuleNumber: 7 };
  account.call('CreateNetworkAclEntry', { NetworkAclId, ...entry, ...tcp });
  const ping = { Protocol: '1', IcmpTypeCode: { Type: 8, Code: 3 }, RuleNumber: 9 };
  account.call('CreateNetworkAclEntry', { NetworkAclId, ...entry, ...ping });
  const rows: readonly (readonly [name: string, yes: string, no: string])[] = [
    ['association.association-id', NewAssociationId, old ?? ''],
    ['association.network-acl-id', NetworkAclId, 'acl-0'],
    ['association.subnet-id', SubnetId, 'subnet-0'],
    ['default', 'false', 'true'],
    ['entry.cidr', '10.9.0.0/16', '10.8.0.0/16'],
    ['entry.egress', 'true', 'maybe'],
    ['entry.icmp.code', '3', '4'],
    ['entry.icmp.type', '8', '0'],
    ['entry.ipv6-cidr', '::/0', '2001:db8::/32'],
    ['entry.port-range.from', '80', '79'],
    ['entry.port-range.to', '81', '82'],
    ['entry.protocol', 'tcp', 'udp'],
    ['entry.protocol', '6', '17'],
    ['entry.rule-action', 'allow', 'drop'],
    ['entry.rule-number', '7', '8'],
    ['entry.rule-number', '32767', '32766'],
    ['network-acl-id', NetworkAclId, 'acl-0'],
    ['owner-id', '123456789012', '1'],
    ['vpc-id', VpcId, account.defaultVpcId],
  ];
  const has = (Name: string, value: string) =>
    account
      .call<DescribeNetworkAclsResult>('DescribeNetworkAcls', { Filters: [{ Name, Values: [value] }] })
      .NetworkAcls?.some((acl) => acl.NetworkAclId === NetworkAclId);
  for (const [name, yes, no] of rows) {
    assert.equal(has(name, yes), true, `${name}=${yes}`);
    assert.equal(has(name, no), false, `${name}=${no}`);
  }
});
