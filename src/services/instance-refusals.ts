/** Refusals about interfaces, instances and addresses; `refusal-table.ts` says what a row is. */
import { row } from './refusal-row.ts';

export const instanceRefusals = {
  // AWS: "you can't specify a security group and subnet that are in different VPCs" (errors-overview).
  differentNetworks: row<{ reason: string }>('InvalidParameter', ({ reason }) => reason),
  missingInput: row<{ reason: string }>('MissingInput', ({ reason }) => reason),
  tooManyGroups: row<{ count: number; limit: number }>(
    'SecurityGroupsPerInterfaceLimitExceeded',
    ({ count, limit }) => `${count} security groups are more than the limit of ${limit} for an interface.`,
  ),
  privateIpInUse: row<{ ip: string }>(
    'InvalidIPAddress.InUse',
    ({ ip }) => `The address ${ip} is in use by an interface of the VPC.`,
  ),
  publicIpInUse: row<{ ip: string; usedBy: string }>(
    'InvalidIPAddress.InUse',
    ({ ip, usedBy }) => `The address ${ip} is associated with ${usedBy}; disassociate it first.`,
  ),
  vcpuLimit: row<{ count: number; instanceType: string; quota: string; limit: number }>(
    'VcpuLimitExceeded',
    ({ count, instanceType, quota, limit }) =>
      `${count} × ${instanceType} would pass the limit of ${limit} vCPUs of running instances of its kind, ${quota}.`,
  ),
  noFreeAddress: row<{ subnetId: string }>(
    'InsufficientFreeAddressesInSubnet',
    ({ subnetId }) => `The subnet '${subnetId}' has too few free addresses for the request.`,
  ),
  addressLocked: row<{ id: string; name: string }>(
    'InvalidAddress.Locked',
    ({ id, name }) => `The address '${id}' has the reverse DNS name ${name}; reset that attribute first.`,
  ),
  hibernation: row<{ reason: string }>('UnsupportedHibernationConfiguration', ({ reason }) => reason),
  noCapacity: row<{ code: string; reason: string }>(
    ({ code }) => code,
    ({ reason }) => reason,
  ),
  prefixInUse: row<{ prefix: string }>(
    'InvalidIPAddress.InUse',
    ({ prefix }) => `Addresses of the prefix ${prefix} are in use in the subnet, or AWS keeps them.`,
  ),
  // AWS's answer to the Kubernetes network plug-in, whose pages name the code:
  // https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
  noFreePrefix: row<{ subnetId: string }>(
    'InsufficientCidrBlocks',
    ({ subnetId }) => `The subnet '${subnetId}' has too few free prefixes for the request.`,
  ),
  malformedAddress: row<{ ip: string }>(
    'InvalidAddress.Malformed',
    ({ ip }) => `'${ip}' is not an IPv4 address.`,
  ),
  noPublicAddress: row<{ pool: string }>(
    'InsufficientAddressCapacity',
    ({ pool }) => `Every public address of ${pool} is taken.`,
  ),
  tooManyPrivateIps: row<{ what: string; count: number; limit: number }>(
    'PrivateIpAddressLimitExceeded',
    ({ what, count, limit }) => `${what} would have ${count} addresses; the limit is ${limit}.`,
  ),
  // What DeleteNetworkInterface answers; the list of codes mentions it under the next one. Clients that clean up go by
  // "currently in use": https://github.com/gruntwork-io/cloud-nuke/pull/1132
  interfaceNotDeletable: row<{ id: string; usedBy: string }>(
    'InvalidParameterValue',
    ({ id, usedBy }) => `Network interface '${id}' is currently in use by ${usedBy}.`,
  ),
  interfaceInUse: row<{ id: string; usedBy: string }>(
    'InvalidNetworkInterface.InUse',
    ({ id, usedBy }) => `The network interface '${id}' is in use by ${usedBy}.`,
  ),
  tooManyAttachments: row<{ instanceId: string; instanceType: string; limit: number; what: string }>(
    'AttachmentLimitExceeded',
    ({ instanceId, instanceType, limit, what }) =>
      `${instanceId} would have more than ${limit} ${what}, the limit of ${instanceType}.`,
  ),
  instanceState: row<{ reason: string }>('IncorrectInstanceState', ({ reason }) => reason),
  severalInterfaces: row<{ instanceId: string }>(
    'InvalidInstanceID',
    ({ instanceId }) => `The instance '${instanceId}' has several interfaces; name one by its own id.`,
  ),
  noGateway: row<{ vpcId: string }>(
    'Gateway.NotAttached',
    ({ vpcId }) => `No internet gateway is attached to the VPC '${vpcId}'.`,
  ),
  invalidUserData: row<{ reason: string }>('InvalidUserData.Malformed', ({ reason }) => reason),
  duplicateKeyPair: row<{ name: string }>(
    'InvalidKeyPair.Duplicate',
    ({ name }) => `The key pair '${name}' already exists.`,
  ),
  keyFormat: row<{ reason: string }>('InvalidKey.Format', ({ reason }) => reason),
  duplicateTemplate: row<{ name: string }>(
    'InvalidLaunchTemplateName.AlreadyExistsException',
    ({ name }) => `The launch template name '${name}' is already in use.`,
  ),
  templateName: row<{ name: string }>(
    'InvalidLaunchTemplateName.MalformedException',
    ({ name }) =>
      `The launch template name '${name}' is not 3 to 128 characters of a-z, A-Z, 0-9 and ().-/_.`,
  ),
  templateVersion: row<{ id: string; version: string }>(
    'InvalidLaunchTemplateId.VersionNotFound',
    ({ id, version }) => `The launch template '${id}' has no version '${version}'.`,
  ),
  volumeInUse: row<{ id: string; instanceId: string }>(
    'VolumeInUse',
    ({ id, instanceId }) => `The volume '${id}' is attached to '${instanceId}'.`,
  ),
  attachmentNotFound: row<{ id: string; instanceId: string; device: string }>(
    'InvalidAttachment.NotFound',
    ({ id, instanceId, device }) => `The volume '${id}' is not attached to '${instanceId}' as ${device}.`,
  ),
  volumeZone: row<{ id: string; zone: string; instanceId: string }>(
    'InvalidVolume.ZoneMismatch',
    ({ id, zone, instanceId }) =>
      `The volume '${id}' is in ${zone}, where the instance '${instanceId}' is not.`,
  ),
  unknownInstanceType: row<{ name: string; expected: string }>(
    'InvalidInstanceType',
    ({ name, expected }) => `The instance type '${name}' does not exist: ${expected}.`,
  ),
  notYours: row<{ reason: string }>('AuthFailure', ({ reason }) => reason),
} as const;
