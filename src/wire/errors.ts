/** The refusals that this room itself makes, as values, and how each protocol calls them. */
import type { Protocol, WireError } from './wire.ts';

/** An error with a code of AWS; client errors are 400 unless AWS documents another status. */
export function wireError(code: string, message: string, status = 400): WireError {
  return { kind: 'wireError', code, message, status };
}

/** Whether a value that may be anything else is a refusal. */
export function isWireError(value: unknown): value is WireError {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'wireError';
}

/** What can be wrong with a request before its service looks at it. */
export type Problem =
  | 'unknownAction'
  | 'missingAction'
  | 'malformedQuery'
  | 'malformedJson'
  | 'missingToken'
  | 'incompleteSignature'
  | 'unknownKey'
  | 'signatureMismatch'
  | 'expired'
  | 'expiredToken'
  | 'notAuthorized';

type Named = readonly [code: string, status: number];
type Names = { readonly ec2: Named; readonly query: Named; readonly json: Named };

/**
 * Query services: the "Common Errors" page of each API reference, for one
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html. EC2 answers wrong keys and signatures with
 * AuthFailure: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. JSON services name the
 * same with `Exception`: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html and the common errors of
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html.
 */
const problemNames: Readonly<Record<Problem, Names>> = {
  unknownAction: same(['InvalidAction', 400], ['UnknownOperationException', 400]),
  missingAction: same(['MissingAction', 400], ['UnknownOperationException', 400]),
  malformedQuery: same(['MalformedQueryString', 404], ['SerializationException', 400]),
  malformedJson: same(['MalformedQueryString', 404], ['SerializationException', 400]),
  missingToken: same(['MissingAuthenticationToken', 403], ['MissingAuthenticationTokenException', 400]),
  incompleteSignature: same(['IncompleteSignature', 400], ['IncompleteSignatureException', 400]),
  unknownKey: {
    ec2: ['AuthFailure', 401],
    query: ['InvalidClientTokenId', 403],
    json: ['UnrecognizedClientException', 400],
  },
  signatureMismatch: {
    ec2: ['AuthFailure', 401],
    query: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
  },
  expired: {
    ec2: ['RequestExpired', 400],
    // What STS answers to a wrong clock, and what SDKs take as the sign to correct theirs.
    query: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
  },
  // EC2's page says that RequestExpired is also the answer to temporary credentials that have expired.
  expiredToken: {
    ec2: ['RequestExpired', 400],
    query: ['ExpiredToken', 403],
    json: ['ExpiredTokenException', 400],
  },
  notAuthorized: {
    ec2: ['UnauthorizedOperation', 403],
    query: ['AccessDenied', 403],
    json: ['AccessDeniedException', 400],
  },
};

function same(query: Named, json: Named): Names {
  return { ec2: query, query, json };
}

/** A problem under the code and status that the protocol's clients know. */
export function problem(protocol: Protocol, what: Problem, message: string): WireError {
  const [code, status] = problemNames[what][family(protocol)];
  return wireError(code, message, status);
}

function family(protocol: Protocol): keyof Names {
  switch (protocol) {
    case 'ec2Query':
      return 'ec2';
    case 'awsQuery':
      return 'query';
    case 'awsJson1_0':
    case 'awsJson1_1':
      return 'json';
    default:
      return protocol satisfies never;
  }
}
