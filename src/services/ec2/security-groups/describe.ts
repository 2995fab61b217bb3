/** DescribeSecurityGroups, DescribeSecurityGroupRules, GetSecurityGroupsForVpc. */
import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  GetSecurityGroupsForVpcRequest,
  GetSecurityGroupsForVpcResult,
} from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { type Direction, directions, type Rule, type SecurityGroup } from '#vpc/security-group.ts';
import type { Fields } from '../../filters.ts';
import { type Listing, list, listingOf, usualBounds } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { tagList } from '../tags/tags.ts';
import { groupNamed } from './find-group.ts';
import { groupOutput, ruleOutput } from './output.ts';
import { portsOf, protocolText } from './service.ts';

/** What a rule holds under the last part of an `ip-permission.*` filter's name. */
const ruleFields: Fields<Rule> = {
  cidr: ({ peer }) => (peer.kind === 'cidr' && familyOf(peer.cidr) === 'ipv4' ? peer.cidr : undefined),
  'ipv6-cidr': ({ peer }) => (peer.kind === 'cidr' && familyOf(peer.cidr) === 'ipv6' ? peer.cidr : undefined),
  'from-port': ({ service }) => portsOf(service)?.from,
  'to-port': ({ service }) => portsOf(service)?.to,
  'group-id': ({ peer }) => (peer.kind === 'group' ? peer.groupId : undefined),
  'group-name': ({ peer }, { transaction }) =>
    peer.kind === 'group' ? transaction.network.securityGroup.get(peer.groupId)?.name : undefined,
  'prefix-list-id': ({ peer }) => (peer.kind === 'prefixList' ? peer.prefixListId : undefined),
  protocol: ({ service }) =>
    service.kind === 'all' ? protocolText(service) : [protocolText(service), service.protocol],
  'user-id': ({ peer }, { caller }) =>
    peer.kind === 'group' ? (peer.account ?? caller.scope.account) : undefined,
};

const filterPrefix: Readonly<Record<Direction, string>> = {
  ingress: 'ip-permission',
  egress: 'egress.ip-permission',
};

/** Each filter looks at all rules of its direction: several filters need not meet in one rule. */
const permissionFields: Fields<SecurityGroup> = Object.fromEntries(
  directions.flatMap((direction) =>
    Object.entries(ruleFields).map(([name, field]) => [
      `${filterPrefix[direction]}.${name}`,
      ({ rules }: SecurityGroup, context: Context) =>
        rules.filter((rule) => rule.direction === direction).flatMap((rule) => field(rule, context)),
    ]),
  ),
);

const groupFields: Fields<SecurityGroup> = {
  description: ({ description }) => description,
  'group-id': ({ id }) => id,
  'group-name': ({ name }) => name,
  'owner-id': (_group, { caller }) => caller.scope.account,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
const groups = listingOf({
  action: 'DescribeSecurityGroups',
  kind: 'securityGroup',
  fields: { ...groupFields, 'vpc-id': ({ vpcId }) => vpcId, ...permissionFields },
  byId: (id, context) => resourceOf('securityGroup', id, context),
  indexes: {
    'group-id': 'id',
    'group-name': 'name',
    'vpc-id': 'vpc',
    'ip-permission.group-id': 'peerGroup',
    'egress.ip-permission.group-id': 'peerGroup',
    'ip-permission.prefix-list-id': 'peerPrefixList',
    'egress.ip-permission.prefix-list-id': 'peerPrefixList',
    'tag:*': 'tag',
  },
});

export const describeSecurityGroups: Operation<
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult
> = (input, context) => {
  const named = (input.GroupNames ?? []).map((name) => groupNamed(name, context).id);
  const page = list(groups, { ...input, ids: [...(input.GroupIds ?? []), ...named] }, context);
  return {
    SecurityGroups: page.items.map((group) => groupOutput(group, context)),
    NextToken: page.nextToken,
  };
};

type RuleRow = { readonly rule: Rule; readonly group: SecurityGroup };

const rowsOf = (group: SecurityGroup): readonly RuleRow[] => group.rules.map((rule) => ({ rule, group }));

function* rowsWithId(id: string, { transaction }: Context): Iterable<RuleRow> {
  for (const group of transaction.network.securityGroup.by('rule', id)) {
    for (const rule of group.rules) if (rule.id === id) yield { rule, group };
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
const rules: Listing<RuleRow> = {
  action: 'DescribeSecurityGroupRules',
  bounds: usualBounds,
  fields: {
    'group-id': ({ group }) => group.id,
    'security-group-rule-id': ({ rule }) => rule.id,
  },
  tagsOf: ({ rule }) => rule.tags,
  idOf: ({ rule }) => rule.id,
  *all({ transaction }) {
    for (const group of transaction.network.securityGroup.values()) yield* rowsOf(group);
  },
  byId: (id, context) => {
    const [row] = rowsWithId(id, context);
    return row ?? refuseNotFound('rule', id);
  },
  lookups: {
    'group-id': (id, { transaction }) => {
      const group = transaction.network.securityGroup.get(id);
      return group ? rowsOf(group) : [];
    },
    'security-group-rule-id': rowsWithId,
  },
};

export const describeSecurityGroupRules: Operation<
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult
> = (input, context) => {
  const page = list(rules, { ...input, ids: input.SecurityGroupRuleIds }, context);
  return {
    SecurityGroupRules: page.items.map(({ rule, group }) => ruleOutput(rule, group, context)),
    NextToken: page.nextToken,
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSecurityGroupsForVpc.html */
const groupsForVpc = listingOf({
  action: 'GetSecurityGroupsForVpc',
  kind: 'securityGroup',
  fields: { ...groupFields, 'primary-vpc-id': ({ vpcId }) => vpcId },
  byId: (id, context) => resourceOf('securityGroup', id, context),
  indexes: { 'group-id': 'id' },
});

export const getSecurityGroupsForVpc: Operation<
  GetSecurityGroupsForVpcRequest,
  GetSecurityGroupsForVpcResult
> = (input, context) => {
  const vpc = resourceOf('vpc', input.VpcId, context);
  const page = list(
    {
      ...groupsForVpc,
      all: ({ transaction: { network } }) => [
        ...network.securityGroup.by('vpc', vpc.id),
        ...network.securityGroup.by('associatedVpc', vpc.id),
      ],
      lookups: {},
    },
    input,
    context,
  );
  return {
    SecurityGroupForVpcs: page.items.map((group) => ({
      GroupId: group.id,
      GroupName: group.name,
      Description: group.description,
      OwnerId: context.caller.scope.account,
      PrimaryVpcId: group.vpcId,
      Tags: tagList(group.tags),
    })),
    NextToken: page.nextToken,
  };
};
