/** What `rampart export` writes, file by file, beside the AWS CLI's own skeleton of the command's output. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { awsProgram, cliProgram } from '../support/cli.ts';
import { fixture } from '../support/import.ts';
import { ec2Call, send, withServer } from '../support/server.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rpt-export-'));
after(() => rmSync(scratch, { recursive: true }));

type Shaped = {
  readonly known: boolean;
  readonly unknown: readonly string[];
  readonly wrong: readonly string[];
};

/** Runs the export; the server of the tests answers in this process, so that it must not wait. */
function exported(name: string, network: string, endpoint: string): Promise<string> {
  const to = join(scratch, name);
  const args = [cliProgram, 'export', '--to', to, '--network', network];
  const child = spawn(process.execPath, args, { env: { ...process.env, RAMPART_ENDPOINT: endpoint } });
  return new Promise((resolve, reject) =>
    child.on('exit', (code) => (code === 0 ? resolve(to) : reject(new Error(`export ends with ${code}`)))),
  );
}

/** Each command that was written → how its output differs from the CLI's skeleton. */
function shapesIn(folder: string): ReadonlyMap<string, Shaped> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map((path) => {
    const [, service = 'ec2', command] = /^(?:(elbv2|elb)-)?([a-z0-9-]+)\./.exec(basename(path)) ?? [];
    return { service, command, body: JSON.parse(readFileSync(path, 'utf8')) };
  });
  const ran = spawnSync('/usr/bin/python3', [fileURLToPath(new URL('export-shapes.py', import.meta.url))], {
    input: JSON.stringify(files),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  assert.equal(ran.status, 0, ran.stderr);
  const found = JSON.parse(ran.stdout) as readonly Shaped[];
  return new Map(paths.map((path, at) => [basename(path), found[at] as Shaped]));
}

/** Commands and members that AWS added after Debian's aws 2.9.19, by their last names. */
const newerCommands = /^describe-vpc-block-public-access-(options|exclusions)\./;
const newerMembers = new Set([
  'AssociationId',
  'AvailabilityMode',
  'AvailabilityZoneId',
  'ConnectionTrackingConfiguration',
  'IpSource',
  'Ipv6AddressAttribute',
  'IsPrimary',
  'IsPrimaryIpv6',
  'Operator',
  'RebootMigration',
  'SecurityGroupArn',
  'SecurityGroupReferencingSupport',
  'SecurityGroupRuleArn',
  'ServiceRegion',
  'Status',
]);

/** What the dump describes; more is made by requests below. */
const ofDump = [
  'describe-addresses',
  'describe-dhcp-options',
  'describe-instances',
  'describe-managed-prefix-lists',
  'describe-nat-gateways',
  'describe-network-interfaces',
  'describe-route-tables',
  'describe-security-group-rules',
  'describe-transit-gateway-attachments',
  'describe-transit-gateway-peering-attachments',
  'describe-transit-gateway-route-tables',
  'describe-transit-gateway-vpc-attachments',
  'describe-transit-gateways',
  'describe-vpc-endpoints',
  'describe-vpc-peering-connections',
  'elb-describe-load-balancer-attributes',
  'elb-describe-load-balancers',
  'elbv2-describe-listeners',
  'elbv2-describe-load-balancer-attributes',
  'elbv2-describe-load-balancers',
  'elbv2-describe-rules',
  'elbv2-describe-target-group-attributes',
  'elbv2-describe-target-groups',
  'elbv2-describe-target-health',
  'get-managed-prefix-list-entries',
  'get-subnet-cidr-reservations',
  'get-transit-gateway-route-table-associations',
  'search-transit-gateway-routes',
];

/** Requests whose results are records that no network needs, and the commands that show them. */
const recorded: readonly (readonly [action: string, input: Record<string, string>, command: string])[] = [
  ['CreateVolume', { AvailabilityZone: 'us-east-1a', Size: '8' }, 'describe-volumes'],
  ['CreateKeyPair', { KeyName: 'k', KeyType: 'ed25519' }, 'describe-key-pairs'],
  [
    'CreateLaunchTemplate',
    { LaunchTemplateName: 'small', 'LaunchTemplateData.InstanceType': 't3.micro' },
    'describe-launch-templates',
  ],
];

const isThere = existsSync(awsProgram);

test('every exported file is as the aws CLI knows it', { skip: !isThere && 'there is no aws' }, async () => {
  await withServer(async ({ endpoint }) => {
    for (const [action, input] of recorded) {
      const { status, body } = await send(endpoint, ec2Call(action, input));
      assert.equal(status, 200, body);
    }
    const folders = [
      await exported('dump', `dump:${fixture('dumps/every-construct')}`, endpoint),
      await exported('live', 'live', endpoint),
    ];
    const shapes = folders.flatMap((folder) => [...shapesIn(folder)]);
    for (const [file, { known, unknown, wrong }] of shapes) {
      assert.equal(known, !newerCommands.test(file), file);
      assert.deepEqual(wrong, [], file);
      const strange = unknown.filter((path) => !newerMembers.has(path.split('.').at(-1) ?? ''));
      assert.deepEqual(strange, [], file);
    }
    const written = new Set(shapes.map(([file]) => file.split('.')[0]));
    const wanted = [...ofDump, 'describe-launch-template-versions', ...recorded.map(([, , name]) => name)];
    assert.deepEqual(
      wanted.filter((command) => !written.has(command)),
      [],
    );
  });
});
