/** Interfaces, from DescribeNetworkInterfaces or from inside DescribeInstances. */
import type { Address, Eni, EniAttachment, PrivateIp, TrackingTimeouts } from '#vpc/eni.ts';
import type { Id, InstanceId, SecurityGroupId } from '#vpc/ids.ts';
import {
  booleanOf,
  type Json,
  numberOf,
  objectListOf,
  objectOf,
  objectsOf,
  textOf,
  timeOf,
} from '../json/fields.ts';
import { cidrFrom, idOf, ipFrom, optionalId, type Place, tagsOf } from './place.ts';

/**
 * An interface. What a service carries (a load balancer, a NAT gateway) is in use without an instance of ours, and its
 * service keeps it up: such interfaces count as managed by their requester.
 * @param instanceId the instance that it was found in, where that is how it was found.
 */
export function readEni(from: Json, { stableHex, shared }: Place, instanceId?: InstanceId): Eni {
  const id = idOf<'eni'>(from, 'NetworkInterfaceId');
  const given = objectOf(from, 'Attachment');
  const holder = instanceId ?? (given && optionalId<'instance'>(given, 'InstanceId'));
  const attachment: EniAttachment | undefined = holder && {
    id: ((given && textOf(given, 'AttachmentId')) ?? `eni-attach-${stableHex(id)}`) as Id<'eniAttachment'>,
    instanceId: holder,
    deviceIndex: (given && numberOf(given, 'DeviceIndex')) ?? 0,
    deleteOnTermination: (given && booleanOf(given, 'DeleteOnTermination')) ?? false,
    attachedAtMs: given ? timeOf(given, 'AttachTime') : 0,
  };
  const inUse = textOf(from, 'Status') === 'in-use';
  return {
    id,
    vpcId: shared(idOf<'vpc'>(from, 'VpcId')),
    subnetId: shared(idOf<'subnet'>(from, 'SubnetId')),
    description: textOf(from, 'Description') ?? '',
    macAddress: (textOf(from, 'MacAddress') ?? '').toLowerCase(),
    privateIps: privateIpsOf(from),
    ipv6Addresses: objectListOf(from, 'Ipv6Addresses').flatMap((each) => {
      const text = textOf(each, 'Ipv6Address');
      return text === undefined ? [] : [ipFrom(text)];
    }),
    ...prefixesFrom(from),
    groupIds: objectListOf(from, 'Groups').map((each) =>
      shared(idOf<'securityGroup'>(each, 'GroupId') as SecurityGroupId),
    ),
    sourceDestCheck: booleanOf(from, 'SourceDestCheck') ?? true,
    ...(attachment ? { attachment } : {}),
    timeouts: timeoutsOf(from),
    interfaceType: shared(textOf(from, 'InterfaceType') ?? 'interface'),
    requesterManaged: booleanOf(from, 'RequesterManaged') === true || (inUse && !attachment),
    createdAtMs: 0,
    tags: tagsOf(from, 'TagSet'),
  };
}

function prefixesFrom(from: Json): Pick<Eni, 'prefixes'> {
  const prefixes = (['Ipv4', 'Ipv6'] as const).flatMap((family) =>
    objectListOf(from, `${family}Prefixes`).flatMap((each) => {
      const text = textOf(each, `${family}Prefix`);
      return text === undefined ? [] : [cidrFrom(text)];
    }),
  );
  return prefixes.length > 0 ? { prefixes } : {};
}

function privateIpsOf(from: Json): readonly PrivateIp[] {
  const ips = shownIps(from).flatMap(({ address, isPrimary, association }): readonly PrivateIp[] =>
    address === undefined ? [] : [{ address: ipFrom(address), isPrimary, ...launchIpOf(association) }],
  );
  return ips.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
}

/** A private address as an output shows it, and what stands there of its public one. */
type ShownIp = {
  readonly address: string | undefined;
  readonly isPrimary: boolean;
  readonly association: Json | undefined;
};

/** The list of addresses; the primary one stands outside it too, and in short outputs only there. */
function shownIps(from: Json): readonly ShownIp[] {
  const alone = textOf(from, 'PrivateIpAddress');
  const listed = objectListOf(from, 'PrivateIpAddresses');
  const all = listed.length > 0 || alone === undefined ? listed : [{ PrivateIpAddress: alone }];
  return all.map((each) => {
    const address = textOf(each, 'PrivateIpAddress');
    const isPrimary = booleanOf(each, 'Primary') ?? address === alone;
    const ofPrimary = isPrimary ? objectOf(from, 'Association') : undefined;
    return { address, isPrimary, association: objectOf(each, 'Association') ?? ofPrimary };
  });
}

/** A public address that no allocation stands for is one that AWS, or a service of it, lends. */
function launchIpOf(association: Json | undefined): Pick<PrivateIp, 'launchPublicIp'> {
  const publicIp = association && textOf(association, 'PublicIp');
  if (!association || publicIp === undefined || textOf(association, 'AllocationId') !== undefined) return {};
  return { launchPublicIp: ipFrom(publicIp) };
}

/** The elastic addresses that an interface names, for dumps that lack DescribeAddresses. */
export function addressesNamedBy(from: Json): readonly Address[] {
  const isPublic = objectOf(from, 'Association') ?? objectsOf(from, 'PrivateIpAddresses').some(associated);
  if (!isPublic) return [];
  const eniId = idOf<'eni'>(from, 'NetworkInterfaceId');
  return shownIps(from).flatMap(({ address: privateIp, association }): readonly Address[] => {
    const id = association && optionalId<'address'>(association, 'AllocationId');
    const publicIp = association && textOf(association, 'PublicIp');
    if (!id || publicIp === undefined || privateIp === undefined) return [];
    const associationId = (textOf(association, 'AssociationId') ?? '') as Id<'addressAssociation'>;
    return [
      {
        id,
        publicIp: ipFrom(publicIp),
        association: { id: associationId, eniId, privateIp: ipFrom(privateIp) },
        tags: {},
      },
    ];
  });
}

const associated = (address: Json) => address['Association'] !== undefined;

function timeoutsOf(from: Json): TrackingTimeouts {
  const given = objectOf(from, 'ConnectionTrackingConfiguration') ?? {};
  const tcpEstablishedSeconds = numberOf(given, 'TcpEstablishedTimeout');
  const udpSeconds = numberOf(given, 'UdpTimeout');
  const udpStreamSeconds = numberOf(given, 'UdpStreamTimeout');
  return {
    ...(tcpEstablishedSeconds === undefined ? {} : { tcpEstablishedSeconds }),
    ...(udpSeconds === undefined ? {} : { udpSeconds }),
    ...(udpStreamSeconds === undefined ? {} : { udpStreamSeconds }),
  };
}
