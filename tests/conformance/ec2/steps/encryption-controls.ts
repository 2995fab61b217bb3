/** VPC Encryption Controls, which watch and enforce nothing. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const id = 'VpcEncryptionControl.VpcEncryptionControlId';

export const encryptionControlStory: readonly Row[] = [
  step(
    'CreateVpc',
    { CidrBlock: '10.77.0.0/16', VpcEncryptionControl: { Mode: 'monitor', LambdaExclusion: 'enable' } },
    {
      refuses: [
        [{ VpcEncryptionControl: { Mode: 'enforce' } }, 'UnsupportedOperation'],
        [{ VpcEncryptionControl: { Mode: 'x' } }, value],
        [{ VpcEncryptionControl: { LambdaExclusion: 'enable' } }, 'MissingParameter'],
      ],
      shows: { 'Vpc.EncryptionControl.ResourceExclusions.Lambda.State': 'enabled' },
      remembers: { watched: 'Vpc.VpcId' },
    },
  ),
  step('DeleteVpc', { VpcId: '$watched' }),
  step(
    'CreateVpcEncryptionControl',
    { VpcId: '$vpc' },
    {
      required: ['VpcId'],
      ids: { VpcId: 'vpc' },
      tags: 'vpc-encryption-control',
      shows: { [id]: /^vpcec-[0-9a-f]{17}$/, 'VpcEncryptionControl.Mode': 'monitor' },
      remembers: { control: id },
      after: [[{}, value]],
    },
  ),
  step(
    'DescribeVpcEncryptionControls',
    { VpcIds: ['$vpc'] },
    {
      ids: { VpcIds: 'vpc' },
      until: ['VpcEncryptionControls.0.State', 'available'],
    },
  ),
  {
    lists: 'DescribeVpcEncryptionControls',
    items: 'VpcEncryptionControls',
    by: 'VpcEncryptionControlId',
    item: '$control',
    ids: ['VpcEncryptionControlIds', 'encryptionControl'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      mode: 'Mode',
      state: 'State',
      'vpc-encryption-control-id': 'VpcEncryptionControlId',
      'vpc-id': 'VpcId',
    },
  },
  step(
    'ModifyVpcEncryptionControl',
    { VpcEncryptionControlId: '$control', Mode: 'monitor', InternetGatewayExclusion: 'enable' },
    {
      required: ['VpcEncryptionControlId'],
      ids: { VpcEncryptionControlId: 'encryptionControl' },
      refuses: [
        [{ Mode: 'x' }, value],
        [{ Mode: 'enforce' }, 'UnsupportedOperation'],
        [{ InternetGatewayExclusion: 'x' }, value],
      ],
      shows: { 'VpcEncryptionControl.ResourceExclusions.InternetGateway.State': 'enabled' },
    },
  ),
  step(
    'DeleteVpcEncryptionControl',
    { VpcEncryptionControlId: '$control' },
    {
      required: ['VpcEncryptionControlId'],
      ids: { VpcEncryptionControlId: 'encryptionControl' },
      shows: { 'VpcEncryptionControl.State': 'deleting' },
      after: [[{}, 'InvalidVpcEncryptionControlId.NotFound']],
    },
  ),
];
