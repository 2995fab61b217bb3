/**
 * What an account finds in a region on first use: a default VPC with a subnet in each zone, open to the internet.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
 */
import { type Cidr, cidrOf, everybody, rangeOf } from '#net/cidr.ts';
import { newId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { settingsId } from '#vpc/settings.ts';
import { noTags } from '#vpc/tags.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { Context } from '../operation.ts';
import { refuse } from '../refusal.ts';
import { makeUsualDhcpOptions } from './dhcp-options/usual-options.ts';
import { makeAwsLists } from './prefix-lists/aws-lists.ts';
import { type Region, regionNamed } from './regions.ts';
import { makeSubnet } from './subnets/make-subnet.ts';
import { mainRouteTable, makeVpc } from './vpcs/make-vpc.ts';

const defaultVpcCidr = '172.31.0.0/16' as Cidr;
const defaultSubnetLength = 20;

/** Whether the scope's defaults were made. */
export function hasDefaults(network: Network): boolean {
  return network.settings.has(settingsId);
}

/**
 * Makes the scope's defaults if they were never made; refuses a region that AWS does not have. A default VPC that a
 * user deleted does not come back.
 */
export function ensureDefaults(context: Context): void {
  const { transaction, nowMs, caller } = context;
  if (hasDefaults(transaction.network)) return;
  const region = regionNamed(caller.scope.region) ?? refuse('invalidRegion', { region: caller.scope.region });
  const dhcpOptionsId = makeUsualDhcpOptions(context).id;
  transaction.put('settings', { id: settingsId, defaultsMadeAtMs: nowMs, dhcpOptionsId });
  makeDefaultVpc(region, context);
  makeAwsLists(context);
}

/** The default VPC with its subnets, gateway and route; also what CreateDefaultVpc makes. */
export function makeDefaultVpc(region: Region, context: Context): Vpc {
  const { transaction, hex17 } = context;
  const vpc = makeVpc({ cidr: defaultVpcCidr, isDefault: true, tenancy: 'default', tags: noTags }, context);
  const gateway = { id: newId('internetGateway', hex17), vpcId: vpc.id, tags: noTags };
  transaction.put('internetGateway', gateway);
  const table = mainRouteTable(vpc.id, context);
  const route = {
    destination: { kind: 'cidr', cidr: everybody.ipv4 },
    target: { kind: 'internetGateway', id: gateway.id },
    origin: 'CreateRoute',
  } as const;
  transaction.put('routeTable', { ...table, routes: [...table.routes, route] });
  for (const [index, zone] of region.zones.entries()) {
    makeSubnet(
      { vpcId: vpc.id, zone, cidr: defaultSubnetCidr(index), isDefaultForZone: true, tags: noTags },
      context,
    );
  }
  return vpc;
}

/** The nth /20 of the default VPC. */
export function defaultSubnetCidr(index: number): Cidr {
  const size = 1n << BigInt(32 - defaultSubnetLength);
  const value = rangeOf(defaultVpcCidr).first + BigInt(index) * size;
  return cidrOf({ family: 'ipv4', value }, defaultSubnetLength);
}
