/** A server that enforces: the API's answer follows the kernel, and the kernel outlives the server. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { labs } from '#kernel/lab/owner.ts';
import { listNamespaces } from '#kernel/netns/namespace.ts';
import { kernelSupport } from '#kernel/support.ts';
import { down } from '#server/down.ts';
import { logName, upOptions } from '#server/options.ts';
import { statusOf } from '#server/status.ts';
import { upDetached } from '#server/up.ts';
import { ec2Call, inDirectory, send } from '../support/server.ts';
import { refuseReplacement } from './refusal.ts';

const program = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const support = kernelSupport();
const skip = support.possible ? false : support.reason;

const runInstance = ec2Call('RunInstances', {
  ImageId: 'ami-0123456789abcdef0',
  MinCount: '1',
  MaxCount: '1',
});
const authorization = { authorization: 'Rampart' };

async function health(endpoint: string) {
  const status = await statusOf(endpoint);
  ok(status.kind === 'answers');
  return status.health;
}

async function namespaceOf(endpoint: string, instance: string) {
  const path = `/_rampart/lab/namespace?instance=${instance}`;
  const { status, body } = await send(endpoint, { path, headers: authorization });
  return status === 200 ? (JSON.parse(body) as { readonly namespace: string }).namespace : status;
}

const internetHost = (endpoint: string, address: string) =>
  send(endpoint, {
    method: 'POST',
    path: '/_rampart/lab/internet-host',
    headers: authorization,
    body: JSON.stringify({ address }),
  });

test('instances are there when the API answers, outlive the server, and go with a purge', { skip }, () =>
  inDirectory(async (data) => {
    const options = upOptions.parse({ port: 0, data, enforce: 'lab', allowReset: true });
    const { endpoint } = await upDetached(options);
    try {
      const { body } = await send(endpoint, runInstance);
      const [instance = ''] = /i-[0-9a-f]{17}/.exec(body) ?? [];
      const { sequence, enforcement } = await health(endpoint);
      deepEqual([enforcement.mode, enforcement.ok, enforcement.sequence], ['lab', true, sequence]);
      const namespace = String(await namespaceOf(endpoint, instance));
      ok(listNamespaces('rp-').includes(namespace));
      equal(await namespaceOf(endpoint, 'i-00000000000000000'), 404);
      match((await internetHost(endpoint, '198.51.100.7')).body, /"namespace":"rp-/);
      equal((await internetHost(endpoint, '198.51.100')).status, 400);
      equal((await internetHost(endpoint, '172.31.0.9')).status, 400);
      equal((await internetHost(endpoint, '::1')).status, 400);
      equal((await health(endpoint)).enforcement.ok, true);

      await down({ data });
      ok(listNamespaces('rp-').includes(namespace));
      const again = await upDetached(options);
      equal(await namespaceOf(again.endpoint, instance), namespace);
      equal((await health(again.endpoint)).enforcement.ok, true);

      await send(again.endpoint, { method: 'POST', path: '/_rampart/reset', headers: authorization });
      equal(listNamespaces('rp-').includes(namespace), false);
      const second = await send(again.endpoint, runInstance);
      const [other = ''] = /i-[0-9a-f]{17}/.exec(second.body) ?? [];
      const place = String(await namespaceOf(again.endpoint, other));
      ok(listNamespaces('rp-').includes(place));
      deepEqual(await down({ data, purge: true }), { wasRunning: true });
      const prefix = place.slice(0, place.indexOf('-i-'));
      deepEqual(listNamespaces(prefix), []);
    } finally {
      await down({ data, purge: true });
    }
  }),
);

const metric = async (endpoint: string, name: string): Promise<number> => {
  const { body } = await send(endpoint, { path: '/_rampart/metrics' });
  const line = body.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
};

test(
  'what the kernel refuses shows in the answer’s time, in health and in metrics, until it is accepted',
  { skip },
  () =>
    inDirectory(async (data) => {
      const { endpoint } = await upDetached(upOptions.parse({ port: 0, data, enforce: 'lab' }));
      try {
        const { body } = await send(endpoint, runInstance);
        const [vpcId = '', groupId = ''] = [/vpc-[0-9a-f]{17}/, /sg-[0-9a-f]{17}/].map(
          (id) => id.exec(body)?.[0],
        );
        const namespace = String(await namespaceOf(endpoint, /i-[0-9a-f]{17}/.exec(body)?.[0] ?? ''));
        const delays = await metric(endpoint, 'rampart_enforcement_delay_seconds_count');
        ok(delays > 0);
        equal(await metric(endpoint, 'rampart_enforcement_delay_seconds_bucket{le="+Inf"}'), delays);
        const router = `${namespace.slice(0, namespace.indexOf('-i-'))}-r-${vpcId.slice(4)}`;
        const relent = refuseReplacement(router);

        const revoked = ec2Call('RevokeSecurityGroupEgress', {
          GroupId: groupId,
          'IpPermissions.1.IpProtocol': '-1',
          'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0',
        });
        equal((await send(endpoint, revoked)).status, 200);
        let refused = await health(endpoint);
        // An attempt that met the making of the obstacle has another reason.
        for (let wait = 0; wait < 500 && !/E2BIG/.test(refused.enforcement.error ?? ''); wait++) {
          await pause(10);
          refused = await health(endpoint);
        }
        equal(refused.status, 'degraded');
        equal(refused.enforcement.lag, 1);
        deepEqual(
          refused.enforcement.failing.map(({ resource }) => resource),
          [vpcId],
        );
        match(refused.enforcement.error ?? '', /E2BIG/);
        equal(refused.enforcement.repairs, 1);
        equal(await metric(endpoint, 'rampart_enforcement_ok'), 0);
        equal(await metric(endpoint, 'rampart_enforcement_lag'), 1);
        equal(await metric(endpoint, `rampart_enforcement_failing{resource="${vpcId}"}`), 1);
        equal(await metric(endpoint, 'rampart_enforcement_delay_seconds_count'), delays);

        relent();
        for (let wait = 0; wait < 1000 && (await health(endpoint)).status !== 'ok'; wait++) await pause(10);
        equal((await health(endpoint)).enforcement.lag, 0);
        equal(await metric(endpoint, 'rampart_enforcement_ok'), 1);
        equal(await metric(endpoint, 'rampart_enforcement_delay_seconds_count'), delays + 1);
      } finally {
        await down({ data, purge: true });
      }
    }),
);

const prefixOf = (namespace: string) => namespace.slice(0, namespace.indexOf('-i-'));

test('what rampart exec runs in an instance ends with it, and nothing else does', { skip }, () =>
  inDirectory(async (data) => {
    const { endpoint } = await upDetached(upOptions.parse({ port: 0, data, enforce: 'lab' }));
    const children: ChildProcess[] = [];
    const start = async (...argv: readonly [string, ...string[]]) => {
      const [program, ...rest] = argv;
      const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      await once(child.stdout, 'data');
      return child;
    };
    const isOver = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;
    try {
      const { body } = await send(endpoint, runInstance);
      const [instance = ''] = /i-[0-9a-f]{17}/.exec(body) ?? [];
      const namespace = String(await namespaceOf(endpoint, instance));
      const wait = ['sh', '-c', 'echo here; exec sleep 1000'] as const;
      const inside = await start(process.execPath, program, 'exec', '--data', data, instance, '--', ...wait);
      const visitor = await start('ip', 'netns', 'exec', namespace, ...wait);
      const outside = await start('env', `RAMPART_NAMESPACE=${namespace}`, ...wait);
      await send(endpoint, ec2Call('TerminateInstances', { 'InstanceId.1': instance }));
      for (let turn = 0; turn < 500 && !isOver(inside); turn++) await pause(10);
      deepEqual([inside, visitor, outside].map(isOver), [true, false, false]);
    } finally {
      for (const child of children) child.kill('SIGKILL');
      await down({ data, purge: true });
    }
  }),
);

test('what a deleted data directory has left is found by a purge of the next one there', { skip }, () =>
  inDirectory(async (parent) => {
    const data = join(parent, 'data');
    const options = upOptions.parse({ port: 0, data, enforce: 'lab' });
    const live = async () => {
      const { endpoint } = await upDetached(options);
      const { body } = await send(endpoint, runInstance);
      const namespace = String(await namespaceOf(endpoint, /i-[0-9a-f]{17}/.exec(body)?.[0] ?? ''));
      return prefixOf(namespace);
    };
    const first = await live();
    await down({ data });
    rmSync(data, { recursive: true });
    const second = await live();
    try {
      ok(first !== second && listNamespaces(first).length > 0);
      await down({ data });
      match(readFileSync(join(data, logName), 'utf8'), new RegExp(`"strays":\\["${first}"\\]`));
    } finally {
      await down({ data, purge: true });
    }
    deepEqual([listNamespaces(first), listNamespaces(second)], [[], []]);
    await live();
    await down({ data });
    rmSync(data, { recursive: true });
    await down({ data, purge: true });
    deepEqual(
      [...labs()].filter(([, owner]) => owner === data),
      [],
    );
  }),
);

test('a server that filters nothing says what an earlier one has left', { skip }, () =>
  inDirectory(async (data) => {
    const notes = async (enforce: 'lab' | 'off') => {
      const started = await upDetached(upOptions.parse({ port: 0, data, enforce }));
      await send(started.endpoint, runInstance);
      await down({ data });
      return started.notes;
    };
    try {
      deepEqual(await notes('off'), ['No packet is filtered: the server runs with --enforce off.']);
      await notes('lab');
      const left = /\d+ namespaces of an earlier run filter by the rules of then/;
      match((await notes('off')).join(), left);
      // The same machine, as it looks from a container that may not enforce.
      const script = 'mount -o bind,ro /proc/sys /proc/sys && exec "$@" up --detach --port 0 --data "$0"';
      const argv = ['--mount', 'sh', '-c', script, data, process.execPath, program];
      match(execFileSync('unshare', argv, { encoding: 'utf8' }), left);
      await down({ data });
    } finally {
      await down({ data, purge: true });
    }
  }),
);
