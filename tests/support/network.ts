/** Small worlds for tests, written as text: one VPC, subnets, groups with rules, interfaces on running instances. */
import { type Ip, parseIp } from '#net/address.ts';
import { type Cidr, parseCidr } from '#net/cidr.ts';
import type { Address, Eni } from '#vpc/eni.ts';
import type { Id, SecurityGroupId, SubnetId, VpcId } from '#vpc/ids.ts';
import { defaultInstanceOptions, type Instance } from '#vpc/instance.ts';
import {
  emptyNetwork,
  emptyWorld,
  type Kind,
  type Kinds,
  type Network,
  put,
  type World,
} from '#vpc/network.ts';
import type { AclEntry, NetworkAcl } from '#vpc/network-acl.ts';
import type { RouteTable, RouteTarget } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import type { Direction, Peer, Rule, SecurityGroup, Service } from '#vpc/security-group.ts';
import { noTags } from '#vpc/tags.ts';
import { plainVpc, type Subnet, type Vpc } from '#vpc/vpc.ts';

export const testScope = { account: '123456789012', region: 'us-east-1' } as const;

/** `[number] allow|deny SERVICE CIDR` per direction. */
export type AclText = { readonly ingress: readonly string[]; readonly egress: readonly string[] };

export type NetworkSpec = {
  readonly cidrs?: readonly string[];
  /** Name → its blocks and, optionally, a public route and an ACL (default: allow everything). */
  readonly subnets: Readonly<
    Record<
      string,
      { readonly cidr: string; readonly cidr6?: string; readonly internet?: boolean; readonly acl?: AclText }
    >
  >;
  /** Name → rules as text: `SERVICE PEER`, where a peer is a CIDR, `pl:name` or a group's name. */
  readonly groups: Readonly<
    Record<string, { readonly ingress?: readonly string[]; readonly egress?: readonly string[] }>
  >;
  readonly prefixLists?: Readonly<Record<string, readonly string[]>>;
  readonly enis: Readonly<
    Record<
      string,
      {
        readonly subnet: string;
        /** Addresses, and delegated prefixes. */
        readonly ips: readonly string[];
        readonly groups: readonly string[];
        readonly publicIp?: string;
      }
    >
  >;
};

/** A stable id for a name: its bytes in hex, padded to 17 digits. */
export function idFor<Prefix extends string>(prefix: Prefix, name: string): string {
  const hex = [...name].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return `${prefix}-${hex.slice(0, 17).padStart(17, '0')}`;
}

export const ip = (text: string): Ip => {
  const parsed = parseIp(text);
  if (!parsed) throw new Error(`no address: ${text}`);
  return parsed;
};

export const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`no block: ${text}`);
  return parsed;
};

/** `all`, `tcp/80`, `udp/5000-6000`, `icmp`, `icmp/8`, `icmp/3.4`, `icmpv6/128`, `proto/47`. */
export function service(text: string): Service {
  const [name = '', detail] = text.split('/');
  if (name === 'all') return { kind: 'all' };
  if (name === 'proto') return { kind: 'protocol', protocol: Number(detail) };
  if (name === 'icmp' || name === 'icmpv6') {
    const [type, code] = (detail ?? '-1').split('.');
    return { kind: 'icmp', protocol: name === 'icmp' ? 1 : 58, type: Number(type), code: Number(code ?? -1) };
  }
  const [from, to] = (detail ?? '0-65535').split('-').map(Number);
  return { kind: 'ports', protocol: name === 'tcp' ? 6 : 17, from: from ?? 0, to: to ?? from ?? 0 };
}

/** `SERVICE PEER` as a rule of a group; ids follow from the text. */
export function rule(direction: Direction, text: string): Rule {
  const [serviceText = '', peerText = ''] = text.split(' ');
  return {
    id: `sgr-${digits17(`${direction} ${text}`)}` as Id<'rule'>,
    direction,
    service: service(serviceText),
    peer: peer(peerText),
    tags: noTags,
  };
}

/** 17 hex digits that follow from the text (FNV-1a over 64 bits). */
function digits17(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const char of text)
    hash = ((hash ^ BigInt(char.charCodeAt(0))) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(17, '0');
}

function peer(text: string): Peer {
  if (text.startsWith('pl:'))
    return { kind: 'prefixList', prefixListId: idFor('pl', text.slice(3)) as Id<'prefixList'> };
  return text.includes('/') ? { kind: 'cidr', cidr: cidr(text) } : { kind: 'group', groupId: groupId(text) };
}

export const groupId = (name: string): SecurityGroupId => idFor('sg', name) as SecurityGroupId;
export const eniId = (name: string): string => idFor('eni', name);
export const subnetId = (name: string): SubnetId => idFor('subnet', name) as SubnetId;
export const vpcId = idFor('vpc', 'v') as VpcId;
export const gatewayId = idFor('igw', 'g') as Id<'internetGateway'>;

export function securityGroup(name: string, rules: NetworkSpec['groups'][string]): SecurityGroup {
  const all = (direction: Direction) => (rules[direction] ?? []).map((text) => rule(direction, text));
  return {
    id: groupId(name),
    vpcId,
    name,
    description: name,
    rules: [...all('ingress'), ...all('egress')],
    tags: noTags,
  };
}

/** The world of a spec: one VPC with an attached internet gateway in `testScope`. */
export function buildWorld(spec: NetworkSpec): World {
  const rows: Row[] = [
    { kind: 'vpc', entity: vpcEntity(spec) },
    { kind: 'internetGateway', entity: { id: gatewayId, vpcId, tags: noTags } },
    ...Object.entries(spec.groups).map(
      ([name, rules]): Row => ({ kind: 'securityGroup', entity: securityGroup(name, rules) }),
    ),
    ...Object.entries(spec.prefixLists ?? {}).map(([name, entries]) => prefixListRow(name, entries)),
    ...Object.entries(spec.subnets).flatMap(([name, subnet]) => subnetRows(name, subnet, blocksOf(spec))),
    ...Object.entries(spec.enis).flatMap(([name, eni]) => eniRows(name, eni)),
  ];
  const network = rows.reduce<Network>(
    (built, { kind, entity }) => put(built, kind, entity as never),
    emptyNetwork,
  );
  return emptyWorld.set(scopeKey(testScope), network);
}

/** The world with one entity of `testScope` replaced. */
export function withEntity<K extends Kind>(world: World, kind: K, entity: Kinds[K]): World {
  const key = scopeKey(testScope);
  return world.set(key, put(world.get(key) ?? emptyNetwork, kind, entity));
}

type Row = { readonly kind: Kind; readonly entity: Kinds[Kind] };

const blocksOf = (spec: NetworkSpec) => (spec.cidrs ?? ['10.0.0.0/16', '2001:db8:100::/56']).map(cidr);

function vpcEntity(spec: NetworkSpec): Vpc {
  const block = (text: Cidr, index: number) => ({
    associationId: idFor('vpc-cidr-assoc', `${index}`) as Id<'vpcCidrAssociation'>,
    cidr: text,
  });
  const blocks = blocksOf(spec).map(block);
  return {
    id: vpcId,
    cidrBlocks: blocks.filter((each) => !each.cidr.includes(':')),
    ipv6Blocks: blocks.filter((each) => each.cidr.includes(':')),
    ...plainVpc,
    tags: noTags,
  };
}

function prefixListRow(name: string, texts: readonly string[]): Row {
  const entries = texts.map((text) => ({ cidr: cidr(text) }));
  const family = texts[0]?.includes(':') ? 'ipv6' : 'ipv4';
  const id = idFor('pl', name) as Id<'prefixList'>;
  const entity = {
    id,
    name,
    family,
    maxEntries: 20,
    version: 1,
    entries,
    history: [{ version: 1, entries }],
    ownerId: testScope.account,
    tags: noTags,
  } as const;
  return { kind: 'prefixList', entity };
}

const openAcl: AclText = {
  ingress: ['100 allow all 0.0.0.0/0', '101 allow all ::/0'],
  egress: ['100 allow all 0.0.0.0/0', '101 allow all ::/0'],
};

function subnetRows(
  name: string,
  spec: NetworkSpec['subnets'][string],
  blocks: readonly Cidr[],
): readonly Row[] {
  const id = subnetId(name);
  const associationId = idFor('subnet-cidr-assoc', name) as Id<'subnetCidrAssociation'>;
  const subnet: Subnet = {
    id,
    vpcId,
    zone: 'us-east-1a',
    zoneId: 'use1-az1',
    cidr: cidr(spec.cidr),
    ipv6Blocks: spec.cidr6 ? [{ associationId, cidr: cidr(spec.cidr6) }] : [],
    mapPublicIpOnLaunch: false,
    assignIpv6OnCreation: false,
    isDefaultForZone: false,
    tags: noTags,
  };
  return [
    { kind: 'subnet', entity: subnet },
    { kind: 'networkAcl', entity: aclEntity(name, spec.acl ?? openAcl) },
    { kind: 'routeTable', entity: routeTable(name, spec.internet === true, blocks) },
  ];
}

/** `NUMBER allow|deny SERVICE CIDR` as an entry. */
export function aclEntry(direction: Direction, text: string): AclEntry {
  const [number, action, serviceText = '', cidrText = ''] = text.split(' ');
  return {
    direction,
    number: Number(number),
    action: action === 'allow' ? 'allow' : 'deny',
    service: service(serviceText),
    cidr: cidr(cidrText),
  };
}

export function aclEntity(name: string, acl: AclText): NetworkAcl {
  return {
    id: idFor('acl', name) as Id<'networkAcl'>,
    vpcId,
    isDefault: false,
    entries: [
      ...acl.ingress.map((text) => aclEntry('ingress', text)),
      ...acl.egress.map((text) => aclEntry('egress', text)),
    ],
    associations: [{ id: idFor('aclassoc', name) as Id<'networkAclAssociation'>, subnetId: subnetId(name) }],
    tags: noTags,
  };
}

function routeTable(name: string, internet: boolean, blocks: readonly Cidr[]): RouteTable {
  const to = (block: Cidr, target: RouteTarget) =>
    ({ destination: { kind: 'cidr', cidr: block }, target, origin: 'CreateRoute' }) as const;
  const outside: RouteTarget = { kind: 'internetGateway', id: gatewayId };
  return {
    id: idFor('rtb', name) as Id<'routeTable'>,
    vpcId,
    routes: [
      ...blocks.map((block) => to(block, { kind: 'local' })),
      ...(internet ? [to(cidr('0.0.0.0/0'), outside), to(cidr('::/0'), outside)] : []),
    ],
    associations: [
      {
        id: idFor('rtbassoc', name) as Id<'routeTableAssociation'>,
        subject: { kind: 'subnet', subnetId: subnetId(name) },
      },
    ],
    tags: noTags,
  };
}

function eniRows(name: string, spec: NetworkSpec['enis'][string]): readonly Row[] {
  const ips = spec.ips.filter((text) => !text.includes('/')).map(ip);
  const prefixes = spec.ips.filter((text) => text.includes('/')).map(cidr);
  const [primary, ...more] = ips.filter((each) => !each.includes(':'));
  const instanceId = idFor('i', name) as Id<'instance'>;
  const eni: Eni = {
    id: eniId(name) as Id<'eni'>,
    vpcId,
    subnetId: subnetId(spec.subnet),
    description: name,
    macAddress: `02:00:00:00:00:${name.charCodeAt(0).toString(16).padStart(2, '0')}`,
    privateIps: [
      ...(primary ? [{ address: primary, isPrimary: true }] : []),
      ...more.map((address) => ({ address, isPrimary: false })),
    ],
    ipv6Addresses: ips.filter((each) => each.includes(':')),
    ...(prefixes.length > 0 ? { prefixes } : {}),
    groupIds: spec.groups.map(groupId),
    sourceDestCheck: true,
    attachment: {
      id: idFor('eni-attach', name) as Id<'eniAttachment'>,
      instanceId,
      deviceIndex: 0,
      deleteOnTermination: true,
      attachedAtMs: 0,
    },
    timeouts: {},
    interfaceType: 'interface',
    requesterManaged: false,
    createdAtMs: 0,
    tags: noTags,
  };
  const rows: Row[] = [
    { kind: 'eni', entity: eni },
    { kind: 'instance', entity: instanceEntity(instanceId, spec.subnet) },
  ];
  if (spec.publicIp && primary)
    rows.push({ kind: 'address', entity: addressEntity(name, eni, spec.publicIp, primary) });
  return rows;
}

function instanceEntity(id: Id<'instance'>, subnet: string): Instance {
  return {
    id,
    reservationId: idFor('r', 'r') as Id<'reservation'>,
    imageId: 'ami-00000000000000000',
    instanceType: 't3.micro',
    state: 'running',
    vpcId,
    subnetId: subnetId(subnet),
    zone: 'us-east-1a',
    stateChangedAtMs: 0,
    launchedAtMs: 0,
    launchIndex: 0,
    disableApiTermination: false,
    options: defaultInstanceOptions,
    tags: noTags,
  };
}

function addressEntity(name: string, eni: Eni, publicIp: string, privateIp: Ip): Address {
  const association = { id: idFor('eipassoc', name) as Id<'addressAssociation'>, eniId: eni.id, privateIp };
  return { id: idFor('eipalloc', name) as Id<'address'>, publicIp: ip(publicIp), association, tags: noTags };
}
