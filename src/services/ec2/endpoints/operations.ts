/** All actions on VPC endpoints. */
import type { OperationTable } from '../../operation.ts';
import { createVpcEndpoint } from './create.ts';
import { describeVpcEndpointServices, describeVpcEndpoints } from './describe.ts';
import { deleteVpcEndpoints, modifyVpcEndpoint } from './modify.ts';

export const endpointOperations = {
  CreateVpcEndpoint: { changes: true, run: createVpcEndpoint },
  DeleteVpcEndpoints: { changes: true, run: deleteVpcEndpoints },
  DescribeVpcEndpointServices: { changes: false, run: describeVpcEndpointServices },
  DescribeVpcEndpoints: { changes: false, run: describeVpcEndpoints },
  ModifyVpcEndpoint: { changes: true, run: modifyVpcEndpoint },
} satisfies OperationTable;
