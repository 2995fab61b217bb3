/** The CLI as a program: exit codes, and one clear line for everything that goes wrong. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const example = fileURLToPath(new URL('../../docs/example/now', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'rampart-cli-'));
const data = join(scratch, 'data');
after(() => rmSync(scratch, { recursive: true }));

function rampart(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { RAMPART_ENDPOINT: _endpoint, RAMPART_DATA: _data, ...clean } = process.env;
  return spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: { ...clean, HOME: join(scratch, 'home'), ...env },
  });
}

test('help of a command within a command, and of all', () => {
  assert.match(rampart(['help', 'keys', 'create']).stdout, /^Usage: rampart keys create /);
  assert.match(rampart(['help', 'up']).stdout, /^Usage: rampart up /);
  assert.match(rampart(['help']).stdout, /^Usage: rampart \[options\] \[command\]\n/);
});

test('an empty HOME is the home of the user all the same', () => {
  const { status, stderr } = rampart(['status'], { HOME: '' });
  assert.equal(status, 1);
  assert.match(stderr, /no server runs on \/.*\/\.local\/share\/rampart;/);
});

test('a full disk under the answer is one line', { skip: !existsSync('/dev/full') && 'no /dev/full' }, () => {
  const full = openSync('/dev/full', 'w');
  const ran = spawnSync(
    process.execPath,
    [cli, 'effective', 'i-00000000000000002', '--network', `dump:${example}`],
    {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    },
  );
  closeSync(full);
  assert.equal(ran.status, 1);
  assert.equal(ran.stderr, 'rampart: the answer cannot be written: no space is left\n');
});

describe('wrong usage and missing servers', () => {
  mkdirSync(join(scratch, 'foreign'));
  writeFileSync(join(scratch, 'foreign/letter.txt'), '');
  mkdirSync(join(scratch, 'locked'));
  // Stands for a file that may not be read, also for root.
  symlinkSync('server.json', join(scratch, 'locked/server.json'));

  /** Arguments → exit code and what the one line says. */
  const rows: readonly (readonly [args: readonly string[], exitCode: number, says: RegExp])[] = [
    [['bogus'], 2, /unknown command 'bogus'/],
    [['status', '--bogus'], 2, /unknown option '--bogus'/],
    [['help', 'bogus'], 2, /^rampart: unknown command 'bogus'\n$/],
    [['help', 'keys', 'bogus'], 2, /^rampart: unknown command 'keys bogus'\n$/],
    [['can', 'internet'], 2, /missing required argument 'destination'/],
    [['can', 'internet', '10.0.0.1', 'tcp'], 2, /tcp: expected tcp\/PORT/],
    [['effective', '10.0.0.1'], 2, /10\.0\.0\.1 is no instance or interface id/],
    [['exec', 'i-12345678'], 2, /missing required argument 'command'/],
    [['exec', 'web', '--', 'true'], 2, /web is no instance id/],
    [['exec', 'i-12345678', '--from', '192.0.2.1', '--', 'true'], 2, /--from goes with the word internet/],
    [['exec', 'internet', '--from', '192.0.2', '--', 'true'], 2, /192\.0\.2 is no address/],
    [['up', '--enforce', 'some'], 2, /'some' is invalid/],
    [['up', '--port', '65536'], 2, /--port: expected a number from 0 to 65535/],
    [['up', '--port', 'http'], 2, /--port: expected a number from 0 to 65535/],
    [['up', '--listen', 'here'], 2, /--listen: expected an IP address/],
    [['up', '--config', join(scratch, 'none.yaml')], 1, /none\.yaml cannot be read: there is no such file/],
    [['up', '--port', '0', '--data', join(scratch, 'foreign')], 1, /is not empty and holds no Rampart data/],
    [['up', '--port', '0', '--data', join(scratch, 'foreign/letter.txt')], 1, /it is not a directory/],
    [['status'], 1, /no server runs on .*home\/\.local\/share\/rampart; start one with "rampart up"/],
    [['status', '--data', join(scratch, 'locked')], 1, /locked\/server\.json cannot be read/],
    [['down', '--purge', '--data', join(scratch, 'locked')], 1, /locked\/server\.json cannot be read/],
    [['env', '--data', data], 1, /no server runs on .*data;/],
    [['can', 'internet', '10.0.0.1', 'tcp/1', '--data', data], 1, /no server runs on/],
  ];
  for (const [args, exitCode, says] of rows) {
    test(`rampart ${args.map((arg) => arg.replace(scratch, '…')).join(' ')} ends with ${exitCode}`, () => {
      const { status, stdout, stderr } = rampart(args);
      assert.equal(status, exitCode, stderr);
      assert.match(stderr, says);
      assert.match(stderr, /^rampart: [^\n]+\n$/, 'one line');
      assert.equal(stdout, '');
    });
  }

  test('an endpoint where nothing or something else answers', async () => {
    const other = createServer((_request, response) => response.writeHead(404).end('<html>')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => other.once('listening', resolve));
    const endpoint = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    other.close();
    const { status, stderr } = rampart(['can', 'internet', '10.0.0.1', 'tcp/1'], {
      RAMPART_ENDPOINT: endpoint,
    });
    assert.deepEqual([status, stderr], [1, `rampart: the server at ${endpoint} cannot be reached\n`]);
    const wrong = rampart(['status'], { RAMPART_ENDPOINT: 'nowhere' });
    assert.deepEqual([wrong.status, wrong.stderr], [1, 'rampart: RAMPART_ENDPOINT is no URL: nowhere\n']);
  });

  test('help and version', () => {
    assert.equal(rampart(['--help']).status, 0);
    assert.match(rampart(['can', '--help']).stdout, /Exit code 0: some family works/);
    assert.match(rampart(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
  });
});

describe('with a server that filters nothing', () => {
  let endpoint: string;

  before(() => {
    const { status, stdout, stderr } = rampart([
      'up',
      '--detach',
      '--port',
      '0',
      '--enforce',
      'off',
      '--data',
      data,
    ]);
    assert.equal(status, 0, stderr);
    endpoint = /http:\S+/.exec(stdout)?.[0] ?? assert.fail(stdout);
  });
  after(() => {
    const { status, stderr } = rampart(['down', '--data', data]);
    assert.equal(status, 0, stderr);
    assert.match(rampart(['down', '--data', data]).stdout, /No server was running/);
  });

  test('is found by --data, by RAMPART_DATA and by RAMPART_ENDPOINT, in this order', () => {
    const elsewhere = { RAMPART_DATA: join(scratch, 'none') };
    assert.match(rampart(['env', '--data', data], elsewhere).stdout, new RegExp(endpoint));
    assert.match(rampart(['env'], { RAMPART_DATA: data }).stdout, new RegExp(endpoint));
    assert.match(rampart(['env'], { ...elsewhere, RAMPART_ENDPOINT: endpoint }).stdout, new RegExp(endpoint));
    const named = rampart(['env', '--data', data], { RAMPART_ENDPOINT: 'http://127.0.0.1:1' });
    assert.match(named.stdout, new RegExp(endpoint));
  });

  test('status says that nothing is enforced', () => {
    const { status, stdout } = rampart(['status', '--data', data]);
    assert.equal(status, 0);
    assert.match(stdout, /enforcement +off: no packet is filtered/);
    const json = JSON.parse(rampart(['status', '--json', '--data', data]).stdout);
    assert.equal(json.health.enforcement.mode, 'off');
  });

  test('env is for a POSIX shell', () => {
    const script = `eval "$(${process.execPath} ${cli} env)"; echo "$AWS_ENDPOINT_URL"`;
    const { stdout } = spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, RAMPART_ENDPOINT: '', RAMPART_DATA: data },
    });
    assert.equal(stdout, `${endpoint}\n`);
  });

  test('a second server on the directory, and one on the port, say so', () => {
    const again = rampart(['up', '--port', '0', '--data', data]);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /^rampart: [^\n]*(in use|locked|another server)[^\n]*\n$/i);
    const taken = rampart(['up', '--port', new URL(endpoint).port, '--data', join(scratch, 'second')]);
    assert.equal(taken.status, 1);
    assert.match(taken.stderr, /^rampart: port \d+ is taken; choose another with --port\n$/);
  });

  test('questions about what does not exist are wrong usage', () => {
    for (const [args, says] of [
      [['can', 'internet', 'i-0123456789abcdef0', 'tcp/80'], /there is no instance i-0123456789abcdef0/],
      [['can', 'internet', 'nonsense', 'tcp/80'], /nonsense is no instance, interface, address/],
      [['effective', 'eni-0123456789abcdef0'], /there is no interface eni-0123456789abcdef0/],
    ] as const) {
      const { status, stderr } = rampart([...args, '--data', data]);
      assert.equal(status, 2);
      assert.match(stderr, says);
    }
  });

  test('exec says that there is nothing to enter', { skip: process.getuid?.() !== 0 && 'needs root' }, () => {
    const { status, stderr } = rampart(['exec', 'i-12345678', '--data', data, '--', 'true']);
    assert.equal(status, 1);
    assert.match(stderr, /^rampart: Enforcement is off[^\n]*\n$/);
  });
});

// Nobody, root included, may make a directory there.
test('a directory without permission', { skip: !existsSync('/sys/kernel') && 'needs Linux' }, () => {
  const { status, stderr } = rampart(['up', '--port', '0', '--data', '/sys/kernel/rampart']);
  assert.equal(status, 1);
  assert.match(stderr, /^rampart: cannot use [^\n]*: no permission\n$/);
});
