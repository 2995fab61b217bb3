import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateManagedPrefixListResult,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsResult,
  GetManagedPrefixListAssociationsResult,
  GetManagedPrefixListEntriesResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const base = { PrefixListName: 'p', MaxEntries: 3, AddressFamily: 'IPv4' };
const make = (account: Account, input: object = {}): string =>
  account.call<CreateManagedPrefixListResult>('CreateManagedPrefixList', { ...base, ...input }).PrefixList
    ?.PrefixListId ?? '';
const shown = (account: Account, id: string) =>
  account.call<DescribeManagedPrefixListsResult>('DescribeManagedPrefixLists', { PrefixListIds: [id] })
    .PrefixLists?.[0] ?? assert.fail(id);
const entriesOf = (account: Account, PrefixListId: string, input: object = {}) =>
  account
    .call<GetManagedPrefixListEntriesResult>('GetManagedPrefixListEntries', { PrefixListId, ...input })
    .Entries?.map(({ Cidr, Description }) => (Description ? `${Cidr} ${Description}` : Cidr));
const blocks = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Cidr: `10.${index}.0.0/16` }));

test('the edges of a new list', () => {
  const rows: readonly (readonly [change: object, code: string])[] = [
    [{}, 'ok'],
    [{ PrefixListName: undefined }, 'MissingParameter'],
    [{ PrefixListName: 'n'.repeat(255) }, 'ok'],
    [{ PrefixListName: 'n'.repeat(256) }, 'InvalidParameterValue'],
    [{ PrefixListName: 'com.amazonaws.mine' }, 'InvalidParameterValue'],
    [{ MaxEntries: undefined }, 'MissingParameter'],
    [{ MaxEntries: 0 }, 'InvalidParameterValue'],
    [{ MaxEntries: 1 }, 'ok'],
    [{ MaxEntries: 1000 }, 'ok'],
    [{ MaxEntries: 1001 }, 'InvalidParameterValue'],
    [{ AddressFamily: 'ipv4' }, 'InvalidParameterValue'],
    [{ AddressFamily: undefined }, 'MissingParameter'],
    [{ Entries: blocks(3) }, 'ok'],
    [{ Entries: blocks(4) }, 'PrefixListMaxEntriesExceeded'],
    [{ MaxEntries: 200, Entries: blocks(100) }, 'ok'],
    [{ MaxEntries: 200, Entries: blocks(101) }, 'InvalidParameterValue'],
    [{ Entries: [{ Cidr: '::/0' }] }, 'InvalidParameterValue'],
    [{ Entries: [{}] }, 'MissingParameter'],
    [{ AddressFamily: 'IPv6', Entries: [{ Cidr: '::/0' }] }, 'ok'],
    [{ Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '10.1.0.0/8' }] }, 'InvalidParameterValue'],
    [{ Entries: [{ Cidr: '10.0.0.0/8', Description: 'd'.repeat(255) }] }, 'ok'],
    [{ Entries: [{ Cidr: '10.0.0.0/8', Description: 'd'.repeat(256) }] }, 'InvalidParameterValue'],
  ];
  for (const [change, code] of rows) {
    const outcome = new Account().attempt('CreateManagedPrefixList', { ...base, ...change });
    assert.equal(outcome.kind === 'ok' ? 'ok' : outcome.code, code, JSON.stringify(change).slice(0, 80));
  }
});

test('versions: entries change, and come back', () => {
  const account = new Account();
  const id = make(account, { Entries: [{ Cidr: '10.1.2.3/8', Description: 'ten' }] });
  assert.equal(shown(account, id).State, 'create-complete');
  const modify = (input: object) => ({ PrefixListId: id, ...input });
  const rows: readonly (readonly [object, string])[] = [
    [{}, 'MissingParameter'],
    [{ AddEntries: blocks(1), CurrentVersion: 2 }, 'PrefixListVersionMismatch'],
    [{ RemoveEntries: [{ Cidr: '11.0.0.0/8' }], CurrentVersion: 1 }, 'InvalidPrefixListModification'],
    [{ AddEntries: blocks(3), CurrentVersion: 1 }, 'PrefixListMaxEntriesExceeded'],
    [{ AddEntries: blocks(1), MaxEntries: 5, CurrentVersion: 1 }, 'InvalidParameterCombination'],
    [{ CurrentVersion: 1 }, 'MissingParameter'],
    [{ MaxEntries: 0 }, 'InvalidParameterValue'],
    [{ PrefixListId: 'pl-00000000', MaxEntries: 1 }, 'InvalidPrefixListID.NotFound'],
    [
      { AddEntries: [{ Cidr: '10.0.0.0/8' }], RemoveEntries: [{ Cidr: '10.0.0.0/8' }], CurrentVersion: 1 },
      'InvalidParameterValue',
    ],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('ModifyManagedPrefixList', modify(input)), code, JSON.stringify(input));
  account.call(
    'ModifyManagedPrefixList',
    modify({ CurrentVersion: 1, AddEntries: [{ Cidr: '11.0.0.0/8' }] }),
  );
  account.call(
    'ModifyManagedPrefixList',
    modify({
      CurrentVersion: 2,
      RemoveEntries: [{ Cidr: '10.0.0.0/8' }],
      AddEntries: [{ Cidr: '11.0.0.0/8', Description: 'e' }],
    }),
  );
  assert.deepEqual(entriesOf(account, id), ['11.0.0.0/8 e']);
  assert.deepEqual(entriesOf(account, id, { TargetVersion: 2 }), ['10.0.0.0/8 ten', '11.0.0.0/8']);
  assert.equal(
    account.refusal('GetManagedPrefixListEntries', { PrefixListId: id, TargetVersion: 4 }),
    'InvalidParameterValue',
  );
  const restore = (PreviousVersion: number, CurrentVersion: number) => ({
    PrefixListId: id,
    PreviousVersion,
    CurrentVersion,
  });
  assert.equal(
    account.refusal('RestoreManagedPrefixListVersion', restore(1, 2)),
    'PrefixListVersionMismatch',
  );
  assert.equal(account.refusal('RestoreManagedPrefixListVersion', restore(9, 3)), 'InvalidParameterValue');
  account.call('RestoreManagedPrefixListVersion', restore(1, 3));
  assert.deepEqual(entriesOf(account, id), ['10.0.0.0/8 ten']);
  assert.equal(shown(account, id).Version, 4);
});

test('name and size change without a new version', () => {
  const account = new Account();
  const id = make(account, { Entries: blocks(2) });
  account.call('ModifyManagedPrefixList', { PrefixListId: id, PrefixListName: 'q', MaxEntries: 2 });
  assert.equal(
    account.refusal('ModifyManagedPrefixList', { PrefixListId: id, MaxEntries: 1 }),
    'PrefixListMaxEntriesExceeded',
  );
  const { PrefixListName, MaxEntries, Version } = shown(account, id);
  assert.deepEqual([PrefixListName, MaxEntries, Version], ['q', 2, 1]);
});

test('a list that is named stays, and grows only as far as its users’ limits', () => {
  const account = new Account({ quotas: { rulesPerSecurityGroup: 4, routesPerRouteTable: 5 } });
  const id = make(account);
  const [group] = account.network.securityGroup.values();
  const [table] = account.network.routeTable.values();
  const [gateway] = account.network.internetGateway.values();
  account.call('AuthorizeSecurityGroupEgress', {
    GroupId: group?.id,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, PrefixListIds: [{ PrefixListId: id }] }],
  });
  account.call('CreateRoute', {
    RouteTableId: table?.id,
    DestinationPrefixListId: id,
    GatewayId: gateway?.id,
  });
  const users = account
    .call<GetManagedPrefixListAssociationsResult>('GetManagedPrefixListAssociations', { PrefixListId: id })
    .PrefixListAssociations?.map(({ ResourceId }) => ResourceId);
  assert.deepEqual(users, [table?.id, group?.id]);
  assert.equal(account.refusal('DeleteManagedPrefixList', { PrefixListId: id }), 'DependencyViolation');
  account.call('ModifyManagedPrefixList', { PrefixListId: id, MaxEntries: 4 });
  assert.deepEqual([shown(account, id).State, shown(account, id).MaxEntries], ['modify-failed', 3]);
  assert.match(shown(account, id).StateMessage ?? '', new RegExp(group?.id ?? 'none'));
  account.call('ModifyManagedPrefixList', { PrefixListId: id, MaxEntries: 2 });
  assert.deepEqual([shown(account, id).State, shown(account, id).MaxEntries], ['modify-complete', 2]);
  account.call('DeleteRoute', { RouteTableId: table?.id, DestinationPrefixListId: id });
  account.call('RevokeSecurityGroupEgress', {
    GroupId: group?.id,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, PrefixListIds: [{ PrefixListId: id }] }],
  });
  account.call('DeleteManagedPrefixList', { PrefixListId: id });
  assert.equal(
    account.refusal('DeleteManagedPrefixList', { PrefixListId: id }),
    'InvalidPrefixListID.NotFound',
  );
});

test('AWS’s own lists are shown and stay as they are', () => {
  const account = new Account();
  const lists = account.call<DescribePrefixListsResult>('DescribePrefixLists').PrefixLists ?? [];
  assert.ok(lists.some(({ PrefixListName }) => PrefixListName === 'com.amazonaws.us-east-1.s3'));
  const [first] = lists;
  const mine = make(account);
  assert.equal(
    account.refusal('DeleteManagedPrefixList', { PrefixListId: first?.PrefixListId }),
    'OperationNotPermitted',
  );
  assert.equal(
    account.refusal('DescribePrefixLists', { PrefixListIds: [mine] }),
    'InvalidPrefixListId.NotFound',
  );
  const count = (input: object) =>
    account.call<DescribeManagedPrefixListsResult>('DescribeManagedPrefixLists', input).PrefixLists?.length;
  const rows: readonly (readonly [name: string, value: string, count: number])[] = [
    ['owner-id', 'AWS', lists.length],
    ['owner-id', '123456789012', 1],
    ['prefix-list-id', mine, 1],
    ['prefix-list-id', 'pl-0', 0],
    ['prefix-list-name', 'p', 1],
    ['prefix-list-name', 'q', 0],
  ];
  for (const [Name, value, expected] of rows)
    assert.equal(count({ Filters: [{ Name, Values: [value] }] }), expected, `${Name}=${value}`);
  const named = (value: string) =>
    account.call<DescribePrefixListsResult>('DescribePrefixLists', {
      Filters: [{ Name: 'prefix-list-name', Values: [value] }],
    }).PrefixLists?.length;
  assert.deepEqual([named('*.s3'), named('p')], [1, 0]);
});

test('pages and limits', () => {
  const account = new Account({ quotas: { prefixListsPerRegion: 1 } });
  const id = make(account, { Entries: blocks(3) });
  assert.equal(account.refusal('CreateManagedPrefixList', base), 'PrefixListLimitExceeded');
  const first = account.call<GetManagedPrefixListEntriesResult>('GetManagedPrefixListEntries', {
    PrefixListId: id,
    MaxResults: 2,
  });
  assert.equal(first.Entries?.length, 2);
  assert.deepEqual(entriesOf(account, id, { MaxResults: 2, NextToken: first.NextToken }), ['10.2.0.0/16']);
  assert.equal(account.refusal('DescribeManagedPrefixLists', { MaxResults: 101 }), 'InvalidParameterValue');
});
