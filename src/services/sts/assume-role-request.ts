/** What an AssumeRole asks for, checked. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import { partitionOf } from '#vpc/scope.ts';
import { parsePolicy } from '../auth/policy.ts';
import type { Caller, Checked, Context } from '../operation.ts';
import { refuse } from '../refusal.ts';
import { refuseUnsupported } from '../unsupported.ts';
import type { Role } from './session.ts';
import { checkedTags, type SessionTags } from './session-tags.ts';

export type Wanted = SessionTags & {
  readonly role: Role;
  readonly name: string;
  readonly durationSeconds: number;
  /** JSON of the session policy. */
  readonly policy: string | undefined;
  readonly sourceIdentity: string | undefined;
};

type Request = Checked<AssumeRoleRequest>;

const durationMinSeconds = 900;
/** What a role may be set to at most; there are no roles with less. */
const durationMaxSeconds = 43_200;
/** "Role chaining limits your session to a maximum of one hour": the page above. */
const chainedMaxSeconds = 3600;
const durationDefaultSeconds = 3600;
const tokenBytesMinMax = 4096;
const policyCharsMax = 2048;

/** Refuses what AWS refuses, and sessions that would leave the caller's account. */
export function checkedAssumeRole(input: Request, { caller }: Context): Wanted {
  refuseUnsupported(input, ['PolicyArns', 'ProvidedContexts']);
  const role = roleIn(input.RoleArn, caller);
  checkForm('RoleSessionName', input.RoleSessionName, /^[\w+=,.@-]{2,64}$/);
  checkForm('ExternalId', input.ExternalId, /^[\w+=,.@:/-]{2,1224}$/);
  checkBounds('DurationSeconds', input.DurationSeconds, durationMinSeconds, durationMaxSeconds);
  checkBounds('MinimumSessionTokenSize', input.MinimumSessionTokenSize, 0, tokenBytesMinMax);
  const durationSeconds = input.DurationSeconds ?? durationDefaultSeconds;
  if (caller.session && durationSeconds > chainedMaxSeconds) {
    const reason = `DurationSeconds is ${durationSeconds}: a session that is begun by a session lasts ${chainedMaxSeconds} at most.`;
    refuse('stsValidation', { reason });
  }
  if (input.SerialNumber !== undefined || input.TokenCode !== undefined) {
    const serial = input.SerialNumber ?? '';
    refuse('accessDenied', { reason: `${caller.principal} has no device for one-time codes '${serial}'.` });
  }
  return {
    role,
    name: input.RoleSessionName,
    durationSeconds,
    policy: policyIn(input.Policy),
    sourceIdentity: sourceIdentityIn(input.SourceIdentity, caller),
    ...checkedTags(input, caller.session),
  };
}

const roleArnPattern = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/((?:[\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64})$/;

function roleIn(arn: string, { keyId, principal, scope }: Caller): Role {
  const [, partition, account = '', name = ''] = roleArnPattern.exec(arn) ?? [];
  if (partition !== partitionOf(scope.region)) {
    const form = `arn:${partitionOf(scope.region)}:iam::ACCOUNT:role/NAME`;
    refuse('stsValidation', { reason: `RoleArn '${arn}' is not the ARN of a role, ${form}.` });
  }
  // A key belongs to one account, and no role of another one says that it trusts this.
  if (keyId !== undefined && account !== scope.account) {
    refuse('accessDenied', { reason: `${principal} is not authorized to perform sts:AssumeRole on ${arn}.` });
  }
  return { account, name };
}

function checkForm(parameter: string, value: string | undefined, form: RegExp): void {
  if (value === undefined || form.test(value)) return;
  refuse('stsValidation', { reason: `${parameter} '${value}' does not match ${form.source}.` });
}

function checkBounds(parameter: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (value >= min && value <= max)) return;
  refuse('stsValidation', { reason: `${parameter} is ${value}, which is not ${min} to ${max}.` });
}

function policyIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text.length < 1 || text.length > policyCharsMax) {
    refuse('stsValidation', {
      reason: `Policy has ${text.length} characters; use 1 to ${policyCharsMax}.`,
    });
  }
  const policy = parsePolicy(text);
  if (policy.kind === 'badPolicy') refuse('malformedPolicy', { why: policy.why });
  return text;
}

/** "The value persists across chained role sessions" and cannot be changed within them. */
function sourceIdentityIn(value: string | undefined, { session, principal }: Caller): string | undefined {
  checkForm('SourceIdentity', value, /^(?!aws:)[\w+=,.@-]{2,64}$/);
  const before = session?.sourceIdentity;
  if (value !== undefined && before !== undefined && value !== before) {
    refuse('accessDenied', { reason: `${principal} has the source identity '${before}' already.` });
  }
  return value ?? before;
}
