import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOf, fixture, rulesOf, withFiles } from '../../../tests/support/import.ts';
import { UnreadableSource } from '../imported.ts';
import { readPlanFile } from './read-plan.ts';

const change = readPlanFile(fixture('terraform/change.json'));
const fresh = readPlanFile(fixture('terraform/new.json'));

test('rules of all three generations, before and after', () => {
  assert.deepEqual(rulesOf(change.before, 'a'), [
    'egress all 0.0.0.0/0',
    'ingress 1 8/0 10.0.0.0/8',
    'ingress 6 22-22 192.0.2.0/24',
    'ingress 6 80-80 0.0.0.0/0',
    'ingress 6 8080-8080 203.0.113.0/24',
  ]);
  // The plan takes the rule of the second generation away, adds one of the third, and leaves what was made by hand.
  assert.deepEqual(rulesOf(change.after, 'a'), [
    'egress all 0.0.0.0/0',
    'ingress 1 8/0 10.0.0.0/8',
    'ingress 6 443-443 ::/0',
    'ingress 6 80-80 0.0.0.0/0',
    'ingress 6 8080-8080 203.0.113.0/24',
  ]);
});

test('blocks that the configuration has are all that a group has', () => {
  assert.deepEqual(rulesOf(change.before, 'b'), [
    'ingress 17 53-53 pl-0aaaaaaaaaaaaaaaa',
    'ingress 47 sg-0bbbbbbbbbbbbbbbb',
    'ingress 6 5432-5432 sg-0aaaaaaaaaaaaaaaa',
  ]);
  assert.deepEqual(rulesOf(change.after, 'b'), [
    'egress 17 53-53 pl-0aaaaaaaaaaaaaaaa',
    'ingress 6 5432-5433 sg-0aaaaaaaaaaaaaaaa',
  ]);
});

test('entries of prefix lists in blocks and as resources', () => {
  const entries = (world: typeof change.after) =>
    allOf(world, 'prefixList').flatMap((list) => list.entries.map(({ cidr }) => cidr));
  assert.deepEqual(entries(change.before), ['192.0.2.0/25', '192.0.2.128/25']);
  assert.deepEqual(entries(change.after), ['192.0.2.0/25']);
});

test('resources that are there keep their ids, places and states', () => {
  assert.deepEqual([...change.after.keys()], ['111122223333/us-east-1']);
  assert.deepEqual(
    allOf(change.after, 'instance')
      .map(({ id, state }) => [id, state])
      .sort(),
    [
      ['i-0aaaaaaaaaaaaaaaa', 'running'],
      ['i-0bbbbbbbbbbbbbbbb', 'stopped'],
    ],
  );
  assert.deepEqual(
    allOf(change.after, 'networkAcl').flatMap(({ entries }) =>
      entries.map(({ number, action, service, cidr }) => [number, action, service.kind, cidr]),
    ),
    [
      [90, 'deny', 'ports', '0.0.0.0/0'],
      [100, 'allow', 'all', '0.0.0.0/0'],
      [110, 'allow', 'icmp', '::/0'],
      [100, 'allow', 'all', '0.0.0.0/0'],
    ],
  );
  assert.deepEqual(change.unknowns, []);
  assert.deepEqual(change.problems, []);
});

test('what is yet to be made has stand-ins that stay the same', () => {
  const again = readPlanFile(fixture('terraform/new.json'));
  const ids = (world: typeof change.after) =>
    allOf(world, 'eni').map(({ id, privateIps }) => [id, privateIps]);
  assert.deepEqual(ids(fresh.after), ids(again.after));
  assert.equal(fresh.before.size, 0);
  assert.deepEqual([...fresh.after.keys()], ['123456789012/eu-west-1']);
  const [webA, webB] = allOf(fresh.after, 'eni').filter(({ privateIps }) => privateIps[0]?.launchPublicIp);
  assert.ok(
    webA && webB && webA.id !== webB.id && webA.privateIps[0]?.address !== webB.privateIps[0]?.address,
  );
});

test('references are followed through for_each, count, modules and their variables', () => {
  const subnets = new Map(allOf(fresh.after, 'subnet').map(({ id, cidr }) => [id, cidr]));
  const groups = new Map(allOf(fresh.after, 'securityGroup').map(({ id, name }) => [id, name]));
  const placed = allOf(fresh.after, 'eni')
    .map(({ subnetId, groupIds }) => [subnets.get(subnetId), groupIds.map((id) => groups.get(id)).join()])
    .sort();
  assert.deepEqual(placed, [
    ['10.20.1.0/24', ''],
    ['10.20.1.0/24', 'web'],
    ['10.20.1.0/24', 'web'],
    ['10.20.2.0/24', 'db'],
    // Without groups of its own it gets the default one of its VPC.
    ['10.20.2.0/24', 'default'],
  ]);
  const routes = allOf(fresh.after, 'routeTable').map(({ routes: all, associations }) =>
    [...associations.map(({ subject }) => subject.kind), ...all.map(({ target }) => target.kind)].join(' '),
  );
  assert.deepEqual(routes.sort(), ['main local', 'subnet local internetGateway', 'subnet local natGateway']);
  const db = [...groups].find(([, name]) => name === 'web')?.[0];
  assert.deepEqual(rulesOf(fresh.after, 'db'), [`ingress 6 5432-5432 ${db}`]);
});

test('blocks that are written as one list: each member takes what fits it', () => {
  const web = allOf(fresh.after, 'securityGroup').find(({ name }) => name === 'web');
  assert.deepEqual(rulesOf(fresh.after, 'app'), [
    'ingress 6 8080-8080 10.20.0.0/16',
    `ingress 6 8080-8080 ${web?.id}`,
  ]);
  assert.ok(!fresh.unknowns.some(({ what }) => what.includes('aws_security_group.app')));
});

test('what only the apply tells could be anything, and is said', () => {
  assert.deepEqual(rulesOf(fresh.after, 'web'), [
    'egress all 0.0.0.0/0',
    'ingress 6 22-22 0.0.0.0/0',
    'ingress 6 22-22 ::/0',
    'ingress 6 443-443 0.0.0.0/0',
  ]);
  const said = fresh.unknowns.map(({ what }) => what);
  assert.ok(said.includes('aws_security_group_rule.ops: cidr_blocks is known only after the apply'));
  assert.ok(said.includes('aws_eip.nat: public_ip is known only after the apply'));
  assert.ok(!said.some((what) => what.includes('aws_security_group.db')));
  assert.deepEqual(fresh.skipped, [
    { what: 'aws_s3_bucket', count: 1 },
    { what: 'aws_lb', count: 1 },
  ]);
  assert.deepEqual(fresh.problems, []);
});

test('files that are no plan', async () => {
  const rows: readonly (readonly [text: string, message: RegExp])[] = [
    ['{}', /no output of terraform show -json/],
    ['[]', /plan\.json: it is no output of terraform show -json$/],
    ['{"Vpcs": []}', /plan\.json: it is no output of terraform show -json, but of aws ec2 describe-\*/],
    ['PK\u0003\u0004…', /is a saved plan; give what terraform show -json \S+ prints/],
    ['{"format_version": "1.2"', /:1:25: the text ends too early/],
  ];
  for (const [text, message] of rows) {
    await withFiles({ 'plan.json': text }, (folder) => {
      assert.throws(
        () => readPlanFile(`${folder}/plan.json`),
        (error) => {
          assert.ok(error instanceof UnreadableSource);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
  assert.throws(
    () => readPlanFile('/there/is/no/plan'),
    /^Error: \/there\/is\/no\/plan cannot be read: there is no such file or folder$/,
  );
});

test('a state alone is the same before and after, as Windows PowerShell redirects it too', async () => {
  const text = JSON.stringify({ format_version: '1.0', values: { root_module: { resources: [] } } });
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    await withFiles({ 'state.json': bytes }, (folder) => {
      const { before, after } = readPlanFile(`${folder}/state.json`);
      assert.deepEqual([before.size, after.size], [0, 0]);
    });
  }
});
