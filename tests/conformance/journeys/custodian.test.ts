/** What Cloud Custodian asks about security groups and does with them, through Debian's boto3: not the program's run. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withServer } from '../../support/server.ts';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('./custodian.py', import.meta.url));
const isThere = existsSync('/usr/lib/python3/dist-packages/boto3');
const skip = isThere ? false : 'the Debian package python3-boto3 is not installed';

test('groups are found, filtered, marked, closed and deleted', { skip }, () =>
  withServer(async ({ endpoint }) => {
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
    const { stdout } = await promisify(execFile)(python, [script, endpoint], { env });
    assert.deepEqual(JSON.parse(stdout), {
      'default-vpc': ['db', 'default', 'idle', 'web'],
      // The default group names itself in its rule.
      unused: ['idle'],
      stale: [],
      open: 1,
      closed: 0,
      set: ['198.51.100.0/24'],
      marked: ['db', 'web'],
      tags: [{ Key: 'owner', Value: 'net' }],
      'in use': 'DependencyViolation',
      left: ['db', 'default', 'web'],
      'made by': ['db', 'CreateSecurityGroup'],
    });
  }),
);
