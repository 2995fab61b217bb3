/** Security groups that other VPCs use. */
import { type Row, step } from '../step.ts';

export const groupSharingRows: readonly Row[] = [
  step(
    'AssociateSecurityGroupVpc',
    { GroupId: '$group', VpcId: '$otherVpc' },
    {
      required: ['GroupId', 'VpcId'],
      ids: { GroupId: 'securityGroup', VpcId: 'vpc' },
      refuses: [
        [{ VpcId: '$vpc' }, 'Resource.AlreadyAssociated'],
        [{ VpcId: '$defaultVpc' }, 'OperationNotPermitted'],
        [{ GroupId: '$defaultGroup' }, 'OperationNotPermitted'],
      ],
      shows: { State: 'associating' },
      after: [[{}, 'Resource.AlreadyAssociated']],
    },
  ),
  step('CreateSecurityGroup', { GroupName: 'app', Description: 'the same name', VpcId: '$otherVpc' }),
  step(
    'AssociateSecurityGroupVpc',
    { GroupId: '$app', VpcId: '$otherVpc' },
    { code: 'InvalidGroup.Duplicate' },
  ),
  {
    lists: 'DescribeSecurityGroupVpcAssociations',
    items: 'SecurityGroupVpcAssociations',
    by: 'GroupId',
    item: '$group',
    bounds: [5, 1000],
    filters: {
      'group-id': 'GroupId',
      'group-owner-id': 'GroupOwnerId',
      state: 'State',
      'vpc-id': 'VpcId',
      'vpc-owner-id': 'VpcOwnerId',
    },
  },
  step(
    'CreateNetworkInterface',
    { SubnetId: '$otherSubnet', Groups: ['$group'] },
    { remembers: { sharedEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'DisassociateSecurityGroupVpc',
    { GroupId: '$group', VpcId: '$otherVpc' },
    {
      code: 'DependencyViolation',
      required: ['GroupId', 'VpcId'],
      ids: { GroupId: 'securityGroup', VpcId: 'vpc' },
      refuses: [[{ VpcId: '$vpc' }, 'InvalidAssociationID.NotFound']],
    },
  ),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$sharedEni' }),
  step('DeleteSecurityGroup', { GroupId: '$group' }, { code: 'DependencyViolation' }),
  step(
    'DisassociateSecurityGroupVpc',
    { GroupId: '$group', VpcId: '$otherVpc' },
    { shows: { State: 'disassociating' } },
  ),
];
