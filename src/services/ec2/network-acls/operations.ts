/** All actions on network ACLs. */
import type { OperationTable } from '../../operation.ts';
import { createNetworkAcl, deleteNetworkAcl, replaceNetworkAclAssociation } from './acls.ts';
import { describeNetworkAcls } from './describe.ts';
import { createNetworkAclEntry, deleteNetworkAclEntry, replaceNetworkAclEntry } from './entries.ts';

export const networkAclOperations = {
  CreateNetworkAcl: { changes: true, run: createNetworkAcl },
  CreateNetworkAclEntry: { changes: true, run: createNetworkAclEntry },
  DeleteNetworkAcl: { changes: true, run: deleteNetworkAcl },
  DeleteNetworkAclEntry: { changes: true, run: deleteNetworkAclEntry },
  DescribeNetworkAcls: { changes: false, run: describeNetworkAcls },
  ReplaceNetworkAclAssociation: { changes: true, run: replaceNetworkAclAssociation },
  ReplaceNetworkAclEntry: { changes: true, run: replaceNetworkAclEntry },
} satisfies OperationTable;
