/** An account in memory for tests of operations: the real dispatch on real transactions, no server. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { attempt, type Outcome, perform, prepare } from '#services/dispatch.ts';
import { ensureDefaults } from '#services/ec2/defaults.ts';
import type { Caller, Context } from '#services/operation.ts';
import type { Sealer } from '#services/sts/session-token.ts';
import { open, seal } from '#state/keys/sealed.ts';
import { Transaction } from '#state/transaction.ts';
import { emptyWorld, type Network, networkOf, type World } from '#vpc/network.ts';
import type { QuotaOverrides } from '#vpc/quotas.ts';
import type { Scope } from '#vpc/scope.ts';
import { operationOf as wireOperation } from '#wire/operation.ts';
import { encodeOutput } from '#wire/output.ts';

const sealerOf = (key: Buffer): Sealer => ({
  seal: (text, owner) => seal(text, owner, key),
  unseal: (sealed, owner) => open(sealed, owner, key),
});

/** One count for all accounts of a test: ids are unique in the world. */
let idsGiven = 0;

export class Account {
  world: World = emptyWorld;
  nowMs = Date.UTC(2026, 0, 1);
  quotas: QuotaOverrides;
  readonly scope: Scope;
  /** Who asks, besides as root. */
  caller: Partial<Caller> = {};
  readonly sealer = sealerOf(randomBytes(32));

  /** An account whose defaults are made. */
  constructor({
    account = '123456789012',
    region = 'us-east-1',
    quotas = {},
  }: { account?: string; region?: string; quotas?: QuotaOverrides } = {}) {
    this.scope = { account, region };
    this.quotas = quotas;
    const made = this.#commit((context) => attempt(() => ensureDefaults(context)));
    assert.equal(made.kind, 'ok');
  }

  get network(): Network {
    return networkOf(this.world, this.scope);
  }

  get defaultVpcId(): string {
    return [...this.network.vpc.by('default', 'default')][0]?.id ?? assert.fail('no default VPC');
  }

  /** What an action answers; the world moves only when it succeeds. */
  attempt(action: string, input: object = {}, service = 'ec2'): Outcome {
    return this.#commit((context) => perform({ service, action, input }, context));
  }

  /** The same for an action that makes something first. */
  async attemptPrepared(action: string, input: object = {}, service = 'ec2'): Promise<Outcome> {
    const asked = { service, action, input };
    const prepared = await prepare(asked, this.#context(Transaction.begin(this.world, this.scope)));
    if (prepared.kind === 'refused') return prepared;
    return this.#commit((context) => perform({ ...asked, made: prepared.output }, context));
  }

  /** The output of an action that must succeed, and must fit the action's shape on the wire. */
  call<Output = unknown>(action: string, input: object = {}, service = 'ec2'): Output {
    const outcome = this.attempt(action, input, service);
    if (outcome.kind === 'refused') assert.fail(`${action}: ${outcome.code}: ${outcome.message}`);
    encodeOutput(wireOperation(service, action) ?? assert.fail(action), outcome.output, 'request');
    return outcome.output as Output;
  }

  /** The code of an action that must be refused, and must have changed nothing. */
  refusal(action: string, input: object = {}, service = 'ec2'): string {
    const before = this.world;
    const outcome = this.attempt(action, input, service);
    assert.equal(this.world, before);
    return outcome.kind === 'refused' ? outcome.code : assert.fail(`${action} succeeded`);
  }

  /** Puts state that no operation under test makes. */
  change(work: (context: Context) => void): void {
    this.#commit((context) => attempt(() => work(context)));
  }

  #commit(work: (context: Context) => Outcome): Outcome {
    const transaction = Transaction.begin(this.world, this.scope);
    const outcome = work(this.#context(transaction));
    if (outcome.kind === 'ok') this.world = transaction.world;
    return outcome;
  }

  #context(transaction: Transaction): Context {
    return {
      caller: {
        scope: this.scope,
        principal: `arn:aws:iam::${this.scope.account}:root`,
        userId: this.scope.account,
        ...this.caller,
      },
      transaction,
      nowMs: this.nowMs,
      hex17: () => (++idsGiven).toString(16).padStart(17, '0'),
      requestId: '00000000-0000-4000-8000-000000000000',
      quotas: this.quotas,
      sealer: this.sealer,
    };
  }
}
