/** Launches of instances, and what launches are refused. */
import { type Members, type Refused, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const unsupported = 'UnsupportedOperation';
const unknown = '0123456789abcdef0';
const counts = { MinCount: 1, MaxCount: 1 };
const device = (change: Members = {}): Members => ({ DeviceIndex: 0, SubnetId: '$subnet', ...change });
const devices = (...NetworkInterfaces: Members[]): Members => ({
  NetworkInterfaces,
  SubnetId: undefined,
  SecurityGroupIds: undefined,
});

const wrongLaunches: readonly Refused[] = [
  [{ ImageId: 'x' }, 'InvalidAMIID.Malformed'],
  [{ MinCount: 2 }, value],
  [{ MinCount: 0 }, value],
  [{ InstanceType: 'x' }, value],
  [{ KeyName: 'nobody' }, 'InvalidKeyPair.NotFound'],
  [{ UserData: '$$$$' }, 'InvalidUserData.Malformed'],
  [{ UserData: 'a'.repeat(22_000) }, value],
  [{ KernelId: 'aki-1' }, combination],
  [{ HibernationOptions: { Configured: true } }, 'UnsupportedHibernationConfiguration'],
  [{ HibernationOptions: { Configured: true }, EnclaveOptions: { Enabled: true } }, combination],
  [{ LicenseSpecifications: [{ LicenseConfigurationArn: 'arn:aws:license-manager:x' }] }, value],
  [{ NetworkPerformanceOptions: { BandwidthWeighting: 'vpc-1' } }, unsupported],
  [{ CpuOptions: { CoreCount: 1 } }, missing],
  [{ CpuOptions: { CoreCount: 2, ThreadsPerCore: 1 } }, value],
  [{ CpuOptions: { CoreCount: 1, ThreadsPerCore: 3 } }, value],
  [{ CpuOptions: { AmdSevSnp: 'enabled' } }, unsupported],
  [{ Placement: { GroupName: 'x', GroupId: 'pg-1' } }, combination],
  [{ Placement: { AvailabilityZone: 'us-east-1a', AvailabilityZoneId: 'use1-az1' } }, combination],
  [{ Placement: { AvailabilityZoneId: 'use1-az9' } }, value],
  [{ Placement: { HostId: 'h-1' } }, 'InvalidHostID.NotFound'],
  [{ Placement: { HostResourceGroupArn: 'arn' } }, value],
  [{ Placement: { PartitionNumber: 1 } }, combination],
  [{ Placement: { Tenancy: 'host' } }, 'InsufficientHostCapacity'],
  [{ Placement: { Affinity: 'host' } }, combination],
  [
    { CapacityReservationSpecification: { CapacityReservationPreference: 'capacity-reservations-only' } },
    'ReservationCapacityExceeded',
  ],
  [{ EnclaveOptions: { Enabled: true } }, unsupported],
  [
    { CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationId: 'cr-1' } } },
    'InvalidCapacityReservationId.NotFound',
  ],
  [{ CapacityReservationSpecification: { CapacityReservationPreference: 'x' } }, value],
  [{ MaintenanceOptions: { AutoRecovery: 'x' } }, value],
  [{ MetadataOptions: { HttpPutResponseHopLimit: 65 } }, value],
  [{ MetadataOptions: { HttpTokens: 'x' } }, value],
  [
    {
      MetadataOptions: { InstanceMetadataTags: 'enabled' },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a b', Value: '' }] }],
    },
    value,
  ],
  [{ Placement: { GroupName: 'x' } }, 'InvalidPlacementGroup.Unknown'],
  [{ Placement: { Tenancy: 'x' } }, value],
  [{ Placement: { AvailabilityZone: 'us-east-1b' } }, value],
  [
    { SubnetId: undefined, SecurityGroupIds: undefined, Placement: { AvailabilityZone: 'us-east-1z' } },
    value,
  ],
  [{ CreditSpecification: { CpuCredits: 'x' } }, value],
  [{ InstanceType: 'm5.large', CreditSpecification: { CpuCredits: 'standard' } }, unsupported],
  [{ IamInstanceProfile: { Arn: 'x' } }, value],
  [{ IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/x', Name: 'x' } }, combination],
  [{ InstanceInitiatedShutdownBehavior: 'x' }, value],
  [{ PrivateDnsNameOptions: { HostnameType: 'x' } }, value],
  [{ SecurityGroups: ['default'] }, combination],
  [{ SubnetId: undefined, SecurityGroupIds: undefined, SecurityGroups: ['nobody'] }, 'InvalidGroup.NotFound'],
  [{ SecurityGroupIds: ['$foreignGroup'] }, 'InvalidParameter'],
  [{ PrivateIpAddress: '10.0.1.0' }, value],
  [{ PrivateIpAddress: '10.0.1.77', MaxCount: 2 }, combination],
  [{ NetworkInterfaces: [device()] }, combination],
  [devices(device(), device()), value],
  [devices(device({ DeviceIndex: 1 })), value],
  [devices(device({ DeviceIndex: undefined })), value],
  [devices(device(), device({ DeviceIndex: 32 })), value],
  [devices(device(), device({ DeviceIndex: undefined })), missing],
  [devices(device(), device({ DeviceIndex: 1, SubnetId: '$subnetB' })), combination],
  [devices(device({ AssociatePublicIpAddress: true }), device({ DeviceIndex: 1 })), combination],
  [devices(device({ InterfaceType: 'efa' })), combination],
  [devices(device({ NetworkCardIndex: 1 })), value],
  [devices(device({ EnaQueueCount: 2 })), unsupported],
  [devices(device(), device({ DeviceIndex: 1 }), device({ DeviceIndex: 2 })), 'AttachmentLimitExceeded'],
  [devices(device({ SecondaryPrivateIpAddressCount: 2 })), 'PrivateIpAddressLimitExceeded'],
  [devices({ DeviceIndex: 0, NetworkInterfaceId: '$eni', SubnetId: '$subnet' }), combination],
  [devices({ DeviceIndex: 0, NetworkInterfaceId: '$natEni' }), 'OperationNotPermitted'],
  [devices({ DeviceIndex: 0, NetworkInterfaceId: `eni-${unknown}` }), 'InvalidNetworkInterfaceID.NotFound'],
  [{ BlockDeviceMappings: [{ Ebs: { VolumeSize: 1 } }] }, missing],
  [{ BlockDeviceMappings: [{ DeviceName: '/dev/sdb', Ebs: { DeleteOnTermination: true } }] }, missing],
  [{ BlockDeviceMappings: [{ DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' }] }, unsupported],
  [{ BlockDeviceMappings: [{ DeviceName: '/dev/sdb', Ebs: { VolumeSize: 1, VolumeType: 'x' } }] }, value],
  [{ BlockDeviceMappings: [{ DeviceName: '/dev/sdb', Ebs: { VolumeSize: 4, VolumeType: 'io1' } }] }, missing],
  [{ LaunchTemplate: { LaunchTemplateName: 'nobody' } }, 'InvalidLaunchTemplateName.NotFoundException'],
];

/** Launches; what is seen of them is in instance-lists.ts. */
export const launching: readonly Row[] = [
  step(
    'RunInstances',
    {
      ...counts,
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 't3.micro',
      SubnetId: '$subnet',
      SecurityGroupIds: ['$group'],
    },
    {
      required: ['ImageId', 'MinCount', 'MaxCount'],
      ids: { SubnetId: 'subnet', SecurityGroupIds: 'securityGroup' },
      tags: 'instance',
      token: 'Instances.0.InstanceId',
      refuses: wrongLaunches,
      shows: {
        ReservationId: /^r-[0-9a-f]{17}$/,
        OwnerId: '123456789012',
        'Instances.0.InstanceId': /^i-[0-9a-f]{17}$/,
        'Instances.0.State': { Code: 0, Name: 'pending' },
        'Instances.0.SecurityGroups': [{ GroupId: '$group', GroupName: 'web' }],
        'Instances.0.ProductCodes': [],
      },
      remembers: {
        instance: 'Instances.0.InstanceId',
        instanceEni: 'Instances.0.NetworkInterfaces.0.NetworkInterfaceId',
      },
    },
  ),
  step(
    'RunInstances',
    {
      ...counts,
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 't3.micro',
      IamInstanceProfile: { Name: 'app' },
      ...devices(
        device({
          AssociatePublicIpAddress: true,
          Ipv6AddressCount: 1,
          PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.90', Primary: true }],
          Groups: ['$app'],
        }),
      ),
      UserData: 'aGk=',
    },
    {
      remembers: {
        publicInstance: 'Instances.0.InstanceId',
        publicEni: 'Instances.0.NetworkInterfaces.0.NetworkInterfaceId',
      },
    },
  ),
  step(
    'RunInstances',
    { MinCount: 1, MaxCount: 2, ImageId: 'ami-0abcdef1234567890', InstanceType: 'm5.large' },
    {
      shows: { 'Instances.length': 2 },
      remembers: { plainInstance: 'Instances.0.InstanceId', thirdInstance: 'Instances.1.InstanceId' },
    },
  ),
  step(
    'RunInstances',
    {
      ...counts,
      ImageId: 'ami-0abcdef1234567890',
      ...devices({ DeviceIndex: 0, NetworkInterfaceId: '$eni' }),
    },
    {
      remembers: { eniInstance: 'Instances.0.InstanceId' },
      after: [[{}, 'InvalidNetworkInterface.InUse']],
    },
  ),
  step(
    'RunInstances',
    { MinCount: 20, MaxCount: 30, ImageId: 'ami-0abcdef1234567890', SubnetId: '$tiny' },
    { code: 'InsufficientFreeAddressesInSubnet' },
  ),
];
