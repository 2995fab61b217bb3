import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateSubnetCidrReservationResult, GetSubnetCidrReservationsResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

function subnet(): { account: Account; SubnetId: string } {
  const account = new Account();
  const { Vpc } = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', {
    CidrBlock: '10.0.0.0/16',
    AmazonProvidedIpv6CidrBlock: true,
  });
  const { Subnet } = account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
    VpcId: Vpc.VpcId,
    CidrBlock: '10.0.0.0/24',
    Ipv6CidrBlock: '2001:db8:0:100::/64',
  });
  return { account, SubnetId: Subnet.SubnetId };
}

test('reservations stand inside the subnet and apart', () => {
  const { account, SubnetId } = subnet();
  const base = { SubnetId, Cidr: '10.0.0.16/28', ReservationType: 'explicit' };
  account.call('CreateSubnetCidrReservation', base);
  const rows: readonly (readonly [change: object, code: string])[] = [
    [{ SubnetId: undefined }, 'MissingParameter'],
    [{ Cidr: undefined }, 'MissingParameter'],
    [{ ReservationType: undefined }, 'MissingParameter'],
    [{ ReservationType: 'other' }, 'InvalidParameterValue'],
    [{ Cidr: 'x' }, 'InvalidParameterValue'],
    [{ Cidr: '10.0.1.0/28' }, 'InvalidParameterValue'],
    [{ Cidr: '10.0.0.0/23' }, 'InvalidParameterValue'],
    [{ Cidr: '10.0.0.24/29' }, 'InvalidParameterValue'],
    [{ SubnetId: 'subnet-00000000' }, 'InvalidSubnetID.NotFound'],
  ];
  for (const [change, code] of rows)
    assert.equal(
      account.refusal('CreateSubnetCidrReservation', { ...base, ...change }),
      code,
      JSON.stringify(change),
    );
  account.call('CreateSubnetCidrReservation', { ...base, Cidr: '10.0.0.32/28', ReservationType: 'prefix' });
  account.call('CreateSubnetCidrReservation', { ...base, Cidr: '2001:db8:0:100::10/124' });
});

test('nobody gets a reserved address unasked', () => {
  const { account, SubnetId } = subnet();
  account.call('CreateSubnetCidrReservation', { SubnetId, Cidr: '10.0.0.0/29', ReservationType: 'explicit' });
  const address = (input: object) =>
    account.call<{ NetworkInterface: { PrivateIpAddress: string } }>('CreateNetworkInterface', {
      SubnetId,
      ...input,
    }).NetworkInterface.PrivateIpAddress;
  assert.equal(address({}), '10.0.0.8');
  assert.equal(address({ PrivateIpAddress: '10.0.0.5' }), '10.0.0.5');
});

test('reservations are listed by family, filtered, and go', () => {
  const { account, SubnetId } = subnet();
  const make = (Cidr: string, ReservationType: string) =>
    account.call<CreateSubnetCidrReservationResult>('CreateSubnetCidrReservation', {
      SubnetId,
      Cidr,
      ReservationType,
      Description: 'why',
    }).SubnetCidrReservation?.SubnetCidrReservationId;
  const four = make('10.0.0.16/28', 'explicit');
  make('2001:db8:0:100::10/124', 'prefix');
  const found = (input: object) => {
    const answer = account.call<GetSubnetCidrReservationsResult>('GetSubnetCidrReservations', {
      SubnetId,
      ...input,
    });
    return [...(answer.SubnetIpv4CidrReservations ?? []), ...(answer.SubnetIpv6CidrReservations ?? [])].map(
      ({ Cidr }) => Cidr,
    );
  };
  const filter = (Name: string, value: string) => ({ Filters: [{ Name, Values: [value] }] });
  assert.deepEqual(found({}), ['10.0.0.16/28', '2001:db8:0:100::10/124']);
  assert.deepEqual(found(filter('reservationType', 'explicit')), ['10.0.0.16/28']);
  assert.equal(found(filter('subnet-id', SubnetId)).length, 2);
  assert.equal(found(filter('subnet-id', 'subnet-0')).length, 0);
  account.call('DeleteSubnetCidrReservation', { SubnetCidrReservationId: four });
  assert.equal(
    account.refusal('DeleteSubnetCidrReservation', { SubnetCidrReservationId: four }),
    'InvalidSubnetCidrReservationID.NotFound',
  );
  account.call('DeleteSubnet', { SubnetId });
  assert.equal(account.network.subnetReservation.size, 0);
});
