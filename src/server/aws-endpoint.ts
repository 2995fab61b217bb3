/** The way of one AWS call: decode, run on state, make durable, enforce, encode. */
import { denialOf } from '#services/auth/permission.ts';
import { requestNoteText, sessionNote } from '#services/cloudtrail/request-note.ts';
import { attempt, type Outcome, operationOf, perform, prepare, recall } from '#services/dispatch.ts';
import { ensureDefaults, hasDefaults } from '#services/ec2/defaults.ts';
import type { Caller, Context } from '#services/operation.ts';
import type { Sealer } from '#services/sts/session-token.ts';
import { DataDirectoryError } from '#state/data-directory.ts';
import { type ChangeMeta, CommitFailed, type Database } from '#state/database.ts';
import { Transaction } from '#state/transaction.ts';
import { networkOf } from '#vpc/network.ts';
import type { QuotaOverrides } from '#vpc/quotas.ts';
import { problem } from '#wire/errors.ts';
import { decodeInput } from '#wire/input.ts';
import { encodeError, encodeOutput } from '#wire/output.ts';
import { readRequest } from '#wire/request.ts';
import type { Call, RawRequest, WireResponse } from '#wire/wire.ts';
import type { Authenticate, Authenticated } from './authentication.ts';
import { hex17 } from './ids.ts';

export type AwsEndpointPorts = {
  readonly database: Database;
  /** Resolves when the kernel has the sequence, or will not soon. */
  readonly enforced: (sequence: number) => Promise<void>;
  readonly authenticate: Authenticate;
  readonly sealer: Sealer;
  readonly quotasOf: (account: string) => QuotaOverrides;
  readonly nowMs: () => number;
  /** Told of bugs; the client gets `InternalError`. */
  readonly onFault: (error: unknown, about: { readonly requestId: string; readonly action: string }) => void;
};

/** How a request came. */
export type Arrival = { readonly requestId: string; readonly sourceAddress: string };

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

function failureBy(error: unknown): Failure {
  if (error instanceof CommitFailed) return notStored;
  // Such as keys that others may read, which nothing may be sealed with until the operator has seen to it.
  if (error instanceof DataDirectoryError)
    return { code: 'Unavailable', message: error.message, status: 503 };
  return internalError;
}

export class AwsEndpoint {
  readonly #ports: AwsEndpointPorts;

  constructor(ports: AwsEndpointPorts) {
    this.#ports = ports;
  }

  /** Answers a request; never rejects. */
  async answer(request: RawRequest, { requestId, sourceAddress }: Arrival): Promise<AwsAnswer> {
    const call = readRequest(request);
    if (call.kind === 'refusedRequest') {
      const response = encodeError(call.protocol, call.error, requestId);
      return { response, service: 'unknown', action: 'unknown', code: call.error.code };
    }
    const { service, name: action, protocol } = call.operation;
    try {
      const outcome = refuseMethod(call) ?? (await this.#run(call, request, { requestId, sourceAddress }));
      if (outcome.kind === 'ok') {
        const response = encodeOutput(call.operation, outcome.output, requestId);
        return { response, service, action, code: 'OK' };
      }
      return { response: encodeError(protocol, outcome, requestId), service, action, code: outcome.code };
    } catch (error) {
      this.#ports.onFault(error, { requestId, action });
      const failure = failureBy(error);
      return { response: encodeError(protocol, failure, requestId), service, action, code: failure.code };
    }
  }

  async #run(call: Call, request: RawRequest, arrival: Arrival): Promise<Outcome> {
    const { requestId } = arrival;
    const { service, name: action } = call.operation;
    const authenticated = this.#ports.authenticate(request, call);
    if (authenticated.kind === 'wireError') return { ...authenticated, kind: 'refused' };
    const decoded = decodeInput(call);
    if (decoded.kind === 'wireError') return { ...decoded, kind: 'refused' };
    const { input } = decoded;
    const { caller } = authenticated;
    const contextIn = (transaction: Transaction) => this.#context(caller, transaction, requestId);
    const { database, enforced } = this.#ports;
    const note = noteBy(caller, { call, request, arrival });
    const { sourceAddress } = arrival;
    const denied = (context: Context) =>
      refuseForbidden(authenticated, { call, input, sourceAddress, context });
    if (service === 'ec2' && !hasDefaults(networkOf(database.committed, caller.scope))) {
      // Who may do nothing makes nothing, not even what every region has.
      const early = database.read(caller.scope, (transaction) => denied(contextIn(transaction)));
      if (early) return early;
      const meta = { action: 'CreateDefaultVpc', requestId, request: () => note(null, null) };
      const made = await this.#change(caller, meta, (transaction) =>
        attempt(() => ensureDefaults(contextIn(transaction))),
      );
      if (made.output.kind === 'refused') return made.output;
    }
    const row = operationOf(service, action);
    if (row && 'recall' in row) {
      const context = contextIn(Transaction.begin(database.committed, caller.scope));
      return denied(context) ?? (await recall({ service, action, input }, context, database));
    }
    let made: unknown;
    if (row && 'prepare' in row) {
      const context = contextIn(Transaction.begin(database.committed, caller.scope));
      const prepared = denied(context) ?? (await prepare({ service, action, input }, context));
      if (prepared.kind === 'refused') return prepared;
      made = prepared.output;
    }
    const work = (transaction: Transaction) => {
      const context = contextIn(transaction);
      return denied(context) ?? perform({ service, action, input, made }, context);
    };
    if (!row?.changes) return database.read(caller.scope, work);
    let answered: unknown;
    const meta = { action, requestId, request: () => note(input, answered) };
    const { output, sequence } = await this.#change(caller, meta, (transaction) => {
      const outcome = work(transaction);
      if (outcome.kind === 'ok') answered = outcome.output;
      return outcome;
    });
    if (output.kind === 'ok') await enforced(sequence);
    return output;
  }

  /** Runs work on pending state; what it refused leaves no trace. */
  #change(
    { scope, principal }: Caller,
    meta: Pick<ChangeMeta, 'action' | 'requestId' | 'request'>,
    work: (transaction: Transaction) => Outcome,
  ) {
    const all = { ...meta, timeMs: this.#ports.nowMs(), principal };
    return this.#ports.database.change(scope, all, (transaction) => {
      const outcome = work(transaction);
      if (outcome.kind === 'refused') transaction.drop();
      return outcome;
    });
  }

  #context(caller: Caller, transaction: Transaction, requestId: string): Context {
    const { nowMs, quotasOf, sealer } = this.#ports;
    const quotas = quotasOf(caller.scope.account);
    return { caller, transaction, nowMs: nowMs(), hex17, requestId, quotas, sealer };
  }
}

type Came = { readonly call: Call; readonly request: RawRequest; readonly arrival: Arrival };

/** What the journal keeps of a request, once its input and output are known. */
function noteBy(caller: Caller, { call, request, arrival }: Came) {
  const [userAgent] = request.headers['user-agent'] ?? [];
  return (parameters: unknown, response: unknown): string =>
    requestNoteText({
      ...(caller.session && { session: sessionNote(caller.session) }),
      accessKeyId: call.credential.accessKeyId,
      principalId: caller.userId,
      sourceAddress: arrival.sourceAddress,
      ...(userAgent !== undefined && { userAgent }),
      parameters,
      response,
    });
}

/** Changes come by POST, which no link or image of a web page can send. */
function refuseMethod({ method, operation }: Call): Outcome | undefined {
  if (method === 'POST' || operationOf(operation.service, operation.name)?.changes === false)
    return undefined;
  return {
    kind: 'refused',
    code: 'InvalidRequest',
    message: `${operation.name} must be sent by POST`,
    status: 405,
  };
}

type Asking = {
  readonly call: Call;
  readonly input: unknown;
  readonly sourceAddress: string;
  readonly context: Context;
};

/** What the caller's policies say against a request. */
function refuseForbidden(
  { policies }: Authenticated,
  { call: { operation }, input, sourceAddress, context }: Asking,
): Outcome | undefined {
  if (policies.length === 0) return undefined;
  const { service, name: action, protocol } = operation;
  const denial = denialOf(policies, { service, action, input, sourceAddress }, context);
  if (denial === undefined) return undefined;
  return { ...problem(protocol, 'notAuthorized', denial), kind: 'refused' };
}
