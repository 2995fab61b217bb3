/** GetLaunchTemplateData: the template that would launch an instance like one that is there. */
import type {
  GetLaunchTemplateDataRequest,
  GetLaunchTemplateDataResult,
  LaunchTemplateBlockDeviceMapping,
  LaunchTemplateInstanceNetworkInterfaceSpecification,
} from '@aws-sdk/client-ec2';
import type { Eni } from '#vpc/eni.ts';
import { prefixesOf } from '#vpc/eni-addresses.ts';
import type { Volume } from '#vpc/volume.ts';
import type { Operation } from '../../operation.ts';
import { liveInstanceOf } from '../instances/find-instance.ts';
import { interfacesOf } from '../instances/interfaces-of.ts';
import { instanceOutput } from '../instances/output.ts';
import { tagList } from '../tags/tags.ts';
import { ownFirst } from '../volumes/multi-attach.ts';

export const getLaunchTemplateData: Operation<GetLaunchTemplateDataRequest, GetLaunchTemplateDataResult> = (
  input,
  context,
) => {
  const instance = liveInstanceOf(input.InstanceId, context);
  const { options, userData, keyName, disableApiTermination } = instance;
  const { InstanceType, CpuOptions } = instanceOutput(instance, context);
  const { network } = context.transaction;
  const profile = options.instanceProfileArn;
  const tags = tagList(instance.tags).filter(({ Key }) => !Key?.startsWith('aws:'));
  return {
    LaunchTemplateData: {
      ImageId: instance.imageId,
      InstanceType,
      KeyName: keyName,
      UserData: userData,
      EbsOptimized: options.ebsOptimized,
      DisableApiTermination: disableApiTermination,
      DisableApiStop: options.disableApiStop,
      InstanceInitiatedShutdownBehavior: options.shutdownBehavior,
      IamInstanceProfile: profile ? { Arn: profile } : undefined,
      Monitoring: { Enabled: options.detailedMonitoring },
      Placement: { AvailabilityZone: instance.zone, Tenancy: options.tenancy },
      CpuOptions: CpuOptions && {
        CoreCount: CpuOptions.CoreCount,
        ThreadsPerCore: CpuOptions.ThreadsPerCore,
      },
      HibernationOptions: { Configured: options.hibernation ?? false },
      EnclaveOptions: { Enabled: options.enclave ?? false },
      MaintenanceOptions: { AutoRecovery: options.autoRecovery ?? 'default' },
      CreditSpecification: options.cpuCredits ? { CpuCredits: options.cpuCredits } : undefined,
      MetadataOptions: {
        HttpTokens: options.metadata.tokens,
        HttpPutResponseHopLimit: options.metadata.hopLimit,
        HttpEndpoint: options.metadata.endpoint,
        HttpProtocolIpv6: options.metadata.ipv6,
        InstanceMetadataTags: options.metadata.tags,
      },
      NetworkInterfaces: interfacesOf(instance, network).map(specificationOf),
      BlockDeviceMappings: [...network.volume.by('instance', instance.id)].map((volume) =>
        deviceOf(volume, instance.id),
      ),
      TagSpecifications: tags.length > 0 ? [{ ResourceType: 'instance', Tags: tags }] : [],
    },
  };
};

/** An interface like this one, with its number of addresses: the addresses themselves are taken. */
function specificationOf(eni: Eni): LaunchTemplateInstanceNetworkInterfaceSpecification {
  const secondary = eni.privateIps.length - 1;
  const ipv6 = eni.ipv6Addresses.length;
  const ipv4Prefixes = prefixesOf(eni, 'ipv4').length;
  const ipv6Prefixes = prefixesOf(eni, 'ipv6').length;
  return {
    DeviceIndex: eni.attachment?.deviceIndex,
    DeleteOnTermination: eni.attachment?.deleteOnTermination,
    Description: eni.description,
    Groups: [...eni.groupIds],
    SubnetId: eni.subnetId,
    ...(secondary > 0 ? { SecondaryPrivateIpAddressCount: secondary } : {}),
    ...(ipv6 > 0 ? { Ipv6AddressCount: ipv6 } : {}),
    ...(eni.hasPrimaryIpv6 ? { PrimaryIpv6: true } : {}),
    ...(ipv4Prefixes > 0 ? { Ipv4PrefixCount: ipv4Prefixes } : {}),
    ...(ipv6Prefixes > 0 ? { Ipv6PrefixCount: ipv6Prefixes } : {}),
  };
}

function deviceOf(volume: Volume, instanceId: string): LaunchTemplateBlockDeviceMapping {
  const { settings } = volume;
  const [attachment] = ownFirst(volume, instanceId);
  return {
    DeviceName: attachment?.device,
    Ebs: {
      DeleteOnTermination: attachment?.deleteOnTermination,
      Encrypted: settings.encrypted,
      VolumeSize: settings.sizeGib,
      Iops: settings.iops,
      Throughput: settings.throughput,
      VolumeInitializationRate: settings.initializationRate,
    },
  };
}
