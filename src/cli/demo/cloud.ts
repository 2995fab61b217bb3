/** The demo's cloud: a public web, a private application and a database, made through the public API. */
import { type Family, formatIp, readIp } from '#net/address.ts';
import type { Ec2Api, Parameters } from './api.ts';

/** A place that serves and asks: a lab instance, or the internet. */
export type Host = {
  readonly name: string;
  /** What `rampart exec` and `rampart can` call it. */
  readonly where: string;
  readonly port: number;
  readonly addresses: Readonly<Record<Family, string>>;
  /** How others on the internet reach it over IPv4, where they can. */
  readonly publicIp?: string;
};

export type Cloud = {
  readonly instances: readonly Host[];
  readonly groups: Readonly<Record<Tier, string>>;
};

export type Tier = 'web' | 'app' | 'db';

type TierPlan = {
  readonly tier: Tier;
  readonly cidr: string;
  readonly port: number;
  readonly hosts: readonly string[];
};

const vpcCidr = '10.20.0.0/16';

const tiers: readonly TierPlan[] = [
  { tier: 'web', cidr: '10.20.1.0/24', port: 80, hosts: ['web'] },
  { tier: 'app', cidr: '10.20.2.0/24', port: 8080, hosts: ['app-1', 'app-2'] },
  { tier: 'db', cidr: '10.20.3.0/24', port: 5432, hosts: ['db'] },
];

const everybody = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** Creates everything; what it does is told to `say`, one line a step. */
export async function buildCloud(api: Ec2Api, say: (line: string) => void): Promise<Cloud> {
  const vpcId = await api.one('vpcId', 'CreateVpc', {
    CidrBlock: vpcCidr,
    AmazonProvidedIpv6CidrBlock: true,
  });
  const ipv6Block = await api.one('ipv6CidrBlock', 'DescribeVpcs', { 'VpcId.1': vpcId });
  say(`VPC ${vpcId}: ${vpcCidr} and ${ipv6Block}`);
  const gatewayId = await api.one('internetGatewayId', 'CreateInternetGateway');
  await api.call('AttachInternetGateway', { InternetGatewayId: gatewayId, VpcId: vpcId });
  const groups = await createGroups(api, vpcId);
  say('groups: everybody → web tcp/80, web → app tcp/8080, app → db tcp/5432');
  const instances: Host[] = [];
  for (const [index, plan] of tiers.entries()) {
    const subnetId = await createSubnet(api, vpcId, plan.cidr, nthBlock(ipv6Block, index));
    if (plan.tier === 'web') await openToInternet(api, vpcId, subnetId, gatewayId);
    for (const name of plan.hosts) {
      instances.push(await launch(api, { name, subnetId, groupId: groups[plan.tier], port: plan.port }));
    }
  }
  const web = instances.map((host) => (host.name === 'web' ? givePublicAddress(api, host) : host));
  const all = await Promise.all(web);
  for (const { name, where, addresses, publicIp } of all) {
    const shown = [addresses.ipv4, addresses.ipv6, ...(publicIp ? [`public ${publicIp}`] : [])];
    say(`${name.padEnd(5)} ${where}  ${shown.join(', ')}`);
  }
  return { instances: all, groups };
}

async function createGroups(api: Ec2Api, vpcId: string): Promise<Cloud['groups']> {
  const create = (name: Tier) =>
    api.one('groupId', 'CreateSecurityGroup', {
      GroupName: name,
      GroupDescription: `demo ${name}`,
      VpcId: vpcId,
    });
  const groups = { web: await create('web'), app: await create('app'), db: await create('db') };
  await changeIngress(api, 'Authorize', groups.web, webRule);
  await changeIngress(api, 'Authorize', groups.app, { port: 8080, groupId: groups.web });
  await changeIngress(api, 'Authorize', groups.db, { port: 5432, groupId: groups.app });
  return groups;
}

/** A TCP rule: from a group, or without one from everybody over both families. */
export type TcpRule = { readonly port: number; readonly groupId?: string };

/** What lets everybody in to the web tier. */
export const webRule: TcpRule = { port: 80 };

/** Adds or removes an ingress rule through the API. */
export async function changeIngress(
  api: Ec2Api,
  change: 'Authorize' | 'Revoke',
  groupId: string,
  rule: TcpRule,
): Promise<void> {
  const permission = (number: number, peer: Parameters): Parameters => ({
    [`IpPermissions.${number}.IpProtocol`]: 'tcp',
    [`IpPermissions.${number}.FromPort`]: rule.port,
    [`IpPermissions.${number}.ToPort`]: rule.port,
    ...Object.fromEntries(
      Object.entries(peer).map(([name, value]) => [`IpPermissions.${number}.${name}`, value]),
    ),
  });
  const permissions = rule.groupId
    ? permission(1, { 'Groups.1.GroupId': rule.groupId })
    : {
        ...permission(1, { 'IpRanges.1.CidrIp': everybody.ipv4 }),
        ...permission(2, { 'Ipv6Ranges.1.CidrIpv6': everybody.ipv6 }),
      };
  await api.call(`${change}SecurityGroupIngress`, { GroupId: groupId, ...permissions });
}

function createSubnet(api: Ec2Api, vpcId: string, cidr: string, ipv6Cidr: string): Promise<string> {
  return api.one('subnetId', 'CreateSubnet', { VpcId: vpcId, CidrBlock: cidr, Ipv6CidrBlock: ipv6Cidr });
}

async function openToInternet(
  api: Ec2Api,
  vpcId: string,
  subnetId: string,
  gatewayId: string,
): Promise<void> {
  const tableId = await api.one('routeTableId', 'CreateRouteTable', { VpcId: vpcId });
  const route = { RouteTableId: tableId, GatewayId: gatewayId };
  await api.call('CreateRoute', { ...route, DestinationCidrBlock: everybody.ipv4 });
  await api.call('CreateRoute', { ...route, DestinationIpv6CidrBlock: everybody.ipv6 });
  await api.call('AssociateRouteTable', { RouteTableId: tableId, SubnetId: subnetId });
}

type Launch = {
  readonly name: string;
  readonly subnetId: string;
  readonly groupId: string;
  readonly port: number;
};

async function launch(api: Ec2Api, { name, subnetId, groupId, port }: Launch): Promise<Host> {
  const answer = await api.call('RunInstances', {
    ImageId: 'ami-0123456789abcdef0',
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    'NetworkInterface.1.DeviceIndex': 0,
    'NetworkInterface.1.SubnetId': subnetId,
    'NetworkInterface.1.SecurityGroupId.1': groupId,
    'NetworkInterface.1.Ipv6AddressCount': 1,
    'TagSpecification.1.ResourceType': 'instance',
    'TagSpecification.1.Tag.1.Key': 'Name',
    'TagSpecification.1.Tag.1.Value': name,
  });
  const [where = ''] = answer.all('instanceId');
  const [ipv4 = ''] = answer.all('privateIpAddress');
  const [ipv6 = ''] = answer.all('ipv6Address');
  return { name, where, port, addresses: { ipv4, ipv6 } };
}

async function givePublicAddress(api: Ec2Api, host: Host): Promise<Host> {
  const answer = await api.call('AllocateAddress', { Domain: 'vpc' });
  const [publicIp = ''] = answer.all('publicIp');
  const [allocationId = ''] = answer.all('allocationId');
  await api.call('AssociateAddress', { AllocationId: allocationId, InstanceId: host.where });
  return { ...host, publicIp };
}

/** The nth /64 of a VPC's IPv6 block. */
function nthBlock(block: string, n: number): string {
  const base = readIp(block.slice(0, block.indexOf('/')));
  if (!base) throw new Error(`not a block: ${block}`);
  return `${formatIp({ family: 'ipv6', value: base.value + (BigInt(n) << 64n) })}/64`;
}
