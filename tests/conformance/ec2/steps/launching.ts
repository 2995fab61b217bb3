/** What instances are launched from: catalogues of images and types, and with them key pairs, volumes and templates. */
import { type Row, step } from '../step.ts';
import { keyPairRows } from './key-pairs.ts';
import { templateRows } from './launch-templates.ts';
import { volumeRows } from './volumes.ts';

const value = 'InvalidParameterValue';
const image = 'ami-0abcdef1234567890';

const imageNothing = [
  'free-tier-eligible',
  'image-allowed',
  'kernel-id',
  'manifest-location',
  'platform',
  'product-code',
  'product-code.type',
  'ramdisk-id',
  'source-image-id',
  'source-image-region',
  'source-instance-id',
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
    bounds: [1, 1000],
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
    bounds: [5, 100],
    filters: {
      'auto-recovery-supported': 'AutoRecoverySupported',
      'bare-metal': 'BareMetal',
      'burstable-performance-supported': 'BurstablePerformanceSupported',
      'current-generation': 'CurrentGeneration',
      'dedicated-hosts-supported': 'DedicatedHostsSupported',
      'ebs-info.attachment-limit-type': 'EbsInfo.AttachmentLimitType',
      ...Object.fromEntries(
        ['baseline', 'maximum'].flatMap((rate) => {
          const shown = `EbsInfo.EbsOptimizedInfo.${rate === 'baseline' ? 'Baseline' : 'Maximum'}`;
          return [
            [`ebs-info.ebs-optimized-info.${rate}-bandwidth-in-mbps`, `${shown}BandwidthInMbps`],
            [`ebs-info.ebs-optimized-info.${rate}-iops`, `${shown}Iops`],
            [`ebs-info.ebs-optimized-info.${rate}-throughput-in-mbps`, `${shown}ThroughputInMBps`],
          ];
        }),
      ),
      'ebs-info.ebs-optimized-support': 'EbsInfo.EbsOptimizedSupport',
      'ebs-info.encryption-support': 'EbsInfo.EncryptionSupport',
      'ebs-info.maximum-ebs-attachments': 'EbsInfo.MaximumEbsAttachments',
      'ebs-info.nvme-support': 'EbsInfo.NvmeSupport',
      'free-tier-eligible': 'FreeTierEligible',
      'hibernation-supported': 'HibernationSupported',
      hypervisor: 'Hypervisor',
      'instance-storage-info.total-size-in-gb': null,
      'instance-storage-supported': 'InstanceStorageSupported',
      'instance-type': 'InstanceType',
      'memory-info.size-in-mib': 'MemoryInfo.SizeInMiB',
      'network-info.bandwidth-weightings': null,
      'network-info.efa-info.maximum-efa-interfaces': null,
      'network-info.efa-supported': 'NetworkInfo.EfaSupported',
      'network-info.ena-support': 'NetworkInfo.EnaSupport',
      'network-info.encryption-in-transit-supported': 'NetworkInfo.EncryptionInTransitSupported',
      'network-info.ipv4-addresses-per-interface': 'NetworkInfo.Ipv4AddressesPerInterface',
      'network-info.ipv6-addresses-per-interface': 'NetworkInfo.Ipv6AddressesPerInterface',
      'network-info.ipv6-supported': 'NetworkInfo.Ipv6Supported',
      'network-info.maximum-network-cards': 'NetworkInfo.MaximumNetworkCards',
      'network-info.maximum-network-interfaces': 'NetworkInfo.MaximumNetworkInterfaces',
      'network-info.network-performance': 'NetworkInfo.NetworkPerformance',
      'nitro-enclaves-support': 'NitroEnclavesSupport',
      'nitro-tpm-info.supported-versions': 'NitroTpmInfo.SupportedVersions.*',
      'nitro-tpm-support': 'NitroTpmSupport',
      'processor-info.supported-architecture': 'ProcessorInfo.SupportedArchitectures.*',
      'processor-info.supported-features': null,
      'processor-info.sustained-clock-speed-in-ghz': 'ProcessorInfo.SustainedClockSpeedInGhz',
      'reboot-migration-support': 'RebootMigrationSupport',
      'supported-boot-mode': 'SupportedBootModes.*',
      'supported-root-device-type': 'SupportedRootDeviceTypes.*',
      'supported-usage-class': 'SupportedUsageClasses.*',
      'supported-virtualization-type': 'SupportedVirtualizationTypes.*',
      'vcpu-info.default-cores': 'VCpuInfo.DefaultCores',
      'vcpu-info.default-threads-per-core': 'VCpuInfo.DefaultThreadsPerCore',
      'vcpu-info.default-vcpus': 'VCpuInfo.DefaultVCpus',
      'vcpu-info.valid-cores': 'VCpuInfo.ValidCores.*',
      'vcpu-info.valid-threads-per-core': 'VCpuInfo.ValidThreadsPerCore.*',
    },
  },
  // The types that have what most have not.
  ...[
    {
      item: 'm1.small',
      filters: {
        'instance-storage-info.disk.count': 'InstanceStorageInfo.Disks.*.Count',
        'instance-storage-info.disk.size-in-gb': 'InstanceStorageInfo.Disks.*.SizeInGB',
        'instance-storage-info.disk.type': 'InstanceStorageInfo.Disks.*.Type',
        'instance-storage-info.encryption-support': 'InstanceStorageInfo.EncryptionSupport',
        'instance-storage-info.nvme-support': 'InstanceStorageInfo.NvmeSupport',
        'instance-storage-info.total-size-in-gb': 'InstanceStorageInfo.TotalSizeInGB',
        'ebs-info.ebs-optimized-info.maximum-iops': null,
        'vcpu-info.valid-cores': null,
      },
    },
    {
      item: 'c5n.18xlarge',
      filters: { 'network-info.efa-info.maximum-efa-interfaces': 'NetworkInfo.EfaInfo.MaximumEfaInterfaces' },
    },
  ].map(
    (each): Row => ({ lists: 'DescribeInstanceTypes', items: 'InstanceTypes', by: 'InstanceType', ...each }),
  ),
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
  {
    lists: 'DescribeInstanceTypeOfferings',
    items: 'InstanceTypeOfferings',
    by: 'InstanceType',
    item: 't3.micro',
    bounds: [5, 1000],
    filters: { 'instance-type': 'InstanceType', location: 'Location' },
  },
];

export const launchingStory: readonly Row[] = [...keyPairRows, ...catalogues, ...volumeRows, ...templateRows];
