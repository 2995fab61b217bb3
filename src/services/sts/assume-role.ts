/**
 * AssumeRole: credentials for a session under a role's name. Whether the caller may is asked before, of the caller's
 * policies (`auth/permission.ts`); what the session may is what they and the session policies allow.
 */
import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import type { Checked, Context, Operation } from '../operation.ts';
import { refuse } from '../refusal.ts';
import { checkedAssumeRole, type Wanted } from './assume-role-request.ts';
import { type Session, sessionArn, sessionId } from './session.ts';
import { sessionCredentials, tokenBytesMax } from './session-token.ts';

export const assumeRole: Operation<AssumeRoleRequest, AssumeRoleResponse> = (input, context) => {
  const wanted = checkedAssumeRole(input, context);
  const session = sessionOf(wanted, context);
  const { sealer, caller } = context;
  const credentials = sessionCredentials(session, caller.scope.region, sealer, input.MinimumSessionTokenSize);
  const size = credentials.sessionToken.length;
  const percent = Math.ceil((size * 100) / tokenBytesMax);
  if (percent > 100) refuse('packedPolicyTooLarge', { percent });
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(session.expiresAtMs),
    },
    AssumedRoleUser: {
      AssumedRoleId: sessionId(session),
      Arn: sessionArn(session, caller.scope.region),
    },
    ...(isNarrowed(input) && { PackedPolicySize: percent }),
    SourceIdentity: session.sourceIdentity,
    SessionTokenUtilization: percent,
    SessionTokenSize: size,
  };
};

function isNarrowed({ Policy, Tags = [] }: Checked<AssumeRoleRequest>): boolean {
  return Policy !== undefined || Tags.length > 0;
}

function sessionOf(wanted: Wanted, { caller, nowMs }: Context): Session {
  const { role, name, policy, durationSeconds, tags, transitiveTagKeys, sourceIdentity } = wanted;
  const { session: before } = caller;
  const own = policy === undefined ? [] : [{ text: policy, role, tags }];
  return {
    role,
    name,
    assumedBy: before?.assumedBy ?? caller.principal,
    keyId: caller.keyId,
    startedAtMs: nowMs,
    // Whole seconds, as the answer says it.
    expiresAtMs: (Math.floor(nowMs / 1000) + durationSeconds) * 1000,
    policies: [...(before?.policies ?? []), ...own],
    tags,
    transitiveTagKeys,
    sourceIdentity,
  };
}
