/** What a lab instance finds around it, as `rampart exec` shows it: names, metadata, and its resolver's file. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { awsProgram, rampart } from '../support/cli.ts';

function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  return !existsSync(awsProgram) && 'needs the Debian package awscli';
}

/** What `rampart env` sets, and the client is to find out by itself. */
const noRegion = { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };

describe('an instance without any rule', { skip: whyNot() }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'rampart-guest-'));
  const env: NodeJS.ProcessEnv = { RAMPART_DATA: join(scratch, 'data') };
  let instance = '';
  let address = '';
  let name = '';

  const aws = (...args: readonly string[]): string =>
    execFileSync(
      awsProgram,
      ['--output', 'text', '--endpoint-url', env['AWS_ENDPOINT_URL'] ?? '', 'ec2', ...args],
      {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      },
    ).trim();
  const inside = (...command: readonly string[]) => rampart(['exec', instance, '--', ...command], env);
  const curl = (...args: readonly string[]) => inside('curl', '-sS', '--max-time', '10', ...args);

  before(() => {
    const up = rampart(['up', '--detach', '--port', '0'], env);
    assert.equal(up.status, 0, up.stderr);
    for (const [, key = '', value] of rampart(['env'], env).stdout.matchAll(/^export (\w+)='(.*)'$/gm))
      env[key] = value;
    const group = aws(
      'create-security-group',
      '--group-name',
      'shut',
      '--description',
      'shut',
      '--query',
      'GroupId',
    );
    aws('revoke-security-group-egress', '--group-id', group, '--protocol', '-1', '--cidr', '0.0.0.0/0');
    [instance = '', address = '', name = ''] = aws(
      ...['run-instances', '--image-id', 'ami-0123456789abcdef0', '--security-group-ids', group],
      ...['--user-data', 'hello', '--tag-specifications', 'ResourceType=instance,Tags=[{Key=Role,Value=db}]'],
      ...['--metadata-options', 'InstanceMetadataTags=enabled'],
      ...['--query', 'Instances[0].[InstanceId,PrivateIpAddress,PrivateDnsName]'],
    ).split('\t');
  });
  after(() => {
    const down = rampart(['down', '--purge'], env);
    rmSync(scratch, { recursive: true });
    assert.equal(down.status, 0, down.stderr);
  });

  test('resolves its own name, and its address back', () => {
    const forward = inside('getent', 'hosts', name);
    assert.match(forward.stdout, new RegExp(`^${address} +${name}\n$`), forward.stderr);
    assert.match(inside('getent', 'hosts', address).stdout, new RegExp(`^${address} +${name}\n$`));
    // The region's domain is searched.
    assert.match(inside('getent', 'hosts', name.split('.')[0] ?? '').stdout, new RegExp(`^${address} `));
    assert.equal(inside('getent', 'hosts', 'ip-172-31-255-250.ec2.internal').status, 2);
  });

  test('reads its metadata', () => {
    const base = 'http://169.254.169.254/latest';
    const leaves: readonly (readonly [string, string])[] = [
      ['meta-data/instance-id', instance],
      ['meta-data/local-ipv4', address],
      ['meta-data/local-hostname', name],
      ['meta-data/security-groups', 'shut'],
      ['meta-data/tags/instance/Role', 'db'],
      ['user-data', 'hello'],
    ];
    for (const [path, expected] of leaves) {
      const { stdout, stderr } = curl(`${base}/${path}`);
      assert.equal(stdout, expected, `${path} ${stderr}`);
    }
    const document = JSON.parse(curl(`${base}/dynamic/instance-identity/document`).stdout);
    assert.deepEqual([document.instanceId, document.region], [instance, 'us-east-1']);
  });

  test('tells Debian’s aws CLI its region', () => {
    const home = { HOME: scratch, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'none' };
    const list = rampart(['exec', instance, '--', awsProgram, 'configure', 'list'], {
      ...env,
      ...home,
      ...noRegion,
    });
    assert.match(list.stdout, /region +us-east-1 +imds/, list.stderr);
  });

  test('needs a token once the instance says so', () => {
    aws('modify-instance-metadata-options', '--instance-id', instance, '--http-tokens', 'required');
    const url = 'http://169.254.169.254/latest/meta-data/instance-id';
    const status = ['-o', '/dev/null', '-w', '%{http_code}'];
    assert.equal(curl(...status, url).stdout, '401');
    const token = curl(
      ...['-X', 'PUT', '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 60'],
      'http://169.254.169.254/latest/api/token',
    ).stdout;
    assert.equal(curl('-H', `X-aws-ec2-metadata-token: ${token}`, url).stdout, instance);
  });

  test('has a resolver of its own, and the machine keeps its own', () => {
    const own = readFileSync('/etc/resolv.conf', 'utf8');
    assert.equal(inside('cat', '/etc/resolv.conf').stdout, 'search ec2.internal\nnameserver 172.31.0.2\n');
    assert.equal(readFileSync('/etc/resolv.conf', 'utf8'), own);
  });
});
