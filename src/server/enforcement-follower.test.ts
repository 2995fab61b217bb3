import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Enforcement } from '#kernel/enforcement.ts';
import { prepareDataDirectory } from '#state/data-directory.ts';
import { Database } from '#state/database.ts';
import { openSqliteStore } from '#state/sqlite-store.ts';
import type { InternetGatewayId } from '#vpc/ids.ts';
import { inDirectory } from '../../tests/support/server.ts';
import { EnforcementFollower } from './enforcement-follower.ts';
import { enforcementOff } from './enforcement-off.ts';

const scope = { account: '123456789012', region: 'us-east-1' };
const meta = { timeMs: 1, principal: 'p', action: 'a', requestId: 'r' };

/** A data plane that takes its time: the test ends each application. */
class Slow implements Enforcement {
  readonly #rest = enforcementOff('a test');
  readonly sequences: number[] = [];
  readonly calls: PromiseWithResolvers<void>[] = [];
  error: string | undefined;

  apply(_world: unknown, sequence: number): Promise<void> {
    this.sequences.push(sequence);
    const call = Promise.withResolvers<void>();
    this.calls.push(call);
    return call.promise;
  }

  status = () => ({
    ...this.#rest.status(),
    ...(this.error !== undefined && { ok: false, error: this.error }),
  });
  delays = this.#rest.delays;
  namespaceOf = this.#rest.namespaceOf;
  resolverConfigOf = this.#rest.resolverConfigOf;
  internetHost = this.#rest.internetHost;
  close = this.#rest.close;
  purge = this.#rest.purge;
}

type Setting = {
  readonly slow: Slow;
  readonly follower: EnforcementFollower;
  readonly change: (id: string) => Promise<number>;
  readonly reports: unknown[];
};

function withFollower(work: (setting: Setting) => Promise<void>): Promise<void> {
  return inDirectory(async (directory) => {
    const database = await Database.open(openSqliteStore(prepareDataDirectory(directory)));
    const slow = new Slow();
    const reports: unknown[] = [];
    const follower = new EnforcementFollower(database, slow, {
      fault: (error) => reports.push(error),
      turned: (error) => reports.push(error),
    });
    const change = async (id: string) => {
      const gateway = { id: id as InternetGatewayId, tags: {} };
      const { sequence } = await database.change(scope, meta, (tx) => tx.put('internetGateway', gateway));
      return sequence;
    };
    await work({ slow, follower, change, reports });
    follower.stop();
    await database.close();
  });
}

test('an answer waits until the kernel has its change', () =>
  withFollower(async ({ slow, follower, change }) => {
    const sequence = await change('igw-1');
    deepEqual(slow.sequences, [1]);
    let reached = false;
    const waiting = follower.reached(sequence).then(() => {
      reached = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    equal(reached, false);
    slow.calls[0]?.resolve();
    await waiting;
    await follower.reached(sequence);
  }));

test('it does not wait for ever', () =>
  withFollower(async ({ follower, change }) => {
    await follower.reached(await change('igw-1'));
  }));

test('a failed application lets the answer go, and is reported once, as is its end', () =>
  withFollower(async ({ slow, follower, change, reports }) => {
    for (const [index, error] of ['no memory', 'no memory', undefined].entries()) {
      const sequence = await change(`igw-${index}`);
      slow.error = error;
      slow.calls[index]?.resolve();
      await follower.reached(sequence);
    }
    deepEqual(reports, ['no memory', undefined]);
  }));

test('nothing is applied during a pause, and what came meanwhile is applied after it', () =>
  withFollower(async ({ slow, follower, change }) => {
    const resumed = follower.pausedFor(async () => {
      await change('igw-1');
      await change('igw-2');
      deepEqual(slow.sequences, []);
    });
    while (slow.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    deepEqual(slow.sequences, [2]);
    slow.calls[0]?.resolve();
    await resumed;
  }));
