/** All actions on route tables and routes. */
import type { OperationTable } from '../../operation.ts';
import { associateRouteTable, disassociateRouteTable, replaceRouteTableAssociation } from './associations.ts';
import { describeRouteTables } from './describe.ts';
import { createRoute, deleteRoute, replaceRoute } from './routes.ts';
import { createRouteTable, deleteRouteTable } from './tables.ts';

export const routeTableOperations = {
  AssociateRouteTable: { changes: true, run: associateRouteTable },
  CreateRoute: { changes: true, run: createRoute },
  CreateRouteTable: { changes: true, run: createRouteTable },
  DeleteRoute: { changes: true, run: deleteRoute },
  DeleteRouteTable: { changes: true, run: deleteRouteTable },
  DescribeRouteTables: { changes: false, run: describeRouteTables },
  DisassociateRouteTable: { changes: true, run: disassociateRouteTable },
  ReplaceRoute: { changes: true, run: replaceRoute },
  ReplaceRouteTableAssociation: { changes: true, run: replaceRouteTableAssociation },
} satisfies OperationTable;
