/** Timestamps in the formats of https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait. */
const dateTimePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

/** The time of an RFC 3339 text, or of a bare date at midnight UTC; undefined where the text is anything else. */
export function parseDateTime(text: string): Date | undefined {
  const match = dateTimePattern.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = match;
  const millis = (match[7] ?? '').padEnd(3, '0').slice(0, 3);
  const local = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`);
  // Hour 24 and days beyond the month's end are read by some engines as the next day.
  if (Number.isNaN(local.getTime()) || local.getUTCDate() !== Number(day)) return undefined;
  return new Date(local.getTime() - offsetMs(match[8] ?? 'Z'));
}

/** The time of seconds since 1970, fractions to the millisecond, or undefined outside what a date can hold. */
export function fromEpochSeconds(seconds: number): Date | undefined {
  const date = new Date(Math.round(seconds * 1000));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The time of an IMF-fixdate such as `Tue, 29 Apr 2014 18:30:38 GMT` (RFC 9110, 5.6.7), or undefined. */
export function parseHttpDate(text: string): Date | undefined {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toUTCString() === text ? date : undefined;
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
