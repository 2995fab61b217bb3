/** Launch templates. */
import { type Members, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const image = 'ami-0abcdef1234567890';

const named = { LaunchTemplateId: '$template' };
const data: Members = {
  ImageId: image,
  InstanceType: 't3.micro',
  EbsOptimized: false,
  MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
  IamInstanceProfile: { Name: 'app' },
};

export const templateRows: readonly Row[] = [
  step(
    'CreateLaunchTemplate',
    { LaunchTemplateName: 'web', LaunchTemplateData: data },
    {
      required: ['LaunchTemplateName', 'LaunchTemplateData'],
      tags: 'launch-template',
      token: 'LaunchTemplate.LaunchTemplateId',
      refuses: [
        [{ LaunchTemplateName: 'ab' }, 'InvalidLaunchTemplateName.MalformedException'],
        [{ LaunchTemplateData: {} }, missing],
        [{ VersionDescription: 'd'.repeat(256) }, value],
      ],
      shows: {
        'LaunchTemplate.LaunchTemplateId': /^lt-[0-9a-f]{17}$/,
        'LaunchTemplate.LatestVersionNumber': 1,
      },
      remembers: { template: 'LaunchTemplate.LaunchTemplateId' },
      after: [[{}, 'InvalidLaunchTemplateName.AlreadyExistsException']],
    },
  ),
  step(
    'CreateLaunchTemplateVersion',
    { ...named, SourceVersion: '1', LaunchTemplateData: { InstanceType: 't3.small' } },
    {
      required: ['LaunchTemplateId', 'LaunchTemplateData'],
      ids: { LaunchTemplateId: 'launchTemplate' },
      token: 'LaunchTemplateVersion.VersionNumber',
      refuses: [
        [{ LaunchTemplateName: 'web' }, combination],
        [{ SourceVersion: '9' }, 'InvalidLaunchTemplateId.VersionNotFound'],
        [{ ResolveAlias: true, LaunchTemplateData: { ImageId: 'resolve:ssm:/golden' } }, value],
      ],
      shows: {
        'LaunchTemplateVersion.VersionNumber': 2,
        'LaunchTemplateVersion.LaunchTemplateData.ImageId': image,
      },
    },
  ),
  {
    lists: 'DescribeLaunchTemplates',
    items: 'LaunchTemplates',
    by: 'LaunchTemplateId',
    item: '$template',
    ids: ['LaunchTemplateIds', 'launchTemplate'],
    tagged: true,
    bounds: [1, 200],
    filters: { 'create-time': 'CreateTime', 'launch-template-name': 'LaunchTemplateName' },
  },
  step(
    'DescribeLaunchTemplates',
    { LaunchTemplateNames: ['nobody'] },
    { code: 'InvalidLaunchTemplateName.NotFoundException' },
  ),
  {
    lists: 'DescribeLaunchTemplateVersions',
    input: named,
    items: 'LaunchTemplateVersions',
    by: 'LaunchTemplateId',
    item: '$template',
    bounds: [1, 200],
    filters: {
      'create-time': 'CreateTime',
      'ebs-optimized': 'LaunchTemplateData.EbsOptimized',
      'http-endpoint': 'LaunchTemplateData.MetadataOptions.HttpEndpoint',
      'http-tokens': 'LaunchTemplateData.MetadataOptions.HttpTokens',
      'iam-instance-profile': 'LaunchTemplateData.IamInstanceProfile.Name',
      'image-id': 'LaunchTemplateData.ImageId',
      'instance-type': 'LaunchTemplateData.InstanceType',
      'is-default-version': 'DefaultVersion',
      'kernel-id': null,
      'ram-disk-id': null,
    },
  },
  step(
    'DescribeLaunchTemplateVersions',
    { ...named, Versions: ['$$Latest'] },
    {
      refuses: [
        [{ MinVersion: '1' }, combination],
        [{ Versions: ['9'] }, 'InvalidLaunchTemplateId.VersionNotFound'],
        [{ LaunchTemplateId: undefined, Versions: ['1'] }, missing],
      ],
      shows: { 'LaunchTemplateVersions.0.VersionNumber': 2 },
    },
  ),
  step(
    'DescribeLaunchTemplateVersions',
    { Versions: ['$$Default'] },
    { shows: { 'LaunchTemplateVersions.0.VersionNumber': 1 } },
  ),
  step(
    'ModifyLaunchTemplate',
    { ...named, DefaultVersion: '2' },
    {
      required: ['LaunchTemplateId', 'DefaultVersion'],
      ids: { LaunchTemplateId: 'launchTemplate' },
      refuses: [[{ DefaultVersion: '9' }, 'InvalidLaunchTemplateId.VersionNotFound']],
      token: 'LaunchTemplate.LaunchTemplateId',
      shows: { 'LaunchTemplate.DefaultVersionNumber': 2 },
    },
  ),
  step(
    'RunInstances',
    { MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateName: 'web', Version: '$$Latest' } },
    { shows: { 'Instances.0.InstanceType': 't3.small' }, remembers: { templated: 'Instances.0.InstanceId' } },
  ),
  step(
    'GetLaunchTemplateData',
    { InstanceId: '$templated' },
    {
      required: ['InstanceId'],
      ids: { InstanceId: 'instance' },
      shows: { 'LaunchTemplateData.ImageId': image },
    },
  ),
  step(
    'DeleteLaunchTemplateVersions',
    { ...named, Versions: ['1', '9'] },
    {
      required: ['LaunchTemplateId', 'Versions'],
      ids: { LaunchTemplateId: 'launchTemplate' },
      refuses: [
        [{ Versions: ['2'] }, 'OperationNotPermitted'],
        [{ Versions: Array.from({ length: 201 }, (_, n) => String(n + 1)) }, value],
      ],
      shows: {
        'SuccessfullyDeletedLaunchTemplateVersions.0.VersionNumber': 1,
        'UnsuccessfullyDeletedLaunchTemplateVersions.0.ResponseError.Code':
          'launchTemplateVersionDoesNotExist',
      },
    },
  ),
  step('DeleteLaunchTemplate', named, {
    required: ['LaunchTemplateId'],
    ids: { LaunchTemplateId: 'launchTemplate' },
  }),
];
