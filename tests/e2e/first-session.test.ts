/** The first session of the README: Debian's aws CLI changes a group, and real connections obey. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const awsProgram = '/usr/bin/aws';

function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  return !existsSync(awsProgram) && 'needs the Debian package awscli';
}

describe('a first session', { skip: whyNot() }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'rampart-session-'));
  const running: ChildProcess[] = [];
  let env: NodeJS.ProcessEnv;

  const rampart = (...args: readonly string[]) =>
    spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env });
  const aws = (...args: readonly string[]): string =>
    execFileSync(
      awsProgram,
      ['--endpoint-url', env['AWS_ENDPOINT_URL'] ?? '', '--output', 'text', 'ec2', ...args],
      { encoding: 'utf8', env },
    ).trim();

  before(() => {
    env = { ...process.env, RAMPART_DATA: join(scratch, 'data'), RAMPART_ENDPOINT: '' };
    const up = rampart('up', '--detach', '--port', '0');
    assert.equal(up.status, 0, up.stderr);
    for (const [, name = '', value] of rampart('env').stdout.matchAll(/^export (\w+)='(.*)'$/gm))
      env[name] = value;
  });
  after(() => {
    for (const child of running) child.kill('SIGKILL');
    const down = rampart('down', '--purge');
    rmSync(scratch, { recursive: true });
    assert.equal(down.status, 0, down.stderr);
  });

  const createGroup = (name: string) =>
    aws('create-security-group', '--group-name', name, '--description', name, '--query', 'GroupId');
  const launch = (group: string): readonly string[] =>
    aws(
      ...['run-instances', '--image-id', 'ami-0123456789abcdef0', '--security-group-ids', group],
      ...['--query', 'Instances[0].[InstanceId,PrivateIpAddress]'],
    ).split('\t');

  test('a connection passes by its rule, and a new one fails without it', async () => {
    const [web, app] = [createGroup('web'), createGroup('app')];
    const rule = ['--group-id', app, '--protocol', 'tcp', '--port', '80', '--source-group', web];
    aws('authorize-security-group-ingress', ...rule);
    const [client = '', clientAddress = ''] = launch(web);
    const [server = '', address = ''] = launch(app);
    await serve(server);
    const get = () => rampart('exec', client, '--', 'curl', '-sS', '--max-time', '2', `http://${address}/`);

    const allowed = get();
    assert.deepEqual([allowed.status, allowed.stdout], [0, 'served'], allowed.stderr);
    assert.equal(rampart('can', client, server, 'tcp/80').status, 0);
    assert.equal(JSON.parse(rampart('can', client, server, 'tcp/80', '--json').stdout).allowed, true);
    assert.equal(rampart('can', client, server, 'tcp/81').status, 1);
    assert.equal(rampart('can', server, client, 'tcp/80').status, 1);
    // The peer stands for the addresses of its group's interfaces, here the client's.
    const effective = rampart('effective', server);
    assert.match(effective.stdout, new RegExp(`tcp/80 +${web} +${clientAddress} +app`), effective.stderr);

    aws('revoke-security-group-ingress', ...rule);
    // 28: the time that curl may take is over.
    assert.equal(get().status, 28);
    const can = rampart('can', client, server, 'tcp/80');
    assert.equal(can.status, 1);
    assert.match(can.stdout, /no ingress rule of the security groups of eni-\w+ admits it/);
  });

  /** Starts an HTTP server inside an instance; resolves when it listens. */
  function serve(instance: string): Promise<void> {
    const script =
      "require('http').createServer((q, r) => r.end('served')).listen(80, () => console.log('up'))";
    const child = spawn(process.execPath, [cli, 'exec', instance, '--', process.execPath, '-e', script], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    return new Promise((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
  }

  test('exec passes the exit code, the streams and signals through', async () => {
    const instance = aws('describe-instances', '--query', 'Reservations[0].Instances[0].InstanceId');
    const run = (input: string, ...command: readonly string[]) =>
      spawnSync(process.execPath, [cli, 'exec', instance, '--', ...command], {
        encoding: 'utf8',
        env,
        input,
      });
    const both = run('a\nb\n', 'sh', '-c', 'cat; echo oops >&2; exit 42');
    assert.deepEqual([both.stdout, both.stderr, both.status], ['a\nb\n', 'oops\n', 42]);
    assert.equal(run('', 'sh', '-c', 'kill -TERM $$').signal, 'SIGTERM');
    assert.equal(run('', 'no-such-program').status, 127);
    assert.match(run('', 'cat', '/proc/net/dev').stdout, /^ *lo:/m);
    const sleeper = spawn(
      process.execPath,
      [cli, 'exec', instance, '--', 'sh', '-c', 'echo up; exec sleep 60'],
      {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await new Promise((resolve) => sleeper.stdout.once('data', resolve));
    sleeper.kill('SIGINT');
    const signal = await new Promise((resolve) => sleeper.once('exit', (_code, name) => resolve(name)));
    assert.equal(signal, 'SIGINT');
  });
});
