/** Instances. */
import type { OperationTable } from '../../operation.ts';
import { describeInstanceAttribute } from './attribute.ts';
import {
  describeInstanceCreditSpecifications,
  getConsoleOutput,
  modifyInstanceCreditSpecification,
} from './console-and-credits.ts';
import { describeInstanceStatus, describeInstances } from './describe.ts';
import { rebootInstances, startInstances, stopInstances, terminateInstances } from './lifecycle.ts';
import { modifyInstanceAttribute, modifyInstanceMetadataOptions, resetInstanceAttribute } from './modify.ts';
import {
  modifyInstanceCapacityReservationAttributes,
  modifyInstanceMaintenanceOptions,
  modifyPrivateDnsNameOptions,
  monitorInstances,
  unmonitorInstances,
} from './modify-options.ts';
import { runInstances } from './run.ts';

export const instanceOperations = {
  DescribeInstanceAttribute: { changes: false, run: describeInstanceAttribute },
  DescribeInstanceCreditSpecifications: { changes: false, run: describeInstanceCreditSpecifications },
  DescribeInstanceStatus: { changes: false, run: describeInstanceStatus },
  DescribeInstances: { changes: false, run: describeInstances },
  GetConsoleOutput: { changes: false, run: getConsoleOutput },
  ModifyInstanceAttribute: { changes: true, run: modifyInstanceAttribute },
  ModifyInstanceCapacityReservationAttributes: {
    changes: true,
    run: modifyInstanceCapacityReservationAttributes,
  },
  ModifyInstanceCreditSpecification: { changes: true, run: modifyInstanceCreditSpecification },
  ModifyInstanceMaintenanceOptions: { changes: true, run: modifyInstanceMaintenanceOptions },
  ModifyInstanceMetadataOptions: { changes: true, run: modifyInstanceMetadataOptions },
  ModifyPrivateDnsNameOptions: { changes: true, run: modifyPrivateDnsNameOptions },
  MonitorInstances: { changes: true, run: monitorInstances },
  RebootInstances: { changes: true, run: rebootInstances },
  ResetInstanceAttribute: { changes: true, run: resetInstanceAttribute },
  RunInstances: { changes: true, run: runInstances },
  StartInstances: { changes: true, run: startInstances },
  StopInstances: { changes: true, run: stopInstances },
  TerminateInstances: { changes: true, run: terminateInstances },
  UnmonitorInstances: { changes: true, run: unmonitorInstances },
} satisfies OperationTable;
