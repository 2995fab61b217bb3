import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IndexedTable } from './indexed-table.ts';

type Row = { readonly id: string; readonly tags: readonly string[] };

const spec = { tag: (row: Row) => row.tags };
const tag = fc.constantFrom('a', 'b', 'c');
const row = fc.record({ id: fc.integer({ min: 0, max: 9 }).map((n) => `row-${n}`), tags: fc.array(tag) });
const steps = fc.array(fc.record({ row, gone: fc.boolean() }), { maxLength: 60 });

test('an index finds exactly the rows that carry the key, after any writes and deletes', () => {
  fc.assert(
    fc.property(steps, (list) => {
      let table = IndexedTable.empty<Row, 'tag'>(spec);
      const model = new Map<string, Row>();
      for (const { row, gone } of list) {
        table = gone ? table.remove(row.id) : table.put(row);
        if (gone) model.delete(row.id);
        else model.set(row.id, row);
      }
      const rebuilt = IndexedTable.from<Row, 'tag'>(spec, [...model.values()]);
      equal(table.size, model.size);
      for (const key of ['a', 'b', 'c', 'absent']) {
        const expected = [...model.values()].filter(({ tags }) => tags.includes(key)).map(({ id }) => id);
        for (const version of [table, rebuilt]) {
          deepEqual([...version.by('tag', key)].map(({ id }) => id).sort(), expected.sort());
          equal(version.countBy('tag', key), expected.length);
        }
        deepEqual([...rebuilt.by('tag', key)], [...table.by('tag', key)]);
      }
    }),
  );
});

test('every version finds its own rows, whichever version was asked first', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 20 }),
      steps,
      fc.infiniteStream(fc.nat()),
      (initial, list, order) => {
        const first = new Map(initial.map((each) => [each.id, each]));
        let table = IndexedTable.from<Row, 'tag'>(spec, [...first.values()]);
        let model: ReadonlyMap<string, Row> = first;
        const versions = [{ table, model }];
        for (const { row, gone } of list) {
          const next = new Map(model);
          if (gone) next.delete(row.id);
          else next.set(row.id, row);
          table = gone ? table.remove(row.id) : table.put(row);
          model = next;
          versions.push({ table, model });
        }
        for (let asked = 0; asked < 10; asked++) {
          const version = versions[Number(order.next().value) % versions.length];
          const found = [...(version?.table.by('tag', 'a') ?? [])].map(({ id }) => id);
          const expected = [...(version?.model.values() ?? [])].filter(({ tags }) => tags.includes('a'));
          deepEqual(found.sort(), expected.map(({ id }) => id).sort());
        }
      },
    ),
  );
});

test('an index costs nothing until it is asked for, and nothing to tables that begin at the same empty one', () => {
  let looked = 0;
  const counting = {
    tag: ({ tags }: Row) => {
      looked++;
      return tags;
    },
  };
  const filled = (count: number) => {
    let table = empty;
    for (let n = 0; n < count; n++) table = table.put({ id: `row-${n}`, tags: ['a'] });
    return table;
  };
  const empty = IndexedTable.empty<Row, 'tag'>(counting);
  const large = filled(100);
  equal(looked, 0);
  equal(large.countBy('tag', 'a'), 100);
  equal(looked, 100);
  equal(filled(2).countBy('tag', 'a'), 2);
  equal(looked, 102);
});
