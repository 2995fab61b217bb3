/** AWS Security Token Service. */
import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Operation, OperationTable } from '../operation.ts';
import { assumeRole } from './assume-role.ts';

const getCallerIdentity: Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> = (
  _input,
  { caller },
) => ({
  UserId: caller.userId,
  Account: caller.scope.account,
  Arn: caller.principal,
});

export const sts: OperationTable = {
  // What it makes stands in the token alone.
  AssumeRole: { changes: false, run: assumeRole },
  GetCallerIdentity: { changes: false, run: getCallerIdentity },
};
