/** Volumes, as records. */
import type { OperationTable } from '../../operation.ts';
import { attachVolume, detachVolume } from './attach.ts';
import { createVolume, deleteVolume } from './create.ts';
import { describeVolumes } from './describe.ts';

export const volumeOperations = {
  AttachVolume: { changes: true, run: attachVolume },
  CreateVolume: { changes: true, run: createVolume },
  DeleteVolume: { changes: true, run: deleteVolume },
  DescribeVolumes: { changes: false, run: describeVolumes },
  DetachVolume: { changes: true, run: detachVolume },
} satisfies OperationTable;
