/** All actions on VPCs. */
import type { OperationTable } from '../../operation.ts';
import { describeVpcAttribute, modifyVpcAttribute, modifyVpcTenancy } from './attributes.ts';
import { associateVpcCidrBlock, disassociateVpcCidrBlock } from './cidr-blocks.ts';
import { classicLinkOperations } from './classic-link.ts';
import { createDefaultVpc, createVpc } from './create.ts';
import { deleteVpc } from './delete.ts';
import { describeVpcs } from './describe.ts';

export const vpcOperations = {
  ...classicLinkOperations,
  AssociateVpcCidrBlock: { changes: true, run: associateVpcCidrBlock },
  CreateDefaultVpc: { changes: true, run: createDefaultVpc },
  CreateVpc: { changes: true, run: createVpc },
  DeleteVpc: { changes: true, run: deleteVpc },
  DescribeVpcAttribute: { changes: false, run: describeVpcAttribute },
  DescribeVpcs: { changes: false, run: describeVpcs },
  DisassociateVpcCidrBlock: { changes: true, run: disassociateVpcCidrBlock },
  ModifyVpcAttribute: { changes: true, run: modifyVpcAttribute },
  ModifyVpcTenancy: { changes: true, run: modifyVpcTenancy },
} satisfies OperationTable;
