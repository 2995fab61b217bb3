import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DescribeImagesResult,
  DescribeInstanceCreditSpecificationsResult,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesResult,
  Reservation,
} from '@aws-sdk/client-ec2';
import { parseId } from '#vpc/ids.ts';
import { Account } from '../../../../tests/support/account.ts';
import { images } from '../images/catalogue.ts';
import { catalogue } from './catalogue.ts';

test('types by name and filter, in pages', () => {
  const account = new Account();
  const types = (input: object) => account.call<DescribeInstanceTypesResult>('DescribeInstanceTypes', input);
  const [micro] = types({ InstanceTypes: ['t3.micro'] }).InstanceTypes ?? [];
  assert.deepEqual(
    [
      micro?.VCpuInfo?.DefaultVCpus,
      micro?.MemoryInfo?.SizeInMiB,
      micro?.NetworkInfo?.MaximumNetworkInterfaces,
    ],
    [2, 1024, 2],
  );
  const arm = types({
    Filters: [{ Name: 'processor-info.supported-architecture', Values: ['arm64'] }],
  }).InstanceTypes;
  assert.ok(arm?.length && arm.every(({ InstanceType }) => /^[a-z]\d+g\./.test(InstanceType ?? '')));
  assert.equal(
    account.refusal('DescribeInstanceTypes', { InstanceTypes: ['x9.huge'] }),
    'InvalidInstanceType',
  );
  let seen = 0;
  let NextToken: string | undefined;
  do {
    const page = types({ MaxResults: 7, ...(NextToken ? { NextToken } : {}) });
    seen += page.InstanceTypes?.length ?? 0;
    NextToken = page.NextToken;
  } while (NextToken);
  assert.equal(seen, catalogue.length);
  assert.equal(new Set(catalogue.map(({ name }) => name)).size, catalogue.length);
});

test('what AWS says of types of one family and of different ones', () => {
  const account = new Account();
  const rows: readonly (readonly [
    type: string,
    enclaves: string,
    cores: readonly number[] | undefined,
    mbps: number | undefined,
    clock: number | undefined,
  ])[] = [
    ['m1.small', 'unsupported', undefined, undefined, undefined],
    ['t2.medium', 'unsupported', undefined, undefined, 2.3],
    ['t3.micro', 'unsupported', [1], 87, 2.5],
    ['t3.2xlarge', 'unsupported', [2, 4], 695, 2.5],
    ['t4g.nano', 'unsupported', [1, 2], 43, 2.5],
    ['m5.large', 'unsupported', [1], 650, 3.1],
    ['m5.xlarge', 'supported', [2], 1150, 3.1],
    ['m6i.xlarge', 'supported', [1, 2], 1250, 3.5],
    ['m6i.4xlarge', 'supported', [2, 4, 6, 8], 5000, 3.5],
    ['m6g.large', 'supported', [1, 2], 630, 2.5],
    ['m7g.xlarge', 'supported', [1, 2, 3, 4], 1250, 2.6],
    ['c5.2xlarge', 'supported', [2, 4], 2300, 3.4],
  ];
  for (const [type, enclaves, cores, mbps, clock] of rows) {
    const [info] =
      account.call<DescribeInstanceTypesResult>('DescribeInstanceTypes', { InstanceTypes: [type] })
        .InstanceTypes ?? [];
    assert.deepEqual(
      [
        info?.NitroEnclavesSupport,
        info?.VCpuInfo?.ValidCores,
        info?.EbsInfo?.EbsOptimizedInfo?.BaselineBandwidthInMbps,
        info?.ProcessorInfo?.SustainedClockSpeedInGhz,
      ],
      [enclaves, cores, mbps, clock],
      type,
    );
  }
});

test('every type has one network card, which has all that the type has', () => {
  const { InstanceTypes = [] } = new Account().call<DescribeInstanceTypesResult>('DescribeInstanceTypes');
  assert.ok(InstanceTypes.length > 40);
  for (const { InstanceType, NetworkInfo: network } of InstanceTypes) {
    const { NetworkPerformance, MaximumNetworkInterfaces } = network ?? {};
    assert.deepEqual(
      network?.NetworkCards,
      [{ NetworkCardIndex: 0, NetworkPerformance, MaximumNetworkInterfaces }],
      InstanceType,
    );
  }
});

test('every type is offered in every zone', () => {
  const account = new Account();
  const places = (LocationType?: string) =>
    account
      .call<DescribeInstanceTypeOfferingsResult>('DescribeInstanceTypeOfferings', {
        ...(LocationType ? { LocationType } : {}),
        Filters: [{ Name: 'instance-type', Values: ['t3.micro'] }],
      })
      .InstanceTypeOfferings?.map(({ Location }) => Location);
  assert.deepEqual(places(), ['us-east-1']);
  assert.equal(places('availability-zone')?.length, 6);
  assert.deepEqual(places('availability-zone-id')?.[0], 'use1-az1');
  assert.equal(
    account.refusal('DescribeInstanceTypeOfferings', { LocationType: 'moon' }),
    'InvalidParameterValue',
  );
});

test('images have well-formed ids, and are found by owner and name', () => {
  for (const { id, snapshotId } of images)
    assert.ok(parseId('image', id) && parseId('snapshot', snapshotId), id);
  const account = new Account();
  const found = (input: object) => account.call<DescribeImagesResult>('DescribeImages', input).Images;
  const linux = found({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['al2023-ami-*-x86_64'] }] });
  assert.equal(linux?.length, 1);
  assert.deepEqual(found({ Owners: ['self'] }), []);
  assert.equal(account.refusal('DescribeImages', { ImageIds: ['ami-1'] }), 'InvalidAMIID.Malformed');
  assert.equal(found({ ImageIds: ['ami-0123456789abcdef0'] })?.[0]?.RootDeviceName, '/dev/xvda');
  assert.deepEqual(found({ ExecutableUsers: ['self'] }), []);
  const ubuntu = found({ Owners: ['099720109477'] })?.[0];
  const launched = account.call<Reservation>('RunInstances', {
    ImageId: ubuntu?.ImageId,
    MinCount: 1,
    MaxCount: 1,
  });
  assert.equal(launched.Instances?.[0]?.RootDeviceName, '/dev/sda1');
});

test('credits of burstable instances; console output is empty', () => {
  const account = new Account();
  const run = (input: object) =>
    account.call<Reservation>('RunInstances', {
      ImageId: 'ami-0123456789abcdef0',
      MinCount: 1,
      MaxCount: 1,
      ...input,
    }).Instances?.[0]?.InstanceId;
  const [t2, t3, plain] = [
    run({ InstanceType: 't2.micro' }),
    run({ InstanceType: 't3.micro' }),
    run({ InstanceType: 'm5.large' }),
  ];
  const credits = (input: object) =>
    account
      .call<DescribeInstanceCreditSpecificationsResult>('DescribeInstanceCreditSpecifications', input)
      .InstanceCreditSpecifications?.map(({ InstanceId, CpuCredits }) => [InstanceId, CpuCredits]);
  assert.deepEqual(credits({}), [[t3, 'unlimited']]);
  assert.deepEqual(credits({ InstanceIds: [t2] }), [[t2, 'standard']]);
  assert.equal(
    account.refusal('DescribeInstanceCreditSpecifications', { InstanceIds: [plain] }),
    'UnsupportedOperation',
  );
  assert.equal(
    account.refusal('RunInstances', {
      ImageId: 'ami-0123456789abcdef0',
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 'm5.large',
      CreditSpecification: { CpuCredits: 'standard' },
    }),
    'UnsupportedOperation',
  );
  assert.equal(account.call<{ Output: string }>('GetConsoleOutput', { InstanceId: t2 }).Output, '');
});
