/**
 * Journeys in the words of Debian's aws CLI, one command of `aws ec2` a line:
 *
 *   name = COMMAND            its output is remembered; `$name` stands for it afterwards
 *   COMMAND -> TEXT           its output, tabs and line ends as single spaces, is this text; `(nothing)` is none
 *   COMMAND !! CODE           it is refused with AWS's code
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

const program = '/usr/bin/aws';

/** Why journeys cannot run here; false where they can. */
export const noAws: string | false = existsSync(program) ? false : 'needs the Debian package awscli';

type Outcome = { readonly output: string; readonly code: string };

/** Runs a journey against an endpoint. */
export async function travel(endpoint: string, journey: string, account = '123456789012'): Promise<void> {
  const memory = new Map<string, string>();
  for (const line of journey.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, rest = line] = /^(\w+) = (.*)$/.exec(line) ?? [];
    const [command = '', expected] = rest.split(' -> ');
    const [plain = '', refusal] = command.split(' !! ');
    const { output, code } = await aws(endpoint, wordsOf(filled(plain, memory)), account);
    assert.equal(code, refusal ?? 'ok', `${line}\n${output}`);
    if (expected !== undefined) assert.equal(output || '(nothing)', filled(expected, memory), line);
    if (name !== undefined) memory.set(name, output);
  }
}

function filled(text: string, memory: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(\w+)/g,
    (_, name: string) => memory.get(name) ?? assert.fail(`${name} is not known`),
  );
}

/** Words apart by spaces; single quotes hold them together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function aws(endpoint: string, words: readonly string[], account: string): Promise<Outcome> {
  const args = ['--endpoint-url', endpoint, '--region', 'us-east-1', '--output', 'text', 'ec2', ...words];
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return new Promise((resolve) => {
    execFile(program, args, { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      const code = error ? (/\((\w[\w.]*)\)/.exec(stderr)?.[1] ?? stderr) : 'ok';
      resolve({ output: error ? stderr.trim() : stdout.trim().replaceAll(/\s+/g, ' '), code });
    });
  });
}
