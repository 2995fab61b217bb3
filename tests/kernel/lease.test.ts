/** Servers on copies of one data directory have the same names for their namespaces: one of them filters at a time. */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { cpSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { takeLease } from '#kernel/lab/lease.ts';
import { listNamespaces } from '#kernel/netns/namespace.ts';
import { kernelSupport } from '#kernel/support.ts';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { statusOf } from '#server/status.ts';
import { upDetached } from '#server/up.ts';
import { ec2Call, inDirectory, send } from '../support/server.ts';

const support = kernelSupport();
const skip = support.possible ? false : support.reason;

const optionsOf = (data: string, enforce = 'lab') => upOptions.parse({ port: 0, data, enforce });

async function launch(endpoint: string): Promise<string> {
  const call = ec2Call('RunInstances', { ImageId: 'ami-0123456789abcdef0', MinCount: '1', MaxCount: '1' });
  const { body } = await send(endpoint, call);
  const [instance = ''] = /(?<=i-)[0-9a-f]{17}/.exec(body) ?? [];
  return listNamespaces('rp-').find((name) => name.endsWith(`-i-${instance}`)) ?? '';
}

async function repairs(endpoint: string): Promise<number> {
  const status = await statusOf(endpoint);
  ok(status.kind === 'answers');
  equal(status.health.enforcement.ok, true);
  return status.health.enforcement.repairs;
}

test('a prefix is one process’s until it gives it back, and leaves nothing behind', { skip }, () => {
  const prefix = `rpt-${process.pid}-lease`;
  const [first, second] = [takeLease(prefix, 'the first'), takeLease(prefix, 'the second')];
  ok(first.kind === 'taken');
  deepEqual(second, { kind: 'held', by: 'the first' });
  first.release();
  equal(existsSync(`/run/${prefix}.lock`), false);
  const third = takeLease(prefix, 'the third');
  ok(third.kind === 'taken');
  third.release();
});

test(
  'a copy of a data directory neither filters nor purges while the server of the other does',
  { skip },
  () =>
    inDirectory(async (scratch) => {
      const [data, copy] = [join(scratch, 'data'), join(scratch, 'copy')];
      const { endpoint } = await upDetached(optionsOf(data));
      try {
        const instance = await launch(endpoint);
        cpSync(data, copy, { recursive: true, filter: (name) => !name.endsWith('server.json') });
        const refused = new RegExp(
          `copied or moved while its server ran: the process \\d+ on ${data} filters`,
        );
        await rejects(upDetached(optionsOf(copy)), refused);
        await rejects(down({ data: copy, purge: true }), refused);
        await upDetached(optionsOf(copy, 'off'));
        deepEqual(await down({ data: copy }), { wasRunning: true });
        equal(await repairs(endpoint), 0);
        ok(listNamespaces('rp-').includes(instance));
      } finally {
        await down({ data, purge: true });
      }
      deepEqual(await down({ data: copy, purge: true }), { wasRunning: false });
    }),
);

test('the old path of a directory that was moved purges nothing of its running server', { skip }, () =>
  inDirectory(async (scratch) => {
    const [data, moved] = [join(scratch, 'data'), join(scratch, 'moved')];
    const { endpoint } = await upDetached(optionsOf(data));
    try {
      const instance = await launch(endpoint);
      await down({ data });
      renameSync(data, moved);
      const again = await upDetached(optionsOf(moved));
      await rejects(down({ data, purge: true }), (error: Error) => {
        match(error.message, new RegExp(`on ${moved} filters`));
        return true;
      });
      ok(listNamespaces('rp-').includes(instance));
      equal(await repairs(again.endpoint), 0);
    } finally {
      await down({ data: moved, purge: true });
    }
  }),
);
