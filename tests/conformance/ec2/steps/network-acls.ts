/** Network ACLs. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const unknown = '0123456789abcdef0';
const web = {
  NetworkAclId: '$acl',
  RuleNumber: 100,
  Protocol: '6',
  RuleAction: 'allow',
  Egress: false,
  CidrBlock: '10.0.0.0/8',
  PortRange: { From: 80, To: 443 },
};

const wrongEntries = [
  [{ RuleNumber: 0 }, value],
  [{ RuleNumber: 32767 }, value],
  [{ RuleAction: 'x' }, value],
  [{ Protocol: 'x' }, value],
  [{ Protocol: '256' }, value],
  [{ CidrBlock: 'x' }, value],
  [{ Ipv6CidrBlock: '::/0' }, 'InvalidParameterCombination'],
  [{ CidrBlock: undefined, Ipv6CidrBlock: 'x' }, value],
  [{ PortRange: undefined }, 'MissingParameter'],
  [{ PortRange: { From: 2, To: 1 } }, value],
  [{ PortRange: { From: 0, To: 65536 } }, value],
  [{ Protocol: '1' }, 'MissingParameter'],
  [{ Protocol: '1', IcmpTypeCode: { Type: -1, Code: 3 } }, value],
  [{ Protocol: '1', IcmpTypeCode: { Type: 256, Code: 3 } }, value],
] as const;

export const networkAclStory: readonly Row[] = [
  step(
    'CreateNetworkAcl',
    { VpcId: '$vpc' },
    {
      required: ['VpcId'],
      ids: { VpcId: 'vpc' },
      tags: 'network-acl',
      token: 'NetworkAcl.NetworkAclId',
      shows: {
        'NetworkAcl.NetworkAclId': /^acl-[0-9a-f]{17}$/,
        'NetworkAcl.IsDefault': false,
        'NetworkAcl.Associations': [],
        'NetworkAcl.Entries.0': {
          CidrBlock: '0.0.0.0/0',
          Egress: true,
          Protocol: '-1',
          RuleAction: 'deny',
          RuleNumber: 32767,
        },
      },
      remembers: { acl: 'NetworkAcl.NetworkAclId' },
    },
  ),
  step('CreateNetworkAcl', { VpcId: '$otherVpc' }, { remembers: { otherAcl: 'NetworkAcl.NetworkAclId' } }),
  step('CreateNetworkAclEntry', web, {
    required: ['NetworkAclId', 'RuleNumber', 'Protocol', 'RuleAction', 'Egress', 'CidrBlock'],
    ids: { NetworkAclId: 'networkAcl' },
    refuses: wrongEntries,
    after: [[{}, 'NetworkAclEntryAlreadyExists']],
  }),
  step('CreateNetworkAclEntry', {
    ...web,
    RuleNumber: 110,
    Protocol: 'icmp',
    PortRange: undefined,
    IcmpTypeCode: { Type: 3, Code: 4 },
  }),
  step('CreateNetworkAclEntry', {
    ...web,
    RuleNumber: 120,
    Protocol: '58',
    PortRange: undefined,
    CidrBlock: undefined,
    Ipv6CidrBlock: '::/0',
    IcmpTypeCode: { Type: -1, Code: -1 },
  }),
  step('CreateNetworkAclEntry', { ...web, RuleNumber: 130, Protocol: '47', PortRange: undefined }),
  step('CreateNetworkAclEntry', { ...web, RuleNumber: 130, Protocol: '-1', Egress: true }),
  step(
    'ReplaceNetworkAclEntry',
    { ...web, RuleAction: 'deny' },
    {
      required: ['NetworkAclId', 'RuleNumber', 'Protocol', 'RuleAction', 'Egress', 'CidrBlock'],
      ids: { NetworkAclId: 'networkAcl' },
      refuses: [...wrongEntries, [{ RuleNumber: 99 }, 'InvalidNetworkAclEntry.NotFound']],
    },
  ),
  step(
    'DescribeNetworkAcls',
    { Filters: [{ Name: 'association.subnet-id', Values: ['$subnetB'] }] },
    {
      remembers: { defaultAcl: 'NetworkAcls.0.NetworkAclId' },
    },
  ),
  step(
    'DescribeNetworkAcls',
    { NetworkAclIds: ['$defaultAcl'] },
    { shows: { 'NetworkAcls.0.IsDefault': true } },
  ),
  step(
    'DescribeNetworkAcls',
    { Filters: [{ Name: 'association.subnet-id', Values: ['$otherSubnet'] }] },
    {
      remembers: { foreignAssociation: 'NetworkAcls.0.Associations.0.NetworkAclAssociationId' },
    },
  ),
  step(
    'ReplaceNetworkAclAssociation',
    { AssociationId: '$foreignAssociation', NetworkAclId: '$otherAcl' },
    {
      required: ['AssociationId', 'NetworkAclId'],
      ids: { NetworkAclId: 'networkAcl' },
      refuses: [
        [{ AssociationId: 'x' }, 'InvalidAssociationID.Malformed'],
        [{ AssociationId: `aclassoc-${unknown}` }, 'InvalidAssociationID.NotFound'],
        [{ NetworkAclId: '$acl' }, value],
      ],
      shows: { NewAssociationId: /^aclassoc-[0-9a-f]{17}$/ },
    },
  ),
  step(
    'DescribeNetworkAcls',
    {
      Filters: [
        { Name: 'default', Values: ['true'] },
        { Name: 'vpc-id', Values: ['$vpc'] },
      ],
    },
    {
      remembers: { aclAssociation: 'NetworkAcls.0.Associations.0.NetworkAclAssociationId' },
    },
  ),
  step(
    'ReplaceNetworkAclAssociation',
    { AssociationId: '$aclAssociation', NetworkAclId: '$acl' },
    { remembers: { aclAssociation: 'NewAssociationId' } },
  ),
  {
    lists: 'DescribeNetworkAcls',
    items: 'NetworkAcls',
    by: 'NetworkAclId',
    item: '$acl',
    ids: ['NetworkAclIds', 'networkAcl'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      'association.association-id': 'Associations.0.NetworkAclAssociationId',
      'association.network-acl-id': 'Associations.0.NetworkAclId',
      'association.subnet-id': 'Associations.0.SubnetId',
      default: 'IsDefault',
      'entry.cidr': 'Entries.*.CidrBlock',
      'entry.egress': 'Entries.*.Egress',
      'entry.icmp.code': 'Entries.*.IcmpTypeCode.Code',
      'entry.icmp.type': 'Entries.*.IcmpTypeCode.Type',
      'entry.ipv6-cidr': 'Entries.*.Ipv6CidrBlock',
      'entry.port-range.from': 'Entries.*.PortRange.From',
      'entry.port-range.to': 'Entries.*.PortRange.To',
      'entry.protocol': 'Entries.*.Protocol',
      'entry.rule-action': 'Entries.*.RuleAction',
      'entry.rule-number': 'Entries.*.RuleNumber',
      'network-acl-id': 'NetworkAclId',
      'owner-id': 'OwnerId',
      'vpc-id': 'VpcId',
    },
  },
  step(
    'DeleteNetworkAcl',
    { NetworkAclId: '$acl' },
    {
      code: 'DependencyViolation',
      required: ['NetworkAclId'],
      ids: { NetworkAclId: 'networkAcl' },
      refuses: [[{ NetworkAclId: '$defaultAcl' }, value]],
    },
  ),
  step('ReplaceNetworkAclAssociation', { AssociationId: '$aclAssociation', NetworkAclId: '$defaultAcl' }),
  step(
    'DeleteNetworkAclEntry',
    { NetworkAclId: '$acl', RuleNumber: 100, Egress: false },
    {
      required: ['NetworkAclId', 'RuleNumber', 'Egress'],
      ids: { NetworkAclId: 'networkAcl' },
      after: [[{}, 'InvalidNetworkAclEntry.NotFound']],
    },
  ),
  step('DeleteNetworkAcl', { NetworkAclId: '$acl' }),
];
