/** Checks of a list: its filters, its pages, its ids. */
import assert from 'node:assert/strict';
import { resources } from '#services/ec2/resources.ts';
import { idPrefixes } from '#vpc/ids.ts';
import { inputMembers } from './model.ts';
import { allAt, filled, valueAt } from './paths.ts';
import type { Runner } from './runner.ts';
import { type Held, type Listed, type Members, suiteTag } from './step.ts';

const absent = 'no-such-value';

/** Everything that holds for a list; the item is there already. */
export async function checkList(runner: Runner, list: Listed): Promise<void> {
  const item = await findItem(runner, list);
  for (const [name, held] of Object.entries(list.filters)) await checkFilter(runner, list, item, name, held);
  await checkTagFilters(runner, list);
  await checkRefusals(runner, list);
  await checkPages(runner, list);
}

async function itemsOf(runner: Runner, list: Listed, change: Members = {}): Promise<readonly unknown[]> {
  const { code, output } = await runner.call(list.lists, { ...list.input, ...change }, list.as);
  assert.equal(code, 'ok', `${list.lists} ${JSON.stringify(change)}`);
  return allAt(output, `${list.items}.*`);
}

async function findItem(runner: Runner, list: Listed): Promise<unknown> {
  const wanted = filled(list.item, runner.memory);
  const found = (await itemsOf(runner, list)).find((each) => valueAt(each, list.by) === wanted);
  return found ?? assert.fail(`${list.lists} does not show ${wanted}`);
}

async function has(runner: Runner, list: Listed, Name: string, value: string): Promise<boolean> {
  const items = await itemsOf(runner, list, { Filters: [{ Name, Values: [value] }] });
  return items.some((each) => valueAt(each, list.by) === filled(list.item, runner.memory));
}

async function checkFilter(
  runner: Runner,
  list: Listed,
  item: unknown,
  name: string,
  held: Held,
): Promise<void> {
  const about = `${list.lists}: filter ${name}`;
  assert.equal(await has(runner, list, name, absent), false, `${about} takes another value`);
  if (held === null) {
    assert.equal(await has(runner, list, name, '*'), false, `${about} finds what nothing has`);
    return;
  }
  const values = held.startsWith('=')
    ? [filled(held.slice(1), runner.memory)]
    : allAt(item, held).map((value) => (value instanceof Date ? value.toISOString() : String(value)));
  assert.notEqual(values.length, 0, `${about}: the item shows no ${held}: ${JSON.stringify(item)}`);
  for (const value of values) assert.equal(await has(runner, list, name, value), true, `${about}=${value}`);
}

async function checkTagFilters(runner: Runner, list: Listed): Promise<void> {
  if (!list.tagged) return;
  const rows: readonly (readonly [name: string, value: string, found: boolean])[] = [
    [`tag:${suiteTag.Key}`, suiteTag.Value, true],
    [`tag:${suiteTag.Key}`, 'CONFORM*', false],
    [`tag:${suiteTag.Key}`, 'c?nform*', true],
    ['tag:other', suiteTag.Value, false],
    ['tag-key', suiteTag.Key, true],
    ['tag-key', 'other', false],
    ['tag-value', suiteTag.Value, true],
  ];
  for (const [name, value, found] of rows) {
    assert.equal(await has(runner, list, name, value), found, `${list.lists}: ${name}=${value}`);
  }
}

async function checkRefusals(runner: Runner, list: Listed): Promise<void> {
  const [parameter, kind, unknown] = list.ids ?? [];
  const filter = (Name: string | undefined, Values?: string[]) => ({ Filters: [{ Name, Values }] });
  const takesFilters = inputMembers(list.lists).includes('Filters');
  const rows: readonly (readonly [Members, string])[] = [
    ...(takesFilters
      ? ([
          [filter('no-such-filter', ['x']), 'InvalidParameterValue'],
          [filter('', ['x']), 'MissingParameter'],
        ] as const)
      : []),
    ...(inputMembers(list.lists).includes('DryRun')
      ? ([[{ DryRun: true }, 'DryRunOperation']] as const)
      : []),
    ...(parameter && kind
      ? ([
          [{ [parameter]: [`${idPrefixes[kind]}-xyz`] }, resources[kind].malformed],
          [{ [parameter]: [`${idPrefixes[kind]}-0123456789abcdef0`] }, unknown ?? resources[kind].notFound],
        ] as const)
      : []),
  ];
  for (const [change, code] of rows) {
    const answer = await runner.call(list.lists, { ...list.input, ...change }, list.as);
    assert.equal(answer.code, code, `${list.lists} ${JSON.stringify(change)}`);
  }
}

async function checkPages(runner: Runner, list: Listed): Promise<void> {
  if (!list.bounds) return;
  const [min, max] = list.bounds;
  const refusals: readonly (readonly [Members, string])[] = [
    [{ MaxResults: min - 1 }, 'InvalidParameterValue'],
    [{ MaxResults: max + 1 }, 'InvalidParameterValue'],
    [{ MaxResults: min, NextToken: 'tampered' }, 'InvalidPaginationToken'],
  ];
  for (const [change, code] of refusals) {
    const answer = await runner.call(list.lists, { ...list.input, ...change }, list.as);
    assert.equal(answer.code, code, `${list.lists} ${JSON.stringify(change)}`);
  }
  await itemsOf(runner, list, { MaxResults: max });
  const all = (await itemsOf(runner, list)).map((each) => valueAt(each, list.by));
  const paged: unknown[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await runner.call(list.lists, { ...list.input, MaxResults: min, NextToken }, list.as);
    assert.equal(answer.code, 'ok', `${list.lists}: page after ${paged.length} items`);
    paged.push(...allAt(answer.output, `${list.items}.*`).map((each) => valueAt(each, list.by)));
    NextToken = valueAt(answer.output, 'NextToken') as string | undefined;
  } while (NextToken);
  // Pages follow ids, and within one AWS shows what belongs together side by side, as instances of one launch.
  assert.deepEqual(paged.toSorted(), all.toSorted(), `${list.lists}: the pages of ${min} together`);
}
