/** Groups beyond their own VPC: associations with others, references over peerings, stale rules. */
import type { OperationTable } from '../../operation.ts';
import { describeSecurityGroupReferences, describeStaleSecurityGroups } from './references.ts';
import {
  associateSecurityGroupVpc,
  describeSecurityGroupVpcAssociations,
  disassociateSecurityGroupVpc,
} from './vpc-associations.ts';

export const groupSharingOperations = {
  AssociateSecurityGroupVpc: { changes: true, run: associateSecurityGroupVpc },
  DescribeSecurityGroupReferences: { changes: false, run: describeSecurityGroupReferences },
  DescribeSecurityGroupVpcAssociations: { changes: false, run: describeSecurityGroupVpcAssociations },
  DescribeStaleSecurityGroups: { changes: false, run: describeStaleSecurityGroups },
  DisassociateSecurityGroupVpc: { changes: true, run: disassociateSecurityGroupVpc },
} satisfies OperationTable;
