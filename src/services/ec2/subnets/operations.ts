/** All actions on subnets. */
import type { OperationTable } from '../../operation.ts';
import { associateSubnetCidrBlock, disassociateSubnetCidrBlock } from './cidr-blocks.ts';
import { createDefaultSubnet, createSubnet } from './create.ts';
import { deleteSubnet } from './delete.ts';
import { describeSubnets } from './describe.ts';
import { modifySubnetAttribute } from './modify.ts';

export const subnetOperations = {
  AssociateSubnetCidrBlock: { changes: true, run: associateSubnetCidrBlock },
  CreateDefaultSubnet: { changes: true, run: createDefaultSubnet },
  CreateSubnet: { changes: true, run: createSubnet },
  DeleteSubnet: { changes: true, run: deleteSubnet },
  DescribeSubnets: { changes: false, run: describeSubnets },
  DisassociateSubnetCidrBlock: { changes: true, run: disassociateSubnetCidrBlock },
  ModifySubnetAttribute: { changes: true, run: modifySubnetAttribute },
} satisfies OperationTable;
