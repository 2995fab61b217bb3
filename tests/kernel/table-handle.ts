import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

/** The kernel's number of a router's table, another one once the table was deleted and made again. */
export function tableHandle(router: string): string {
  const list = ['netns', 'exec', router, 'nft', '-j', 'list', 'tables'];
  const handle = /"name": "vpc", "handle": (\d+)/.exec(execFileSync('ip', list, { encoding: 'utf8' }))?.[1];
  assert.ok(handle !== undefined);
  return handle;
}
