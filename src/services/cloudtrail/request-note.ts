/**
 * What the journal keeps of a request besides its changes: how it came, what it asked for and the ids that it was
 * answered with, without secrets. It is written with every change, so that it is made of texts that are at hand.
 */
import type { Role, Session } from '../sts/session.ts';

/** What CloudTrail tells of a session, and who began it. */
export type SessionNote = {
  readonly role: Role;
  readonly startedAtMs: number;
  readonly sourceIdentity?: string | undefined;
  readonly assumedBy: string;
  /** The key of that user. */
  readonly keyId?: string | undefined;
};

/** What is kept of a session with each of its requests. */
export function sessionNote(session: Session): SessionNote {
  const { role, startedAtMs, sourceIdentity, assumedBy, keyId } = session;
  return { role, startedAtMs, sourceIdentity, assumedBy, keyId };
}

export type RequestNote = {
  readonly accessKeyId: string;
  /** Unique id of the principal. */
  readonly principalId: string;
  readonly sourceAddress: string;
  readonly userAgent?: string;
  /** Where a session asked. */
  readonly session?: SessionNote;
  /** Null where the server itself acted for the caller. */
  readonly parameters: unknown;
  /** The parts of the answer that are ids or lead to some; null where none is. */
  readonly response: unknown;
};

/** What stands in CloudTrail's events for what nobody may read. */
const removed = '<sensitiveDataRemoved>';

/** Members that hold secrets: user data carries passwords often enough. */
const secret: ReadonlySet<string> = new Set(['UserData', 'KeyMaterial', 'SecretAccessKey', 'PreSharedKey']);
/** Where a text holds none of these names, nothing in it needs a look. */
const mayNeedLook = /"(?:UserData|KeyMaterial|SecretAccessKey|PreSharedKey|PublicKeyMaterial)":/;
/** Any client may send any; AWS cuts it off too. */
const userAgentLengthMax = 1000;

/** The note as text, put together from parts: it is made with every change. */
export function requestNoteText({ parameters, response, ...came }: RequestNote): string {
  const { userAgent = '' } = came;
  const head = JSON.stringify(
    userAgent.length > userAgentLengthMax
      ? { ...came, userAgent: userAgent.slice(0, userAgentLengthMax) }
      : came,
  );
  const ids = idsText(response) || 'null';
  return `${head.slice(0, -1)},"parameters":${withoutSecrets(parameters)},"response":${ids}}`;
}

/** The note of a text that this program wrote. */
export function readRequestNote(text: string): RequestNote {
  return JSON.parse(text) as RequestNote;
}

function withoutSecrets(given: unknown): string {
  const parameters = isSecretAttribute(given) ? { ...given, Value: removed } : given;
  const text = JSON.stringify(parameters ?? null);
  if (!mayNeedLook.test(text)) return text;
  return JSON.stringify(parameters, (name, value: unknown) => {
    if (secret.has(name)) return removed;
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}

/** User data under another name: ModifyInstanceAttribute takes it as `Attribute=userData` and `Value`, too. */
const isSecretAttribute = (given: unknown): given is object =>
  typeof given === 'object' && given !== null && 'Attribute' in given && given.Attribute === 'userData';

/** `_return` of CloudTrail's events stands among the ids. */
const isIdName = (name: string): boolean =>
  name === 'Return' || (name.endsWith('Id') && !name.endsWith('OwnerId'));

/** The members of a value that are ids, with what they stand in, as JSON; empty where there are none. */
function idsText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) {
      const ids = idsText(item);
      if (ids !== '') text += text === '' ? ids : `,${ids}`;
    }
    return text === '' ? '' : `[${text}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const name in members) {
    const member = members[name];
    if (member === undefined) continue;
    const ids = typeof member === 'object' ? idsText(member) : isIdName(name) ? JSON.stringify(member) : '';
    if (ids !== '') text += `${text === '' ? '' : ','}"${name}":${ids}`;
  }
  return text === '' ? '' : `{${text}}`;
}
