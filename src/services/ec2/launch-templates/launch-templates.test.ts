import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsResult,
  GetLaunchTemplateDataResult,
  Reservation,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const image = 'ami-0123456789abcdef0';

function withTemplate(data: object = { ImageId: image, InstanceType: 't3.micro' }) {
  const account = new Account();
  const { LaunchTemplate } = account.call<CreateLaunchTemplateResult>('CreateLaunchTemplate', {
    LaunchTemplateName: 'web',
    LaunchTemplateData: data,
    ClientToken: 'first',
  });
  return { account, id: LaunchTemplate?.LaunchTemplateId ?? assert.fail() };
}

const addVersion = (account: Account, input: object) =>
  account.call<CreateLaunchTemplateVersionResult>('CreateLaunchTemplateVersion', {
    LaunchTemplateName: 'web',
    ...input,
  }).LaunchTemplateVersion;

test('versions count up, the default one stays until it is moved', () => {
  const { account, id } = withTemplate();
  const second = addVersion(account, {
    SourceVersion: '1',
    LaunchTemplateData: { InstanceType: 't3.nano' },
    ClientToken: 'v2',
  });
  assert.deepEqual(
    [second?.VersionNumber, second?.DefaultVersion, second?.LaunchTemplateData],
    [2, false, { ImageId: image, InstanceType: 't3.nano' }],
  );
  assert.equal(
    addVersion(account, {
      SourceVersion: '1',
      LaunchTemplateData: { InstanceType: 't3.nano' },
      ClientToken: 'v2',
    })?.VersionNumber,
    2,
  );
  addVersion(account, { LaunchTemplateData: { KeyName: 'k' } });
  const numbers = (input: object) =>
    account
      .call<DescribeLaunchTemplateVersionsResult>('DescribeLaunchTemplateVersions', input)
      .LaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber);
  assert.deepEqual(numbers({ LaunchTemplateId: id }), [3, 2, 1]);
  assert.deepEqual(numbers({ LaunchTemplateId: id, MinVersion: '2' }), [3, 2]);
  assert.deepEqual(numbers({ LaunchTemplateId: id, MaxVersion: '2' }), [2, 1]);
  assert.deepEqual(numbers({ LaunchTemplateId: id, Versions: ['$Latest', '$Default'] }), [3, 1]);
  assert.deepEqual(numbers({ Versions: ['$Latest'] }), [3]);
  assert.deepEqual(
    numbers({ LaunchTemplateName: 'web', Filters: [{ Name: 'instance-type', Values: ['t3.n*'] }] }),
    [2],
  );
  account.call('ModifyLaunchTemplate', { LaunchTemplateId: id, DefaultVersion: '2' });
  const deleted = account.call<DeleteLaunchTemplateVersionsResult>('DeleteLaunchTemplateVersions', {
    LaunchTemplateId: id,
    Versions: ['3', '9'],
  });
  assert.deepEqual(
    deleted.SuccessfullyDeletedLaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber),
    [3],
  );
  assert.deepEqual(
    deleted.UnsuccessfullyDeletedLaunchTemplateVersions?.map(({ ResponseError }) => ResponseError?.Code),
    ['launchTemplateVersionDoesNotExist'],
  );
  assert.equal(
    account.refusal('DeleteLaunchTemplateVersions', { LaunchTemplateId: id, Versions: ['2'] }),
    'OperationNotPermitted',
  );
  assert.equal(
    addVersion(account, { LaunchTemplateData: { KeyName: 'k' } })?.VersionNumber,
    4,
    'numbers are not given twice',
  );
  const [shown] =
    account.call<DescribeLaunchTemplatesResult>('DescribeLaunchTemplates', { LaunchTemplateNames: ['web'] })
      .LaunchTemplates ?? [];
  assert.deepEqual([shown?.DefaultVersionNumber, shown?.LatestVersionNumber], [2, 4]);
  account.call('DeleteLaunchTemplate', { LaunchTemplateId: id });
  assert.equal(account.network.launchTemplate.size, 0);
});

test('a launch takes what it says itself, and the rest from its template', () => {
  const { account, id } = withTemplate({
    ImageId: image,
    InstanceType: 't3.micro',
    UserData: 'aGVsbG8=',
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
  });
  const run = (input: object) =>
    account.call<Reservation>('RunInstances', { MinCount: 1, MaxCount: 1, ...input }).Instances?.[0] ??
    assert.fail();
  const plain = run({ LaunchTemplate: { LaunchTemplateId: id } });
  assert.deepEqual(
    [plain.ImageId, plain.InstanceType, plain.Tags],
    [
      image,
      't3.micro',
      [
        { Key: 'Name', Value: 'web' },
        { Key: 'aws:ec2launchtemplate:id', Value: id },
        { Key: 'aws:ec2launchtemplate:version', Value: '1' },
      ],
    ],
  );
  assert.equal(
    run({ LaunchTemplate: { LaunchTemplateName: 'web', Version: '$Latest' }, InstanceType: 't3.nano' })
      .InstanceType,
    't3.nano',
  );
  const { LaunchTemplateData: data } = account.call<GetLaunchTemplateDataResult>('GetLaunchTemplateData', {
    InstanceId: plain.InstanceId,
  });
  assert.deepEqual(
    [data?.ImageId, data?.UserData, data?.NetworkInterfaces?.[0]?.SubnetId, data?.TagSpecifications],
    [
      image,
      'aGVsbG8=',
      plain.SubnetId,
      [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
    ],
  );
});

test('wrong names, versions and data are refused', () => {
  const { account, id } = withTemplate();
  const create = { LaunchTemplateName: 'app', LaunchTemplateData: { ImageId: image } };
  const launch = { ImageId: image, MinCount: 1, MaxCount: 1 };
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    [
      'CreateLaunchTemplate',
      { ...create, LaunchTemplateName: 'web' },
      'InvalidLaunchTemplateName.AlreadyExistsException',
    ],
    [
      'CreateLaunchTemplate',
      { ...create, LaunchTemplateName: 'ab' },
      'InvalidLaunchTemplateName.MalformedException',
    ],
    [
      'CreateLaunchTemplate',
      { ...create, LaunchTemplateName: 'a b c' },
      'InvalidLaunchTemplateName.MalformedException',
    ],
    ['CreateLaunchTemplate', { ...create, LaunchTemplateData: {} }, 'MissingParameter'],
    [
      'CreateLaunchTemplate',
      { ...create, LaunchTemplateData: { Operator: { Principal: 'x' } } },
      'UnsupportedOperation',
    ],
    ['CreateLaunchTemplate', { ...create, ClientToken: 'first' }, 'IdempotentParameterMismatch'],
    [
      'CreateLaunchTemplateVersion',
      { LaunchTemplateId: id, SourceVersion: '9', LaunchTemplateData: { KeyName: 'k' } },
      'InvalidLaunchTemplateId.VersionNotFound',
    ],
    ['DescribeLaunchTemplates', { LaunchTemplateIds: ['lt-1'] }, 'InvalidLaunchTemplateId.Malformed'],
    [
      'DescribeLaunchTemplates',
      { LaunchTemplateIds: ['lt-0123456789abcdef0'] },
      'InvalidLaunchTemplateId.NotFound',
    ],
    [
      'DescribeLaunchTemplates',
      { LaunchTemplateNames: ['nope'] },
      'InvalidLaunchTemplateName.NotFoundException',
    ],
    ['DescribeLaunchTemplateVersions', {}, 'MissingParameter'],
    [
      'DescribeLaunchTemplateVersions',
      { LaunchTemplateId: id, Versions: ['x'] },
      'InvalidLaunchTemplateId.VersionNotFound',
    ],
    [
      'RunInstances',
      { ...launch, LaunchTemplate: { LaunchTemplateName: 'nope' } },
      'InvalidLaunchTemplateName.NotFoundException',
    ],
    [
      'RunInstances',
      { ...launch, LaunchTemplate: { LaunchTemplateId: id, Version: '7' } },
      'InvalidLaunchTemplateId.VersionNotFound',
    ],
    ['RunInstances', { ...launch, LaunchTemplate: {} }, 'MissingParameter'],
    ['GetLaunchTemplateData', { InstanceId: 'i-0123456789abcdef0' }, 'InvalidInstanceID.NotFound'],
  ];
  for (const [action, input, code] of rows)
    assert.equal(account.refusal(action, input), code, `${action} ${JSON.stringify(input)}`);
});
