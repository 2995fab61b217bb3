/**
 * What an instance may read of itself, as a tree of directories and leaves. A leaf is there only where the instance
 * has such a thing. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html
 */
import type { Ip } from '#net/address.ts';
import { publicIpOf } from '#policy/internet.ts';
import { hasHostnames, instanceDnsName, privateDnsName, publicDnsName } from '#vpc/dns-names.ts';
import type { Eni } from '#vpc/eni.ts';
import { prefixesOf } from '#vpc/eni-addresses.ts';
import { partitionOf } from '#vpc/scope.ts';
import { attachmentsOf } from '#vpc/volume.ts';
import type { Guest } from './guest.ts';
import { identityDocument } from './identity-document.ts';

/** A directory has children by name; `titles` are the names under which a listing shows them, where they differ. */
export type Directory = {
  readonly children: ReadonlyMap<string, Node>;
  readonly titles?: ReadonlyMap<string, string>;
};
export type Node = string | Uint8Array | Directory;

type Entries = Readonly<Record<string, Node | undefined>>;

/**
 * Versions under which AWS serves; all have the same tree here. Images ask for old ones: 2009-04-04 is the first choice of
 * small test images and the last of cloud-init.
 */
export const versions: readonly string[] = (
  '1.0 2007-01-19 2007-03-01 2007-08-29 2007-10-10 2007-12-15 2008-02-01 2008-09-01 2009-04-04 2011-01-01 2011-05-01 ' +
  '2012-01-12 2014-02-25 2014-11-05 2015-10-20 2016-04-19 2016-06-30 2016-09-02 2018-03-28 2018-08-17 2018-09-24 ' +
  '2019-10-01 2020-10-27 2021-01-03 2021-03-23 2021-07-15 2022-09-24 2024-04-11 latest'
).split(' ');

function directory(entries: Entries): Directory {
  const children = new Map<string, Node>();
  for (const [name, node] of Object.entries(entries)) if (node !== undefined) children.set(name, node);
  return { children };
}

const lines = (values: readonly string[]): string | undefined =>
  values.length > 0 ? values.join('\n') : undefined;

/** Everything below a version. */
export function treeOf(guest: Guest): Directory {
  const { userData } = guest.instance;
  return directory({
    dynamic: directory({
      fws: directory({
        'instance-monitoring': guest.instance.options.detailedMonitoring ? 'enabled' : 'disabled',
      }),
      'instance-identity': directory({ document: identityDocument(guest) }),
    }),
    'meta-data': metaData(guest),
    'user-data': userData === undefined ? undefined : Buffer.from(userData, 'base64'),
  });
}

function metaData(guest: Guest): Directory {
  const { instance, region } = guest;
  const [primary] = guest.enis;
  const root = instance.options.rootDeviceName;
  const privateIp = primary?.privateIps[0]?.address;
  const hostname = instanceDnsName(instance, privateIp, region);
  const publicIp = primary && privateIp && publicIpOf(guest.network, primary, privateIp);
  return directory({
    'ami-id': instance.imageId,
    'ami-launch-index': String(instance.launchIndex),
    'ami-manifest-path': '(unknown)',
    'block-device-mapping': directory({ ami: root, ...otherVolumes(guest), root }),
    events: directory({ maintenance: directory({ history: '[]', scheduled: '[]' }) }),
    hostname,
    'instance-action': 'none',
    'instance-id': instance.id,
    'instance-life-cycle': instance.spotRequestId ? 'spot' : 'on-demand',
    'instance-type': instance.instanceType,
    ipv6: primary?.ipv6Addresses[0],
    'local-hostname': hostname,
    'local-ipv4': privateIp,
    mac: primary?.macAddress,
    network: directory({ interfaces: directory({ macs: interfaces(guest) }) }),
    placement: placement(guest),
    profile: 'default-hvm',
    'public-hostname': publicIp && publicName(guest, publicIp),
    'public-ipv4': publicIp,
    'public-keys': publicKeys(guest),
    'reservation-id': instance.reservationId,
    'security-groups': primary && lines(groupNames(guest, primary)),
    services: directory({ domain: serviceDomain(region), partition: partitionOf(region) }),
    tags: tags(guest),
  });
}

/** `ebs1`, `ebs2`: the devices besides the root's that were there when the instance was last started. */
function otherVolumes({ instance, network }: Guest): Entries {
  const devices = [...network.volume.by('instance', instance.id)]
    .flatMap(attachmentsOf)
    .filter((each) => each.instanceId === instance.id && each.attachedAtMs <= instance.launchedAtMs)
    .map(({ device }) => device)
    .filter((device) => device !== instance.options.rootDeviceName)
    .sort();
  return Object.fromEntries(devices.map((device, index) => [`ebs${index + 1}`, device]));
}

function serviceDomain(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

function placement({ instance, network, region }: Guest): Directory {
  return directory({
    'availability-zone': instance.zone,
    'availability-zone-id': network.subnet.get(instance.subnetId)?.zoneId,
    region,
  });
}

function groupNames({ network }: Guest, { groupIds }: Eni): readonly string[] {
  return groupIds.flatMap((id) => network.securityGroup.get(id)?.name ?? []);
}

function publicName({ network, vpc, region }: Guest, publicIp: Ip): string | undefined {
  return hasHostnames(network, vpc.id) ? publicDnsName(publicIp, region) : undefined;
}

function interfaces(guest: Guest): Directory {
  return directory(
    Object.fromEntries(guest.enis.map((eni) => [eni.macAddress, interfaceLeaves(guest, eni)])),
  );
}

function interfaceLeaves(guest: Guest, eni: Eni): Directory {
  const { network, vpc, account, region, instance } = guest;
  const subnet = network.subnet.get(eni.subnetId);
  const [first] = eni.privateIps;
  const publics = eni.privateIps.flatMap(({ address }) => {
    const publicIp = publicIpOf(network, eni, address);
    return publicIp ? [{ address, publicIp }] : [];
  });
  const [firstPublic] = publics;
  const isPrimary = eni.attachment?.deviceIndex === 0;
  const nameOf = (address: Ip) =>
    isPrimary ? instanceDnsName(instance, address, region) : privateDnsName(address, region);
  const ipv4Blocks = vpc.cidrBlocks.map(({ cidr }) => cidr);
  const associations = publics.map(({ address, publicIp }) => [publicIp, address] as const);
  return directory({
    'device-number': String(eni.attachment?.deviceIndex ?? 0),
    'interface-id': eni.id,
    'ipv4-associations': publics.length > 0 ? directory(Object.fromEntries(associations)) : undefined,
    'ipv4-prefix': lines(prefixesOf(eni, 'ipv4')),
    'ipv6-prefix': lines(prefixesOf(eni, 'ipv6')),
    ipv6s: lines(eni.ipv6Addresses),
    'local-hostname': first && nameOf(first.address),
    'local-ipv4s': lines(eni.privateIps.map(({ address }) => address)),
    mac: eni.macAddress,
    'network-card': '0',
    'owner-id': account,
    'public-hostname': firstPublic && publicName(guest, firstPublic.publicIp),
    'public-ipv4s': lines(publics.map(({ publicIp }) => publicIp)),
    'security-group-ids': lines(eni.groupIds),
    'security-groups': lines(groupNames(guest, eni)),
    'subnet-id': eni.subnetId,
    'subnet-ipv4-cidr-block': subnet?.cidr,
    'subnet-ipv6-cidr-blocks': subnet && lines(subnet.ipv6Blocks.map(({ cidr }) => cidr)),
    'vpc-id': vpc.id,
    'vpc-ipv4-cidr-block': ipv4Blocks[0],
    'vpc-ipv4-cidr-blocks': lines(ipv4Blocks),
    'vpc-ipv6-cidr-blocks': lines(vpc.ipv6Blocks.map(({ cidr }) => cidr)),
  });
}

/** Absent where the instance does not show its tags, and where it has none. */
function tags({ instance }: Guest): Directory | undefined {
  const all = Object.entries(instance.tags);
  if (instance.options.metadata.tags === 'disabled' || all.length === 0) return undefined;
  return directory({ instance: directory(Object.fromEntries(all)) });
}

/**
 * Listed as `0=name`, read as `0/openssh-key`, which ends with the name as DescribeKeyPairs has it.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
function publicKeys({ instance, network }: Guest): Directory | undefined {
  const { keyName } = instance;
  const [key] = keyName === undefined ? [] : network.keyPair.by('name', keyName);
  if (!key) return undefined;
  return {
    children: new Map([['0', directory({ 'openssh-key': `${key.publicKey} ${key.name}` })]]),
    titles: new Map([['0', `0=${key.name}`]]),
  };
}
