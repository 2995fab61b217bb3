/** A VPC and its instances through the objects, collections, waiters and paginators of Debian's boto3. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { services } from '#services/services.ts';
import { olderVersions } from '#wire/older-versions.ts';
import { withServer } from '../../support/server.ts';

const script = fileURLToPath(new URL('./boto3-objects.py', import.meta.url));
const isThere = existsSync('/usr/lib/python3/dist-packages/boto3');
const skip = isThere ? false : 'the Debian package python3-boto3 is not installed';

/** What refuses everybody, or those who give no id. */
const refused = {
  DescribeClassicLinkInstances: 'UnsupportedOperation',
  DescribeLaunchTemplateVersions: 'MissingParameter',
  DescribeVpcClassicLinkDnsSupport: 'UnsupportedOperation',
};

test('a VPC is made, looked through and taken away by its own object', { skip }, () =>
  withServer(async ({ endpoint }) => {
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
    const actions = Object.keys(services['ec2'] ?? {}).filter((action) => action.startsWith('Describe'));
    // -P: the script itself is called boto3.
    const run = promisify(execFile)('/usr/bin/python3', ['-P', script, endpoint, ...actions], { env });
    const { versions, ...found } = JSON.parse((await run).stdout);
    assert.deepEqual(found, {
      tags: [{ Key: 'Name', Value: 'boto3' }],
      routes: [
        ['0.0.0.0/0', 'CreateRoute'],
        ['10.80.0.0/16', 'CreateRouteTable'],
      ],
      ports: [[22, 22]],
      instance: [true, 'enabled', 'ami-0123456789abcdef0'],
      address: true,
      'in the VPC': {
        subnets: 2,
        security_groups: 2,
        route_tables: 2,
        network_acls: 2,
        internet_gateways: 1,
        instances: 2,
        network_interfaces: 3,
      },
      filtered: 2,
      'pages refused': refused,
      'many lists': true,
      gone: 'InvalidVpcID.NotFound',
    });
    assert.deepEqual(
      Object.entries(versions).filter(([, answers]) => answers !== true),
      [],
    );
    assert.ok(Object.keys(versions).some((version) => olderVersions.ec2.includes(version)));
  }),
);
