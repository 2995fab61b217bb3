import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateDhcpOptionsResult, DescribeDhcpOptionsResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const config = (Key: string, ...Values: string[]) => ({ DhcpConfigurations: [{ Key, Values }] });
const make = (account: Account, input: object): string =>
  account.call<CreateDhcpOptionsResult>('CreateDhcpOptions', input).DhcpOptions?.DhcpOptionsId ?? '';

test('options and their values, both sides of each edge', () => {
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{}, 'MissingParameter'],
    [{ DhcpConfigurations: [{ Values: ['a'] }] }, 'MissingParameter'],
    [config('domain-name'), 'MissingParameter'],
    [config('colour', 'red'), 'InvalidParameterValue'],
    [config('toString', 'red'), 'InvalidParameterValue'],
    [config('domain-name', 'example.com'), 'ok'],
    [config('domain-name', 'a', 'b'), 'InvalidParameterValue'],
    [config('domain-name-servers', 'AmazonProvidedDNS'), 'ok'],
    [config('domain-name-servers', '10.0.0.1', '2001:db8::1', '10.0.0.3', '10.0.0.4'), 'ok'],
    [config('domain-name-servers', '10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5'), 'InvalidParameterValue'],
    [config('domain-name-servers', 'dns.example.com'), 'InvalidParameterValue'],
    [config('ntp-servers', '10.0.0.1'), 'ok'],
    [config('ntp-servers', '010.0.0.1'), 'InvalidParameterValue'],
    [config('netbios-name-servers', '10.0.0.1'), 'ok'],
    [config('netbios-node-type', '2'), 'ok'],
    [config('netbios-node-type', '3'), 'InvalidParameterValue'],
    [config('ipv6-address-preferred-lease-time', '139'), 'InvalidParameterValue'],
    [config('ipv6-address-preferred-lease-time', '140'), 'ok'],
    [config('ipv6-address-preferred-lease-time', '2147483647'), 'ok'],
    [config('ipv6-address-preferred-lease-time', '2147483648'), 'InvalidParameterValue'],
    [
      {
        DhcpConfigurations: [
          { Key: 'domain-name', Values: ['a'] },
          { Key: 'domain-name', Values: ['b'] },
        ],
      },
      'InvalidParameterValue',
    ],
  ];
  for (const [input, code] of rows) {
    const outcome = new Account().attempt('CreateDhcpOptions', input);
    assert.equal(outcome.kind === 'ok' ? 'ok' : outcome.code, code, JSON.stringify(input));
  }
});

test('a region has options of its own, which new VPCs get', () => {
  const account = new Account({ region: 'eu-west-1' });
  const [usual] = account.call<DescribeDhcpOptionsResult>('DescribeDhcpOptions').DhcpOptions ?? [];
  assert.deepEqual(usual?.DhcpConfigurations, [
    { Key: 'domain-name', Values: [{ Value: 'eu-west-1.compute.internal' }] },
    { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
  ]);
  assert.equal(account.network.vpc.get(account.defaultVpcId)?.dhcpOptionsId, usual?.DhcpOptionsId);
});

test('options are associated, and stay while a VPC has them', () => {
  const account = new Account();
  const VpcId = account.defaultVpcId;
  const DhcpOptionsId = make(account, config('domain-name', 'example.com'));
  account.call('AssociateDhcpOptions', { DhcpOptionsId, VpcId });
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['DeleteDhcpOptions', { DhcpOptionsId }, 'DependencyViolation'],
    ['DeleteDhcpOptions', { DhcpOptionsId: 'dopt-1' }, 'InvalidDhcpOptionsId.Malformed'],
    ['AssociateDhcpOptions', { DhcpOptionsId: 'dopt-00000000', VpcId }, 'InvalidDhcpOptionsID.NotFound'],
    ['AssociateDhcpOptions', { DhcpOptionsId }, 'MissingParameter'],
    ['AssociateDhcpOptions', { VpcId }, 'MissingParameter'],
    ['AssociateDhcpOptions', { DhcpOptionsId, VpcId: 'vpc-00000000' }, 'InvalidVpcID.NotFound'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code);
  account.call('AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId });
  assert.equal(account.network.vpc.get(VpcId)?.dhcpOptionsId, 'default');
  account.call('DeleteDhcpOptions', { DhcpOptionsId });
});

test('filters of DHCP options, both sides', () => {
  const account = new Account();
  const id = make(account, {
    ...config('domain-name', 'example.com'),
    TagSpecifications: [{ ResourceType: 'dhcp-options', Tags: [{ Key: 'Name', Value: 'd' }] }],
  });
  const rows: readonly (readonly [name: string, yes: string, no: string])[] = [
    ['dhcp-options-id', id, 'dopt-0'],
    ['key', 'domain-name', 'ntp-servers'],
    ['value', 'example.com', 'example.org'],
    ['owner-id', '123456789012', '1'],
    ['tag:Name', 'd', 'e'],
  ];
  const has = (Name: string, value: string) =>
    account
      .call<DescribeDhcpOptionsResult>('DescribeDhcpOptions', { Filters: [{ Name, Values: [value] }] })
      .DhcpOptions?.some(({ DhcpOptionsId }) => DhcpOptionsId === id);
  for (const [name, yes, no] of rows) assert.deepEqual([has(name, yes), has(name, no)], [true, false], name);
});
