/** Key pairs, images, types, volumes, snapshots and launch templates. */
import { type Members, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const unsupported = 'UnsupportedOperation';
const image = 'ami-0abcdef1234567890';
const publicKey = new TextEncoder().encode(
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBnpSWwxjAd65zXmLrUCyFnFVcXh4aLNVd0kMBv7PpJj me',
);

const rsaKey = [
  'AAAAB3NzaC1yc2EAAAADAQABAAABAQCZI4N2E40FzI+zUz5EG5WxYieLVdEakuJKRFk1aMYzgTl3nqQOVC3BsahQqd',
  'cJgpS/+pY6slnJzJzNGdtTE6VuZDbPLIvU0Zut/8xmuHghy6G369SZTB7pMXGxse3heXrJ19CMPOAKApo2gVmMFA96',
  '5gVskfgD7a4E3lmQs1R6SL5qLmHUnl0s+K+DpPPWH/MXyh77KLcNJ9rDkyaEadBYEMeN4eE3vTsZifVsmU3twNuFP1',
  'ESlUqEvlgxiFILmK7ECrtwMh4HSqnQDFnyl7AsbQ/QIGs14zH2EtnOK0uHr4sCB/WBFxsziBxtC2Vd54m18i9HWd5x',
  'e/aHxZI6sE6L',
].join('');
const bytes = (text: string) => new TextEncoder().encode(text);

const keys: readonly Row[] = [
  step(
    'CreateKeyPair',
    { KeyName: 'ops', KeyType: 'ed25519' },
    {
      required: ['KeyName'],
      tags: 'key-pair',
      refuses: [
        [{ KeyType: 'x' }, value],
        [{ KeyFormat: 'x' }, value],
        [{ KeyName: 'ü' }, value],
      ],
      shows: { KeyPairId: /^key-[0-9a-f]{17}$/, KeyMaterial: /^-----BEGIN/ },
      remembers: { key: 'KeyPairId' },
      after: [[{}, 'InvalidKeyPair.Duplicate']],
    },
  ),
  step(
    'CreateKeyPair',
    { KeyName: 'windows', KeyFormat: 'ppk' },
    { shows: { KeyMaterial: /^PuTTY-User-Key-File-2: ssh-rsa/ } },
  ),
  step('DeleteKeyPair', { KeyName: 'windows' }),
  step('CreateKeyPair', { KeyName: 'rsa' }, { shows: { KeyFingerprint: /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/ } }),
  step(
    'ImportKeyPair',
    { KeyName: 'mine', PublicKeyMaterial: publicKey },
    {
      required: ['KeyName', 'PublicKeyMaterial'],
      refuses: [
        [{ PublicKeyMaterial: new TextEncoder().encode('x') }, 'InvalidKey.Format'],
        [{ KeyName: 'ops' }, 'InvalidKeyPair.Duplicate'],
      ],
      shows: { KeyName: 'mine' },
    },
  ),
  step('ImportKeyPair', { KeyName: 'theirs', PublicKeyMaterial: bytes(`ssh-rsa ${rsaKey} me`) }),
  step('ImportKeyPair', {
    KeyName: 'other',
    PublicKeyMaterial: bytes(
      `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "me"\n${rsaKey}\n---- END SSH2 PUBLIC KEY ----\n`,
    ),
  }),
  {
    lists: 'DescribeKeyPairs',
    items: 'KeyPairs',
    by: 'KeyPairId',
    item: '$key',
    tagged: true,
    filters: { fingerprint: 'KeyFingerprint', 'key-name': 'KeyName', 'key-pair-id': 'KeyPairId' },
  },
  step(
    'DescribeKeyPairs',
    { KeyNames: ['ops'], IncludePublicKey: true },
    { shows: { 'KeyPairs.0.PublicKey': /^ssh-ed25519 / } },
  ),
  step('DescribeKeyPairs', { KeyPairIds: ['$key'] }, { ids: { KeyPairIds: 'keyPair' } }),
  step('DescribeKeyPairs', { KeyNames: ['nobody'] }, { code: 'InvalidKeyPair.NotFound' }),
  step(
    'DeleteKeyPair',
    { KeyName: 'mine' },
    { refuses: [[{ KeyName: undefined }, missing]], shows: { Return: true } },
  ),
  step('DeleteKeyPair', { KeyName: 'nobody' }, { shows: { Return: true } }),
];

const imageNothing = [
  'kernel-id',
  'manifest-location',
  'platform',
  'product-code',
  'product-code.type',
  'ramdisk-id',
  'state-reason-code',
  'state-reason-message',
];

const catalogues: readonly Row[] = [
  step('DescribeImages', { Owners: ['amazon'] }, { remembers: { image: 'Images.0.ImageId' } }),
  step('DescribeImages', { ImageIds: [image] }, { shows: { 'Images.0.ImageId': image }, refuses: [] }),
  step('DescribeImages', { ImageIds: ['x'] }, { code: 'InvalidAMIID.Malformed' }),
  step('DescribeImages', { Filters: [{ Name: 'tag:x', Values: ['y'] }] }, { shows: { Images: [] } }),
  step('DescribeImages', { ExecutableUsers: ['self'] }, { shows: { Images: [] } }),
  {
    lists: 'DescribeImages',
    items: 'Images',
    by: 'ImageId',
    item: '$image',
    filters: {
      ...Object.fromEntries(imageNothing.map((name) => [name, null])),
      architecture: 'Architecture',
      'block-device-mapping.delete-on-termination': 'BlockDeviceMappings.0.Ebs.DeleteOnTermination',
      'block-device-mapping.device-name': 'BlockDeviceMappings.0.DeviceName',
      'block-device-mapping.encrypted': 'BlockDeviceMappings.0.Ebs.Encrypted',
      'block-device-mapping.snapshot-id': 'BlockDeviceMappings.0.Ebs.SnapshotId',
      'block-device-mapping.volume-size': 'BlockDeviceMappings.0.Ebs.VolumeSize',
      'block-device-mapping.volume-type': 'BlockDeviceMappings.0.Ebs.VolumeType',
      'creation-date': 'CreationDate',
      description: 'Description',
      'ena-support': 'EnaSupport',
      hypervisor: 'Hypervisor',
      'image-id': 'ImageId',
      'image-type': 'ImageType',
      'is-public': 'Public',
      name: 'Name',
      'owner-alias': 'ImageOwnerAlias',
      'owner-id': 'OwnerId',
      'root-device-name': 'RootDeviceName',
      'root-device-type': 'RootDeviceType',
      'sriov-net-support': '=simple',
      state: 'State',
      'virtualization-type': 'VirtualizationType',
    },
  },
  {
    lists: 'DescribeInstanceTypes',
    items: 'InstanceTypes',
    by: 'InstanceType',
    item: 't3.micro',
    filters: {
      'bare-metal': 'BareMetal',
      'burstable-performance-supported': 'BurstablePerformanceSupported',
      'current-generation': 'CurrentGeneration',
      'hibernation-supported': 'HibernationSupported',
      hypervisor: 'Hypervisor',
      'instance-storage-supported': 'InstanceStorageSupported',
      'instance-type': 'InstanceType',
      'memory-info.size-in-mib': 'MemoryInfo.SizeInMiB',
      'network-info.ipv4-addresses-per-interface': 'NetworkInfo.Ipv4AddressesPerInterface',
      'network-info.ipv6-addresses-per-interface': 'NetworkInfo.Ipv6AddressesPerInterface',
      'network-info.ipv6-supported': 'NetworkInfo.Ipv6Supported',
      'network-info.maximum-network-interfaces': 'NetworkInfo.MaximumNetworkInterfaces',
      'processor-info.supported-architecture': 'ProcessorInfo.SupportedArchitectures.0',
      'supported-root-device-type': 'SupportedRootDeviceTypes.0',
      'supported-usage-class': 'SupportedUsageClasses.*',
      'supported-virtualization-type': 'SupportedVirtualizationTypes.0',
      'vcpu-info.default-cores': 'VCpuInfo.DefaultCores',
      'vcpu-info.default-threads-per-core': 'VCpuInfo.DefaultThreadsPerCore',
      'vcpu-info.default-vcpus': 'VCpuInfo.DefaultVCpus',
    },
  },
  step('DescribeInstanceTypes', { InstanceTypes: ['x9.huge'] }, { code: 'InvalidInstanceType' }),
  ...['region', 'availability-zone', 'availability-zone-id'].map((LocationType) =>
    step(
      'DescribeInstanceTypeOfferings',
      { LocationType, Filters: [{ Name: 'instance-type', Values: ['t3.micro'] }] },
      {
        refuses: [[{ LocationType: 'x' }, value]],
        shows: {
          'InstanceTypeOfferings.0.InstanceType': 't3.micro',
          'InstanceTypeOfferings.0.LocationType': LocationType,
        },
      },
    ),
  ),
  step(
    'DescribeInstanceTypeOfferings',
    { Filters: [{ Name: 'location', Values: ['us-east-1'] }] },
    { shows: { 'InstanceTypeOfferings.0.Location': 'us-east-1' } },
  ),
];

const volumes: readonly Row[] = [
  step(
    'CreateVolume',
    { AvailabilityZone: 'us-east-1a', Size: 8, VolumeType: 'gp3' },
    {
      required: ['AvailabilityZone', 'Size'],
      tags: 'volume',
      token: 'VolumeId',
      refuses: [
        [{ AvailabilityZone: 'us-east-1z' }, value],
        [{ VolumeType: 'x' }, value],
        [{ VolumeType: 'io1', Iops: undefined }, missing],
        [{ Size: 0 }, value],
        [{ Size: 100_000 }, value],
        [{ MultiAttachEnabled: true }, unsupported],
        [{ SnapshotId: 'snap-x' }, 'InvalidSnapshotID.Malformed'],
        [{ SnapshotId: 'snap-0123456789abcdef0' }, 'InvalidSnapshot.NotFound'],
      ],
      shows: { VolumeId: /^vol-[0-9a-f]{17}$/, State: 'creating', Attachments: [] },
      remembers: { volume: 'VolumeId' },
    },
  ),
  step('CreateVolume', { AvailabilityZone: 'us-east-1b', Size: 8 }, { remembers: { farVolume: 'VolumeId' } }),
  step(
    'CreateSnapshot',
    { VolumeId: '$volume', Description: 'kept' },
    {
      required: ['VolumeId'],
      ids: { VolumeId: 'volume' },
      tags: 'snapshot',
      refuses: [
        [{ OutpostArn: 'arn' }, value],
        [{ Location: 'local' }, value],
      ],
      shows: { SnapshotId: /^snap-[0-9a-f]{17}$/, State: 'pending' },
      remembers: { snapshot: 'SnapshotId' },
    },
  ),
  {
    lists: 'DescribeSnapshots',
    items: 'Snapshots',
    by: 'SnapshotId',
    item: '$snapshot',
    ids: ['SnapshotIds', 'snapshot'],
    tagged: true,
    filters: {
      description: 'Description',
      encrypted: 'Encrypted',
      'owner-alias': null,
      'owner-id': 'OwnerId',
      progress: 'Progress',
      'snapshot-id': 'SnapshotId',
      'start-time': 'StartTime',
      status: 'State',
      'storage-tier': 'StorageTier',
      'volume-id': 'VolumeId',
      'volume-size': 'VolumeSize',
    },
  },
  step('DescribeSnapshots', { OwnerIds: ['amazon'] }, { shows: { Snapshots: [] } }),
  step(
    'CreateVolume',
    { AvailabilityZone: 'us-east-1a', SnapshotId: '$snapshot' },
    { refuses: [[{ Size: 7 }, value]], shows: { Size: 8 }, remembers: { thirdVolume: 'VolumeId' } },
  ),
  step(
    'DescribeInstances',
    { InstanceIds: ['$instance'] },
    { remembers: { rootVolume: 'Reservations.0.Instances.0.BlockDeviceMappings.0.Ebs.VolumeId' } },
  ),
  step(
    'AttachVolume',
    { VolumeId: '$volume', InstanceId: '$instance', Device: '/dev/sdf' },
    {
      required: ['VolumeId', 'InstanceId', 'Device'],
      ids: { VolumeId: 'volume', InstanceId: 'instance' },
      refuses: [
        [{ VolumeId: '$farVolume' }, 'InvalidVolume.ZoneMismatch'],
        [{ VolumeId: '$rootVolume' }, 'VolumeInUse'],
        [{ Device: '/dev/xvda' }, value],
        [{ EbsCardIndex: 1 }, value],
      ],
      shows: { VolumeId: '$volume', InstanceId: '$instance', Device: '/dev/sdf' },
      after: [[{}, 'VolumeInUse']],
    },
  ),
  step(
    'DescribeInstances',
    { InstanceIds: ['$instance'] },
    { shows: { 'Reservations.0.Instances.0.BlockDeviceMappings.length': 2 } },
  ),
  {
    lists: 'DescribeVolumes',
    items: 'Volumes',
    by: 'VolumeId',
    item: '$volume',
    ids: ['VolumeIds', 'volume'],
    tagged: true,
    filters: {
      'attachment.attach-time': 'Attachments.0.AttachTime',
      'attachment.delete-on-termination': 'Attachments.0.DeleteOnTermination',
      'attachment.device': 'Attachments.0.Device',
      'attachment.instance-id': 'Attachments.0.InstanceId',
      'attachment.status': 'Attachments.0.State',
      'availability-zone': 'AvailabilityZone',
      'availability-zone-id': '=use1-az1',
      'create-time': 'CreateTime',
      encrypted: 'Encrypted',
      'fast-restored': '=false',
      'multi-attach-enabled': 'MultiAttachEnabled',
      'operator.managed': '=false',
      'operator.principal': null,
      size: 'Size',
      'snapshot-id': null,
      status: 'State',
      'volume-id': 'VolumeId',
      'volume-type': 'VolumeType',
    },
  },
  step(
    'DeleteVolume',
    { VolumeId: '$volume' },
    { code: 'VolumeInUse', required: ['VolumeId'], ids: { VolumeId: 'volume' } },
  ),
  step(
    'DetachVolume',
    { VolumeId: '$volume' },
    {
      required: ['VolumeId'],
      ids: { VolumeId: 'volume' },
      refuses: [
        [{ Device: '/dev/none' }, 'IncorrectState'],
        [{ VolumeId: '$rootVolume' }, 'OperationNotPermitted'],
      ],
      shows: { VolumeId: '$volume' },
      after: [[{}, 'IncorrectState']],
    },
  ),
  step('DeleteVolume', { VolumeId: '$volume' }, { after: [[{}, 'InvalidVolume.NotFound']] }),
  step(
    'DeleteSnapshot',
    { SnapshotId: '$snapshot' },
    { required: ['SnapshotId'], ids: { SnapshotId: 'snapshot' } },
  ),
];

const named = { LaunchTemplateId: '$template' };
const data: Members = {
  ImageId: image,
  InstanceType: 't3.micro',
  EbsOptimized: false,
  MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
  IamInstanceProfile: { Name: 'app' },
};

const templates: readonly Row[] = [
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

export const launchingStory: readonly Row[] = [...keys, ...catalogues, ...volumes, ...templates];
