/** CreateNetworkInterface and DeleteNetworkInterface. */
import type {
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
} from '@aws-sdk/client-ec2';
import { once } from '../../client-token.ts';
import { oneOf } from '../../input.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { addressesOfType, checkAddressable } from './fabric.ts';
import { groupsOfNew } from './groups.ts';
import { makeInterface, removeInterface } from './make-interface.ts';
import { checkDescription } from './modify.ts';
import { interfaceOutput } from './output.ts';
import { timeoutsWith } from './tracking.ts';

export const createNetworkInterface: Operation<
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult
> = (input, context) => {
  const [id = ''] = once({ action: 'CreateNetworkInterface', input }, context, () => [
    create(input, context),
  ]);
  const shown = interfaceOutput(resourceOf('eni', id, context), context);
  return {
    // AWS answers so although the interface is there at once; the model lacks the word.
    NetworkInterface: { ...shown, Status: 'pending' as 'available' },
    ClientToken: input.ClientToken,
  };
};

function create(input: Checked<CreateNetworkInterfaceRequest>, context: Context): string {
  refuseUnsupported(input, ['Operator']);
  const interfaceType = typeOfNew(input);
  const description = checkDescription(input.Description ?? '');
  const timeouts = timeoutsWith({}, input.ConnectionTrackingSpecification);
  const tags = tagsOnCreate('eni', input.TagSpecifications, context);
  const subnet = resourceOf('subnet', input.SubnetId, context);
  const groupIds = groupsOfNew(input.Groups, subnet.vpcId, context);
  const addresses = addressesOfType(interfaceType, input, subnet, context);
  return makeInterface({ subnet, addresses, groupIds, description, timeouts, interfaceType, tags }, context)
    .id;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html */
function typeOfNew(input: CreateNetworkInterfaceRequest): string {
  const type = oneOf(
    input.InterfaceType ?? 'interface',
    ['interface', 'efa', 'efa-only', 'trunk'],
    'InterfaceType',
  );
  checkAddressable(type, input);
  return type;
}

export const deleteNetworkInterface: Operation<DeleteNetworkInterfaceRequest, Record<string, never>> = (
  input,
  context,
) => {
  const eni = resourceOf('eni', input.NetworkInterfaceId, context);
  if (eni.attachment) refuse('interfaceNotDeletable', { id: eni.id, usedBy: eni.attachment.instanceId });
  if (eni.requesterManaged) {
    refuse('interfaceNotDeletable', { id: eni.id, usedBy: `the service that made it (${eni.description})` });
  }
  removeInterface(eni, context);
  return {};
};
