/**
 * Who signed a request, as it says itself: the `Authorization` header or the query form of Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
import { decodeComponent } from './parameters.ts';
import { decodeUtf8 } from './utf8.ts';
import type { Credential, RawRequest } from './wire.ts';

export const algorithm = 'AWS4-HMAC-SHA256';

const defaultAccount = '123456789012';

/** Why a request has no credential that can be read. */
export type CredentialProblem = {
  readonly kind: 'credentialProblem';
  readonly problem: 'missingToken' | 'incompleteSignature';
  readonly message: string;
};

/**
 * The account that an access key id stands for: an id of exactly 12 digits names that account, any other the default
 * account 123456789012. So accounts can be told apart without registering keys.
 */
export function accountOf(accessKeyId: string): string {
  return /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaultAccount;
}

/** The credential that a request carries, unverified, or what is wrong with it. */
export function readCredential(request: RawRequest): Credential | CredentialProblem {
  const headers = request.headers['authorization'] ?? [];
  const query = queryFields(request.query);
  const presigned = query.has('x-amz-algorithm') || query.has('x-amz-signature');
  if (headers.length + (presigned ? 1 : 0) > 1) {
    return incomplete('The request is signed in more than one place');
  }
  if (presigned) return fromQuery(query);
  const [header] = headers;
  if (header === undefined) {
    const message = isOfOlderSignature(request)
      ? 'The request is signed with an older Signature Version than 4, the only one that is verified'
      : 'The request is not signed: it has no Authorization header';
    return { kind: 'credentialProblem', problem: 'missingToken', message };
  }
  return fromHeader(header, request.headers['x-amz-security-token']?.[0]);
}

const olderSignature = /(^|&)SignatureVersion=[0-2](&|$)/;

/** Older versions sign by parameters alone, as Apache Libcloud does where it is not told otherwise. */
function isOfOlderSignature({ query, body }: RawRequest): boolean {
  return olderSignature.test(query) || olderSignature.test(decodeUtf8(body) ?? '');
}

/**
 * Decoded fields of a query string by their lower-case names; the last of several wins, those that cannot be decoded
 * are left out. Empty where nothing is about signing.
 */
export function queryFields(query: string): ReadonlyMap<string, string> {
  if (query === '' || !/x-amz-/i.test(query)) return noFields;
  const fields = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
    const value = decodeComponent(equals < 0 ? '' : pair.slice(equals + 1));
    if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value);
  }
  return fields;
}

const noFields: ReadonlyMap<string, string> = new Map();

function fromHeader(header: string, sessionToken: string | undefined): Credential | CredentialProblem {
  const space = header.indexOf(' ');
  const scheme = space < 0 ? header : header.slice(0, space);
  if (scheme !== algorithm) return incomplete(`The Authorization header does not begin with ${algorithm}`);
  let [credential, signedHeaders, signature]: (string | undefined)[] = [];
  for (const part of header.slice(space + 1).split(',')) {
    const equals = part.indexOf('=');
    const value = part.slice(equals + 1).trim();
    switch (part.slice(0, Math.max(equals, 0)).trim()) {
      case 'Credential':
        credential = value;
        break;
      case 'SignedHeaders':
        signedHeaders = value;
        break;
      case 'Signature':
        signature = value;
        break;
      default:
        break;
    }
  }
  return assemble('header', { credential, signedHeaders, signature, sessionToken });
}

function fromQuery(query: ReadonlyMap<string, string>): Credential | CredentialProblem {
  if (query.get('x-amz-algorithm') !== algorithm) return incomplete(`X-Amz-Algorithm is not ${algorithm}`);
  return assemble('query', {
    credential: query.get('x-amz-credential'),
    signedHeaders: query.get('x-amz-signedheaders'),
    signature: query.get('x-amz-signature'),
    sessionToken: query.get('x-amz-security-token'),
  });
}

type Fields = {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly sessionToken: string | undefined;
};

const credentialPattern = /^([\w.@+=-]{1,128})\/(\d{8})\/([a-z0-9-]{1,64})\/([a-z0-9-]{1,64})\/aws4_request$/;

function assemble(carrier: Credential['carrier'], fields: Fields): Credential | CredentialProblem {
  const { credential, signedHeaders, signature, sessionToken } = fields;
  if (!credential) return incomplete('The signature has no Credential');
  if (!signedHeaders) return incomplete('The signature has no SignedHeaders');
  if (!signature) return incomplete('The signature has no Signature');
  const match = credentialPattern.exec(credential);
  if (!match) return incomplete('Credential is not KEY/YYYYMMDD/REGION/SERVICE/aws4_request');
  const [, accessKeyId = '', date = '', region = '', service = ''] = match;
  return {
    kind: 'credential',
    accessKeyId,
    date,
    region,
    service,
    sessionToken,
    signedHeaders: signedHeaders.split(';'),
    signature,
    carrier,
  };
}

function incomplete(message: string): CredentialProblem {
  return { kind: 'credentialProblem', problem: 'incompleteSignature', message };
}
