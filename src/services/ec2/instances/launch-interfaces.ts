/**
 * The interfaces of a launch: one described by the request's own parameters, or those of its NetworkInterfaces.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 */
import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { EnaSrd, Eni, TrackingTimeouts } from '#vpc/eni.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { inRange, oneOf } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { interfaceLimitsOf } from '../instance-types/catalogue.ts';
import type { AddressRequest } from '../interfaces/addresses.ts';
import { checkAddressable, checkTypes } from '../interfaces/fabric.ts';
import { groupsOfNew } from '../interfaces/groups.ts';
import { changeableInterface, checkDescription, enaSrdIn, refuseQueues } from '../interfaces/modify.ts';
import { checkRoom, refuseOldType } from '../interfaces/prefixes.ts';
import { timeoutsWith } from '../interfaces/tracking.ts';
import { resourceOf } from '../resources.ts';
import { groupNamed } from '../security-groups/find-group.ts';
import { launchSubnet } from './launch-place.ts';

type Device = {
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly subnet: Subnet;
};

export type LaunchInterface =
  | (Device & { readonly kind: 'existing'; readonly eni: Eni })
  | (Device & {
      readonly kind: 'new';
      readonly request: AddressRequest;
      readonly groupIds: readonly SecurityGroupId[];
      readonly description: string;
      readonly timeouts: TrackingTimeouts;
      readonly publicIp: boolean;
      readonly interfaceType: string;
      readonly enaSrd?: EnaSrd;
    });

type Specification = InstanceNetworkInterfaceSpecification;

/** Parameters of the instance that describe its only interface, and so exclude NetworkInterfaces. */
const ofOnlyInterface = [
  'SubnetId',
  'SecurityGroupIds',
  'SecurityGroups',
  'PrivateIpAddress',
  'Ipv6Addresses',
  'Ipv6AddressCount',
  'EnablePrimaryIpv6',
] as const satisfies readonly (keyof RunInstancesRequest)[];

/** The interfaces that each instance of the launch gets, the primary one first. */
export function launchInterfaces(
  input: RunInstancesRequest,
  instanceType: string,
  context: Context,
): readonly LaunchInterface[] {
  const specifications = input.NetworkInterfaces ?? [];
  const interfaces =
    specifications.length > 0
      ? ofSpecifications(specifications, input, context)
      : [newInterface(soleInterface(input, context), input, { isSole: true }, context)];
  const instanceId = 'The instance';
  const limits = interfaceLimitsOf(instanceType);
  if (interfaces.length > limits.interfaces) {
    const what = 'interfaces';
    refuse('tooManyAttachments', { instanceId, instanceType, limit: limits.interfaces, what });
  }
  checkTypes(
    interfaces.map((each) => ({
      interfaceType: each.kind === 'existing' ? each.eni.interfaceType : each.interfaceType,
      deviceIndex: each.deviceIndex,
    })),
    { instanceId, instanceType },
  );
  for (const each of interfaces) {
    const what = `Interface ${each.deviceIndex} of a ${instanceType}`;
    if (each.kind === 'existing') checkRoom(each.eni, { what, instanceType });
    else checkRequest(each.request, { what, instanceType });
    if (each.subnet.cidr === undefined) refuseOldType(instanceType, 'interfaces with IPv6 alone');
  }
  return interfaces;
}

/** Refuses more addresses and prefixes than the type has room for, before any of them is taken. */
function checkRequest(request: AddressRequest, of: Parameters<typeof checkRoom>[1]): void {
  const prefixes = prefixCount(request, 'Ipv4') + prefixCount(request, 'Ipv6');
  if (prefixes > 0) refuseOldType(of.instanceType, 'delegated prefixes');
  const limit = interfaceLimitsOf(of.instanceType).addressesPerInterface;
  const ipv6 = request.Ipv6Addresses?.length || (request.Ipv6AddressCount ?? 0);
  for (const count of [
    addressCount(request) + prefixCount(request, 'Ipv4'),
    ipv6 + prefixCount(request, 'Ipv6'),
  ]) {
    if (count > limit) refuse('tooManyPrivateIps', { what: of.what, count, limit });
  }
}

/** How many prefixes of a family a request names or counts. */
export function prefixCount(request: AddressRequest, family: 'Ipv4' | 'Ipv6'): number {
  return request[`${family}Prefixes`]?.length || (request[`${family}PrefixCount`] ?? 0);
}

/** How many IPv4 addresses an interface takes from its subnet. */
export function addressCount({
  PrivateIpAddress: single,
  PrivateIpAddresses: list = [],
  SecondaryPrivateIpAddressCount: counted = 0,
}: AddressRequest): number {
  const named = new Set([
    ...(single ? [single] : []),
    ...list.map(({ PrivateIpAddress: text }) => text ?? ''),
  ]);
  return Math.max(1, named.size) + counted;
}

function soleInterface(input: RunInstancesRequest, context: Context): Specification {
  const names = input.SecurityGroups ?? [];
  if (names.length > 0 && input.SubnetId) {
    refuse('invalidCombination', {
      reason: 'Group names belong to the default VPC and cannot stand beside SubnetId; use SecurityGroupIds.',
    });
  }
  const named = names.map((name) => groupNamed(name, context).id);
  return {
    DeviceIndex: 0,
    SubnetId: input.SubnetId,
    Groups: [...(input.SecurityGroupIds ?? []), ...named],
    PrivateIpAddress: input.PrivateIpAddress,
    Ipv6Addresses: input.Ipv6Addresses,
    Ipv6AddressCount: input.Ipv6AddressCount,
    PrimaryIpv6: input.EnablePrimaryIpv6,
  };
}

function ofSpecifications(
  specifications: readonly Specification[],
  input: RunInstancesRequest,
  context: Context,
): readonly LaunchInterface[] {
  const beside = ofOnlyInterface.find((name) => {
    const value = input[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '';
  });
  if (beside) {
    refuse('invalidCombination', {
      reason: `${beside} cannot stand beside NetworkInterfaces; give it with the interface.`,
    });
  }
  const indexes = specifications.map(({ DeviceIndex: index }) => index);
  if (new Set(indexes).size < indexes.length || !indexes.includes(0)) {
    refuse('invalidValue', {
      parameter: 'NetworkInterface.DeviceIndex',
      value: indexes.join(),
      expected: 'each interface has an index of its own, the primary one 0',
    });
  }
  const isSole = specifications.length === 1;
  const interfaces = specifications.map(({ NetworkInterfaceId: id, ...specification }) =>
    id
      ? existingInterface(id, specification, context)
      : newInterface(specification, input, { isSole }, context),
  );
  const [first, ...others] = interfaces.sort((a, b) => a.deviceIndex - b.deviceIndex);
  for (const { subnet } of others) {
    if (subnet.zone !== first?.subnet.zone) {
      refuse('invalidCombination', {
        reason: `The interfaces of an instance stand in one zone; '${subnet.id}' is elsewhere.`,
      });
    }
  }
  return interfaces;
}

function deviceIndexOf({ DeviceIndex: index }: Specification): number {
  if (index === undefined) return refuse('missingParameter', { parameter: 'NetworkInterface.DeviceIndex' });
  return inRange(index, { min: 0, max: 31, parameter: 'NetworkInterface.DeviceIndex' });
}

function existingInterface(id: string, specification: Specification, context: Context): LaunchInterface {
  const { DeviceIndex: _, DeleteOnTermination: deletes, ...more } = specification;
  const described = Object.entries(more).find(([, value]) => value !== undefined);
  if (described || deletes === true) {
    refuse('invalidCombination', {
      reason: `${described?.[0] ?? 'DeleteOnTermination'} describes a new interface and cannot stand beside NetworkInterfaceId.`,
    });
  }
  const eni = changeableInterface(id, context);
  if (eni.attachment) refuse('interfaceInUse', { id: eni.id, usedBy: eni.attachment.instanceId });
  const subnet = resourceOf('subnet', eni.subnetId, context);
  // Interfaces that were there before stay behind.
  return {
    kind: 'existing',
    eni,
    subnet,
    deviceIndex: deviceIndexOf(specification),
    deleteOnTermination: false,
  };
}

function newInterface(
  specification: Specification,
  input: RunInstancesRequest,
  { isSole }: { readonly isSole: boolean },
  context: Context,
): LaunchInterface {
  refuseUnsupported(specification, ['AssociateCarrierIpAddress']);
  const { InterfaceType: type, AssociatePublicIpAddress: asked } = specification;
  const interfaceType = oneOf(type || 'interface', ['interface', 'efa', 'efa-only'], 'InterfaceType');
  inRange(specification.NetworkCardIndex ?? 0, { min: 0, max: 0, parameter: 'NetworkCardIndex' });
  if (specification.EnaQueueCount !== undefined) refuseQueues('EnaQueueCount');
  if (asked && !isSole) {
    refuse('invalidCombination', {
      reason: 'AssociatePublicIpAddress cannot be given to one of several interfaces.',
    });
  }
  const { EnaSrdSpecification: enaSrd } = specification;
  const subnet = launchSubnet(specification.SubnetId, input, context);
  const request = { ...specification, EnablePrimaryIpv6: specification.PrimaryIpv6 };
  checkAddressable(interfaceType, request);
  return {
    kind: 'new',
    interfaceType,
    deviceIndex: deviceIndexOf(specification),
    deleteOnTermination: specification.DeleteOnTermination ?? true,
    subnet,
    request,
    ...(enaSrd ? { enaSrd: enaSrdIn(enaSrd) } : {}),
    groupIds: groupsOfNew(specification.Groups, subnet.vpcId, context),
    description: checkDescription(specification.Description ?? ''),
    timeouts: timeoutsWith({}, specification.ConnectionTrackingSpecification),
    // A public address leads to a private one, which a subnet of IPv6 alone does not give.
    publicIp: isSole && subnet.cidr !== undefined && (asked ?? subnet.mapPublicIpOnLaunch),
  };
}
