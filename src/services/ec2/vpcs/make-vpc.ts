/**
 * A VPC comes with a main route table, a default network ACL and a default security group.
 * https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html
 */
import { type Cidr, everybody } from '#net/cidr.ts';
import { defaultGroup } from '#vpc/group-rules.ts';
import { newId, type RouteTableId, type VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import type { Route } from '#vpc/routing.ts';
import { directions } from '#vpc/security-group.ts';
import { settingsId } from '#vpc/settings.ts';
import { noTags, type Tags } from '#vpc/tags.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';

export type NewVpc = {
  readonly cidr: Cidr;
  /** An Amazon-provided /56. */
  readonly ipv6Cidr?: Cidr;
  readonly isDefault: boolean;
  readonly tenancy: Vpc['tenancy'];
  readonly tags: Tags;
};

/** Puts a VPC and what comes with it. Limits and overlaps are the caller's to check. */
export function makeVpc(spec: NewVpc, { transaction, hex17 }: Context): Vpc {
  const block = (cidr: Cidr) => ({ associationId: newId('vpcCidrAssociation', hex17), cidr });
  const vpc: Vpc = {
    id: newId('vpc', hex17),
    cidrBlocks: [block(spec.cidr)],
    ipv6Blocks: spec.ipv6Cidr ? [block(spec.ipv6Cidr)] : [],
    isDefault: spec.isDefault,
    tenancy: spec.tenancy,
    dhcpOptionsId: usualDhcpOptions(transaction.network),
    dnsSupport: true,
    dnsHostnames: spec.isDefault,
    networkAddressUsageMetrics: false,
    tags: spec.tags,
  };
  const cidrs = [spec.cidr, ...(spec.ipv6Cidr ? [spec.ipv6Cidr] : [])];
  transaction.put('vpc', vpc);
  transaction.put('routeTable', {
    id: newId('routeTable', hex17) as RouteTableId,
    vpcId: vpc.id,
    routes: cidrs.map(localRoute),
    associations: [{ id: newId('routeTableAssociation', hex17), subject: { kind: 'main' } }],
    tags: noTags,
  });
  transaction.put('networkAcl', {
    id: newId('networkAcl', hex17),
    vpcId: vpc.id,
    isDefault: true,
    entries: openEntries({ ipv6: vpc.ipv6Blocks.length > 0 }),
    associations: [],
    tags: noTags,
  });
  transaction.put(
    'securityGroup',
    defaultGroup(vpc, () => newId('rule', hex17), newId('securityGroup', hex17)),
  );
  return vpc;
}

/** The region's own options, unless somebody deleted them. */
function usualDhcpOptions({ settings, dhcpOptions }: Network): Vpc['dhcpOptionsId'] {
  const id = settings.get(settingsId)?.dhcpOptionsId;
  return id && dhcpOptions.has(id) ? id : 'default';
}

/** The route that keeps a block of the VPC inside it. */
export function localRoute(cidr: Cidr): Route {
  return { destination: { kind: 'cidr', cidr }, target: { kind: 'local' }, origin: 'CreateRouteTable' };
}

/** The main route table of a VPC. */
export function mainRouteTable(vpcId: VpcId, { transaction }: Context) {
  const [table] = transaction.network.routeTable.by('mainOf', vpcId);
  if (!table) throw new Error(`${vpcId} has no main route table`);
  return table;
}

/** The default network ACL of a VPC. */
export function defaultAcl(vpcId: VpcId, { transaction }: Context) {
  for (const acl of transaction.network.networkAcl.by('vpc', vpcId)) if (acl.isDefault) return acl;
  throw new Error(`${vpcId} has no default network ACL`);
}

/**
 * Entries of a default ACL: everything both ways; entry 101 for IPv6 where the VPC has it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
export function openEntries({ ipv6 }: { readonly ipv6: boolean }): readonly AclEntry[] {
  const entry = (direction: AclEntry['direction'], number: number, cidr: Cidr): AclEntry => ({
    direction,
    number,
    action: 'allow',
    service: { kind: 'all' },
    cidr,
  });
  return directions.flatMap((direction) => [
    entry(direction, 100, everybody.ipv4),
    ...(ipv6 ? [entry(direction, 101, everybody.ipv6)] : []),
  ]);
}
