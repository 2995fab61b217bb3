/** Elastic addresses. */
import type { OperationTable } from '../../operation.ts';
import { allocateAddress, releaseAddress } from './allocate.ts';
import { associateAddress, disassociateAddress } from './association.ts';
import { describeAddressesAttribute, modifyAddressAttribute, resetAddressAttribute } from './attributes.ts';
import { describeAddresses } from './describe.ts';

export const addressOperations = {
  AllocateAddress: { changes: true, run: allocateAddress },
  AssociateAddress: { changes: true, run: associateAddress },
  DescribeAddresses: { changes: false, run: describeAddresses },
  DescribeAddressesAttribute: { changes: false, run: describeAddressesAttribute },
  DisassociateAddress: { changes: true, run: disassociateAddress },
  ModifyAddressAttribute: { changes: true, run: modifyAddressAttribute },
  ReleaseAddress: { changes: true, run: releaseAddress },
  ResetAddressAttribute: { changes: true, run: resetAddressAttribute },
} satisfies OperationTable;
