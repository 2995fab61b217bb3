/** All actions on VPC Encryption Controls. */
import type {
  CreateVpcEncryptionControlRequest,
  CreateVpcEncryptionControlResult,
  DeleteVpcEncryptionControlRequest,
  DeleteVpcEncryptionControlResult,
  DescribeVpcEncryptionControlsRequest,
  DescribeVpcEncryptionControlsResult,
  ModifyVpcEncryptionControlRequest,
  ModifyVpcEncryptionControlResult,
} from '@aws-sdk/client-ec2';
import { controlStateAt } from '#vpc/encryption-control.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation, OperationTable } from '../../operation.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { checkMode, controlOutput, exclusionsAfter, makeControl } from './control.ts';

const create: Operation<CreateVpcEncryptionControlRequest, CreateVpcEncryptionControlResult> = (
  input,
  context,
) => {
  const tags = tagsOnCreate('encryptionControl', input.TagSpecifications, context);
  const vpc = resourceOf('vpc', input.VpcId, context);
  const control = makeControl(vpc.id, { exclusions: [], tags }, context);
  return { VpcEncryptionControl: controlOutput(control, context) };
};

/** A request for another mode or exclusion; members that it leaves out stay as they are. */
const modify: Operation<ModifyVpcEncryptionControlRequest, ModifyVpcEncryptionControlResult> = (
  input,
  context,
) => {
  const control = resourceOf('encryptionControl', input.VpcEncryptionControlId, context);
  const { Mode: mode, ...asked } = input;
  if (mode !== undefined) checkMode(mode);
  const changed = { ...control, exclusions: exclusionsAfter(control.exclusions, asked) };
  context.transaction.put('encryptionControl', changed);
  return { VpcEncryptionControl: controlOutput(changed, context) };
};

const remove: Operation<DeleteVpcEncryptionControlRequest, DeleteVpcEncryptionControlResult> = (
  input,
  context,
) => {
  const control = resourceOf('encryptionControl', input.VpcEncryptionControlId, context);
  context.transaction.remove('encryptionControl', control.id);
  return { VpcEncryptionControl: { ...controlOutput(control, context), State: 'deleting' } };
};

const everyControl = listingOf({
  action: 'DescribeVpcEncryptionControls',
  kind: 'encryptionControl',
  fields: {
    mode: () => 'monitor',
    state: (control, { nowMs }) => controlStateAt(control, nowMs),
    'vpc-encryption-control-id': ({ id }) => id,
    'vpc-id': ({ vpcId }) => vpcId,
  },
  byId: (id, context) => resourceOf('encryptionControl', id, context),
  indexes: { 'vpc-encryption-control-id': 'id', 'vpc-id': 'vpc' },
});

const describe: Operation<DescribeVpcEncryptionControlsRequest, DescribeVpcEncryptionControlsResult> = (
  input,
  context,
) => {
  const { VpcEncryptionControlIds: ids, VpcIds: vpcIds = [] } = input;
  for (const id of vpcIds) resourceOf('vpc', id, context);
  const ofVpcs = vpcIds.length > 0 ? [{ Name: 'vpc-id', Values: vpcIds }] : [];
  const Filters = [...(input.Filters ?? []), ...ofVpcs];
  const page = list(everyControl, { ...input, ids, Filters }, context);
  return {
    VpcEncryptionControls: page.items.map((control) => controlOutput(control, context)),
    NextToken: page.nextToken,
  };
};

export const encryptionControlOperations = {
  CreateVpcEncryptionControl: { changes: true, run: create },
  DeleteVpcEncryptionControl: { changes: true, run: remove },
  DescribeVpcEncryptionControls: { changes: false, run: describe },
  ModifyVpcEncryptionControl: { changes: true, run: modify },
} satisfies OperationTable;
