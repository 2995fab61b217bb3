/** Reverse names and attributes of instances: exported where somebody set them, and read back as they were. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDump } from '#import/dump/read-dump.ts';
import { networkOf } from '#vpc/network.ts';
import { operationOf } from '#wire/operation.ts';
import { encodeOutput } from '#wire/output.ts';
import { Account } from '../../../tests/support/account.ts';
import { withFiles } from '../../../tests/support/import.ts';
import { cliJson, describeWorld } from './describe-world.ts';

const asked = {
  ImageId: 'ami-0123456789abcdef0',
  InstanceType: 't3.micro',
  MinCount: 1,
  MaxCount: 1,
} as const;

const unusual = {
  UserData: Buffer.from('#!/bin/sh').toString('base64'),
  DisableApiTermination: true,
  DisableApiStop: true,
  InstanceInitiatedShutdownBehavior: 'terminate',
  CreditSpecification: { CpuCredits: 'standard' },
} as const;

const isAttribute = ({ name }: { readonly name: string }) =>
  /^describe-(instance-attribute|instance-credit|addresses-attribute)/.test(name);

test('attributes of instances and reverse names are exported where they are set, and read back', async () => {
  const account = new Account();
  const launch = (more: object) =>
    account.call<{ Instances: { InstanceId: string }[] }>('RunInstances', { ...asked, ...more }).Instances[0]
      ?.InstanceId ?? assert.fail();
  // Without credits: burstable types always tell of theirs.
  launch({ InstanceType: 'm5.large' });
  assert.deepEqual([...describeWorld(account.world, account.nowMs)].filter(isAttribute), []);
  const id = launch(unusual);
  const { AllocationId } = account.call<{ AllocationId: string }>('AllocateAddress', {});
  account.call('ModifyAddressAttribute', { AllocationId, DomainName: 'mail.example.com' });
  account.call('AllocateAddress', {});

  const files = [...describeWorld(account.world, account.nowMs)];
  assert.deepEqual(
    files.filter(isAttribute).map(({ name }) => name.replace(`.${id}`, '')),
    [
      'describe-addresses-attribute.json',
      'describe-instance-credit-specifications.json',
      'describe-instance-attribute.disableApiStop.json',
      'describe-instance-attribute.disableApiTermination.json',
      'describe-instance-attribute.instanceInitiatedShutdownBehavior.json',
      'describe-instance-attribute.userData.json',
    ],
  );
  for (const { name, body } of files.filter(isAttribute)) {
    const action = (name.split('.')[0] ?? '').replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) =>
      letter.toUpperCase(),
    );
    encodeOutput(operationOf('ec2', action) ?? assert.fail(name), body, 'request');
  }
  const written = files.map(({ folder, name, body }) => [[...folder, name].join('/'), cliJson(body)]);
  await withFiles(Object.fromEntries(written), (folder) => {
    const { world, skipped, problems } = readDump(folder);
    assert.deepEqual([skipped.map(({ what }) => what), problems], [['Volumes'], []]);
    const [before, after] = [account.world, world].map((each) => {
      const network = networkOf(each, account.scope);
      return {
        instances: [...network.instance.values()].map(({ userData, disableApiTermination, options }) => ({
          userData,
          disableApiTermination,
          stop: options.disableApiStop,
          behaviour: options.shutdownBehavior,
        })),
        credits: network.instance.get(id)?.options.cpuCredits,
        names: [...network.address.values()].map(({ ptrRecord }) => ptrRecord),
      };
    });
    assert.deepEqual(after, before);
    assert.equal(after?.names.filter((each) => each === 'mail.example.com.').length, 1);
  });
});

test('names in reverse DNS alone are no addresses', async () => {
  const body = {
    Addresses: [{ AllocationId: 'eipalloc-0123456789abcdef0', PublicIp: '203.0.113.7', PtrRecord: 'a.' }],
  };
  await withFiles({ 'describe-addresses-attribute.json': cliJson(body) }, (folder) => {
    const { problems, world } = readDump(folder);
    assert.deepEqual(problems, []);
    assert.equal(
      [...world.values()].reduce((sum, { address }) => sum + address.size, 0),
      0,
    );
  });
});
