/** Starting, ending and finding servers, as processes of their own. */
import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { StartMessage } from '#server/detached.ts';
import { down } from '#server/down.ts';
import { type UpOptions, upOptions } from '#server/options.ts';
import { isAlive, readServerFile } from '#server/server-file.ts';
import { StartupError } from '#server/startup-error.ts';
import { statusOf } from '#server/status.ts';
import { upDetached } from '#server/up.ts';
import { readSnapshot } from '#state/snapshot.ts';
import { networkOf } from '#vpc/network.ts';
import { ec2Call, inDirectory, send, withServer } from '../support/server.ts';

const program = fileURLToPath(new URL('../../src/server/main.js', import.meta.url));
const optionsFor = (data: string, rest: Partial<UpOptions> = {}) =>
  upOptions.parse({ port: 0, enforce: 'off', data, ...rest });

/** A server as a child whose end the test sees. */
async function spawnServer(
  data: string,
): Promise<{ readonly child: ChildProcess; readonly endpoint: string }> {
  const child = spawn(process.execPath, [program, JSON.stringify(optionsFor(data))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [message] = (await once(child, 'message')) as [StartMessage];
  if (message.kind === 'failed') throw new Error(message.message);
  return { child, endpoint: message.endpoint };
}

const startFails = (options: UpOptions, message: RegExp) =>
  rejects(upDetached(options), (error: unknown) => {
    ok(error instanceof StartupError, String(error));
    match(error.message, message);
    equal(error.message.includes('\n'), false);
    return true;
  });

const createGroup = (name: string) =>
  ec2Call('CreateSecurityGroup', { GroupName: name, GroupDescription: 'a group' });

test('a detached server is found, answers, and ends with down', () =>
  inDirectory(async (data) => {
    const { endpoint, pid, notes } = await upDetached(optionsFor(data));
    try {
      const status = await statusOf(endpoint);
      ok(status.kind === 'answers');
      deepEqual([status.health.pid, status.health.enforcement.mode], [pid, 'off']);
      deepEqual(notes, status.health.enforcement.notEnforced);
      equal(notes.length, 1);
      deepEqual(readServerFile(data)?.endpoint, endpoint);
      for (const name of ['server.json', 'server.log', 'rampart.sqlite']) {
        equal(statSync(join(data, name)).mode & 0o777, 0o600, name);
      }
    } finally {
      deepEqual(await down({ data }), { wasRunning: true });
    }
    equal(readServerFile(data), undefined);
    equal((await statusOf(endpoint)).kind, 'silent');
    deepEqual(await down({ data }), { wasRunning: false });
  }));

test('what stands in the way of a start is one line', () =>
  inDirectory(async (parent) => {
    const data = join(parent, 'data');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await startFails(optionsFor(data, { port }), new RegExp(`port ${port} is taken`));
    equal(readServerFile(data), undefined);
    taken.close();

    const { pid } = await upDetached(optionsFor(data));
    try {
      await startFails(optionsFor(data), new RegExp(`in use by the server with process id ${pid} `));
      equal(readServerFile(data)?.pid, pid);
    } finally {
      await down({ data });
    }

    const db = new DatabaseSync(join(data, 'rampart.sqlite'));
    db.exec("UPDATE meta SET value = '999' WHERE key = 'schema_version'");
    db.close();
    await startFails(optionsFor(data), /newer Rampart/);

    const damaged = join(parent, 'damaged');
    await upDetached(optionsFor(damaged));
    await down({ data: damaged });
    damageRows(join(damaged, 'rampart.sqlite'));
    await startFails(optionsFor(damaged), /rampart\.sqlite is damaged: restore a backup/);

    const file = join(parent, 'file');
    writeFileSync(file, '');
    await startFails(optionsFor(file), /not a directory/);
    const other = join(parent, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'rampart.yaml'), 'quotas: { default: { rulesPerSecurityGroup: many } }');
    await startFails(optionsFor(other), /rampart\.yaml: quotas\.default\.rulesPerSecurityGroup: /);
  }));

/** Writes over the page at which the table of resources begins: the file opens, and its rows cannot be read. */
function damageRows(path: string): void {
  const db = new DatabaseSync(path);
  const row = db.prepare("SELECT rootpage AS page FROM sqlite_schema WHERE name = 'resource'").get();
  db.close();
  const end = Number(row?.['page']) * 4096;
  writeFileSync(path, readFileSync(path).fill('no page', end - 4096, end));
}

test('a killed server leaves a file that misleads nobody', () =>
  inDirectory(async (data) => {
    const { child, endpoint } = await spawnServer(data);
    equal((await send(endpoint, createGroup('kept'))).status, 200);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const file = readServerFile(data);
    ok(file && !isAlive(file));
    deepEqual(await down({ data }), { wasRunning: false });
    const again = await spawnServer(data);
    match((await send(again.endpoint, ec2Call('DescribeSecurityGroups'))).body, /<groupName>kept</);
    again.child.kill('SIGTERM');
    deepEqual(await once(again.child, 'exit'), [0, null]);
  }));

/** A request whose body is not complete yet, once the server has begun to handle it. */
async function openRequest(endpoint: string) {
  const call = createGroup('late');
  const { hostname, port } = new URL(endpoint);
  // The server says that it goes on once it has the headers.
  const headers = { ...call.headers, 'content-length': call.body.length, expect: '100-continue' };
  const outgoing = request({ hostname, port, method: 'POST', headers, agent: false });
  const answered = once(outgoing, 'response');
  answered.catch(() => undefined);
  outgoing.flushHeaders();
  await once(outgoing, 'continue');
  outgoing.write(call.body.slice(0, 10));
  return { finish: () => outgoing.end(call.body.slice(10)), answered };
}

/** Waits until a server takes no new requests, as after a signal that it was sent and has not read yet. */
async function untilClosed(endpoint: string): Promise<void> {
  for (;;) {
    try {
      await send(endpoint, ec2Call('DescribeSecurityGroups'));
    } catch (error) {
      match(String(error), /ECONNREFUSED|ECONNRESET|socket hang up/);
      return;
    }
  }
}

test('SIGTERM lets running requests finish and takes no new ones', { timeout: 60_000 }, () =>
  inDirectory(async (data) => {
    const { child, endpoint } = await spawnServer(data);
    const { finish, answered } = await openRequest(endpoint);
    child.kill('SIGTERM');
    await untilClosed(endpoint);
    finish();
    const [response] = await answered;
    equal(response.statusCode, 200);
    response.resume();
    deepEqual(await once(child, 'exit'), [0, null]);
  }),
);

test('a second SIGTERM ends it at once', { timeout: 60_000 }, () =>
  inDirectory(async (data) => {
    const { child, endpoint } = await spawnServer(data);
    const { answered } = await openRequest(endpoint);
    child.kill('SIGTERM');
    await untilClosed(endpoint);
    equal(child.exitCode, null);
    child.kill('SIGTERM');
    deepEqual(await once(child, 'exit'), [1, null]);
    await rejects(answered);
  }),
);

test('reset forgets all and brings the defaults back, only where it is allowed', async () => {
  const reset = { method: 'POST', path: '/_rampart/reset', headers: { authorization: 'Rampart' } };
  await withServer(async ({ endpoint, health }) => {
    await send(endpoint, createGroup('kept'));
    equal((await send(endpoint, reset)).status, 403);
    ok(health().sequence > 0);
  });
  await withServer(
    async ({ endpoint, health }) => {
      await send(endpoint, createGroup('gone'));
      const { identity } = health();
      const answer = await send(endpoint, reset);
      equal(answer.status, 200);
      equal(health().sequence, 0);
      notEqual(health().identity, identity, 'whoever followed the journal must begin anew');
      deepEqual(JSON.parse(answer.body), { sequence: 0, identity: health().identity });
      const { body } = await send(endpoint, ec2Call('DescribeSecurityGroups'));
      deepEqual(body.match(/<groupName>[^<]*/g), ['<groupName>default']);
      match((await send(endpoint, createGroup('gone'))).body, /<groupId>sg-/);
    },
    { allowReset: true },
  );
});

test('a snapshot gives the world now and as of any sequence', () =>
  withServer(async ({ endpoint, health }) => {
    await send(endpoint, createGroup('first'));
    const then = health().sequence;
    await send(endpoint, createGroup('second'));
    const groupsAt = async (query: string) => {
      const headers = { authorization: 'Rampart' };
      const { body } = await send(endpoint, { path: `/_rampart/snapshot${query}`, headers });
      const { world, sequence } = readSnapshot(body);
      const { securityGroup } = networkOf(world, { account: '123456789012', region: 'us-east-1' });
      return { sequence, names: [...securityGroup.values()].map(({ name }) => name).sort() };
    };
    deepEqual(await groupsAt(''), { sequence: then + 1, names: ['default', 'first', 'second'] });
    deepEqual(await groupsAt(`?at=${then}`), { sequence: then, names: ['default', 'first'] });
    deepEqual(await groupsAt('?at=0'), { sequence: 0, names: [] });
    const headers = { authorization: 'Rampart' };
    for (const [query, status] of [
      ['?at=99', 404],
      ['?at=-1', 400],
      ['?at=x', 400],
    ] as const) {
      equal((await send(endpoint, { path: `/_rampart/snapshot${query}`, headers })).status, status, query);
    }
  }));

test('the configuration file raises quotas and allows names', () =>
  inDirectory(async (data) => {
    const config = join(data, 'elsewhere.json');
    writeFileSync(
      config,
      JSON.stringify({ allowedHosts: ['fw.example'], quotas: { default: { vpcsPerRegion: 1 } } }),
    );
    await withServer(
      async ({ endpoint }) => {
        const vpc = ec2Call('CreateVpc', { CidrBlock: '10.0.0.0/16' });
        match((await send(endpoint, vpc)).body, /<Code>VpcLimitExceeded</);
        const headers = { ...vpc.headers, host: 'fw.example' };
        equal((await send(endpoint, { ...vpc, headers })).status, 400);
      },
      { config },
    );
    equal(readFileSync(config, 'utf8').length > 0, true);
  }));

test('metrics count calls by action and code', () =>
  withServer(async ({ endpoint }) => {
    await send(endpoint, createGroup('web'));
    await send(endpoint, createGroup('web'));
    const { body } = await send(endpoint, { path: '/_rampart/metrics' });
    const line = (code: string) =>
      new RegExp(
        `^rampart_requests_total{service="ec2",action="CreateSecurityGroup",code="${code}"} 1$`,
        'm',
      );
    match(body, line('OK'));
    match(body, line('InvalidGroup.Duplicate'));
    match(body, /^rampart_journal_sequence 2$/m);
    match(body, /^rampart_enforcement_enabled 0$/m);
    match(body, /^rampart_commit_requests_count 2$/m);
    // In seconds: the first scrape tells of a loop that has been looked at.
    const lag = /^nodejs_eventloop_lag_min_seconds (.+)$/m.exec(body)?.[1];
    ok(Number(lag) >= 0 && Number(lag) < 60, `a lag of ${lag} s`);
    ok(!/ nan$/im.test(body), 'every figure is a number');
  }));
