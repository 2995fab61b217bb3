/** The real AWS SDK as the other end of the wire: its requests are captured, its responses are ours. */
import { readFileSync } from 'node:fs';
import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as ec2 from '@aws-sdk/client-ec2';
import * as sts from '@aws-sdk/client-sts';
import type { ServiceModel } from '#wire/model.ts';
import type { RawRequest, ServiceName, WireResponse } from '#wire/wire.ts';

type SdkRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
};
type Answer = (request: RawRequest) => WireResponse;
type Send = (operation: string, input: object) => Promise<Record<string, unknown>>;
type Client = { send(command: object): Promise<Record<string, unknown>> };
type Command = new (input: object) => object;

export const credentials = { accessKeyId: '111122223333', secretAccessKey: 'a-secret/of+no=use' };
export const region = 'eu-west-3';

/** Sends an operation through a service's SDK client to a function that answers; the result has no `$metadata`. */
export function sdkSender(service: ServiceName, answer: Answer): Send {
  const requestHandler = {
    handle: async (request: SdkRequest) => ({ response: sdkResponse(answer(rawRequest(request))) }),
  };
  // Checksums and user agents ask the machine for more than they need here.
  const options = { region, credentials, requestHandler, maxAttempts: 1 } as never;
  const [client, commands] = clientOf(service, options);
  return async (operation, input) => {
    const Command = commands[`${operation}Command`] as Command;
    const { $metadata: _, ...output } = await client.send(new Command(input));
    return output;
  };
}

/** The model of a service as the product reads it. */
export function modelFile(service: ServiceName): ServiceModel {
  const file = new URL(`../../../src/wire/models/${service}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as ServiceModel;
}

function clientOf(service: ServiceName, options: never): [Client, Readonly<Record<string, unknown>>] {
  switch (service) {
    case 'ec2':
      return [new ec2.EC2Client(options) as unknown as Client, ec2];
    case 'sts':
      return [new sts.STSClient(options) as unknown as Client, sts];
    case 'cloudtrail':
      return [new cloudtrail.CloudTrailClient(options) as unknown as Client, cloudtrail];
    default:
      return service satisfies never;
  }
}

/** The SDK's request as the HTTP server would hand it over. */
export function rawRequest(request: SdkRequest): RawRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), [value]]);
  const { method, path, body = '' } = request;
  return {
    method,
    path,
    query: '',
    headers: Object.fromEntries(headers),
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  };
}

function sdkResponse({ status, headers, body }: WireResponse) {
  return { statusCode: status, headers: { ...headers }, body: new TextEncoder().encode(body) };
}
