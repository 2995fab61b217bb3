/**
 * What the journal keeps of a request besides its changes: how it came, what it asked for and the ids that it was
 * answered with, without secrets. It is written with every change, so that it is made of texts that are at hand.
 */

export type RequestNote = {
  readonly accessKeyId: string;
  /** Unique id of the principal. */
  readonly principalId: string;
  readonly sourceAddress: string;
  readonly userAgent?: string;
  /** Null where the server itself acted for the caller. */
  readonly parameters: unknown;
  /** The parts of the answer that are ids or lead to some. */
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

/** The note as text. */
export function requestNoteText(note: RequestNote): string {
  const { userAgent, parameters, response } = note;
  const shown = {
    ...note,
    parameters: null,
    response: null,
    userAgent: userAgent?.slice(0, userAgentLengthMax),
  };
  const head = JSON.stringify(shown, ['accessKeyId', 'principalId', 'sourceAddress', 'userAgent']);
  const ids = JSON.stringify(idsIn(response) ?? null);
  return `${head.slice(0, -1)},"parameters":${withoutSecrets(parameters)},"response":${ids}}`;
}

/** The note of a text that this program wrote. */
export function readRequestNote(text: string): RequestNote {
  return JSON.parse(text) as RequestNote;
}

function withoutSecrets(parameters: unknown): string {
  const text = JSON.stringify(parameters ?? null);
  if (!mayNeedLook.test(text)) return text;
  return JSON.stringify(parameters, (name, value: unknown) => {
    if (secret.has(name)) return removed;
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}

const idName = /(?:Ids?|Arn|Return)$/;

/** Whether members of a name are ids; there are a few hundred names. */
const known = new Map<string, boolean>();

function isIdName(name: string): boolean {
  let is = known.get(name);
  if (is === undefined) {
    is = idName.test(name);
    known.set(name, is);
  }
  return is;
}

/** The members of a value that are ids, with what they stand in; undefined where there are none. */
function idsIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const items = value.map(idsIn).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  let ids: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const kept = isIdName(name) ? member : typeof member === 'object' ? idsIn(member) : undefined;
    if (kept === undefined || secret.has(name)) continue;
    ids ??= {};
    ids[name] = kept;
  }
  return ids;
}
