/** A caller of the EC2 API with nothing but fetch: query parameters, Signature Version 4, and the ids of the answer. */
import { createHash, createHmac } from 'node:crypto';
import { Failure } from '../failure.ts';

/** Parameters of an action, as the query protocol writes them: `IpPermissions.1.FromPort`. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** The values of the answer's elements of one name, in order. */
export type Answer = { readonly all: (element: string) => readonly string[] };

const region = 'us-east-1';
const ec2Version = '2016-11-15';
/** The key of the demo's own server, which does not check signatures; the request is signed all the same. */
const key = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();

export class Ec2Api {
  readonly #endpoint: URL;

  constructor(endpoint: string) {
    this.#endpoint = new URL(endpoint);
  }

  /** Calls an action; throws a failure with AWS's code where it is refused. */
  async call(action: string, parameters: Parameters = {}): Promise<Answer> {
    const body = new URLSearchParams({ Action: action, Version: ec2Version });
    for (const [name, value] of Object.entries(parameters)) body.set(name, String(value));
    return this.#post(action, body.toString());
  }

  async #post(action: string, body: string): Promise<Answer> {
    const response = await fetch(this.#endpoint, { method: 'POST', body, headers: this.#sign(body) });
    const text = await response.text();
    if (!response.ok) {
      const code = elements(text, 'Code')[0] ?? response.status;
      throw new Failure(`${action} was refused: ${code}: ${elements(text, 'Message')[0] ?? text}`);
    }
    return { all: (element) => elements(text, element) };
  }

  /** Calls an action and returns the one value of an element of its answer. */
  async one(element: string, action: string, parameters: Parameters = {}): Promise<string> {
    const [value] = (await this.call(action, parameters)).all(element);
    if (value === undefined) throw new Failure(`the answer of ${action} has no ${element}`);
    return value;
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
  #sign(body: string): Readonly<Record<string, string>> {
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const date = time.slice(0, 8);
    const contentType = 'application/x-www-form-urlencoded; charset=utf-8';
    const signed = 'content-type;host;x-amz-date';
    const headers = `content-type:${contentType}\nhost:${this.#endpoint.host}\nx-amz-date:${time}\n`;
    const canonical = ['POST', '/', '', headers, signed, sha256(body)].join('\n');
    const scope = `${date}/${region}/ec2/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
    const signingKey = [date, region, 'ec2', 'aws4_request'].reduce<string | Buffer>(
      (secret, part) => hmac(secret, part),
      `AWS4${key.secret}`,
    );
    const signature = hmac(signingKey, toSign).toString('hex');
    return {
      'content-type': contentType,
      'x-amz-date': time,
      authorization: `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    };
  }
}

/** The texts of the elements of a name. The demo reads ids and addresses, which hold no markup. */
function elements(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text ?? '');
}
