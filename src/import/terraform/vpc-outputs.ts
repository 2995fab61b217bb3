/** VPCs, subnets, groups, ACLs, route tables and prefix lists of a plan, as describe operations would show them. */
import { type Json, textOf } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import { type AclEntryShown, blockEntries, openEntries, ownEntry } from './acls.ts';
import type { Attributes } from './attributes.ts';
import { companionId } from './origins.ts';
import type { Phase } from './phase.ts';
import {
  association,
  blockRoutes,
  localRoutes,
  mainAssociation,
  ownRoute,
  type TableRoute,
} from './routes.ts';
import {
  blockRules,
  newDefaultGroup,
  type RulePermission,
  secondGeneration,
  thirdGeneration,
} from './rules.ts';

/**
 * Parts that stand in a resource's own blocks and as resources of their own. A provider shows the separate ones in the
 * blocks too, so those that the plan takes away must be taken out of the blocks.
 */
export type Separate = {
  readonly rules: readonly RulePermission[];
  readonly routes: readonly TableRoute[];
  readonly entries: readonly AclEntryShown[];
};

export function separateOf(phase: Phase): Separate {
  const rules = [
    ...phase.all(['aws_security_group_rule']).flatMap(secondGeneration),
    ...phase.all(['aws_vpc_security_group_ingress_rule']).flatMap((each) => thirdGeneration(each, 'ingress')),
    ...phase.all(['aws_vpc_security_group_egress_rule']).flatMap((each) => thirdGeneration(each, 'egress')),
  ];
  return {
    rules,
    routes: phase.all(['aws_route']).flatMap(ownRoute),
    entries: phase.all(['aws_network_acl_rule']).flatMap(ownEntry),
  };
}

type Keyed = { readonly key: string };

/** What blocks and separate resources make together, without the separate ones of before that are gone. */
function together<T extends Keyed>(
  blocks: readonly T[],
  separate: readonly T[],
  gone: readonly T[],
): readonly T[] {
  const keys = new Set(gone.map(({ key }) => key));
  const left = blocks.filter(({ key }) => !keys.has(key));
  return [...new Map([...left, ...separate].map((each) => [each.key, each])).values()];
}

export type Sides = { readonly now: Separate; readonly before: Separate };

export function vpcOutputs(phase: Phase): readonly Json[] {
  return phase.all(['aws_vpc', 'aws_default_vpc'], { withData: true }).map((vpc) => {
    const ipv6 = ipv6Of(vpc, phase);
    const more = phase
      .all(['aws_vpc_ipv4_cidr_block_association'])
      .filter((each) => each.text('vpc_id') === vpc.id)
      .flatMap((each) => each.text('cidr_block') ?? []);
    const first = vpc.text('cidr_block');
    const blocks = [...(first === undefined ? [] : [first]), ...more];
    if (first === undefined) vpc.suppose('cidr_block', 'its addresses are unknown');
    return {
      VpcId: vpc.id,
      CidrBlock: first,
      CidrBlockAssociationSet: blocks.map((block) => association4(vpc.id, block)),
      Ipv6CidrBlockAssociationSet: ipv6.map((block) => association6(vpc.id, block)),
      IsDefault: vpc.resource.type === 'aws_default_vpc' || vpc.boolean('default') === true,
      InstanceTenancy: vpc.text('instance_tenancy'),
      EnableDnsSupport: vpc.boolean('enable_dns_support'),
      EnableDnsHostnames: vpc.boolean('enable_dns_hostnames'),
      Tags: vpc.tags(),
      ...phase.whereabouts(vpc),
    };
  });
}

const association4 = (id: string, CidrBlock: string): Json => ({
  AssociationId: `vpc-cidr-assoc-${stableHex(`${id} ${CidrBlock}`)}`,
  CidrBlock,
});
const association6 = (id: string, Ipv6CidrBlock: string): Json => ({
  AssociationId: `vpc-cidr-assoc-${stableHex(`${id} ${Ipv6CidrBlock}`)}`,
  Ipv6CidrBlock,
});

function ipv6Of(vpc: Attributes, phase: Phase): readonly string[] {
  const owners = [
    vpc,
    ...phase.all(['aws_vpc_ipv6_cidr_block_association']).filter((each) => each.text('vpc_id') === vpc.id),
  ];
  return owners.flatMap((each) => {
    const known = each.text('ipv6_cidr_block');
    if (known !== undefined) return [known];
    const isWanted = each !== vpc || vpc.boolean('assign_generated_ipv6_cidr_block') === true;
    if (!isWanted) return [];
    each.suppose('ipv6_cidr_block', 'IPv6 addresses are unknown; traffic over IPv6 is not followed');
    return [];
  });
}

export function subnetOutputs(phase: Phase): readonly Json[] {
  return phase.all(['aws_subnet', 'aws_default_subnet'], { withData: true }).map((subnet) => {
    const ipv6 = subnet.text('ipv6_cidr_block');
    if (subnet.text('vpc_id') === undefined) subnet.suppose('vpc_id', 'it is left out');
    return {
      SubnetId: subnet.id,
      VpcId: subnet.text('vpc_id'),
      CidrBlock: subnet.text('cidr_block'),
      AvailabilityZone: subnet.text('availability_zone'),
      AvailabilityZoneId: subnet.text('availability_zone_id'),
      MapPublicIpOnLaunch: subnet.boolean('map_public_ip_on_launch'),
      AssignIpv6AddressOnCreation: subnet.boolean('assign_ipv6_address_on_creation'),
      Ipv6CidrBlockAssociationSet:
        ipv6 === undefined
          ? []
          : [{ AssociationId: `subnet-cidr-assoc-${stableHex(subnet.id)}`, Ipv6CidrBlock: ipv6 }],
      Tags: subnet.tags(),
      ...phase.whereabouts(subnet),
    };
  });
}

/** VPCs that are yet to be made, for what AWS makes with them. */
const newVpcs = (phase: Phase) =>
  phase.all(['aws_vpc']).filter(({ resource }) => textOf(resource.values, 'id') === undefined);

export function groupOutputs(phase: Phase, { now, before }: Sides): readonly Json[] {
  const groups = phase.all(['aws_security_group', 'aws_default_security_group']);
  const shown = groups.map((group) => {
    const given = (direction: 'ingress' | 'egress') => group.isGiven(direction);
    const rules = (['ingress', 'egress'] as const).flatMap((direction) => {
      const mine = ({ groupId, direction: other }: RulePermission) =>
        groupId === group.id && other === direction;
      const gone = given(direction) ? [] : before.rules.filter(mine);
      return together(blockRules(group, direction), now.rules.filter(mine), gone);
    });
    const of = (direction: 'ingress' | 'egress') =>
      rules.filter((rule) => rule.direction === direction).map(({ permission }) => permission);
    return {
      GroupId: group.id,
      GroupName: group.text('name') ?? (group.resource.type === 'aws_security_group' ? group.id : 'default'),
      Description: group.text('description'),
      VpcId: group.text('vpc_id') ?? '',
      IpPermissions: of('ingress'),
      IpPermissionsEgress: of('egress'),
      Tags: group.tags(),
      ...phase.whereabouts(group),
    };
  });
  const adopted = new Set(phase.all(['aws_default_security_group']).map((each) => each.text('vpc_id')));
  const made = newVpcs(phase)
    .filter((vpc) => !adopted.has(vpc.id))
    .map((vpc) => ({ ...newDefaultGroup(vpc.resource), VpcId: vpc.id, ...phase.whereabouts(vpc) }));
  return [...shown, ...made];
}

/** The rules that are resources, with their own ids. */
export function ruleOutputs({ now }: Sides): readonly Json[] {
  return now.rules.flatMap(({ ruleId, groupId, direction, permission }) => {
    if (ruleId === undefined) return [];
    const lists = ['IpRanges', 'Ipv6Ranges', 'PrefixListIds', 'UserIdGroupPairs'];
    const [peer] = lists.flatMap((name) => (permission[name] as readonly Json[] | undefined) ?? []);
    const { IpProtocol, FromPort, ToPort } = permission;
    return [
      {
        SecurityGroupRuleId: ruleId,
        GroupId: groupId,
        IsEgress: direction === 'egress',
        IpProtocol,
        FromPort,
        ToPort,
        CidrIpv4: peer?.['CidrIp'],
        CidrIpv6: peer?.['CidrIpv6'],
        PrefixListId: peer?.['PrefixListId'],
        ...(peer?.['GroupId'] === undefined ? {} : { ReferencedGroupInfo: { GroupId: peer['GroupId'] } }),
      },
    ];
  });
}

export function aclOutputs(phase: Phase, { now, before }: Sides, subnets: readonly Json[]): readonly Json[] {
  const taken = new Set<string>();
  const associationOf = (aclId: string) => (SubnetId: string) => {
    taken.add(SubnetId);
    const NetworkAclAssociationId = `aclassoc-${stableHex(`${aclId} ${SubnetId}`)}`;
    return { NetworkAclAssociationId, NetworkAclId: aclId, SubnetId };
  };
  const acls = phase.all(['aws_network_acl', 'aws_default_network_acl']);
  const shown = acls.map((acl) => {
    const mine = ({ aclId }: AclEntryShown) => aclId === acl.id;
    const entries = together(blockEntries(acl), now.entries.filter(mine), before.entries.filter(mine));
    const separate = phase
      .all(['aws_network_acl_association'])
      .filter((each) => each.text('network_acl_id') === acl.id)
      .flatMap((each) => each.text('subnet_id') ?? []);
    const ids = new Set([...acl.texts('subnet_ids').known, ...separate]);
    return {
      NetworkAclId: acl.id,
      VpcId: acl.text('vpc_id') ?? '',
      IsDefault: acl.resource.type === 'aws_default_network_acl',
      Entries: entries.map(({ entry }) => entry),
      Associations: [...ids].map(associationOf(acl.id)),
      Tags: acl.tags(),
      ...phase.whereabouts(acl),
    };
  });
  const made = newVpcs(phase).map((vpc) => {
    const id = companionId(vpc.resource, 'default_network_acl_id');
    const left = subnets.filter((each) => each['VpcId'] === vpc.id && !taken.has(String(each['SubnetId'])));
    const Associations = left.map((each) => associationOf(id)(String(each['SubnetId'])));
    return { NetworkAclId: id, VpcId: vpc.id, IsDefault: true, Entries: openEntries(), Associations };
  });
  const adopted = new Set(phase.all(['aws_default_network_acl']).map((each) => each.text('vpc_id')));
  return [...shown, ...made.filter(({ VpcId }) => !adopted.has(VpcId))];
}

export function routeTableOutputs(
  phase: Phase,
  { now, before }: Sides,
  vpcs: readonly Json[],
): readonly Json[] {
  const associations = phase
    .all(['aws_route_table_association', 'aws_main_route_table_association'])
    .flatMap((each) => association(each) ?? []);
  const tables = phase.all(['aws_route_table', 'aws_default_route_table']);
  const mains = new Set(
    associations.flatMap(({ tableId, shown }) => (shown['Main'] === true ? [tableId] : [])),
  );
  const vpcOfTable = (id: string) => tables.find((each) => each.id === id)?.text('vpc_id');
  const withMain = new Set([...mains].map(vpcOfTable));
  const shown = tables.map((table) => {
    const vpcId = table.text('vpc_id') ?? '';
    const mine = ({ tableId }: TableRoute) => tableId === table.id;
    const gone = table.isGiven('route') ? [] : before.routes.filter(mine);
    const routes = together(blockRoutes(table), now.routes.filter(mine), gone);
    const isMain = table.resource.type === 'aws_default_route_table' && !withMain.has(vpcId);
    if (isMain) withMain.add(vpcId);
    const own = associations.filter(({ tableId }) => tableId === table.id).map((each) => each.shown);
    return {
      RouteTableId: table.id,
      VpcId: vpcId,
      Routes: [...localRoutes(blocksOf(vpcs, vpcId)), ...routes.map(({ route }) => route)],
      Associations: [...own, ...(isMain ? [mainAssociation(table.id)] : [])],
      Tags: table.tags(),
      ...phase.whereabouts(table),
    };
  });
  const made = newVpcs(phase)
    .filter((vpc) => !withMain.has(vpc.id))
    .map((vpc) => {
      const id = companionId(vpc.resource, 'main_route_table_id');
      const routes = localRoutes(blocksOf(vpcs, vpc.id));
      return { RouteTableId: id, VpcId: vpc.id, Routes: routes, Associations: [mainAssociation(id)] };
    });
  return [...shown, ...made];
}

function blocksOf(vpcs: readonly Json[], id: string): readonly string[] {
  const found = vpcs.filter((each) => each['VpcId'] === id);
  return found.flatMap((vpc) =>
    (['CidrBlockAssociationSet', 'Ipv6CidrBlockAssociationSet'] as const).flatMap((set) =>
      ((vpc[set] as readonly Json[] | undefined) ?? []).flatMap(
        (each) => textOf(each, 'CidrBlock') ?? textOf(each, 'Ipv6CidrBlock') ?? [],
      ),
    ),
  );
}
