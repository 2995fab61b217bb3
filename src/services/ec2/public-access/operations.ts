/** All actions of VPC Block Public Access. */
import type { OperationTable } from '../../operation.ts';
import {
  createVpcBlockPublicAccessExclusion,
  deleteVpcBlockPublicAccessExclusion,
  describeVpcBlockPublicAccessExclusions,
  modifyVpcBlockPublicAccessExclusion,
} from './exclusions.ts';
import { describeVpcBlockPublicAccessOptions, modifyVpcBlockPublicAccessOptions } from './options.ts';

export const publicAccessOperations = {
  CreateVpcBlockPublicAccessExclusion: { changes: true, run: createVpcBlockPublicAccessExclusion },
  DeleteVpcBlockPublicAccessExclusion: { changes: true, run: deleteVpcBlockPublicAccessExclusion },
  DescribeVpcBlockPublicAccessExclusions: { changes: false, run: describeVpcBlockPublicAccessExclusions },
  ModifyVpcBlockPublicAccessExclusion: { changes: true, run: modifyVpcBlockPublicAccessExclusion },
  DescribeVpcBlockPublicAccessOptions: { changes: false, run: describeVpcBlockPublicAccessOptions },
  ModifyVpcBlockPublicAccessOptions: { changes: true, run: modifyVpcBlockPublicAccessOptions },
} satisfies OperationTable;
