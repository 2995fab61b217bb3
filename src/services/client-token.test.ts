import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account } from '../../tests/support/account.ts';
import { once } from './client-token.ts';
import { Refusal } from './refusal.ts';

/** Creates through `once`; the answer is the ids or the code of the refusal. */
function makerOf(account: Account) {
  let made = 0;
  return (input: { ClientToken?: string; size?: number }, action = 'CreateThing'): string => {
    let answer = '';
    account.change((context) => {
      try {
        answer = once({ action, input }, context, () => [`thing-${++made}`]).join();
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown;
        answer = thrown.code;
      }
    });
    return answer;
  };
}

test('a token gives the same ids for the same request, and refuses another', () => {
  const create = makerOf(new Account());
  assert.equal(create({}), 'thing-1');
  assert.equal(create({}), 'thing-2');
  assert.equal(create({ ClientToken: 't', size: 1 }), 'thing-3');
  assert.equal(create({ size: 1, ClientToken: 't' }), 'thing-3');
  assert.equal(create({ ClientToken: 't', size: 2 }), 'IdempotentParameterMismatch');
  assert.equal(create({ ClientToken: 'T', size: 2 }), 'thing-4');
  assert.equal(create({ ClientToken: 't', size: 1 }, 'CreateOther'), 'thing-5');
});

test('a token has at most 64 printable ASCII characters', () => {
  const create = makerOf(new Account());
  assert.equal(create({ ClientToken: 'a'.repeat(64) }), 'thing-1');
  assert.equal(create({ ClientToken: 'a'.repeat(65) }), 'InvalidClientToken');
  assert.equal(create({ ClientToken: 'ü' }), 'InvalidClientToken');
});

test('a token is remembered for a day and then cleared away', () => {
  const account = new Account();
  const create = makerOf(account);
  create({ ClientToken: 'old' });
  account.nowMs += 24 * 3_600_000 - 1;
  assert.equal(create({ ClientToken: 'old' }), 'thing-1');
  account.nowMs += 1;
  assert.equal(create({ ClientToken: 'new' }), 'thing-2');
  assert.deepEqual(
    [...account.network.clientToken.values()].map(({ id }) => id),
    ['CreateThing new'],
  );
  assert.equal(create({ ClientToken: 'old' }), 'thing-3');
});
