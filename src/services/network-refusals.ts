/** Refusals about VPCs, subnets, gateways, routes and what else stands around groups; see `refusal-table.ts`. */
import { row } from './refusal-row.ts';

export const networkRefusals = {
  // VPCs and subnets
  vpcRange: row<{ cidr: string; reason: string }>(
    'InvalidVpc.Range',
    ({ cidr, reason }) => `The CIDR '${cidr}' is invalid: ${reason}.`,
  ),
  defaultVpcExists: row<{ vpcId: string }>(
    'DefaultVpcAlreadyExists',
    ({ vpcId }) => `The region has the default VPC '${vpcId}' already.`,
  ),
  defaultSubnetExists: row<{ subnetId: string; zone: string }>(
    'DefaultSubnetAlreadyExistsInAvailabilityZone',
    ({ subnetId, zone }) => `The zone '${zone}' has the default subnet '${subnetId}' already.`,
  ),
  defaultVpcMissing: row<{ region: string }>(
    'DefaultVpcDoesNotExist',
    ({ region }) => `The region '${region}' has no default VPC.`,
  ),
  blockInUse: row<{ cidr: string; reason: string }>(
    'InvalidCidrBlock.InUse',
    ({ cidr, reason }) => `The block '${cidr}' cannot be disassociated: ${reason}.`,
  ),
  subnetRange: row<{ cidr: string; reason: string }>(
    'InvalidSubnet.Range',
    ({ cidr, reason }) => `The CIDR '${cidr}' is invalid: ${reason}.`,
  ),
  subnetConflict: row<{ cidr: string; other: string }>(
    'InvalidSubnet.Conflict',
    ({ cidr, other }) => `The CIDR '${cidr}' conflicts with ${other}.`,
  ),

  // Gateways and routes
  alreadyAssociated: row<{ reason: string }>('Resource.AlreadyAssociated', ({ reason }) => reason),
  notAttached: row<{ id: string; vpcId: string }>(
    'Gateway.NotAttached',
    ({ id, vpcId }) => `The internet gateway '${id}' is not attached to VPC '${vpcId}'.`,
  ),
  inUse: row<{ reason: string }>('DependencyViolation', ({ reason }) => reason),
  routeExists: row<{ destination: string; tableId: string }>(
    'RouteAlreadyExists',
    ({ destination, tableId }) => `Route table '${tableId}' has a route for '${destination}' already.`,
  ),
  routeNotFound: row<{ destination: string; tableId: string }>(
    'InvalidRoute.NotFound',
    ({ destination, tableId }) => `Route table '${tableId}' has no route for '${destination}'.`,
  ),
  // What ReplaceRoute answers, unlike DeleteRoute and unlike the list of codes:
  // https://github.com/getmoto/moto/pull/6425
  noRouteToReplace: row<{ destination: string; tableId: string }>(
    'InvalidParameterValue',
    ({ destination, tableId }) =>
      `Route table '${tableId}' has no route for '${destination}'. Use CreateRoute instead.`,
  ),

  // Network ACLs
  aclEntryExists: row<{ aclId: string; direction: string; number: number }>(
    'NetworkAclEntryAlreadyExists',
    ({ aclId, direction, number }) => `Network ACL '${aclId}' has an ${direction} entry ${number} already.`,
  ),
  aclEntryNotFound: row<{ aclId: string; direction: string; number: number }>(
    'InvalidNetworkAclEntry.NotFound',
    ({ aclId, direction, number }) => `Network ACL '${aclId}' has no ${direction} entry ${number}.`,
  ),

  // Prefix lists
  tooManyEntries: row<{ count: number; maxEntries: number }>(
    'PrefixListMaxEntriesExceeded',
    ({ count, maxEntries }) => `The prefix list would have ${count} entries; its maximum is ${maxEntries}.`,
  ),
  listVersion: row<{ id: string; given: number; version: number }>(
    'PrefixListVersionMismatch',
    ({ id, given, version }) => `The prefix list '${id}' is at version ${version}, not ${given}.`,
  ),
  badListChange: row<{ id: string; reason: string }>(
    'InvalidPrefixListModification',
    ({ id, reason }) => `The prefix list '${id}' cannot be changed so: ${reason}.`,
  ),

  // Peering
  peeringExists: row<{ id: string }>(
    'VpcPeeringConnectionAlreadyExists',
    ({ id }) => `The peering connection '${id}' between the VPCs exists already.`,
  ),
  // Terraform's provider takes "to deleting" for a peering that is gone already.
  peeringTransition: row<{ id: string; status: string; wanted: string }>(
    'InvalidStateTransition',
    ({ id, status, wanted }) => `The peering connection '${id}' cannot go from ${status} to ${wanted}.`,
  ),
  noHostnames: row<{ vpcId: string }>(
    'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
    ({ vpcId }) =>
      `The VPC '${vpcId}' has enableDnsHostnames off, which resolving its names over a peering needs.`,
  ),

  // Network insights
  analysisExists: row<{ code: string; id: string }>(
    ({ code }) => code,
    ({ id }) => `There are analyses of '${id}'; delete them first.`,
  ),

  // Endpoints
  wrongParameter: row<{ reason: string }>('InvalidParameter', ({ reason }) => reason),
  unknownService: row<{ name: string }>(
    'InvalidServiceName',
    ({ name }) => `The VPC endpoint service '${name}' does not exist.`,
  ),
  subnetsInOneZone: row<{ subnetId: string; zone: string }>(
    'DuplicateSubnetsInSameZone',
    ({ subnetId, zone }) =>
      `Subnet '${subnetId}' is in zone ${zone}, where the endpoint has a subnet already.`,
  ),
  badPolicy: row<{ reason: string }>(
    'InvalidPolicyDocument',
    ({ reason }) => `The policy document is not valid: ${reason}.`,
  ),
} as const;
