/** Limits that AWS sets by default and raises on request: one row each, with its source. */

const vpcPage = 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html';
const regionalNatPage = 'https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html';
const tagPage = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html';
const addressPage = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html';
const reachabilityPage =
  'https://docs.aws.amazon.com/vpc/latest/reachability/reachability-analyzer-limits.html';
/**
 * The defaults with which AWS began to count vCPUs. It starts new accounts lower by now (5 of the standard types, none
 * of the others) and raises them as they are used, which nobody would do here.
 */
const vcpuPage = 'https://aws.amazon.com/blogs/compute/preview-vcpu-based-instance-limits/';
const accessPage =
  'https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/network-access-analyzer-limits.html';

type Quota = { readonly default: number; readonly source: string };

const from = (source: string, value: number): Quota => ({ default: value, source });

export const quotas = {
  vpcsPerRegion: from(vpcPage, 5),
  subnetsPerVpc: from(vpcPage, 200),
  ipv4BlocksPerVpc: from(vpcPage, 5),
  ipv6BlocksPerVpc: from(vpcPage, 5),
  ipv6BlocksPerSubnet: from(vpcPage, 1),
  elasticIpsPerRegion: from(addressPage, 5),
  internetGatewaysPerRegion: from(vpcPage, 5),
  egressOnlyGatewaysPerRegion: from(vpcPage, 5),
  natGatewaysPerZone: from(vpcPage, 5),
  /** The primary one included, as below. */
  elasticIpsPerNatGateway: from(vpcPage, 2),
  privateIpsPerNatGateway: from(vpcPage, 8),
  /** Of a regional NAT gateway. */
  elasticIpsPerNatGatewayZone: from(regionalNatPage, 32),
  networkAclsPerVpc: from(vpcPage, 200),
  /** Per direction and family, the unchangeable last entry included. */
  entriesPerNetworkAcl: from(vpcPage, 20),
  keyPairsPerRegion: from('https://docs.aws.amazon.com/general/latest/gr/ec2-service.html', 5000),
  /** vCPUs of running instances of the families A, C, D, H, I, M, R, T and Z. */
  standardVcpusPerRegion: from(vcpuPage, 1152),
  fVcpusPerRegion: from(vcpuPage, 128),
  /** With VT. */
  gVcpusPerRegion: from(vcpuPage, 128),
  infVcpusPerRegion: from(vcpuPage, 128),
  pVcpusPerRegion: from(vcpuPage, 128),
  xVcpusPerRegion: from(vcpuPage, 128),
  /** DL, HPC, high memory and Trn together, each of which AWS counts by itself. */
  specialVcpusPerRegion: from(vcpuPage, 128),
  interfacesPerRegion: from(vpcPage, 5000),
  prefixListsPerRegion: from(vpcPage, 100),
  entriesPerPrefixList: from(vpcPage, 1000),
  versionsPerPrefixList: from(vpcPage, 1000),
  routeTablesPerVpc: from(vpcPage, 200),
  routesPerRouteTable: from(vpcPage, 500),
  securityGroupsPerRegion: from(vpcPage, 2500),
  /** Per direction, counted separately for IPv4 and IPv6. */
  rulesPerSecurityGroup: from(vpcPage, 60),
  securityGroupsPerInterface: from(vpcPage, 5),
  peeringsPerVpc: from(vpcPage, 50),
  pendingPeeringsPerAccount: from(vpcPage, 25),
  gatewayEndpointsPerRegion: from(vpcPage, 20),
  publicAccessExclusionsPerAccount: from(vpcPage, 50),
  interfaceEndpointsPerVpc: from(vpcPage, 50),
  insightsPathsPerRegion: from(reachabilityPage, 1000),
  insightsAnalysesPerRegion: from(reachabilityPage, 10_000),
  accessScopesPerRegion: from(accessPage, 1000),
  accessScopeAnalysesPerRegion: from(accessPage, 10_000),
  tagsPerResource: from(tagPage, 50),
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof quotas;

/** Values that the operator set in place of AWS's defaults. */
export type QuotaOverrides = Readonly<Partial<Record<QuotaName, number>>>;

/** AWS never lets an interface have more groups than this, however the limit is raised (vpcPage). */
export const securityGroupsPerInterfaceMax = 16;

/** AWS raises rules per group and groups per interface only as far as this product (vpcPage). */
const rulesTimesGroupsMax = 1000;

/** What is wrong with the operator's values, as a sentence; undefined where AWS could grant them. */
export function quotaProblem(overrides: QuotaOverrides): string | undefined {
  for (const [name, value] of Object.entries(overrides)) {
    if (!Object.hasOwn(quotas, name)) return `There is no quota ${name}.`;
    if (!Number.isInteger(value) || value < 0) return `The quota ${name} is ${value}; use a whole number.`;
  }
  const groups = quotaOf('securityGroupsPerInterface', overrides);
  const rules = quotaOf('rulesPerSecurityGroup', overrides);
  if (groups > securityGroupsPerInterfaceMax) {
    return `The quota securityGroupsPerInterface is ${groups}; the most is ${securityGroupsPerInterfaceMax}.`;
  }
  if (groups * rules > rulesTimesGroupsMax) {
    return `securityGroupsPerInterface × rulesPerSecurityGroup is ${groups * rules}; the most is ${rulesTimesGroupsMax}.`;
  }
  return undefined;
}

/** The limit in force. */
export function quotaOf(name: QuotaName, overrides: QuotaOverrides = {}): number {
  return overrides[name] ?? quotas[name].default;
}
