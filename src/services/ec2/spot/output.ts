/** Spot Instance requests as AWS shows them. */
import type { LaunchSpecification, SpotInstanceRequest } from '@aws-sdk/client-ec2';
import { type SpotLaunch, type SpotRequest, type SpotStatus, spotStatusAt } from '#vpc/spot-request.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';

/** Where a request stands. */
export function spotStatus(request: SpotRequest, { transaction, nowMs }: Context): SpotStatus {
  return spotStatusAt(request, transaction.network.instance.get(request.instanceId), nowMs);
}

const messages: Readonly<Record<string, string>> = {
  'capacity-not-available': 'Its instance was terminated, and another one is launched on request alone.',
  fulfilled: 'The instance runs.',
  'instance-stopped-by-user': 'The instance was stopped.',
  'instance-terminated-by-user': 'The instance was terminated.',
  'request-canceled-and-instance-running': 'The request was canceled; the instance goes on.',
  'schedule-expired': 'The time of the request has passed.',
};

export function spotRequestOutput(request: SpotRequest, context: Context): SpotInstanceRequest {
  const { id, instanceId, terms, launch, createdAtMs, tags } = request;
  const { state, code, sinceMs } = spotStatus(request, context);
  return {
    SpotInstanceRequestId: id,
    Type: terms.type,
    State: state,
    Status: { Code: code, Message: messages[code], UpdateTime: new Date(sinceMs) },
    ...(state === 'open' ? {} : { InstanceId: instanceId }),
    CreateTime: new Date(createdAtMs),
    ValidFrom: new Date(createdAtMs),
    ...(terms.validUntilMs === undefined ? {} : { ValidUntil: new Date(terms.validUntilMs) }),
    ...(terms.maxPrice === undefined ? {} : { SpotPrice: terms.maxPrice }),
    InstanceInterruptionBehavior: terms.interruption,
    LaunchedAvailabilityZone: launch.zone,
    LaunchSpecification: launchOutput(launch, context),
    ProductDescription: 'Linux/UNIX',
    Tags: tagList(tags),
  };
}

function launchOutput(launch: SpotLaunch, { transaction }: Context): LaunchSpecification {
  const { options, interfaces, volumes } = launch;
  const groups = interfaces.find(({ deviceIndex }) => deviceIndex === 0)?.groupIds ?? [];
  return {
    ImageId: launch.imageId,
    InstanceType: launch.instanceType as Exclude<LaunchSpecification['InstanceType'], undefined>,
    KeyName: launch.keyName,
    SubnetId: launch.subnetId,
    EbsOptimized: options.ebsOptimized,
    Monitoring: { Enabled: options.detailedMonitoring },
    Placement: { AvailabilityZone: launch.zone, Tenancy: options.tenancy },
    ...(options.instanceProfileArn && { IamInstanceProfile: { Arn: options.instanceProfileArn } }),
    SecurityGroups: groups.map((GroupId) => ({
      GroupId,
      GroupName: transaction.network.securityGroup.get(GroupId)?.name,
    })),
    NetworkInterfaces: interfaces.map((each) => ({
      NetworkInterfaceId: each.eniId,
      DeviceIndex: each.deviceIndex,
      SubnetId: each.subnetId,
      Groups: [...each.groupIds],
      Description: each.description,
      DeleteOnTermination: each.deleteOnTermination,
      ...(each.privateIp && {
        PrivateIpAddresses: [{ PrivateIpAddress: each.privateIp, Primary: true }],
      }),
    })),
    BlockDeviceMappings: volumes.map((each) => ({
      DeviceName: each.device,
      Ebs: {
        SnapshotId: each.snapshotId,
        VolumeSize: each.sizeGib,
        VolumeType: each.type as 'gp3',
        DeleteOnTermination: each.deleteOnTermination,
      },
    })),
  };
}
