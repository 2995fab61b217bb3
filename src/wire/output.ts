/** From an operation's result to the response. */

import type { Protocol, WireError, WireOperation, WireResponse } from './wire.ts';
import { escapeXml } from './xml-text.ts';

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';

/**
 * The response to a call that succeeded. Output has the AWS SDK's member names and types; an operation without output
 * takes anything. Throws where the output does not fit its shape: that is a bug in the operation.
 */
export function encodeOutput(operation: WireOperation, output: unknown, requestId: string): WireResponse {
  const { codec, protocol } = operation;
  const body = codec.encode?.(output ?? {});
  switch (protocol) {
    case 'ec2Query':
      return response(protocol, 200, requestId, ec2Body(operation, body, requestId));
    case 'awsQuery':
      return response(protocol, 200, requestId, queryBody(operation, body, requestId));
    case 'awsJson1_0':
    case 'awsJson1_1':
      return response(protocol, 200, requestId, body ?? '');
    default:
      return protocol satisfies never;
  }
}

/** The response to a call that was refused. */
export function encodeError(
  protocol: Protocol,
  error: Pick<WireError, 'code' | 'message' | 'status'>,
  requestId: string,
): WireResponse {
  const { code, message, status } = error;
  const inside = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const id = `<RequestID>${escapeXml(requestId)}</RequestID>`;
  switch (protocol) {
    case 'ec2Query': {
      const body = `${xmlHead}<Response><Errors><Error>${inside}</Error></Errors>${id}</Response>`;
      return response(protocol, status, requestId, body);
    }
    case 'awsQuery': {
      const fault = `<Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>`;
      const queryId = `<RequestId>${escapeXml(requestId)}</RequestId>`;
      const body = `${xmlHead}<ErrorResponse><Error>${fault}${inside}</Error>${queryId}</ErrorResponse>`;
      return response(protocol, status, requestId, body);
    }
    case 'awsJson1_0':
    case 'awsJson1_1': {
      const { headers, body } = response(
        protocol,
        status,
        requestId,
        JSON.stringify({ __type: code, message }),
      );
      return { status, headers: { ...headers, 'x-amzn-errortype': code }, body };
    }
    default:
      return protocol satisfies never;
  }
}

function ec2Body(operation: WireOperation, body: string | undefined, requestId: string): string {
  const tag = `${operation.name}Response`;
  const namespace = operation.xmlNamespace.endsWith('/')
    ? operation.xmlNamespace
    : `${operation.xmlNamespace}/`;
  const id = `<requestId>${escapeXml(requestId)}</requestId>`;
  // Operations without output of their own say that they succeeded.
  const inside = body ?? '<return>true</return>';
  return `${xmlHead}<${tag} xmlns="${namespace}">${id}${inside}</${tag}>`;
}

function queryBody(operation: WireOperation, body: string | undefined, requestId: string): string {
  const { name, xmlNamespace } = operation;
  const result = body === undefined ? '' : `<${name}Result>${body}</${name}Result>`;
  const id = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`;
  return `${xmlHead}<${name}Response xmlns="${xmlNamespace}">${result}${id}</${name}Response>`;
}

function response(protocol: Protocol, status: number, requestId: string, body: string): WireResponse {
  return {
    status,
    headers: { 'content-type': contentType(protocol), 'x-amzn-requestid': requestId },
    body,
  };
}

function contentType(protocol: Protocol): string {
  switch (protocol) {
    case 'ec2Query':
    case 'awsQuery':
      return 'text/xml;charset=UTF-8';
    case 'awsJson1_0':
      return 'application/x-amz-json-1.0';
    case 'awsJson1_1':
      return 'application/x-amz-json-1.1';
    default:
      return protocol satisfies never;
  }
}
