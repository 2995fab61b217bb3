/** All EC2 actions: one table per folder. */
import type { OperationTable } from '../operation.ts';
import { accountOperations } from './account/operations.ts';
import { addressOperations } from './addresses/operations.ts';
import { dhcpOptionsOperations } from './dhcp-options/operations.ts';
import { egressOnlyGatewayOperations } from './egress-only-gateways/operations.ts';
import { encryptionControlOperations } from './encryption-controls/operations.ts';
import { endpointOperations } from './endpoints/operations.ts';
import { groupSharingOperations } from './group-sharing/operations.ts';
import { imageOperations } from './images/operations.ts';
import { instanceTypeOperations } from './instance-types/operations.ts';
import { instanceOperations } from './instances/operations.ts';
import { interfaceOperations } from './interfaces/operations.ts';
import { internetGatewayOperations } from './internet-gateways/operations.ts';
import { keyPairOperations } from './key-pairs/operations.ts';
import { launchTemplateOperations } from './launch-templates/operations.ts';
import { locationOperations } from './locations/operations.ts';
import { natGatewayOperations } from './nat-gateways/operations.ts';
import { networkAclOperations } from './network-acls/operations.ts';
import { networkInsightsOperations } from './network-insights/operations.ts';
import { peeringOperations } from './peerings/operations.ts';
import { prefixListOperations } from './prefix-lists/operations.ts';
import { publicAccessOperations } from './public-access/operations.ts';
import { routeTableOperations } from './route-tables/operations.ts';
import { securityGroupOperations } from './security-groups/operations.ts';
import { snapshotOperations } from './snapshots/operations.ts';
import { spotOperations } from './spot/operations.ts';
import { subnetReservationOperations } from './subnet-reservations/operations.ts';
import { subnetOperations } from './subnets/operations.ts';
import { tagOperations } from './tags/operations.ts';
import { volumeOperations } from './volumes/operations.ts';
import { vpcOperations } from './vpcs/operations.ts';
import { vpnGatewayOperations } from './vpn-gateways/operations.ts';

export const ec2: OperationTable = {
  ...accountOperations,
  ...addressOperations,
  ...dhcpOptionsOperations,
  ...egressOnlyGatewayOperations,
  ...endpointOperations,
  ...groupSharingOperations,
  ...instanceOperations,
  ...interfaceOperations,
  ...internetGatewayOperations,
  ...keyPairOperations,
  ...launchTemplateOperations,
  ...locationOperations,
  ...natGatewayOperations,
  ...networkAclOperations,
  ...networkInsightsOperations,
  ...peeringOperations,
  ...prefixListOperations,
  ...publicAccessOperations,
  ...routeTableOperations,
  ...securityGroupOperations,
  ...subnetReservationOperations,
  ...subnetOperations,
  ...tagOperations,
  ...vpcOperations,
  ...instanceTypeOperations,
  ...imageOperations,
  ...volumeOperations,
  ...snapshotOperations,
  ...encryptionControlOperations,
  ...spotOperations,
  ...vpnGatewayOperations,
};
