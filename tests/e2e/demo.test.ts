/** The demo as a newcomer runs it: packets and engine agree, and nothing is left behind however it ends. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'rampart-test-demo-'));
const env = { ...process.env, TMPDIR: scratch };
const needsRoot = { skip: process.getuid?.() !== 0 && 'needs root' };
after(() => rmSync(scratch, { recursive: true }));

type Ended = {
  readonly code: number | null;
  readonly printed: string;
  /** What the names of its namespaces began with. */
  readonly prefix: string | undefined;
};

/** Runs the demo, and sends it a signal once it starts its servers. */
async function demo({
  args = [],
  signal,
}: {
  args?: readonly string[];
  signal?: NodeJS.Signals;
}): Promise<Ended> {
  const child = spawn(process.execPath, [cli, 'demo', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  let prefix: string | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (prefix !== undefined || !printed.includes('starting a server')) return;
    const instance = /i-([0-9a-f]{17})/.exec(printed)?.[1];
    prefix = namespaces()
      .find((name) => name.endsWith(`-i-${instance}`))
      ?.replace(/-i-\w+$/, '');
    if (signal) child.kill(signal);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, printed, prefix };
}

function namespaces(): readonly string[] {
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  return stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
}

function assertNothingLeft(prefix: string | undefined): void {
  if (!prefix?.startsWith('rp-')) assert.fail('the demo had no namespaces');
  assert.deepEqual(
    namespaces().filter((name) => name.startsWith(prefix)),
    [],
  );
  assert.deepEqual(readdirSync(scratch), []);
}

describe('demo', () => {
  test('with the engine alone', async () => {
    const { code, printed } = await demo({ args: ['--engine-only'] });
    assert.equal(code, 0, printed);
    assert.match(printed, /the story is told by the engine alone/);
    assert.match(printed, /The engine's story holds/);
    assert.doesNotMatch(printed, /packets (yes|no)| = /);
    assert.deepEqual(readdirSync(scratch), []);
  });

  test('what others put where demos lie is left alone', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'rampart-test-elsewhere-'));
    after(() => rmSync(elsewhere, { recursive: true }));
    // The server of a directory that was killed: no process has this id.
    writeFileSync(join(elsewhere, 'server.json'), JSON.stringify({ pid: 2 ** 30, version: '0.1.0' }));
    symlinkSync(elsewhere, join(scratch, 'rampart-demo-link'));
    const { code, printed } = await demo({ args: ['--engine-only'] });
    assert.equal(code, 0, printed);
    assert.deepEqual(readdirSync(scratch), ['rampart-demo-link']);
    rmSync(join(scratch, 'rampart-demo-link'));
  });

  test('with real packets: 40 connections and every change, as decided', needsRoot, async () => {
    const { code, printed, prefix } = await demo({});
    assert.equal(code, 0, printed);
    assert.equal(printed.match(/yes = yes|no = no/g)?.length, 40);
    assert.equal(printed.match(/packets yes {2}engine yes/g)?.length, 10);
    assert.equal(printed.match(/packets no {3}engine no/g)?.length, 8);
    assert.match(printed, /Packets and engine agree everywhere/);
    assertNothingLeft(prefix);
  });

  test('interrupted in the middle', needsRoot, async () => {
    const { code, printed, prefix } = await demo({ signal: 'SIGINT' });
    assert.equal(code, 130);
    assert.match(printed, /Interrupted; cleaning up/);
    assertNothingLeft(prefix);
  });

  test('killed in the middle: the next demo clears what was left', needsRoot, async () => {
    const { prefix } = await demo({ signal: 'SIGKILL' });
    assert.equal(readdirSync(scratch).length, 1);
    assert.ok(prefix && namespaces().some((name) => name.startsWith(prefix)));
    const { code, printed } = await demo({ args: ['--engine-only'] });
    assert.equal(code, 0, printed);
    assertNothingLeft(prefix);
  });
});
