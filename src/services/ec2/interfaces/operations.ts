/** Network interfaces. */
import type { OperationTable } from '../../operation.ts';
import {
  assignIpv6Addresses,
  assignPrivateIpAddresses,
  unassignIpv6Addresses,
  unassignPrivateIpAddresses,
} from './assign.ts';
import { attachNetworkInterface, detachNetworkInterface } from './attach.ts';
import { createNetworkInterface, deleteNetworkInterface } from './create.ts';
import { describeNetworkInterfaceAttribute, describeNetworkInterfaces } from './describe.ts';
import { modifyNetworkInterfaceAttribute, resetNetworkInterfaceAttribute } from './modify.ts';

export const interfaceOperations = {
  AssignIpv6Addresses: { changes: true, run: assignIpv6Addresses },
  AssignPrivateIpAddresses: { changes: true, run: assignPrivateIpAddresses },
  AttachNetworkInterface: { changes: true, run: attachNetworkInterface },
  CreateNetworkInterface: { changes: true, run: createNetworkInterface },
  DeleteNetworkInterface: { changes: true, run: deleteNetworkInterface },
  DescribeNetworkInterfaceAttribute: { changes: false, run: describeNetworkInterfaceAttribute },
  DescribeNetworkInterfaces: { changes: false, run: describeNetworkInterfaces },
  DetachNetworkInterface: { changes: true, run: detachNetworkInterface },
  ModifyNetworkInterfaceAttribute: { changes: true, run: modifyNetworkInterfaceAttribute },
  ResetNetworkInterfaceAttribute: { changes: true, run: resetNetworkInterfaceAttribute },
  UnassignIpv6Addresses: { changes: true, run: unassignIpv6Addresses },
  UnassignPrivateIpAddresses: { changes: true, run: unassignPrivateIpAddresses },
} satisfies OperationTable;
