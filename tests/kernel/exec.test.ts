/** A program run inside a namespace is on its own: streams, signals and exit code pass through. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { namespaceEtc } from '#kernel/netns/exec.ts';
import { skip, testNamespace } from './namespaces.ts';

const fixture = fileURLToPath(new URL('fixtures/enter-and-exec.ts', import.meta.url));

suite('a program in a namespace', { skip }, () => {
  const namespace = testNamespace('exec');
  const command = (...argv: string[]) => [fixture, namespace, ...argv];
  const run = (argv: string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}) =>
    spawnSync(process.execPath, command(...argv), { encoding: 'utf8', timeout: 30_000, ...options });

  const codes: readonly (readonly [string[], number])[] = [
    [['true'], 0],
    [['false'], 1],
    [['sh', '-c', 'exit 42'], 42],
    [['no-such-program-here'], 127],
    [['/no/such/program'], 127],
    [['/etc/passwd'], 126],
    [['/etc'], 126],
  ];
  for (const [argv, code] of codes) {
    test(`${argv.join(' ')} exits with ${code}`, () => {
      assert.equal(run(argv).status, code);
    });
  }

  test('says which program is missing', () => {
    assert.match(run(['no-such-program-here']).stderr, /no-such-program-here: not found/);
  });

  test('is in the namespace, and sees its devices in /sys too', () => {
    const { stdout } = run(['sh', '-c', 'readlink /proc/self/ns/net; ls /sys/class/net']);
    const [link, ...devices] = stdout.trim().split('\n');
    assert.notEqual(link, readlinkSync('/proc/self/ns/net'));
    assert.ok(devices.includes('lo'));
    assert.ok(!devices.some((device) => device !== 'lo' && readdirSync('/sys/class/net').includes(device)));
  });

  test('keeps its arguments, its input and its two outputs apart', () => {
    const script = 'cat; printf "%s|" "$@" >&2';
    const { stdout, stderr } = run(['sh', '-c', script, 'sh', 'a b', '', '*'], { input: 'one\ntwo' });
    assert.equal(stdout, 'one\ntwo');
    assert.equal(stderr, 'a b||*|');
  });

  test('is looked for in PATH, and has the environment', () => {
    const env = { PATH: '/bin:/usr/bin', MARK: 'x y' };
    assert.equal(run(['sh', '-c', 'echo "$MARK"'], { env }).stdout, 'x y\n');
    assert.equal(run(['sh', '-c', 'true'], { env: { PATH: '/nowhere' } }).status, 127);
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGPIPE'] as const) {
    test(`dies by ${signal} as any program would`, async () => {
      const child = spawn(process.execPath, command('sh', '-c', 'echo ready; exec sleep 30'));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill(signal);
      const end = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
      assert.equal(end, signal);
    });
  }

  test('no signal is ignored or blocked', () => {
    const { stdout } = run(['grep', '-E', '^Sig(Ign|Blk)', '/proc/self/status']);
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[1]),
      ['0000000000000000', '0000000000000000'],
    );
  });

  test('a pipe whose reader has gone ends the writer', () => {
    const line = `"${process.execPath}" ${command('yes').join(' ')} | head -n 2`;
    const { stdout, status } = spawnSync('sh', ['-c', line], { encoding: 'utf8', timeout: 30_000 });
    assert.deepEqual([stdout, status], ['y\ny\n', 0]);
  });

  test('sees the files of its namespace over /etc, and nobody else does', () => {
    const folder = `${namespaceEtc}/${namespace}`;
    after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/hosts`, '192.0.2.7 only-here\n');
    assert.equal(run(['cat', '/etc/hosts']).stdout, '192.0.2.7 only-here\n');
    assert.doesNotMatch(spawnSync('cat', ['/etc/hosts'], { encoding: 'utf8' }).stdout, /only-here/);
  });

  test('an absent namespace is an error, not a run on the machine itself', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [fixture, `${namespace}-none`, 'echo', 'ran'],
      { encoding: 'utf8' },
    );
    assert.equal(stdout, '');
    assert.match(stderr, /ENOENT/);
    assert.equal(status, 1);
  });
});
