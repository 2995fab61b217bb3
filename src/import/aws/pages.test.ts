import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../json/fields.ts';
import { allPages } from './pages.ts';

const cut = { size: { MaxResults: 2 }, from: 'NextToken', next: 'NextToken' };

test('pages become one answer, whatever the last token is', async () => {
  const pages: readonly (readonly [pages: readonly Json[], whole: Json])[] = [
    [[{ Vpcs: [1, 2], Owner: 'a' }], { Vpcs: [1, 2], Owner: 'a' }],
    [
      [
        { Vpcs: [1, 2], NextToken: 't1' },
        { Vpcs: [3], NextToken: '' },
      ],
      { Vpcs: [1, 2, 3] },
    ],
    [
      [
        { Vpcs: [1], NextToken: 't1' },
        { Subnets: [2], NextToken: 't2' },
        { Vpcs: [3], NextToken: null },
      ],
      { Vpcs: [1, 3], Subnets: [2] },
    ],
  ];
  for (const [answers, whole] of pages) {
    const asked: Json[] = [];
    const ask = async (_action: string, input: Json) => answers[asked.push(input) - 1] ?? assert.fail();
    assert.deepEqual(await allPages(ask, 'DescribeVpcs', { Filters: [] }, cut), whole);
    const expected = answers.map((_, at) => ({
      Filters: [],
      MaxResults: 2,
      ...(at > 0 && { NextToken: `t${at}` }),
    }));
    assert.deepEqual(asked, expected);
  }
});
