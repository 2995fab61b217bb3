/** The examples in the help of questions: every question has one, and what it shows is what the question answers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { upOptions } from '#server/options.ts';
import { startServer } from '#server/server.ts';
import { examples } from '../../src/cli/questions/examples.ts';
import { cliProgram } from '../support/cli.ts';
import { authorization, ec2Call, quiet, send } from '../support/server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'rpt-examples-'));
after(() => rmSync(scratch, { recursive: true }));

/** Runs `rampart` in the folder of Rampart, while this process may serve. */
async function rampart(...args: readonly string[]): Promise<{ readonly out: string; readonly err: string }> {
  const program = spawn(process.execPath, [cliProgram, ...args], { cwd: root });
  const [out, err] = await Promise.all([text(program.stdout), text(program.stderr)]);
  return { out, err };
}

describe('examples in the help', () => {
  for (const [name, { command, output }] of Object.entries(examples)) {
    test(`${name}: the help shows it`, async () => {
      const { out } = await rampart(name, '--help');
      const shown = [`$ rampart ${command}`, ...output].map((line) => `  ${line}`.trimEnd()).join('\n');
      assert.ok(out.includes(shown), out);
    });
    if (name === 'when') continue;
    test(`${name}: the answer is the one shown`, async () => {
      const { out, err } = await rampart(...command.split(' '));
      assert.equal(err, '');
      assert.deepEqual(out.trimEnd().split('\n'), output);
    });
  }

  test('every question has one', async () => {
    const { out } = await rampart('--help');
    const commands = [...out.matchAll(/^ {2}(\w+) .*$/gm)].map(([, name]) => name ?? '');
    const asked: string[] = [];
    for (const name of commands) {
      if ((await rampart(name, '--help')).out.includes('--network')) asked.push(name);
    }
    assert.deepEqual(asked.filter((name) => name !== 'export').sort(), Object.keys(examples).sort());
  });

  test('when: the answer is the one shown, but for the time', async () => {
    const data = join(scratch, 'data');
    const imported = await rampart('import', 'docs/example/before', '--data', data);
    assert.match(imported.out, /^imported /);
    const server = await startServer(upOptions.parse({ data, port: 0, enforce: 'off' }), quiet);
    try {
      const rule = {
        GroupId: 'sg-0000000000000000a',
        'IpPermissions.1.IpProtocol': 'tcp',
        'IpPermissions.1.FromPort': '22',
        'IpPermissions.1.ToPort': '22',
        'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0',
      };
      const call = ec2Call('AuthorizeSecurityGroupIngress', rule);
      const headers = { ...call.headers, authorization: authorization({ region: 'eu-west-1' }) };
      const answer = await send(server.endpoint, { ...call, headers });
      assert.equal(answer.status, 200, answer.body);
      const { out } = await rampart(...examples.when.command.split(' '), '--data', data);
      const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
      const timeless = (text: string) => text.replace(time, 'TIME');
      assert.deepEqual(timeless(out.trimEnd()).split('\n'), examples.when.output.map(timeless));
    } finally {
      await server.stop();
    }
  });
});
