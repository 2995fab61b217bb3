/** All EC2 actions: one table per folder. */
import type { OperationTable } from '../operation.ts';
import { addressOperations } from './addresses/operations.ts';
import { interfaceOperations } from './interfaces/operations.ts';
import { securityGroupOperations } from './security-groups/operations.ts';
import { tagOperations } from './tags/operations.ts';

export const ec2: OperationTable = {
  ...addressOperations,
  ...interfaceOperations,
  ...securityGroupOperations,
  ...tagOperations,
};
