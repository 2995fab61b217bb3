/** DescribeInstanceTypes: the catalogue. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html */
import type {
  BootModeType,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  EbsInfo,
  _InstanceType as InstanceType,
  InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { type Listing, list } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { catalogue, hasEnclaves, type InstanceTypeFacts } from './catalogue.ts';

/** Megabits to megabytes, both a second. */
const bitsPerByte = 8;

/** "Must be less than 150 GiB": https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hibernating-prerequisites.html */
const hibernationMemoryMib = 150 * 1024;

function infoOf(facts: InstanceTypeFacts): InstanceTypeInfo {
  const isNitro = facts.hypervisor === 'nitro';
  // The one type of before volumes: https://docs.aws.amazon.com/ec2/latest/instancetypes/pg.html
  const isFirst = facts.name === 'm1.small';
  return {
    InstanceType: facts.name as InstanceType,
    CurrentGeneration: facts.currentGeneration,
    FreeTierEligible: facts.freeTier,
    BareMetal: false,
    Hypervisor: facts.hypervisor,
    BurstablePerformanceSupported: facts.burstable,
    DedicatedHostsSupported: facts.dedicatedHosts,
    AutoRecoverySupported: !isFirst,
    HibernationSupported: !isFirst && facts.memoryMib < hibernationMemoryMib,
    RebootMigrationSupport: isFirst ? 'unsupported' : 'supported',
    SupportedRootDeviceTypes: isFirst ? ['ebs', 'instance-store'] : ['ebs'],
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedVirtualizationTypes: isFirst ? ['hvm', 'paravirtual'] : ['hvm'],
    SupportedBootModes: bootModesOf(facts),
    ...processorsOf(facts),
    MemoryInfo: { SizeInMiB: facts.memoryMib },
    EbsInfo: ebsOf(facts),
    InstanceStorageSupported: isFirst,
    ...(isFirst ? { InstanceStorageInfo: firstStorage } : {}),
    NetworkInfo: {
      NetworkPerformance: facts.networkPerformance,
      MaximumNetworkInterfaces: facts.interfaces,
      MaximumNetworkCards: 1,
      DefaultNetworkCardIndex: 0,
      NetworkCards: [
        {
          NetworkCardIndex: 0,
          NetworkPerformance: facts.networkPerformance,
          MaximumNetworkInterfaces: facts.interfaces,
        },
      ],
      Ipv4AddressesPerInterface: facts.addressesPerInterface,
      Ipv6AddressesPerInterface: isFirst ? 0 : facts.addressesPerInterface,
      Ipv6Supported: !isFirst,
      EnaSupport: isNitro ? 'required' : 'unsupported',
      EfaSupported: facts.efaInterfaces > 0,
      ...(facts.efaInterfaces > 0 ? { EfaInfo: { MaximumEfaInterfaces: facts.efaInterfaces } } : {}),
      EncryptionInTransitSupported: facts.encryptsTransit,
    },
    NitroEnclavesSupport: hasEnclaves(facts) ? 'supported' : 'unsupported',
    NitroTpmSupport: isNitro ? 'supported' : 'unsupported',
    ...(isNitro ? { NitroTpmInfo: { SupportedVersions: ['2.0'] } } : {}),
  };
}

const firstStorage: InstanceTypeInfo['InstanceStorageInfo'] = {
  TotalSizeInGB: 160,
  Disks: [{ SizeInGB: 160, Count: 1, Type: 'hdd' }],
  NvmeSupport: 'unsupported',
  EncryptionSupport: 'unsupported',
};

function bootModesOf({ architecture, hypervisor }: InstanceTypeFacts): BootModeType[] {
  if (architecture === 'arm64') return ['uefi'];
  return hypervisor === 'nitro' ? ['legacy-bios', 'uefi'] : ['legacy-bios'];
}

function processorsOf(facts: InstanceTypeFacts): Pick<InstanceTypeInfo, 'ProcessorInfo' | 'VCpuInfo'> {
  const { architecture, threadsPerCore, vcpus, validCores, clockGhz } = facts;
  const threads = threadsPerCore === 2 ? [1, 2] : [1];
  // Xen ran 32-bit images on types of less than 8 GiB.
  const isNarrow = facts.hypervisor === 'xen' && facts.memoryMib < 8192;
  return {
    ProcessorInfo: {
      Manufacturer: architecture === 'arm64' ? 'AWS' : 'Intel',
      SupportedArchitectures: isNarrow ? ['i386', architecture] : [architecture],
      ...(clockGhz === undefined ? {} : { SustainedClockSpeedInGhz: clockGhz }),
    },
    VCpuInfo: {
      DefaultVCpus: vcpus,
      DefaultCores: vcpus / threadsPerCore,
      DefaultThreadsPerCore: threadsPerCore,
      ...(validCores.length > 0 ? { ValidCores: [...validCores], ValidThreadsPerCore: threads } : {}),
    },
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html */
function ebsOf({ name, hypervisor, ebs, ebsMaximum }: InstanceTypeFacts): EbsInfo {
  const isNitro = hypervisor === 'nitro';
  const most = name === 'm1.small' ? 39 : 40;
  return {
    EbsOptimizedSupport: ebs ? 'default' : 'unsupported',
    EncryptionSupport: 'supported',
    NvmeSupport: isNitro ? 'required' : 'unsupported',
    AttachmentLimitType: 'shared',
    MaximumEbsAttachments: isNitro ? 27 : most,
    ...(ebs && ebsMaximum
      ? {
          EbsOptimizedInfo: {
            BaselineBandwidthInMbps: ebs.mbps,
            BaselineThroughputInMBps: ebs.mbps / bitsPerByte,
            BaselineIops: ebs.iops,
            MaximumBandwidthInMbps: ebsMaximum.mbps,
            MaximumThroughputInMBps: ebsMaximum.mbps / bitsPerByte,
            MaximumIops: ebsMaximum.iops,
          },
        }
      : {}),
  };
}

const infos: ReadonlyMap<string, InstanceTypeInfo> = new Map(
  catalogue.map((facts) => [facts.name, infoOf(facts)]),
);

const ebsRate = (member: keyof NonNullable<EbsInfo['EbsOptimizedInfo']>) => (info: InstanceTypeInfo) =>
  info.EbsInfo?.EbsOptimizedInfo?.[member];

/** Each filter reads what is shown. Of queues that interfaces share out (flexible-ena-queues-support) nothing is known. */
const types: Listing<InstanceTypeInfo> = {
  action: 'DescribeInstanceTypes',
  bounds: { min: 5, max: 100 },
  fields: {
    'auto-recovery-supported': (info) => info.AutoRecoverySupported,
    'bare-metal': (info) => info.BareMetal,
    'burstable-performance-supported': (info) => info.BurstablePerformanceSupported,
    'current-generation': (info) => info.CurrentGeneration,
    'dedicated-hosts-supported': (info) => info.DedicatedHostsSupported,
    'ebs-info.attachment-limit-type': (info) => info.EbsInfo?.AttachmentLimitType,
    'ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps': ebsRate('BaselineBandwidthInMbps'),
    'ebs-info.ebs-optimized-info.baseline-iops': ebsRate('BaselineIops'),
    'ebs-info.ebs-optimized-info.baseline-throughput-in-mbps': ebsRate('BaselineThroughputInMBps'),
    'ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps': ebsRate('MaximumBandwidthInMbps'),
    'ebs-info.ebs-optimized-info.maximum-iops': ebsRate('MaximumIops'),
    'ebs-info.ebs-optimized-info.maximum-throughput-in-mbps': ebsRate('MaximumThroughputInMBps'),
    'ebs-info.ebs-optimized-support': (info) => info.EbsInfo?.EbsOptimizedSupport,
    'ebs-info.encryption-support': (info) => info.EbsInfo?.EncryptionSupport,
    'ebs-info.maximum-ebs-attachments': (info) => info.EbsInfo?.MaximumEbsAttachments,
    'ebs-info.nvme-support': (info) => info.EbsInfo?.NvmeSupport,
    'free-tier-eligible': (info) => info.FreeTierEligible,
    'hibernation-supported': (info) => info.HibernationSupported,
    hypervisor: (info) => info.Hypervisor,
    'instance-storage-info.disk.count': (info) => info.InstanceStorageInfo?.Disks?.map(({ Count }) => Count),
    'instance-storage-info.disk.size-in-gb': (info) =>
      info.InstanceStorageInfo?.Disks?.map(({ SizeInGB }) => SizeInGB),
    'instance-storage-info.disk.type': (info) => info.InstanceStorageInfo?.Disks?.map(({ Type }) => Type),
    'instance-storage-info.encryption-support': (info) => info.InstanceStorageInfo?.EncryptionSupport,
    'instance-storage-info.nvme-support': (info) => info.InstanceStorageInfo?.NvmeSupport,
    'instance-storage-info.total-size-in-gb': (info) => info.InstanceStorageInfo?.TotalSizeInGB,
    'instance-storage-supported': (info) => info.InstanceStorageSupported,
    'instance-type': (info) => info.InstanceType,
    'memory-info.size-in-mib': (info) => info.MemoryInfo?.SizeInMiB,
    'network-info.bandwidth-weightings': (info) => info.NetworkInfo?.BandwidthWeightings,
    'network-info.efa-info.maximum-efa-interfaces': (info) => info.NetworkInfo?.EfaInfo?.MaximumEfaInterfaces,
    'network-info.efa-supported': (info) => info.NetworkInfo?.EfaSupported,
    'network-info.ena-support': (info) => info.NetworkInfo?.EnaSupport,
    'network-info.encryption-in-transit-supported': (info) => info.NetworkInfo?.EncryptionInTransitSupported,
    'network-info.ipv4-addresses-per-interface': (info) => info.NetworkInfo?.Ipv4AddressesPerInterface,
    'network-info.ipv6-addresses-per-interface': (info) => info.NetworkInfo?.Ipv6AddressesPerInterface,
    'network-info.ipv6-supported': (info) => info.NetworkInfo?.Ipv6Supported,
    'network-info.maximum-network-cards': (info) => info.NetworkInfo?.MaximumNetworkCards,
    'network-info.maximum-network-interfaces': (info) => info.NetworkInfo?.MaximumNetworkInterfaces,
    'network-info.network-performance': (info) => info.NetworkInfo?.NetworkPerformance,
    'nitro-enclaves-support': (info) => info.NitroEnclavesSupport,
    'nitro-tpm-info.supported-versions': (info) => info.NitroTpmInfo?.SupportedVersions,
    'nitro-tpm-support': (info) => info.NitroTpmSupport,
    'processor-info.supported-architecture': (info) => info.ProcessorInfo?.SupportedArchitectures,
    'processor-info.supported-features': (info) => info.ProcessorInfo?.SupportedFeatures,
    'processor-info.sustained-clock-speed-in-ghz': (info) => info.ProcessorInfo?.SustainedClockSpeedInGhz,
    'reboot-migration-support': (info) => info.RebootMigrationSupport,
    'supported-boot-mode': (info) => info.SupportedBootModes,
    'supported-root-device-type': (info) => info.SupportedRootDeviceTypes,
    'supported-usage-class': (info) => info.SupportedUsageClasses,
    'supported-virtualization-type': (info) => info.SupportedVirtualizationTypes,
    'vcpu-info.default-cores': (info) => info.VCpuInfo?.DefaultCores,
    'vcpu-info.default-threads-per-core': (info) => info.VCpuInfo?.DefaultThreadsPerCore,
    'vcpu-info.default-vcpus': (info) => info.VCpuInfo?.DefaultVCpus,
    'vcpu-info.valid-cores': (info) => info.VCpuInfo?.ValidCores,
    'vcpu-info.valid-threads-per-core': (info) => info.VCpuInfo?.ValidThreadsPerCore,
  },
  idOf: ({ InstanceType: name = '' }) => name,
  all: () => infos.values(),
  byId: (name) => {
    const expected = 'the catalogue of this lab does not have the type';
    return infos.get(name) ?? refuse('unknownInstanceType', { name, expected });
  },
  lookups: {},
};

export const describeInstanceTypes: Operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = (
  input,
  context,
) => {
  const page = list(types, { ...input, ids: input.InstanceTypes }, context);
  return { InstanceTypes: [...page.items], NextToken: page.nextToken };
};
