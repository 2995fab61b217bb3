/** What outlasts the server: every list goes on after its first page, and client tokens are remembered. */
import assert from 'node:assert/strict';
import { crowd, crowdAccount, crowdInputs } from './crowd.ts';
import { allAt, valueAt } from './paths.ts';
import type { Runner } from './runner.ts';
import type { Listed, Members, Row } from './step.ts';

/** A list of which one page was read. */
type Begun = {
  readonly list: Listed;
  readonly input: Members;
  readonly token: unknown;
  readonly firstIds: readonly unknown[];
  readonly allIds: readonly unknown[];
};

export type Before = { readonly begun: readonly Begun[]; readonly tableId: unknown };

const tableWithToken = { VpcId: '$hub', ClientToken: 'over-a-restart' };

/** Makes the crowd, and reads one page of every list that has pages. */
export async function beforeRestart(runner: Runner, rows: readonly Row[]): Promise<Before> {
  for (const row of crowd) if ('action' in row) await runner.run(row);
  const made = await runner.call('CreateRouteTable', tableWithToken, crowdAccount);
  const begun = new Map<string, Begun>();
  const short: string[] = [];
  for (const row of rows) {
    if (!('lists' in row) || !row.bounds || begun.has(row.lists)) continue;
    const list = await begin(runner, row);
    if (list.token === undefined) short.push(row.lists);
    begun.set(row.lists, list);
  }
  assert.deepEqual(short, [], 'lists of which the crowd has no second page');
  return { begun: [...begun.values()], tableId: valueAt(made.output, 'RouteTable.RouteTableId') };
}

async function begin(runner: Runner, list: Listed): Promise<Begun> {
  const input = crowdInputs[list.lists] ?? {};
  const [MaxResults = 0] = list.bounds ?? [];
  const first = await runner.call(list.lists, { ...input, MaxResults }, crowdAccount);
  const token = valueAt(first.output, 'NextToken');
  const whole = await runner.call(list.lists, input, crowdAccount);
  return { list, input, token, firstIds: idsIn(list, first.output), allIds: idsIn(list, whole.output) };
}

function idsIn({ items, by }: Listed, output: unknown): readonly unknown[] {
  return allAt(output, `${items}.*`).map((item) => valueAt(item, by));
}

/** Each token of before leads to all that was not on its page, and is refused once it or its query is changed. */
export async function afterRestart(runner: Runner, { begun, tableId }: Before): Promise<void> {
  for (const { list, input, token, firstIds, allIds } of begun) {
    const on = { ...input, NextToken: token };
    const { code, output } = await runner.call(list.lists, on, crowdAccount);
    assert.equal(code, 'ok', `${list.lists} after a restart`);
    assert.deepEqual([...firstIds, ...idsIn(list, output)].toSorted(), allIds.toSorted(), list.lists);
    const letter = String(token).endsWith('A') ? 'B' : 'A';
    const changed: readonly (readonly [Members, Listed['as']])[] = [
      [{ ...on, NextToken: `${String(token).slice(0, -1)}${letter}` }, crowdAccount],
      [{ NextToken: token }, { account: '999999999999' }],
    ];
    // What belongs to one thing is not found from elsewhere in the first place.
    for (const [wrong, as] of changed.slice(0, crowdInputs[list.lists] ? 1 : 2)) {
      const refused = await runner.call(list.lists, wrong, as);
      assert.equal(refused.code, 'InvalidPaginationToken', `${list.lists} with a token that is not its own`);
    }
  }
  const again = await runner.call('CreateRouteTable', tableWithToken, crowdAccount);
  assert.equal(valueAt(again.output, 'RouteTable.RouteTableId'), tableId);
}
