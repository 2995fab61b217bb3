/** From a raw HTTP request to the operation that it calls. */
import { readChunks } from './chunked-body.ts';
import { accountOf, type CredentialProblem, readCredential } from './credential.ts';
import { isWireError, problem, wireError } from './errors.ts';
import { olderVersions } from './older-versions.ts';
import { allServices, operationOf, type Service, serviceOf } from './operation.ts';
import { readParameters } from './parameters.ts';
import { decodeUtf8 } from './utf8.ts';
import type {
  Call,
  Credential,
  Parameters,
  Payload,
  Protocol,
  RawRequest,
  RefusedRequest,
  WireError,
} from './wire.ts';

type Method = Call['method'];

/**
 * The call that a request makes. The service is that of `X-Amz-Target`, else of the credential scope, else of the
 * host name, else the one that knows version and action. Refuses, in AWS's order: a request that cannot be read, one
 * without or with a broken signature, an unknown action. Signatures are not verified here.
 */
export function readRequest(request: RawRequest): Call | RefusedRequest {
  const credential = readCredential(request);
  const chunks = readChunks(request);
  if (isWireError(chunks)) return refused(protocolMeant(request, credential), chunks);
  if (!chunks) return wholeRequest(request, credential);
  const read = wholeRequest({ ...request, body: chunks.body }, credential);
  return read.kind === 'call' ? { ...read, chunks } : read;
}

function wholeRequest(
  request: RawRequest,
  credential: Credential | CredentialProblem,
): Call | RefusedRequest {
  const target = request.headers['x-amz-target']?.[0];
  return target === undefined ? queryCall(request, credential) : jsonCall(request, target, credential);
}

/** The protocol of whoever sent a request, as far as its headers tell. */
function protocolMeant(request: RawRequest, credential: Credential | CredentialProblem): Protocol {
  return meantBy(request, credential)?.protocol ?? jsonProtocol(request) ?? 'awsQuery';
}

/** The service that the credential scope names, or, where there is none, the host name. */
function meantBy(request: RawRequest, credential: Credential | CredentialProblem): Service | undefined {
  return credential.kind === 'credential' ? serviceOf(credential.service) : serviceOfHost(request);
}

function jsonCall(
  request: RawRequest,
  target: string,
  credential: Credential | CredentialProblem,
): Call | RefusedRequest {
  const dot = target.lastIndexOf('.');
  // botocore puts a namespace before the CloudTrail target of the other SDKs.
  const prefix = `.${target.slice(0, Math.max(dot, 0))}`;
  const service = allServices().find((known) => speaksJson(known) && prefix.endsWith(`.${known.target}`));
  const protocol = jsonProtocol(request) ?? service?.protocol ?? 'awsJson1_1';
  const refuse = (error: WireError) => refused(protocol, error);
  if (request.method !== 'POST') return refuse(wrongMethod(request.method));
  const text = decodeUtf8(request.body);
  if (text === undefined) {
    return refuse(problem(protocol, 'malformedJson', 'The request body is not UTF-8'));
  }
  return finish(request.method, service, protocol, target.slice(dot + 1), credential, { kind: 'json', text });
}

function queryCall(request: RawRequest, credential: Credential | CredentialProblem): Call | RefusedRequest {
  const named = meantBy(request, credential);
  const early = protocolMeant(request, credential);
  const { method } = request;
  if (method !== 'GET' && method !== 'POST') return refused(early, wrongMethod(method));
  const parameters = formParameters(request);
  if (isWireError(parameters)) return refused(early, parameters);
  const action = parameters.children.get('Action')?.value;
  const version = parameters.children.get('Version')?.value;
  const isScoped = credential.kind === 'credential';
  const service = isScoped ? named : (named ?? serviceThatKnows(action, version));
  const protocol = service?.protocol ?? early;
  if (service && credential.kind !== 'credentialProblem') {
    if (protocol !== 'ec2Query' && protocol !== 'awsQuery') {
      return refused(protocol, problem(protocol, 'missingAction', 'The request has no X-Amz-Target header'));
    }
    const error = checkVersion(service, version);
    if (error && action !== undefined) return refused(protocol, error);
  }
  const call = finish(method, service, protocol, action, credential, { kind: 'parameters', parameters });
  return call.kind === 'call' ? inVersion(call, service, version) : call;
}

function finish(
  method: Method,
  service: Service | undefined,
  protocol: Protocol,
  action: string | undefined,
  credential: Credential | CredentialProblem,
  payload: Payload,
): Call | RefusedRequest {
  if (credential.kind === 'credentialProblem') {
    return refused(protocol, problem(protocol, credential.problem, credential.message));
  }
  if (!service) {
    const message = `The service ${credential.service} is not served here`;
    return refused(protocol, problem(protocol, 'unknownAction', message));
  }
  if (action === undefined || action === '') {
    return refused(protocol, problem(protocol, 'missingAction', 'The request names no action'));
  }
  const operation = operationOf(service.name, action);
  if (!operation) {
    const message = `The action ${shown(action)} is not valid for the service ${service.name}`;
    return refused(protocol, problem(protocol, 'unknownAction', message));
  }
  const { accessKeyId, region } = credential;
  return {
    kind: 'call',
    operation,
    method,
    credential,
    account: accountOf(accessKeyId),
    region,
    payload,
  };
}

/** Parameters of the query string and, for POST, of a form body. */
function formParameters(request: RawRequest): Parameters | WireError {
  if (request.method !== 'POST' || request.body.length === 0) return readParameters([request.query]);
  const contentType = request.headers['content-type']?.[0] ?? '';
  if (!isForm(contentType)) {
    return malformed(
      `The request body is ${shown(contentType)}, not application/x-www-form-urlencoded in UTF-8`,
    );
  }
  const body = decodeUtf8(request.body);
  return body === undefined
    ? malformed('The request body is not UTF-8')
    : readParameters([request.query, body]);
}

/** As botocore and the SDKs write it: found at once, before the spelling is looked at. */
const usualForm = 'application/x-www-form-urlencoded; charset=utf-8';

/** Whether a content type is a form in UTF-8, or none is given. */
function isForm(contentType: string): boolean {
  if (contentType === usualForm) return true;
  const spelling = contentType.toLowerCase().replaceAll(/[\s"]/g, '');
  return /^(application\/x-www-form-urlencoded(;charset=utf-?8)?)?;?$/.test(spelling);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html: the version is required. */
function checkVersion(service: Service, version: string | undefined): WireError | undefined {
  if (speaks(service, version)) return undefined;
  if (version === undefined) return wireError('MissingParameter', 'The request needs the parameter Version');
  const message = `${service.name} has no API version ${shown(version)}; use ${service.version}`;
  return wireError('NoSuchVersion', message);
}

function speaks({ name, version }: Service, asked: string | undefined): boolean {
  return asked !== undefined && (asked === version || olderVersions[name].includes(asked));
}

/** The call, answered in the namespace of the version that it names. */
function inVersion(call: Call, service: Service | undefined, version: string | undefined): Call {
  if (!service || version === undefined || version === service.version) return call;
  const { operation } = call;
  const xmlNamespace = operation.xmlNamespace.replace(service.version, version);
  return { ...call, operation: { ...operation, xmlNamespace } };
}

/** `ec2.us-east-1.amazonaws.com`, `sts.localhost:4566`. */
function serviceOfHost(request: RawRequest): Service | undefined {
  const host = request.headers['host']?.[0] ?? '';
  return serviceOf(host.split(/[.:]/, 1)[0] ?? '');
}

function serviceThatKnows(action: string | undefined, version: string | undefined): Service | undefined {
  const byAction = allServices().filter(({ name }) => operationOf(name, action ?? ''));
  return byAction.find((service) => speaks(service, version)) ?? byAction[0];
}

function speaksJson({ protocol }: Service): boolean {
  return protocol === 'awsJson1_0' || protocol === 'awsJson1_1';
}

function jsonProtocol(request: RawRequest): Protocol | undefined {
  const contentType = request.headers['content-type']?.[0] ?? '';
  if (contentType.startsWith('application/x-amz-json-1.0')) return 'awsJson1_0';
  return contentType.startsWith('application/x-amz-json-1.1') ? 'awsJson1_1' : undefined;
}

function refused(protocol: Protocol, error: WireError): RefusedRequest {
  return { kind: 'refusedRequest', protocol, error };
}

function malformed(message: string): WireError {
  return problem('ec2Query', 'malformedQuery', message);
}

function wrongMethod(method: string): WireError {
  return wireError('InvalidRequest', `The method ${shown(method)} is not supported`);
}

function shown(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
