/** Tags of resources that are there, up to every limit that AWS documents and one past it. */
import { type Row, step } from '../step.ts';

const unknown = '0123456789abcdef0';
const tag = { Key: 'team', Value: 'net' };
const repeated = (id: string, count: number) => Array.from({ length: count }, () => id);
const keys = (count: number) => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: '' }));

const tagging: readonly Row[] = [
  step(
    'CreateTags',
    { Resources: ['$vpc', '$group'], Tags: [tag] },
    {
      required: ['Resources', 'Tags'],
      refuses: [
        [{ Resources: ['x'] }, 'InvalidID'],
        [{ Resources: [`vpc-${unknown}`] }, 'InvalidVpcID.NotFound'],
        [{ Resources: ['$vpc', `sgr-${unknown}`] }, 'InvalidSecurityGroupRuleId.NotFound'],
        [{ Resources: repeated('$vpc', 1001) }, 'InvalidParameterValue'],
        [{ Tags: [{ Key: '', Value: '' }] }, 'InvalidTagKey.Malformed'],
        [{ Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidTagKey.Malformed'],
        [{ Tags: [{ Key: 'Aws:x', Value: '' }] }, 'InvalidTagKey.Malformed'],
        [{ Tags: [{ Key: 'ü'.repeat(129), Value: '' }] }, 'InvalidTagKey.Malformed'],
        [{ Tags: [{ Key: 'k', Value: 'ü'.repeat(257) }] }, 'InvalidParameterValue'],
        [{ Tags: [tag, tag] }, 'InvalidParameterValue'],
        [{ Tags: keys(51) }, 'TagLimitExceeded'],
      ],
    },
  ),
  step(
    'AuthorizeSecurityGroupIngress',
    { GroupId: '$app', IpProtocol: 'tcp', FromPort: 99, ToPort: 99, CidrIp: '10.0.0.0/8' },
    { remembers: { taggedRule: 'SecurityGroupRules.0.SecurityGroupRuleId' } },
  ),
  step('CreateTags', { Resources: ['$taggedRule'], Tags: [tag] }),
  step(
    'DescribeTags',
    { Filters: [{ Name: 'resource-id', Values: ['$taggedRule'] }] },
    { shows: { Tags: [{ ...tag, ResourceId: '$taggedRule', ResourceType: 'security-group-rule' }] } },
  ),
  {
    lists: 'DescribeTags',
    input: {},
    items: 'Tags',
    by: 'ResourceId',
    item: '$taggedRule',
    bounds: [5, 1000],
    filters: { key: 'Key', 'resource-id': 'ResourceId', 'resource-type': 'ResourceType', value: 'Value' },
  },
  step('DescribeTags', { Filters: [{ Name: 'tag:team', Values: ['net'] }] }, { shows: { 'Tags.length': 3 } }),
  step(
    'DeleteTags',
    { Resources: ['$vpc'], Tags: [{ Key: 'team', Value: 'net' }] },
    {
      required: ['Resources'],
      refuses: [
        [{ Resources: ['x'] }, 'InvalidID'],
        [{ Resources: repeated('$vpc', 1001) }, 'InvalidParameterValue'],
        [{ Tags: [{ Key: 'aws:x' }] }, 'InvalidTagKey.Malformed'],
      ],
    },
  ),
];

/** The largest that AWS takes. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const limits: readonly Row[] = [
  step('CreateInternetGateway', {}, { remembers: { laden: 'InternetGateway.InternetGatewayId' } }),
  step('CreateTags', { Resources: repeated('$laden', 1000), Tags: keys(49) }),
  step(
    'CreateTags',
    { Resources: ['$laden'], Tags: [{ Key: '😀'.repeat(128), Value: '😀'.repeat(256) }] },
    { after: [[{ Tags: [{ Key: 'one more', Value: '' }] }, 'TagLimitExceeded']] },
  ),
  step('CreateTags', { Resources: ['$laden'], Tags: [{ Key: 'k0', Value: 'aws: + - = . _ : / @ <&>' }] }),
  step(
    'DescribeTags',
    { Filters: [{ Name: 'resource-id', Values: ['$laden'] }], MaxResults: 1000 },
    { shows: { 'Tags.length': 50 } },
  ),
  step('DeleteTags', { Resources: repeated('$laden', 1000), Tags: [{ Key: 'k0', Value: 'another' }] }),
  step('DeleteTags', { Resources: ['$laden'], Tags: [{ Key: 'k1' }] }),
  step(
    'DescribeTags',
    { Filters: [{ Name: 'resource-id', Values: ['$laden'] }], MaxResults: 1000 },
    { shows: { 'Tags.length': 49 } },
  ),
  step('DeleteTags', { Resources: ['$laden'] }),
  step('DescribeTags', { Filters: [{ Name: 'resource-id', Values: ['$laden'] }] }, { shows: { Tags: [] } }),
  step('DeleteInternetGateway', { InternetGatewayId: '$laden' }),
];

export const tagStory: readonly Row[] = [...tagging, ...limits];
