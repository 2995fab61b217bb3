/** Managed prefix lists. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const only = { PrefixListIds: ['$list'] };
const modification = 'InvalidPrefixListModification';
const many = (count: number) => Array.from({ length: count }, (_, n) => ({ Cidr: `10.${n}.0.0/16` }));

export const prefixListStory: readonly Row[] = [
  step(
    'CreateManagedPrefixList',
    {
      PrefixListName: 'offices',
      MaxEntries: 3,
      AddressFamily: 'IPv4',
      Entries: [{ Cidr: '192.0.2.0/24', Description: 'HQ' }],
    },
    {
      required: ['PrefixListName', 'MaxEntries', 'AddressFamily'],
      tags: 'prefix-list',
      token: 'PrefixList.PrefixListId',
      refuses: [
        [{ PrefixListName: 'com.amazonaws.x' }, value],
        [{ PrefixListName: 'n'.repeat(256) }, value],
        [{ MaxEntries: 0 }, value],
        [{ MaxEntries: 1001 }, value],
        [{ AddressFamily: 'x' }, value],
        [{ Entries: [{ Cidr: 'x' }] }, value],
        [{ Entries: [{ Description: 'x' }] }, 'MissingParameter'],
        [{ Entries: [{ Cidr: '::/0' }] }, value],
        [{ Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '10.0.0.0/8' }] }, value],
        [{ Entries: [{ Cidr: '10.0.0.0/8', Description: 'd'.repeat(256) }] }, value],
        [{ Entries: many(101), MaxEntries: 200 }, value],
        [{ Entries: many(4) }, 'PrefixListMaxEntriesExceeded'],
      ],
      shows: {
        'PrefixList.PrefixListId': /^pl-[0-9a-f]{17}$/,
        'PrefixList.State': 'create-in-progress',
        'PrefixList.Version': 1,
        'PrefixList.PrefixListArn': /^arn:aws:ec2:us-east-1:123456789012:prefix-list\/pl-/,
      },
      remembers: { list: 'PrefixList.PrefixListId' },
    },
  ),
  {
    lists: 'DescribeManagedPrefixLists',
    items: 'PrefixLists',
    by: 'PrefixListId',
    item: '$list',
    ids: ['PrefixListIds', 'prefixList'],
    tagged: true,
    bounds: [1, 100],
    filters: {
      'owner-id': 'OwnerId',
      'prefix-list-id': 'PrefixListId',
      'prefix-list-name': 'PrefixListName',
    },
  },
  {
    lists: 'DescribePrefixLists',
    items: 'PrefixLists',
    by: 'PrefixListId',
    item: '$awsList',
    ids: ['PrefixListIds', 'prefixList', 'InvalidPrefixListId.NotFound'],
    bounds: [5, 1000],
    filters: { 'prefix-list-id': 'PrefixListId', 'prefix-list-name': 'PrefixListName' },
  },
  step('DescribePrefixLists', { PrefixListIds: ['$list'] }, { code: 'InvalidPrefixListId.NotFound' }),
  step(
    'ModifyManagedPrefixList',
    {
      PrefixListId: '$list',
      CurrentVersion: 1,
      AddEntries: [{ Cidr: '198.51.100.0/24' }],
      RemoveEntries: [{ Cidr: '192.0.2.0/24' }],
    },
    {
      required: ['PrefixListId'],
      ids: { PrefixListId: 'prefixList' },
      refuses: [
        [{ MaxEntries: 5 }, 'InvalidParameterCombination'],
        [{ AddEntries: undefined, RemoveEntries: undefined }, 'MissingParameter'],
        [{ CurrentVersion: 2 }, 'PrefixListVersionMismatch'],
        [{ RemoveEntries: [{ Cidr: '203.0.113.0/24' }] }, modification],
        [{ AddEntries: [{ Cidr: '192.0.2.0/24' }] }, value],
        [{ AddEntries: many(4), RemoveEntries: undefined }, 'PrefixListMaxEntriesExceeded'],
        [{ RemoveEntries: many(101) }, value],
        [{ PrefixListName: 'com.amazonaws.x' }, value],
        [{ PrefixListId: '$awsList' }, 'OperationNotPermitted'],
        [{ IpamPrefixListResolverSyncEnabled: true }, 'InvalidParameterCombination'],
      ],
      shows: { 'PrefixList.Version': 2, 'PrefixList.State': 'modify-in-progress' },
    },
  ),
  // Terraform's provider waits for the state of the very change that it made.
  step('DescribeManagedPrefixLists', only, { shows: { 'PrefixLists.0.State': 'modify-complete' } }),
  step('ModifyManagedPrefixList', { PrefixListId: '$list', PrefixListName: 'sites', MaxEntries: 4 }),
  step(
    'GetManagedPrefixListEntries',
    { PrefixListId: '$list' },
    {
      required: ['PrefixListId'],
      ids: { PrefixListId: 'prefixList' },
      refuses: [[{ TargetVersion: 9 }, value]],
      shows: { Entries: [{ Cidr: '198.51.100.0/24' }] },
    },
  ),
  step(
    'GetManagedPrefixListEntries',
    { PrefixListId: '$list', TargetVersion: 1 },
    { shows: { Entries: [{ Cidr: '192.0.2.0/24', Description: 'HQ' }] } },
  ),
  {
    lists: 'GetManagedPrefixListEntries',
    input: { PrefixListId: '$list' },
    items: 'Entries',
    by: 'Cidr',
    item: '198.51.100.0/24',
    bounds: [1, 100],
    filters: {},
  },
  step(
    'RestoreManagedPrefixListVersion',
    { PrefixListId: '$list', PreviousVersion: 1, CurrentVersion: 2 },
    {
      required: ['PrefixListId', 'PreviousVersion', 'CurrentVersion'],
      ids: { PrefixListId: 'prefixList' },
      refuses: [
        [{ CurrentVersion: 1 }, 'PrefixListVersionMismatch'],
        [{ PreviousVersion: 9 }, value],
        [{ PrefixListId: '$awsList' }, 'OperationNotPermitted'],
      ],
      shows: { 'PrefixList.Version': 3, 'PrefixList.State': 'restore-in-progress' },
    },
  ),
  step('DescribeManagedPrefixLists', only, { shows: { 'PrefixLists.0.State': 'restore-complete' } }),
  step('CreateRoute', { RouteTableId: '$table', DestinationPrefixListId: '$list', GatewayId: '$igw' }),
  step(
    'DescribeRouteTables',
    { Filters: [{ Name: 'route.destination-prefix-list-id', Values: ['$list'] }] },
    { shows: { 'RouteTables.0.RouteTableId': '$table' } },
  ),
  step(
    'GetManagedPrefixListAssociations',
    { PrefixListId: '$list' },
    {
      required: ['PrefixListId'],
      ids: { PrefixListId: 'prefixList' },
      shows: { PrefixListAssociations: [{ ResourceId: '$table', ResourceOwner: '123456789012' }] },
    },
  ),
  {
    lists: 'GetManagedPrefixListAssociations',
    input: { PrefixListId: '$list' },
    items: 'PrefixListAssociations',
    by: 'ResourceId',
    item: '$table',
    bounds: [5, 255],
    filters: {},
  },
  step(
    'DeleteManagedPrefixList',
    { PrefixListId: '$list' },
    {
      code: 'DependencyViolation',
      required: ['PrefixListId'],
      ids: { PrefixListId: 'prefixList' },
      refuses: [[{ PrefixListId: '$awsList' }, 'OperationNotPermitted']],
    },
  ),
  step('ModifyManagedPrefixList', { PrefixListId: '$list', MaxEntries: 5 }),
  // Too large for the limits of what uses it: the list keeps its size and says so.
  step('ModifyManagedPrefixList', { PrefixListId: '$list', MaxEntries: 600 }),
  step(
    'DescribeManagedPrefixLists',
    { PrefixListIds: ['$list'] },
    { shows: { 'PrefixLists.0.State': 'modify-failed', 'PrefixLists.0.MaxEntries': 5 } },
  ),
  step('ModifyManagedPrefixList', { PrefixListId: '$list', MaxEntries: 5 }),
  step('DeleteRoute', { RouteTableId: '$table', DestinationPrefixListId: '$list' }),
  step(
    'CreateManagedPrefixList',
    { PrefixListName: 'gone', MaxEntries: 1, AddressFamily: 'IPv6' },
    { remembers: { goneList: 'PrefixList.PrefixListId' } },
  ),
  step(
    'DeleteManagedPrefixList',
    { PrefixListId: '$goneList' },
    { shows: { 'PrefixList.State': 'delete-in-progress' } },
  ),
];
