/** Exported records: every one of an account, in the shapes of AWS's model, and said where a dump is read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDump } from '#import/dump/read-dump.ts';
import { operationOf } from '#wire/operation.ts';
import { encodeOutput } from '#wire/output.ts';
import { Account } from '../../../tests/support/account.ts';
import { withFiles } from '../../../tests/support/import.ts';
import { cliJson, type DescribedFile, describeWorld } from './describe-world.ts';

const actionOf = (name: string) =>
  (name.split('.')[0] ?? '').replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const records = /^describe-(volumes|snapshots|key-pairs|launch-template|security-group-vpc|network-insights)/;

const filesOf = (account: Account): readonly DescribedFile[] => [
  ...describeWorld(account.world, account.nowMs),
];

test('an account without records has no files of them', () => {
  assert.deepEqual(
    filesOf(new Account()).filter(({ name }) => records.test(name)),
    [],
  );
});

test('volumes, snapshots, keys, templates with all versions, and paths', async () => {
  const account = new Account();
  const zone = { AvailabilityZone: 'us-east-1a', Size: 8 };
  const { VolumeId } = account.call<{ VolumeId: string }>('CreateVolume', zone);
  account.call('CreateSnapshot', { VolumeId });
  const key = await account.attemptPrepared('CreateKeyPair', { KeyName: 'web' });
  const secret =
    key.kind === 'ok' ? (key.output as { KeyMaterial: string }).KeyMaterial : assert.fail(key.message);
  const { LaunchTemplate } = account.call<{ LaunchTemplate: { LaunchTemplateId: string } }>(
    'CreateLaunchTemplate',
    { LaunchTemplateName: 'web', LaunchTemplateData: { InstanceType: 't3.micro' } },
  );
  const { LaunchTemplateId } = LaunchTemplate;
  for (const InstanceType of ['t3.small', 't3.large']) {
    account.call('CreateLaunchTemplateVersion', { LaunchTemplateId, LaunchTemplateData: { InstanceType } });
  }
  const files = filesOf(account).filter(({ name }) => records.test(name));
  assert.deepEqual(
    files.map(({ name }) => name),
    [
      'describe-volumes.json',
      'describe-snapshots.json',
      'describe-key-pairs.json',
      'describe-launch-templates.json',
      `describe-launch-template-versions.${LaunchTemplateId}.json`,
    ],
  );
  for (const { name, body } of files) {
    encodeOutput(operationOf('ec2', actionOf(name)) ?? assert.fail(name), body, 'request');
  }
  const text = files.map(({ body }) => cliJson(body)).join('');
  for (const said of [VolumeId, 'ssh-rsa ', 't3.micro', 't3.small', 't3.large'])
    assert.ok(text.includes(said), said);
  assert.ok(!text.includes('PRIVATE') && !text.includes(secret.slice(40, 80)));
  const written = filesOf(account).map(({ folder, name, body }) => [
    [...folder, name].join('/'),
    cliJson(body),
  ]);
  await withFiles(Object.fromEntries(written), (folder) => {
    const { skipped, problems } = readDump(folder);
    assert.deepEqual(skipped.map(({ what, count }) => `${count} ${what}`).sort(), [
      '1 KeyPairs',
      '1 LaunchTemplates',
      '1 Snapshots',
      '1 Volumes',
      '3 LaunchTemplateVersions',
    ]);
    assert.deepEqual(problems, []);
  });
});
