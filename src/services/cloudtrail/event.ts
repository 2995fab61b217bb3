/**
 * Entries of the journal as CloudTrail's events.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import { createHash } from 'node:crypto';
import type { Event } from '@aws-sdk/client-cloudtrail';
import type { JournalEntry } from '#state/journal.ts';
import type { Kind } from '#vpc/network.ts';
import type { Scope } from '#vpc/scope.ts';
import { roleArn, roleId, roleName } from '../sts/session.ts';
import { requestElements, responseElements } from './request-elements.ts';
import { type RequestNote, readRequestNote, type SessionNote } from './request-note.ts';

const eventVersion = '1.11';

/** Everything that the journal holds is made through EC2: only that service changes resources. */
export const eventSource = 'ec2.amazonaws.com';

/** Kinds that are no resources of a user. */
const internal: ReadonlySet<Kind> = new Set<Kind>(['settings', 'clientToken']);

/** CloudFormation's names, where they are not `AWS::EC2::` and the kind. */
const typeNames: Partial<Record<Kind, string>> = {
  vpc: 'VPC',
  eni: 'NetworkInterface',
  address: 'EIP',
  egressOnlyGateway: 'EgressOnlyInternetGateway',
  peering: 'VPCPeeringConnection',
  spotRequest: 'SpotInstanceRequest',
  encryptionControl: 'VPCEncryptionControl',
};

/** `AWS::EC2::SecurityGroup`. */
function resourceType(kind: Kind): string {
  return `AWS::EC2::${typeNames[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1)}`;
}

/** The resources that an entry changed. */
export function resourcesOf({ changes }: JournalEntry) {
  return changes
    .filter(({ kind }) => !internal.has(kind))
    .map(({ kind, id }) => ({ ResourceType: resourceType(kind), ResourceName: id }));
}

/** The last part of a principal's ARN: `alice` of `…:user/team/alice`, `root`. */
export function usernameOf(principal: string): string {
  return principal.slice(Math.max(principal.lastIndexOf('/'), principal.lastIndexOf(':')) + 1);
}

/** The event of an entry, without the resources that are not the user's. */
export function eventOf(entry: JournalEntry): Event {
  const { action, principal, timeMs } = entry;
  return {
    EventId: eventId(entry),
    EventName: action,
    ReadOnly: 'false',
    EventTime: new Date(Math.floor(timeMs / 1000) * 1000),
    EventSource: eventSource,
    AccessKeyId: noteOf(entry)?.accessKeyId,
    Username: usernameOf(principal),
    Resources: resourcesOf(entry),
    CloudTrailEvent: JSON.stringify(recordOf(entry)),
  };
}

/** What the journal does not hold, as of entries of older versions and of imports, is null or absent, never made up. */
function recordOf(entry: JournalEntry) {
  const { action, principal, timeMs, scope, requestId } = entry;
  const note = noteOf(entry);
  const response = responseElements(action, note?.response ?? null) as object | null;
  return {
    eventVersion,
    userIdentity: identityOf(principal, scope, note),
    eventTime: wholeSeconds(timeMs),
    eventSource,
    eventName: action,
    awsRegion: scope.region,
    ...(note && { sourceIPAddress: note.sourceAddress }),
    ...(note?.userAgent !== undefined && { userAgent: note.userAgent }),
    requestParameters: requestElements(action, note?.parameters ?? null),
    responseElements: note?.parameters ? { requestId, ...response } : null,
    ...(note?.session && { additionalEventData: beginningOf(note.session) }),
    requestID: requestId,
    eventID: eventId(entry),
    readOnly: false,
    resources: resourcesOf(entry).map(({ ResourceType, ResourceName }) => ({
      type: ResourceType,
      name: ResourceName,
      accountId: scope.account,
    })),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: scope.account,
    eventCategory: 'Management',
  };
}

/** As CloudTrail gives times. */
function wholeSeconds(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** How an entry's request came, where that was recorded. */
export function noteOf({ request }: JournalEntry): RequestNote | undefined {
  return request === undefined ? undefined : readRequestNote(request);
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function identityOf(arn: string, { account: accountId, region }: Scope, note: RequestNote | undefined) {
  const key = note && { accessKeyId: note.accessKeyId };
  if (arn.endsWith(':root')) return { type: 'Root', principalId: accountId, arn, accountId, ...key };
  const principal = note && { principalId: note.principalId };
  if (note?.session) {
    const sessionContext = sessionContextOf(note.session, region);
    return { type: 'AssumedRole', ...principal, arn, accountId, ...key, sessionContext };
  }
  return { type: 'IAMUser', ...principal, arn, accountId, ...key, userName: usernameOf(arn) };
}

function sessionContextOf({ role, startedAtMs, sourceIdentity }: SessionNote, region: string) {
  const sessionIssuer = {
    type: 'Role',
    principalId: roleId(role),
    arn: roleArn(role, region),
    accountId: role.account,
    userName: roleName(role),
  };
  const attributes = { creationDate: wholeSeconds(startedAtMs), mfaAuthenticated: 'false' };
  return { sessionIssuer, attributes, ...(sourceIdentity !== undefined && { sourceIdentity }) };
}

/** AWS finds it out by the event of AssumeRole; that changes nothing, so that the journal here has none. */
function beginningOf({ assumedBy, keyId }: SessionNote) {
  return { assumedBy, ...(keyId !== undefined && { accessKeyId: keyId }) };
}

const sequenceDigits = 12;

/**
 * A UUID of version 8 (RFC 9562, 5.8): the sequence in 48 bits, by which an event is found again, and a hash of the
 * request's id, so that an id of another journal is not taken for one of this.
 */
export function eventId({ sequence, requestId }: Pick<JournalEntry, 'sequence' | 'requestId'>): string {
  const hash = createHash('sha256').update(`${requestId} ${sequence}`).digest('hex');
  const head = sequence.toString(16).padStart(sequenceDigits, '0');
  const parts = [head.slice(0, 8), head.slice(8), `8${hash.slice(0, 3)}`, `8${hash.slice(3, 6)}`];
  return [...parts, hash.slice(6, 18)].join('-');
}

/** The sequence that an event id names; undefined where the text is no id of an event. */
export function sequenceOfEventId(id: string): number | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/.exec(id);
  return match ? Number.parseInt(`${match[1]}${match[2]}`, 16) : undefined;
}
