/** The security-group actions. */
import type { OperationTable } from '../../operation.ts';
import { authorize } from './authorize.ts';
import { createSecurityGroup, deleteSecurityGroup } from './create.ts';
import { describeSecurityGroupRules, describeSecurityGroups, getSecurityGroupsForVpc } from './describe.ts';
import { updateDescriptions } from './descriptions.ts';
import { modifySecurityGroupRules } from './modify.ts';
import { revoke } from './revoke.ts';

export const securityGroupOperations = {
  CreateSecurityGroup: { changes: true, run: createSecurityGroup },
  DeleteSecurityGroup: { changes: true, run: deleteSecurityGroup },
  DescribeSecurityGroups: { changes: false, run: describeSecurityGroups },
  DescribeSecurityGroupRules: { changes: false, run: describeSecurityGroupRules },
  GetSecurityGroupsForVpc: { changes: false, run: getSecurityGroupsForVpc },
  AuthorizeSecurityGroupIngress: { changes: true, run: authorize('ingress') },
  AuthorizeSecurityGroupEgress: { changes: true, run: authorize('egress') },
  RevokeSecurityGroupIngress: { changes: true, run: revoke('ingress') },
  RevokeSecurityGroupEgress: { changes: true, run: revoke('egress') },
  ModifySecurityGroupRules: { changes: true, run: modifySecurityGroupRules },
  UpdateSecurityGroupRuleDescriptionsIngress: { changes: true, run: updateDescriptions('ingress') },
  UpdateSecurityGroupRuleDescriptionsEgress: { changes: true, run: updateDescriptions('egress') },
} satisfies OperationTable;
