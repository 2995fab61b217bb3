/** Large random networks of a known shape: VPCs of 32 subnets, five interfaces in twenty a class, ACLs and routes. */
import type { Ip } from '#net/address.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Id, RuleId, SubnetId, VpcId } from '#vpc/ids.ts';
import { emptyWorld, type Kind, type Kinds, networkFrom, type World } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import type { Rule } from '#vpc/security-group.ts';
import { noTags } from '#vpc/tags.ts';
import { plainVpc } from '#vpc/vpc.ts';
import {
  aclEntity,
  cidr,
  eniId,
  groupId,
  idFor,
  ip,
  securityGroup,
  subnetId,
  testScope,
} from '../tests/support/network.ts';
import { type Random, seeded } from '../tests/support/random.ts';

const subnetsPerVpc = 32;
const groupsPerVpc = 250;

/** A world with about so many interfaces in a twentieth as many classes, 10,000 interfaces a VPC. */
export function largeWorld(interfaces: number, seed = 1): World {
  const random = seeded(seed);
  const rows = new Map<Kind, Kinds[Kind][]>();
  const add = <K extends Kind>(kind: K, entity: Kinds[K]) => {
    const list = rows.get(kind);
    if (list) list.push(entity);
    else rows.set(kind, [entity]);
  };
  const vpcs = Math.max(1, Math.round(interfaces / 10_000));
  for (let vpc = 0; vpc < vpcs; vpc++) addVpc(random, vpc, Math.round(interfaces / vpcs), add);
  return emptyWorld.set(scopeKey(testScope), networkFrom(rows));
}

type Add = <K extends Kind>(kind: K, entity: Kinds[K]) => void;

function addVpc(random: Random, vpc: number, interfaces: number, add: Add): void {
  const vpcId = idFor('vpc', `${vpc}`) as Id<'vpc'>;
  const block = cidr(`10.${vpc}.0.0/16`);
  add('vpc', {
    id: vpcId,
    cidrBlocks: [
      { associationId: idFor('vpc-cidr-assoc', `${vpc}`) as Id<'vpcCidrAssociation'>, cidr: block },
    ],
    ipv6Blocks: [],
    ...plainVpc,
    tags: noTags,
  });
  const gateway = idFor('igw', `${vpc}`) as Id<'internetGateway'>;
  add('internetGateway', { id: gateway, vpcId, tags: noTags });
  const groupNames = Array.from({ length: groupsPerVpc }, (_, at) => `${vpc}g${at}`);
  for (const name of groupNames)
    add('securityGroup', { ...randomGroup(random, vpc, name, groupNames), vpcId });
  for (let subnet = 0; subnet < subnetsPerVpc; subnet++)
    addSubnet(random, { vpc, subnet, vpcId, gateway }, add);
  addInterfaces(random, { vpc, vpcId, groupNames, interfaces }, add);
}

const subnetName = (vpc: number, subnet: number) => `${vpc}s${subnet}`;
const subnetBlock = (vpc: number, subnet: number) => `10.${vpc}.${subnet * 8}.0/21`;

function randomGroup(random: Random, vpc: number, name: string, groupNames: readonly string[]) {
  const port = () => `tcp/${random.pick([22, 80, 443, 3306, 5432, 6379, 8080, 9092])}`;
  const inside = () => subnetBlock(vpc, random.int(subnetsPerVpc));
  const ingress = [
    ...Array.from({ length: 4 }, () => `${port()} ${random.pick(groupNames)}`),
    ...Array.from({ length: 3 }, () => `${port()} ${inside()}`),
    `tcp/${9000 + random.int(100)} 10.${vpc}.${random.int(256)}.0/24`,
    `icmp 10.${vpc}.0.0/21`,
    ...(random.chance(0.04) ? [`tcp/443 0.0.0.0/0`] : []),
  ];
  const egress = random.chance(0.7)
    ? ['all 0.0.0.0/0']
    : [
        ...Array.from({ length: 4 }, () => `${port()} ${random.pick(groupNames)}`),
        ...Array.from({ length: 4 }, () => `tcp/0-65535 ${inside()}`),
      ];
  const group = securityGroup(name, { ingress: [...new Set(ingress)], egress: [...new Set(egress)] });
  const rules = group.rules.map(
    (rule, at): Rule => ({ ...rule, id: idFor('sgr', `${name}r${at}`) as RuleId }),
  );
  return { ...group, rules };
}

type SubnetPlace = {
  readonly vpc: number;
  readonly subnet: number;
  readonly vpcId: Id<'vpc'>;
  readonly gateway: Id<'internetGateway'>;
};

function addSubnet(random: Random, { vpc, subnet, vpcId, gateway }: SubnetPlace, add: Add): void {
  const name = subnetName(vpc, subnet);
  add('subnet', {
    id: subnetId(name),
    vpcId,
    zone: 'us-east-1a',
    zoneId: 'use1-az1',
    cidr: cidr(subnetBlock(vpc, subnet)),
    ipv6Blocks: [],
    mapPublicIpOnLaunch: false,
    assignIpv6OnCreation: false,
    isDefaultForZone: false,
    tags: noTags,
  });
  const denied = () =>
    `deny tcp/${random.pick([22, 3389, 5432])} ${subnetBlock(vpc, random.int(subnetsPerVpc))}`;
  const entries = () => [
    ...Array.from({ length: 6 }, (_, at) => `${10 + at} ${denied()}`),
    `100 allow all 10.${vpc}.0.0/16`,
    '110 allow tcp/443 0.0.0.0/0',
    '120 allow tcp/1024-65535 0.0.0.0/0',
  ];
  add('networkAcl', { ...aclEntity(name, { ingress: entries(), egress: entries() }), vpcId });
  const route = { origin: 'CreateRoute' } as const;
  add('routeTable', {
    id: idFor('rtb', name) as Id<'routeTable'>,
    vpcId,
    routes: [
      { ...route, destination: { kind: 'cidr', cidr: cidr(`10.${vpc}.0.0/16`) }, target: { kind: 'local' } },
      {
        ...route,
        destination: { kind: 'cidr', cidr: cidr('0.0.0.0/0') },
        target: { kind: 'internetGateway', id: gateway },
      },
    ],
    associations: [
      {
        id: idFor('rtbassoc', name) as Id<'routeTableAssociation'>,
        subject: { kind: 'subnet', subnetId: subnetId(name) },
      },
    ],
    tags: noTags,
  });
}

type InterfacesPlace = {
  readonly vpc: number;
  readonly vpcId: Id<'vpc'>;
  readonly groupNames: readonly string[];
  readonly interfaces: number;
};

/** Fleets of 20 interfaces: one combination of groups in one subnet each, addresses side by side. */
function addInterfaces(
  random: Random,
  { vpc, vpcId, groupNames, interfaces }: InterfacesPlace,
  add: Add,
): void {
  const next = new Array<number>(subnetsPerVpc).fill(10);
  const ids = {
    groups: new Map(groupNames.map((name) => [name, groupId(name)])),
    subnets: Array.from({ length: subnetsPerVpc }, (_, subnet) => subnetId(subnetName(vpc, subnet))),
  };
  for (let made = 0; made < interfaces; ) {
    const subnet = Math.floor(made / 20) % subnetsPerVpc;
    const groups = [...new Set(Array.from({ length: 1 + random.int(3) }, () => random.pick(groupNames)))];
    // A reader of dumps keeps one text of each id that many interfaces name.
    const groupIds = groups.map((name) => ids.groups.get(name) ?? groupId(name));
    const at = ids.subnets[subnet] ?? subnetId(subnetName(vpc, subnet));
    for (let left = 20; left > 0 && made < interfaces; left--, made++) {
      const host = next[subnet] ?? 10;
      next[subnet] = host + 1;
      const address = ip(`10.${vpc}.${subnet * 8 + (host >> 8)}.${host & 255}`);
      const eni = bareEni(`${vpc}e${made}`, vpcId, at, address);
      add('eni', { ...eni, groupIds });
    }
  }
}

/** An interface that a service made, which is up without an instance. */
function bareEni(name: string, vpcId: VpcId, subnetId: SubnetId, address: Ip): Eni {
  return {
    id: eniId(name) as Id<'eni'>,
    vpcId,
    subnetId,
    description: name,
    macAddress: '02:00:00:00:00:00',
    privateIps: [{ address, isPrimary: true }],
    ipv6Addresses: [],
    groupIds: [],
    sourceDestCheck: true,
    timeouts: {},
    interfaceType: 'interface',
    requesterManaged: true,
    createdAtMs: 0,
    tags: noTags,
  };
}
