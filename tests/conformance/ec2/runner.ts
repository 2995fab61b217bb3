/** Runs the steps of the suite through the real SDK, and remembers what they made. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-ec2';
import { resources } from '#services/ec2/resources.ts';
import { idPrefixes } from '#vpc/ids.ts';
import { inputMembers, requiredMembers } from './model.ts';
import { filled, valueAt } from './paths.ts';
import { type Members, type Refused, type Step, suiteTag } from './step.ts';

type Sender = { readonly send: (command: unknown) => Promise<unknown>; readonly destroy: () => void };
type Answer = { readonly code: string; readonly status: number; readonly output: unknown };

const usual = { account: '123456789012', region: 'us-east-1' };
const settleTimeoutMs = 30_000;
const unknownTail = '0123456789abcdef0';

export class Runner {
  readonly memory = new Map<string, string>();
  readonly #clients = new Map<string, Sender>();
  endpoint: string;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  /** One call; its code is `ok` or AWS's. Anything but an answer of 200 or 400 and up to 499 fails the test. */
  async call(action: string, input: Members, as: Step['as']): Promise<Answer> {
    const command = (sdk as unknown as Record<string, new (input: unknown) => unknown>)[`${action}Command`];
    assert.ok(command, `the SDK has no ${action}`);
    try {
      const output = await this.#client(as).send(new command(filled(input, this.memory)));
      return { code: 'ok', status: 200, output };
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      const status = $metadata?.httpStatusCode ?? 0;
      assert.ok(status >= 400 && status < 500, `${action} ${JSON.stringify(input)}: ${String(error)}`);
      return { code: name, status, output: undefined };
    }
  }

  /** The number of the last change, by which a refused request that changed something is seen. */
  async sequence(): Promise<number> {
    const health = (await (await fetch(new URL('/_rampart/health', this.endpoint))).json()) as {
      sequence: number;
    };
    return health.sequence;
  }

  async run(step: Step): Promise<void> {
    const { action, input = {}, as } = step;
    // The first call of an account and region makes its defaults.
    await this.call('DescribeRegions', {}, as);
    await this.#refuseAll(step, [...refusalsOf(step), ...(step.refuses ?? [])]);
    if (!step.code && inputMembers(action).includes('DryRun')) {
      await this.#refuseAll(step, [[{ DryRun: true }, 'DryRunOperation']]);
    }
    const whole = { ...input, ...tagsOf(step), ...(step.token ? { ClientToken: `token-${action}` } : {}) };
    const { code, output } = await this.#settled(step, whole);
    assert.equal(code, step.code ?? 'ok', `${action} ${JSON.stringify(whole)}`);
    for (const [path, expected] of Object.entries(step.shows ?? {})) {
      checkShown(valueAt(output, path), filled(expected, this.memory), `${action}: ${path}`);
    }
    for (const [name, path] of Object.entries(step.remembers ?? {})) {
      const value = valueAt(output, path);
      assert.equal(typeof value, 'string', `${action} shows no ${path}: ${JSON.stringify(output)}`);
      this.memory.set(name, String(value));
    }
    if (step.token) await this.#repeat(step, whole, output);
    await this.#refuseAll(step, step.after ?? []);
  }

  async #settled({ action, until, as }: Step, whole: Members): Promise<Answer> {
    const deadline = Date.now() + settleTimeoutMs;
    for (;;) {
      const answer = await this.call(action, whole, as);
      if (!until || valueAt(answer.output, until[0]) === until[1]) return answer;
      assert.ok(Date.now() < deadline, `${action}: ${until.join(' never became ')}`);
      await sleep(100);
    }
  }

  /** The same request with its token gives what it gave; another request with that token is refused. */
  async #repeat({ action, token = '', as }: Step, whole: Members, first: unknown): Promise<void> {
    const again = await this.call(action, whole, as);
    assert.equal(valueAt(again.output, token), valueAt(first, token), `${action} with its token again`);
    const other = { ...whole, TagSpecifications: [] };
    const changed = tagsOf({ action, tags: 'x' }) && 'TagSpecifications' in whole ? other : undefined;
    if (changed) {
      const { code } = await this.call(action, changed, as);
      assert.equal(code, 'IdempotentParameterMismatch', `${action} with the token of another request`);
    }
    const bad = await this.call(action, { ...whole, ClientToken: 'a b' }, as);
    assert.equal(bad.code, 'InvalidClientToken', `${action} with a token of two words`);
  }

  async #refuseAll({ action, input = {}, as }: Step, rows: readonly Refused[]): Promise<void> {
    if (rows.length === 0) return;
    const before = await this.sequence();
    for (const [change, code] of rows) {
      const refused = { ...input, ...change };
      const answer = await this.call(action, refused, as);
      assert.equal(answer.code, code, `${action} ${JSON.stringify(refused)}`);
      if (code === 'DryRunOperation') assert.equal(answer.status, 412, `${action}: DryRun`);
    }
    assert.equal(await this.sequence(), before, `a refused ${action} changed something`);
  }

  #client({ account = usual.account, region = usual.region }: NonNullable<Step['as']> = {}): Sender {
    const key = `${account} ${region}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const client = new sdk.EC2Client({
      endpoint: this.endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'secret' },
      maxAttempts: 1,
    }) as unknown as Sender;
    this.#clients.set(key, client);
    return client;
  }
}

/** The refusals that every step of its form has. */
function refusalsOf({ required = [], ids = {}, tags, action }: Step): readonly Refused[] {
  const wrongTags = (specification: object): Members => ({ TagSpecifications: [specification] });
  const bearing = (...Tags: object[]): Members => wrongTags({ ResourceType: tags, Tags });
  return [
    ...required.map((member): Refused => [{ [member]: undefined }, 'MissingParameter']),
    ...Object.entries(ids).flatMap(([member, held]): Refused[] => {
      const [kind, unknown] = typeof held === 'string' ? [held] : held;
      const { malformed, notFound } = resources[kind];
      const list = isList(action, member);
      const of = (id: string) => ({ [member]: list ? [id] : id });
      const [bad, absent] = [of(`${idPrefixes[kind]}-xyz`), of(`${idPrefixes[kind]}-${unknownTail}`)];
      return [
        [bad, malformed],
        [absent, unknown ?? notFound],
        // Before an unknown id elsewhere, and after what is missing.
        ...Object.entries(ids).flatMap(([other, held]): Refused[] => {
          const tail = `${idPrefixes[typeof held === 'string' ? held : held[0]]}-${unknownTail}`;
          const elsewhere = { [other]: isList(action, other) ? [tail] : tail };
          return other === member ? [] : [[{ ...elsewhere, ...bad }, malformed]];
        }),
        ...requiredMembers(action).flatMap((other): Refused[] =>
          other === member
            ? [[{ [other]: list ? [] : '' }, 'MissingParameter']]
            : [[{ ...bad, [other]: undefined }, 'MissingParameter']],
        ),
      ];
    }),
    ...(tags === undefined
      ? []
      : ([
          [wrongTags({ ResourceType: 'dedicated-host', Tags: [suiteTag] }), 'InvalidParameterValue'],
          [wrongTags({ Tags: [suiteTag] }), 'MissingParameter'],
          [bearing(suiteTag, suiteTag), 'InvalidParameterValue'],
          [bearing({ Key: 'aws:x', Value: '' }), 'InvalidTagKey.Malformed'],
          [bearing({ Key: '', Value: '' }), 'InvalidTagKey.Malformed'],
          [bearing({ Key: 'k'.repeat(129), Value: '' }), 'InvalidTagKey.Malformed'],
          [bearing({ Key: 'k', Value: 'v'.repeat(257) }), 'InvalidParameterValue'],
          [
            bearing(...Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' }))),
            'TagLimitExceeded',
          ],
        ] satisfies Refused[])),
  ];
}

function isList(action: string, member: string): boolean {
  return member.endsWith('s') && inputMembers(action).includes(member);
}

function tagsOf({ tags }: Pick<Step, 'action' | 'tags'>): Members {
  return tags === undefined ? {} : { TagSpecifications: [{ ResourceType: tags, Tags: [suiteTag] }] };
}

/** Compares what is shown with what is expected. */
export function checkShown(shown: unknown, expected: unknown, about: string): void {
  if (expected instanceof RegExp) assert.match(String(shown), expected, about);
  else assert.deepEqual(shown, expected, about);
}
