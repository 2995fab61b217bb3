/** Instances. */
import type { OperationTable } from '../../operation.ts';
import { describeInstanceAttribute } from './attribute.ts';
import { describeInstanceCreditSpecifications, getConsoleOutput } from './console-and-credits.ts';
import { describeInstanceStatus, describeInstances } from './describe.ts';
import { rebootInstances, startInstances, stopInstances, terminateInstances } from './lifecycle.ts';
import { modifyInstanceAttribute, modifyInstanceMetadataOptions } from './modify.ts';
import { runInstances } from './run.ts';

export const instanceOperations = {
  DescribeInstanceAttribute: { changes: false, run: describeInstanceAttribute },
  DescribeInstanceCreditSpecifications: { changes: false, run: describeInstanceCreditSpecifications },
  DescribeInstanceStatus: { changes: false, run: describeInstanceStatus },
  DescribeInstances: { changes: false, run: describeInstances },
  GetConsoleOutput: { changes: false, run: getConsoleOutput },
  ModifyInstanceAttribute: { changes: true, run: modifyInstanceAttribute },
  ModifyInstanceMetadataOptions: { changes: true, run: modifyInstanceMetadataOptions },
  RebootInstances: { changes: true, run: rebootInstances },
  RunInstances: { changes: true, run: runInstances },
  StartInstances: { changes: true, run: startInstances },
  StopInstances: { changes: true, run: stopInstances },
  TerminateInstances: { changes: true, run: terminateInstances },
} satisfies OperationTable;
