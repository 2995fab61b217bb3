import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownText } from './markdown.ts';

test('names stand for themselves in Markdown', () => {
  const rows = [
    ['eni-1 (web 1.2-a) 10.0.0.1 → 2001:db8::1', 'eni-1 (web 1.2-a) 10.0.0.1 → 2001:db8::1'],
    ['aws_instance.web["a"]', 'aws\\_instance.web\\["a"\\]'],
    ['x** no access changes <!--', 'x\\*\\* no access changes \\<\\!--'],
    ['`a` \\` |b| ~c~ # &lt;', '\\`a\\` \\\\\\` \\|b\\| \\~c\\~ \\# \\&lt;'],
    ['a\n\n- **b**', 'a\\\\u{a}\\\\u{a}- \\*\\*b\\*\\*'],
  ] as const;
  for (const [text, expected] of rows) assert.equal(markdownText(text), expected);
});
