/** All actions on VPC peering connections. */
import type { OperationTable } from '../../operation.ts';
import {
  acceptVpcPeeringConnection,
  createVpcPeeringConnection,
  deleteVpcPeeringConnection,
  rejectVpcPeeringConnection,
} from './change.ts';
import { describeVpcPeeringConnections, modifyVpcPeeringConnectionOptions } from './describe.ts';

export const peeringOperations = {
  AcceptVpcPeeringConnection: { changes: true, run: acceptVpcPeeringConnection },
  CreateVpcPeeringConnection: { changes: true, run: createVpcPeeringConnection },
  DeleteVpcPeeringConnection: { changes: true, run: deleteVpcPeeringConnection },
  DescribeVpcPeeringConnections: { changes: false, run: describeVpcPeeringConnections },
  ModifyVpcPeeringConnectionOptions: { changes: true, run: modifyVpcPeeringConnectionOptions },
  RejectVpcPeeringConnection: { changes: true, run: rejectVpcPeeringConnection },
} satisfies OperationTable;
