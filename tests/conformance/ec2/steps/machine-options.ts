/** What launches, templates and volumes may ask of the machine below: kept, shown, and bounded as AWS does. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const image = 'ami-0123456789abcdef0';

const launches: readonly Row[] = [
  step(
    'RunInstances',
    {
      ImageId: image,
      InstanceType: 'm6i.xlarge',
      MinCount: 1,
      MaxCount: 1,
      Placement: { AvailabilityZoneId: 'use1-az2', Tenancy: 'dedicated', Affinity: 'default' },
      CpuOptions: { CoreCount: 1, ThreadsPerCore: 1 },
      HibernationOptions: { Configured: true },
      MaintenanceOptions: { AutoRecovery: 'disabled' },
      CapacityReservationSpecification: { CapacityReservationPreference: 'none' },
      NetworkPerformanceOptions: { BandwidthWeighting: 'default' },
      AdditionalInfo: 'kept for AWS',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true } }],
    },
    {
      refuses: [
        [{ BlockDeviceMappings: undefined }, 'UnsupportedHibernationConfiguration'],
        [{ InstanceType: 'm5.xlarge' }, value],
      ],
      shows: {
        'Instances.0.Placement.AvailabilityZone': 'us-east-1b',
        'Instances.0.Placement.Tenancy': 'dedicated',
        'Instances.0.CpuOptions': { CoreCount: 1, ThreadsPerCore: 1 },
        'Instances.0.HibernationOptions.Configured': true,
        'Instances.0.EnclaveOptions.Enabled': false,
        'Instances.0.MaintenanceOptions.AutoRecovery': 'disabled',
        'Instances.0.CapacityReservationSpecification.CapacityReservationPreference': 'none',
      },
      remembers: { machine: 'Instances.0.InstanceId' },
    },
  ),
  step(
    'GetLaunchTemplateData',
    { InstanceId: '$machine' },
    { shows: { 'LaunchTemplateData.CpuOptions.CoreCount': 1 } },
  ),
  step('StopInstances', { InstanceIds: ['$machine'], Hibernate: true }),
  step(
    'DescribeInstances',
    { InstanceIds: ['$machine'] },
    { until: ['Reservations.0.Instances.0.State.Name', 'stopped'] },
  ),
  ...[
    { EnaSupport: { Value: true } },
    { SriovNetSupport: { Value: 'simple' } },
    { EnclaveOptions: { Enabled: true } },
  ].map((change) => step('ModifyInstanceAttribute', { InstanceId: '$machine', ...change })),
  ...[
    { EnaSupport: { Value: false } },
    { SriovNetSupport: { Value: 'x' } },
    { Kernel: { Value: 'aki-1' } },
    { Ramdisk: { Value: 'ari-1' } },
  ].map((change) => step('ModifyInstanceAttribute', { InstanceId: '$machine', ...change }, { code: value })),
  step(
    'DescribeInstanceAttribute',
    { InstanceId: '$machine', Attribute: 'sriovNetSupport' },
    { shows: { 'SriovNetSupport.Value': 'simple' } },
  ),
  step(
    'DescribeInstanceAttribute',
    { InstanceId: '$machine', Attribute: 'enclaveOptions' },
    { shows: { 'EnclaveOptions.Enabled': true } },
  ),
  {
    lists: 'DescribeInstances',
    input: { InstanceIds: ['$machine'] },
    items: 'Reservations.*.Instances',
    by: 'InstanceId',
    item: '$machine',
    filters: {
      'enclave-options.enabled': 'EnclaveOptions.Enabled',
      'hibernation-options.configured': 'HibernationOptions.Configured',
      'maintenance-options.auto-recovery': 'MaintenanceOptions.AutoRecovery',
    },
  },
  step('StartInstances', { InstanceIds: ['$machine'], AdditionalInfo: 'x' }),
  step('TerminateInstances', { InstanceIds: ['$machine'] }),
];

const templates: readonly Row[] = [
  step(
    'CreateLaunchTemplate',
    {
      LaunchTemplateName: 'everything',
      LaunchTemplateData: {
        ImageId: 'resolve:ssm:/golden',
        KernelId: 'aki-1',
        RamDiskId: 'ari-1',
        InstanceMarketOptions: { MarketType: 'spot' },
        CpuOptions: { CoreCount: 1, ThreadsPerCore: 1 },
        LicenseSpecifications: [{ LicenseConfigurationArn: 'arn:aws:license-manager:x' }],
        InstanceRequirements: { VCpuCount: { Min: 1 }, MemoryMiB: { Min: 512 } },
      },
    },
    { remembers: { everything: 'LaunchTemplate.LaunchTemplateId' } },
  ),
  {
    lists: 'DescribeLaunchTemplateVersions',
    input: { LaunchTemplateId: '$everything' },
    items: 'LaunchTemplateVersions',
    by: 'LaunchTemplateId',
    item: '$everything',
    filters: {
      'kernel-id': 'LaunchTemplateData.KernelId',
      'ram-disk-id': 'LaunchTemplateData.RamDiskId',
    },
  },
  step(
    'DescribeLaunchTemplateVersions',
    { LaunchTemplateId: '$everything' },
    {
      refuses: [[{ ResolveAlias: true }, value]],
      shows: {
        'LaunchTemplateVersions.0.LaunchTemplateData.InstanceRequirements.VCpuCount.Min': 1,
        'LaunchTemplateVersions.0.LaunchTemplateData.InstanceMarketOptions.MarketType': 'spot',
      },
    },
  ),
  step(
    'RunInstances',
    { MinCount: 1, MaxCount: 1, ImageId: image, LaunchTemplate: { LaunchTemplateId: '$everything' } },
    { code: combination },
  ),
  step('DeleteLaunchTemplate', { LaunchTemplateId: '$everything' }),
];

const volumes: readonly Row[] = [
  step(
    'CreateVolume',
    { AvailabilityZoneId: 'use1-az1', VolumeType: 'gp3', Size: 160, Iops: 80_000, Throughput: 2000 },
    {
      refuses: [
        [{ AvailabilityZone: 'us-east-1a' }, combination],
        [{ AvailabilityZoneId: 'use1-az9' }, value],
        [{ OutpostArn: 'arn' }, value],
        [{ Iops: 80_001 }, value],
        [{ Iops: 2999 }, value],
        [{ Size: 159 }, value],
        [{ Throughput: 2001 }, value],
        [{ Throughput: 124 }, value],
        [{ Iops: 7999 }, value],
        [{ VolumeType: 'gp2', Throughput: undefined }, combination],
        [{ VolumeType: 'io2' }, combination],
        [{ VolumeType: 'io1', Throughput: undefined, Iops: 8001 }, value],
        [{ VolumeType: 'st1', Size: 124, Iops: undefined, Throughput: undefined }, value],
        [{ VolumeType: 'standard', Size: 1025, Iops: undefined, Throughput: undefined }, value],
      ],
      shows: { AvailabilityZone: 'us-east-1a', Iops: 80_000, Throughput: 2000 },
      remembers: { fast: 'VolumeId' },
    },
  ),
  step('DeleteVolume', { VolumeId: '$fast' }),
];

export const machineStory: readonly Row[] = [...launches, ...templates, ...volumes];
