/** All actions on prefix lists. */
import type { OperationTable } from '../../operation.ts';
import {
  createManagedPrefixList,
  deleteManagedPrefixList,
  modifyManagedPrefixList,
  restoreManagedPrefixListVersion,
} from './change.ts';
import {
  describeManagedPrefixLists,
  describePrefixLists,
  getManagedPrefixListAssociations,
  getManagedPrefixListEntries,
} from './describe.ts';

export const prefixListOperations = {
  CreateManagedPrefixList: { changes: true, run: createManagedPrefixList },
  DeleteManagedPrefixList: { changes: true, run: deleteManagedPrefixList },
  DescribeManagedPrefixLists: { changes: false, run: describeManagedPrefixLists },
  DescribePrefixLists: { changes: false, run: describePrefixLists },
  GetManagedPrefixListAssociations: { changes: false, run: getManagedPrefixListAssociations },
  GetManagedPrefixListEntries: { changes: false, run: getManagedPrefixListEntries },
  ModifyManagedPrefixList: { changes: true, run: modifyManagedPrefixList },
  RestoreManagedPrefixListVersion: { changes: true, run: restoreManagedPrefixListVersion },
} satisfies OperationTable;
