/** AWS Security Token Service. */
import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Operation, OperationTable } from '../operation.ts';

const getCallerIdentity: Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> = (
  _input,
  { caller },
) => ({
  UserId: caller.userId,
  Account: caller.scope.account,
  Arn: caller.principal,
});

export const sts: OperationTable = {
  GetCallerIdentity: { changes: false, run: getCallerIdentity },
};
