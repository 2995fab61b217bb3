import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LookupEventsRequest } from '@aws-sdk/client-cloudtrail';
import type { JournalEntry } from '#state/journal.ts';
import type { JournalQuery } from '#state/store.ts';
import { Account } from '../../../tests/support/account.ts';
import type { Context, History } from '../operation.ts';
import { eventId, sequenceOfEventId } from './event.ts';
import { lookupEvents } from './lookup-events.ts';

const count = 12_000;
const rare: readonly number[] = [12_000, 6_501, 6_500, 501, 500, 499, 1];
const scope = { account: '123456789012', region: 'us-east-1' };

/** Entry N of a journal in which one principal is rare; a second apart, in the middle of each. */
function entryOf(sequence: number): JournalEntry {
  const user = rare.includes(sequence) ? 'rare' : 'common';
  return {
    sequence,
    timeMs: sequence * 1000 + 400,
    principal: `arn:aws:iam::123456789012:user/${user}`,
    action: 'CreateVpc',
    scope,
    requestId: `request ${sequence}`,
    request: undefined,
    changes: [],
  };
}

let read = 0;

const history: History = {
  journal: async ({ from = count, limit }: JournalQuery) => {
    const length = Math.max(0, Math.min(limit, from));
    read += length;
    return Array.from({ length }, (_, index) => entryOf(from - index));
  },
  sequenceAt: async (timeMs) => Math.min(count, Math.max(0, Math.floor((timeMs - 400) / 1000))),
};

async function lookUp(input: LookupEventsRequest) {
  let context: Context | undefined;
  new Account().change((given) => {
    context = given;
  });
  return await lookupEvents(input, context ?? assert.fail(), history);
}

const sequences = (events: readonly { readonly EventId?: string | undefined }[] = []) =>
  events.map(({ EventId = '' }) => sequenceOfEventId(EventId));

for (const MaxResults of [1, 2, 3, 50]) {
  test(`a rare user is found whole by pages of ${MaxResults}, each after a bounded search`, async () => {
    const found: (number | undefined)[] = [];
    let token: string | undefined;
    do {
      read = 0;
      const { Events, NextToken } = await lookUp({
        LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'rare' }],
        MaxResults,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      assert.ok(read <= 5000, `${read} entries were read`);
      found.push(...sequences(Events));
      token = NextToken;
    } while (token !== undefined);
    assert.deepEqual(found, rare);
  });
}

test('no more is read than is shown where no entry needs a look', async () => {
  read = 0;
  assert.deepEqual(sequences((await lookUp({ MaxResults: 3 })).Events), [12_000, 11_999, 11_998]);
  assert.equal(read, 3);
});

test('a time before and after the edge', async () => {
  const rows: readonly (readonly [startMs: number, endMs: number, expected: readonly number[]])[] = [
    [10_000, 12_000, [12, 11, 10]],
    [10_000, 10_000, [10]],
    [10_001, 12_000, [12, 11]],
    [10_000, 11_999, [11, 10]],
    [10_001, 10_999, []],
    [0, 999, []],
    [11_999_001, 99_000_000, [12_000]],
  ];
  for (const [startMs, endMs, expected] of rows) {
    const { Events, NextToken } = await lookUp({ StartTime: new Date(startMs), EndTime: new Date(endMs) });
    assert.deepEqual(sequences(Events), expected);
    assert.equal(NextToken, undefined);
  }
});

test('an event is found by its id, and only within the times', async () => {
  const AttributeValue = eventId(entryOf(500));
  const LookupAttributes = [{ AttributeKey: 'EventId' as const, AttributeValue }];
  assert.deepEqual(sequences((await lookUp({ LookupAttributes })).Events), [500]);
  assert.deepEqual((await lookUp({ LookupAttributes, StartTime: new Date(500_001) })).Events, []);
  assert.deepEqual((await lookUp({ LookupAttributes, EndTime: new Date(499_999) })).Events, []);
});

test('event ids are UUIDs that differ and name their sequence', () => {
  for (const sequence of [1, 255, 65_536, 2 ** 47]) {
    const id = eventId({ sequence, requestId: 'r' });
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(sequenceOfEventId(id), sequence);
    assert.notEqual(id, eventId({ sequence, requestId: 's' }));
  }
});
