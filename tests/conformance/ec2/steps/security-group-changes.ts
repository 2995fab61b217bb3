/** Rules of security groups under change. */
import { type Members, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const unknown = '0123456789abcdef0';

/** A permission that the suite's groups have. */
export const web = {
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'all of us' }],
};

const changed = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' };
const modify = (
  SecurityGroupRule: Members | undefined,
  SecurityGroupRuleId: string | undefined = '$rule',
) => ({
  SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
});

export const ruleChangeRows: readonly Row[] = [
  step(
    'ModifySecurityGroupRules',
    { GroupId: '$group', ...modify(changed) },
    {
      required: ['GroupId', 'SecurityGroupRules'],
      ids: { GroupId: 'securityGroup' },
      refuses: [
        [{ SecurityGroupRules: [{ SecurityGroupRule: changed }] }, missing],
        [{ SecurityGroupRules: [{ SecurityGroupRuleId: '$rule' }] }, missing],
        [
          {
            SecurityGroupRules: [
              ...modify(changed).SecurityGroupRules,
              ...modify(changed).SecurityGroupRules,
            ],
          },
          value,
        ],
        [modify(changed, 'x'), 'InvalidSecurityGroupRuleId.Malformed'],
        [modify(changed, `sgr-${unknown}`), 'InvalidSecurityGroupRuleId.NotFound'],
        [modify({ ...changed, CidrIpv6: '::/0' }), combination],
        [modify({ ...changed, CidrIpv4: undefined }), missing],
        [modify({ ...changed, CidrIpv4: 'x' }), value],
        [modify({ ...changed, CidrIpv4: undefined, CidrIpv6: '::/0' }), value],
        [modify({ ...changed, CidrIpv4: undefined, PrefixListId: '$list' }), value],
        [modify({ ...changed, CidrIpv4: undefined, ReferencedGroupId: '$app' }), value],
        [modify({ IpProtocol: '50', CidrIpv4: '0.0.0.0/0' }), 'InvalidPermission.Duplicate'],
      ],
      shows: { Return: true },
    },
  ),
  ...(['Ingress', 'Egress'] as const).map((direction): Row => {
    const id = direction === 'Ingress' ? '$rule' : '$egressRule';
    return step(
      `UpdateSecurityGroupRuleDescriptions${direction}`,
      {
        GroupId: '$group',
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: id, Description: 'new words' }],
      },
      {
        required: ['GroupId', 'SecurityGroupRuleDescriptions'],
        ids: { GroupId: 'securityGroup' },
        refuses: [
          [{ IpPermissions: [web] }, combination],
          [
            { SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: `sgr-${unknown}` }] },
            'InvalidSecurityGroupRuleId.NotFound',
          ],
          [
            { SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: 'x' }] },
            'InvalidSecurityGroupRuleId.Malformed',
          ],
          [{ SecurityGroupRuleDescriptions: [{ Description: 'x' }] }, missing],
          [
            { SecurityGroupRuleDescriptions: undefined, IpPermissions: [{ ...web, FromPort: 1, ToPort: 1 }] },
            'InvalidPermission.NotFound',
          ],
        ],
        shows: { Return: true },
      },
    );
  }),
  step('UpdateSecurityGroupRuleDescriptionsEgress', {
    GroupId: '$group',
    IpPermissions: [{ ...web, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'by values' }] }],
  }),
  ...(['Ingress', 'Egress'] as const).map((direction): Row => {
    const id = direction === 'Ingress' ? '$rule' : '$egressRule';
    return step(
      `RevokeSecurityGroup${direction}`,
      { GroupId: '$group', SecurityGroupRuleIds: [id] },
      {
        required: ['GroupId', 'SecurityGroupRuleIds'],
        ids: { GroupId: 'securityGroup', SecurityGroupRuleIds: 'rule' },
        refuses: [
          [{ IpPermissions: [web] }, combination],
          [
            { SecurityGroupRuleIds: undefined, IpPermissions: [{ ...web, FromPort: 1, ToPort: 1 }] },
            'InvalidPermission.NotFound',
          ],
        ],
        shows: { Return: true, 'RevokedSecurityGroupRules.0.SecurityGroupRuleId': id },
      },
    );
  }),
  // In a default VPC a rule that is not there is told and not refused.
  step(
    'RevokeSecurityGroupIngress',
    { GroupId: '$plain', IpPermissions: [web] },
    { shows: { Return: true, 'UnknownIpPermissions.0.FromPort': 80 } },
  ),
];
