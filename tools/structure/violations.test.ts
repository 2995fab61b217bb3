import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { violations } from './violations.ts';

/** Files by path → the number of violations found in them. */
const found = (files: Readonly<Record<string, string>>) =>
  violations(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    ['koffi'],
  );

const lines = (count: number) => 'x\n'.repeat(count);

describe('structure', () => {
  const rows: readonly (readonly [why: string, path: string, text: string, ok: boolean])[] = [
    ['a room above', 'src/vpc/a.ts', "import { x } from '#net/b.ts';\n", true],
    ['a room below', 'src/net/a.ts', "import { x } from '#vpc/b.ts';\n", false],
    ['a type of a room below', 'src/net/a.ts', "import type { X } from '#vpc/b.ts';\n", false],
    ['several lines', 'src/net/a.ts', "import {\n  x,\n  y,\n} from '#vpc/b.ts';\n", false],
    ['a re-export of a room below', 'src/net/a.ts', "export { x } from '#vpc/b.ts';\n", false],
    ['a late import of a room below', 'src/net/a.ts', "const x = await import('#vpc/b.ts');\n", false],
    ['an adapter by services', 'src/services/a.ts', "import { x } from '#state/b.ts';\n", true],
    ['an adapter by an adapter', 'src/kernel/a.ts', "import { x } from '#state/b.ts';\n", false],
    ['the server by the CLI', 'src/cli/a.ts', "import { x } from '#server/b.ts';\n", true],
    ['the CLI by the server', 'src/server/a.ts', "import { x } from '#cli/b.ts';\n", false],
    ['its own room', 'src/net/a.ts', "import { x } from './b.ts';\n", true],
    ['its own room, the long way', 'src/net/a.ts', "import { x } from '#net/b.ts';\n", false],
    ['another room, the short way', 'src/vpc/a.ts', "import { x } from '../net/b.ts';\n", false],
    ['tests by the product', 'src/vpc/a.ts', "import { x } from '../../tests/b.ts';\n", false],
    [
      'what tests share by a test',
      'src/vpc/a.test.ts',
      "import { x } from '../../tests/support/b.ts';\n",
      true,
    ],
    ['a room without a place', 'src/misc/a.ts', '', false],
    ['Node in a pure room', 'src/net/a.ts', "import fs from 'node:fs';\n", false],
    ['Node in the test of a pure room', 'src/net/a.test.ts', "import fs from 'node:fs';\n", true],
    ['Node in an adapter', 'src/kernel/a.ts', "import fs from 'node:fs';\n", true],
    ['a dependency in an adapter', 'src/kernel/a.ts', "import koffi from 'koffi';\n", true],
    ['a dependency in a pure room', 'src/net/a.ts', "import koffi from 'koffi';\n", false],
    ['a development dependency', 'src/kernel/a.ts', "import fc from 'fast-check';\n", false],
    ['its type alone', 'src/kernel/a.ts', "import type { X } from 'fast-check';\n", true],
    ['400 lines', 'src/net/a.ts', lines(400), true],
    ['401 lines', 'src/net/a.ts', lines(401), false],
    ['600 lines of tests', 'src/net/a.test.ts', lines(600), true],
    ['601 lines of tests', 'tests/a.ts', lines(601), false],
    ['a name that says nothing', 'src/net/string-utils.ts', '', false],
    ['a folder that says nothing', 'src/net/helpers/a.ts', '', false],
    ['a name with a reason for the word', 'src/net/futility.ts', '', true],
    ['a suppression without a reason', 'src/net/a.ts', '// @ts-expect-error\n', false],
    ['a suppression with a reason', 'src/net/a.ts', '// @ts-expect-error: the type lacks it\n', true],
  ];
  for (const [why, path, text, ok] of rows) {
    test(`${ok ? 'allows' : 'refuses'} ${why}`, () => {
      assert.equal(found({ [path]: text }).length, ok ? 0 : 1, found({ [path]: text }).join('\n'));
    });
  }

  test('names a circle of files once', () => {
    const files = {
      'src/net/a.ts': "import './b.ts';\n",
      'src/net/b.ts': "import './c.ts';\n",
      'src/net/c.ts': "import { type A } from './b.ts';\n",
    };
    assert.deepEqual(found(files), ['import cycle: src/net/b.ts → src/net/c.ts → src/net/b.ts']);
  });
});
