import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeAvailabilityZonesResult, DescribeRegionsResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const regionsOf = (account: Account, input: object = {}) =>
  account.call<DescribeRegionsResult>('DescribeRegions', input).Regions ?? [];
const zonesOf = (account: Account, input: object = {}) =>
  account
    .call<DescribeAvailabilityZonesResult>('DescribeAvailabilityZones', input)
    .AvailabilityZones?.map(({ ZoneName }) => ZoneName) ?? [];
const filter = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });

test('regions of the caller’s partition', () => {
  const account = new Account();
  assert.equal(regionsOf(account).length, 17);
  assert.equal(regionsOf(account, { AllRegions: true }).length, 34);
  assert.deepEqual(regionsOf(account, { RegionNames: ['eu-west-1'] }), [
    { RegionName: 'eu-west-1', Endpoint: 'ec2.eu-west-1.amazonaws.com', OptInStatus: 'opt-in-not-required' },
  ]);
  assert.deepEqual(
    regionsOf(new Account({ region: 'cn-north-1' })).map(({ Endpoint }) => Endpoint),
    ['ec2.cn-north-1.amazonaws.com.cn', 'ec2.cn-northwest-1.amazonaws.com.cn'],
  );
  assert.equal(account.refusal('DescribeRegions', { RegionNames: ['cn-north-1'] }), 'InvalidParameterValue');
});

test('a region to ask for counts as asked for once it was used', () => {
  const status = (account: Account) => regionsOf(account, { RegionNames: ['af-south-1'] })[0]?.OptInStatus;
  assert.equal(status(new Account()), 'not-opted-in');
  assert.equal(status(new Account({ region: 'af-south-1' })), 'opted-in');
});

test('filters of regions', () => {
  const account = new Account();
  const rows: readonly (readonly [name: string, value: string, count: number])[] = [
    ['region-name', 'us-*', 4],
    ['region-name', 'mars-1', 0],
    ['endpoint', '*us-east-1*', 1],
    ['opt-in-status', 'opt-in-not-required', 17],
    ['opt-in-status', 'opted-in', 0],
  ];
  for (const [name, value, count] of rows)
    assert.equal(regionsOf(account, filter(name, value)).length, count, `${name}=${value}`);
  assert.equal(account.refusal('DescribeRegions', filter('color', 'red')), 'InvalidParameterValue');
});

test('zones', () => {
  const account = new Account({ region: 'us-west-1' });
  assert.deepEqual(zonesOf(account), ['us-west-1a', 'us-west-1c']);
  assert.deepEqual(zonesOf(account, { ZoneNames: ['us-west-1c'] }), ['us-west-1c']);
  assert.deepEqual(zonesOf(account, { ZoneIds: ['usw1-az1'] }), ['us-west-1a']);
  const rows: readonly (readonly [name: string, value: string, count: number])[] = [
    ['group-name', 'us-west-1-zg-1', 2],
    ['opt-in-status', 'opt-in-not-required', 2],
    ['opt-in-status', 'opted-in', 0],
    ['region-name', 'us-west-1', 2],
    ['region-name', 'us-west-2', 0],
    ['state', 'available', 2],
    ['state', 'unavailable', 0],
    ['zone-id', 'usw1-az3', 1],
    ['zone-name', 'us-west-1a', 1],
    ['zone-type', 'availability-zone', 2],
    ['zone-type', 'local-zone', 0],
    ['message', '*', 0],
    ['parent-zone-id', '*', 0],
    ['parent-zone-name', '*', 0],
    ['group-long-name', 'US West (N. California) 1', 2],
    ['group-long-name', 'US West (Oregon) 1', 0],
  ];
  for (const [name, value, count] of rows)
    assert.equal(zonesOf(account, filter(name, value)).length, count, `${name}=${value}`);
  const refused: readonly (readonly [object, string])[] = [
    [{ ZoneNames: ['us-west-1b'] }, 'InvalidParameterValue'],
    [{ ZoneIds: ['usw1-az2'] }, 'InvalidParameterValue'],
    [{ ZoneNames: ['us-west-1a'], ZoneIds: ['usw1-az1'] }, 'InvalidParameterCombination'],
  ];
  for (const [input, code] of refused)
    assert.equal(account.refusal('DescribeAvailabilityZones', input), code);
});
