import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account } from '../../tests/support/account.ts';

type Pages = { readonly NextToken?: string; readonly SecurityGroupForVpcs: readonly object[] };

test('a token goes on with the list of its request, whatever makes that another one', () => {
  const account = new Account();
  const own = account.defaultVpcId;
  const { Vpc } = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' });
  for (let count = 1; count <= 5; count++) {
    account.call('CreateSecurityGroup', { GroupName: `g${count}`, Description: 'g', VpcId: own });
  }
  const action = 'GetSecurityGroupsForVpc';
  const first = account.call<Pages>(action, { VpcId: own, MaxResults: 5 });
  assert.equal(first.SecurityGroupForVpcs.length, 5);
  const { NextToken } = first;
  const rest = account.call<Pages>(action, { VpcId: own, MaxResults: 6, NextToken });
  assert.deepEqual([rest.SecurityGroupForVpcs.length, rest.NextToken], [1, undefined]);
  const elsewhere = { VpcId: Vpc.VpcId, MaxResults: 5, NextToken };
  assert.equal(account.refusal(action, elsewhere), 'InvalidPaginationToken');
});
