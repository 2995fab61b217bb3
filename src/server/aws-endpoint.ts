/** The way of one AWS call: decode, run on state, make durable, enforce, encode. */
import { attempt, type Outcome, operationOf, perform } from '#services/dispatch.ts';
import { ensureDefaults, hasDefaults } from '#services/ec2/defaults.ts';
import type { Caller, Context } from '#services/operation.ts';
import { CommitFailed, type Database } from '#state/database.ts';
import type { Transaction } from '#state/transaction.ts';
import { networkOf } from '#vpc/network.ts';
import type { QuotaOverrides } from '#vpc/quotas.ts';
import { partitionOf } from '#vpc/scope.ts';
import { decodeInput } from '#wire/input.ts';
import { encodeError, encodeOutput } from '#wire/output.ts';
import { readRequest } from '#wire/request.ts';
import type { Call, RawRequest, WireResponse } from '#wire/wire.ts';
import { hex17 } from './ids.ts';

export type AwsEndpointPorts = {
  readonly database: Database;
  /** Resolves when the kernel has the sequence, or will not soon. */
  readonly enforced: (sequence: number) => Promise<void>;
  readonly quotasOf: (account: string) => QuotaOverrides;
  readonly nowMs: () => number;
  /** Told of bugs; the client gets `InternalError`. */
  readonly onFault: (error: unknown, about: { readonly requestId: string; readonly action: string }) => void;
};

/** An answer, and what metrics say of it. */
export type AwsAnswer = {
  readonly response: WireResponse;
  readonly service: string;
  readonly action: string;
  /** `OK` or AWS's error code. */
  readonly code: string;
};

type Failure = { readonly code: string; readonly message: string; readonly status: number };

const internalError: Failure = {
  code: 'InternalError',
  message: 'An internal error has occurred. Retry your request; the server log has the cause.',
  status: 500,
};
const notStored: Failure = {
  code: 'Unavailable',
  message: 'The change could not be stored and was not made. Retry your request.',
  status: 503,
};

export class AwsEndpoint {
  readonly #ports: AwsEndpointPorts;

  constructor(ports: AwsEndpointPorts) {
    this.#ports = ports;
  }

  /** Answers a request; never rejects. */
  async answer(request: RawRequest, requestId: string): Promise<AwsAnswer> {
    const call = readRequest(request);
    if (call.kind === 'refusedRequest') {
      const response = encodeError(call.protocol, call.error, requestId);
      return { response, service: 'unknown', action: 'unknown', code: call.error.code };
    }
    const { service, name: action, protocol } = call.operation;
    try {
      const outcome = refuseCarrier(call) ?? (await this.#run(call, requestId));
      if (outcome.kind === 'ok') {
        const response = encodeOutput(call.operation, outcome.output, requestId);
        return { response, service, action, code: 'OK' };
      }
      return { response: encodeError(protocol, outcome, requestId), service, action, code: outcome.code };
    } catch (error) {
      this.#ports.onFault(error, { requestId, action });
      const failure = error instanceof CommitFailed ? notStored : internalError;
      return { response: encodeError(protocol, failure, requestId), service, action, code: failure.code };
    }
  }

  async #run(call: Call, requestId: string): Promise<Outcome> {
    const { service, name: action } = call.operation;
    const decoded = decodeInput(call);
    if (decoded.kind === 'wireError') return { ...decoded, kind: 'refused' };
    const caller = callerOf(call);
    const contextIn = (transaction: Transaction) => this.#context(caller, transaction, requestId);
    const { database, enforced } = this.#ports;
    if (service === 'ec2' && !hasDefaults(networkOf(database.committed, caller.scope))) {
      const made = await this.#change(caller, 'CreateDefaultVpc', requestId, (transaction) =>
        attempt(() => ensureDefaults(contextIn(transaction))),
      );
      if (made.output.kind === 'refused') return made.output;
    }
    const work = (transaction: Transaction) =>
      perform(service, action, decoded.input, contextIn(transaction));
    if (!operationOf(service, action)?.changes) return database.read(caller.scope, work);
    const { output, sequence } = await this.#change(caller, action, requestId, work);
    if (output.kind === 'ok') await enforced(sequence);
    return output;
  }

  /** Runs work on pending state; what it refused leaves no trace. */
  #change(
    { scope, principal }: Caller,
    action: string,
    requestId: string,
    work: (transaction: Transaction) => Outcome,
  ) {
    const meta = { timeMs: this.#ports.nowMs(), principal, action, requestId };
    return this.#ports.database.change(scope, meta, (transaction) => {
      const outcome = work(transaction);
      if (outcome.kind === 'refused') transaction.drop();
      return outcome;
    });
  }

  #context(caller: Caller, transaction: Transaction, requestId: string): Context {
    const { nowMs, quotasOf } = this.#ports;
    const quotas = quotasOf(caller.scope.account);
    return { caller, transaction, nowMs: nowMs(), hex17, requestId, quotas };
  }
}

/**
 * Changes come by POST, and the signature in a header: both are what a web page's form or image cannot do without the
 * browser asking first.
 */
function refuseCarrier({ method, credential, operation }: Call): Outcome | undefined {
  if (credential.carrier !== 'header') {
    return refusal(
      'MissingAuthenticationToken',
      'The request must be signed in an Authorization header',
      403,
    );
  }
  if (method !== 'POST' && operationOf(operation.service, operation.name)?.changes !== false) {
    return refusal('InvalidRequest', `${operation.name} must be sent by POST`, 405);
  }
  return undefined;
}

function refusal(code: string, message: string, status: number): Outcome {
  return { kind: 'refused', code, message, status };
}

/** The account's root user: who holds the key is known once signatures are checked. */
function callerOf({ account, region }: Call): Caller {
  const principal = `arn:${partitionOf(region)}:iam::${account}:root`;
  return { scope: { account, region }, principal, userId: account };
}
