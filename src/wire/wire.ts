/**
 * What crosses this room's edge. The way of a request:
 *
 *   readRequest (request.ts)       raw HTTP, its chunks joined → `Call`, or `RefusedRequest`
 *   verifySignature (signature.ts) with `--auth on`: undefined, or a `WireError`
 *   decodeInput (input.ts)         `Call` → input with the AWS SDK's member names and types, or a `WireError`
 *   encodeOutput (output.ts)       operation and output in SDK types → `WireResponse`
 *   encodeError (output.ts)        a `WireError` → `WireResponse`
 *
 * `operationOf(service, action)` and `operationNames(service)` are in operation.ts. Everything is synchronous and
 * nothing throws on any input; only an output that does not fit its shape is a bug and throws.
 */

/** https://smithy.io/2.0/aws/protocols/index.html */
export type Protocol = 'ec2Query' | 'awsQuery' | 'awsJson1_0' | 'awsJson1_1';

/** A request as the HTTP server received it. */
export type RawRequest = {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query string. */
  readonly path: string;
  /** Query string as sent, without `?`; empty where there is none. */
  readonly query: string;
  /** Lower-case names to their values in the order received, as Node's `request.headersDistinct`. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: Uint8Array;
};

/** A part of a body that is sent in chunks; its signature is lower-case hex. */
export type Chunk = { readonly data: Uint8Array; readonly signature: string | undefined };

/** A body that was sent in chunks. */
export type Chunks = {
  /** `x-amz-content-sha256`, `STREAMING-…`. */
  readonly form: string;
  /** The last one is empty. */
  readonly chunks: readonly Chunk[];
  /** What the chunks hold. */
  readonly body: Uint8Array;
  /** Headers after the body by their lower-case names. */
  readonly trailers: ReadonlyMap<string, string>;
  readonly trailerSignature: string | undefined;
};

/** Where a SigV4 request says it comes from; nothing in it is verified. */
export type Credential = {
  readonly kind: 'credential';
  readonly accessKeyId: string;
  /** `YYYYMMDD` of the credential scope. */
  readonly date: string;
  readonly region: string;
  /** Service of the credential scope, such as `ec2`; the call's own service is `operation.service`. */
  readonly service: string;
  readonly sessionToken: string | undefined;
  readonly signedHeaders: readonly string[];
  /** Lower-case hex. */
  readonly signature: string;
  readonly carrier: 'header' | 'query';
};

/** One segment of parameter names, with what was given for exactly this name and for longer ones. */
export type Parameter = {
  readonly segment: string;
  readonly parent: Parameter | undefined;
  readonly value: string | undefined;
  /** By their segments, in the order given. */
  readonly children: {
    readonly size: number;
    get(segment: string): Parameter | undefined;
    values(): Iterable<Parameter>;
  };
};

/** All parameters of a request: the root, which has no name. */
export type Parameters = Parameter;

/** The still undecoded input of a call. */
export type Payload =
  | { readonly kind: 'parameters'; readonly parameters: Parameters }
  | { readonly kind: 'json'; readonly text: string };

export const serviceNames = ['ec2', 'sts', 'cloudtrail'] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Input or output as the codecs of its protocol family read and write it. */
export type Codec =
  | {
      readonly kind: 'query';
      readonly decode: (parameters: Parameters) => Input | WireError;
      /** The elements of the output's members; undefined for an operation without output. */
      readonly encode: ((output: unknown) => string) | undefined;
    }
  | {
      readonly kind: 'json';
      readonly decode: (text: string) => Input | WireError;
      readonly encode: ((output: unknown) => string) | undefined;
    };

/** One action of one service. */
export type WireOperation = {
  readonly service: ServiceName;
  /** The action's name, such as `CreateSecurityGroup`. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly xmlNamespace: string;
  readonly codec: Codec;
};

/** A well-formed request for an operation of the model. */
export type Call = {
  readonly kind: 'call';
  readonly operation: WireOperation;
  /** AWS answers some GET queries; the server lets only POST change state. */
  readonly method: 'GET' | 'POST';
  readonly credential: Credential;
  /** The account of the access key id, see `accountOf`. */
  readonly account: string;
  readonly region: string;
  readonly payload: Payload;
  /** Of a body in chunks; their signatures are not verified yet. */
  readonly chunks?: Chunks;
};

/** A decoded input: member names and types as in the AWS SDK's request types. */
export type Input = { readonly kind: 'input'; readonly input: unknown };

/** A refusal with AWS's code and HTTP status; the message is ours. */
export type WireError = {
  readonly kind: 'wireError';
  readonly code: string;
  readonly message: string;
  readonly status: number;
};

/** A request that names no operation: the error, and the protocol in which its client reads errors. */
export type RefusedRequest = {
  readonly kind: 'refusedRequest';
  readonly protocol: Protocol;
  readonly error: WireError;
};

/** What goes back; the body is text to be sent as UTF-8. */
export type WireResponse = {
  readonly status: number;
  /** Lower-case names, `content-type` among them; `content-length` is the server's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
