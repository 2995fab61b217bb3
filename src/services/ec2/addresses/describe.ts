/** DescribeAddresses. */
import type {
  Address as AddressOutput,
  DescribeAddressesRequest,
  DescribeAddressesResult,
} from '@aws-sdk/client-ec2';
import type { Address } from '#vpc/eni.ts';
import type { Fields } from '../../filters.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { tagList } from '../tags/tags.ts';
import { amazonPool } from './allocate.ts';
import { addressOfIp } from './find-address.ts';

const holderOf = ({ association }: Address, { transaction }: Context) =>
  association?.eniId ? transaction.network.eni.get(association.eniId) : undefined;

function output(address: Address, context: Context): AddressOutput {
  const { account, region } = context.caller.scope;
  const holder = holderOf(address, context);
  const { id, eniId, privateIp } = address.association ?? {};
  const place = eniId && {
    InstanceId: holder?.attachment?.instanceId,
    NetworkInterfaceId: eniId,
    NetworkInterfaceOwnerId: account,
    PrivateIpAddress: privateIp,
  };
  return {
    AllocationId: address.id,
    Domain: 'vpc',
    NetworkBorderGroup: region,
    PublicIp: address.publicIp,
    PublicIpv4Pool: amazonPool,
    ...(id && { AssociationId: id }),
    ...place,
    ...(address.serviceManaged && { ServiceManaged: address.serviceManaged }),
    Tags: tagList(address.tags),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html */
const fields: Fields<Address> = {
  'allocation-id': ({ id }) => id,
  'association-id': ({ association }) => association?.id,
  domain: () => 'vpc',
  'instance-id': (address, context) => holderOf(address, context)?.attachment?.instanceId,
  'network-border-group': (_address, { caller }) => caller.scope.region,
  'network-interface-id': ({ association }) => association?.eniId,
  'network-interface-owner-id': ({ association }, { caller }) => association?.eniId && caller.scope.account,
  'private-ip-address': ({ association }) => association?.privateIp,
  'public-ip': ({ publicIp }) => publicIp,
};

const addresses = listingOf({
  action: 'DescribeAddresses',
  kind: 'address',
  fields,
  indexes: {
    'allocation-id': 'id',
    'association-id': 'association',
    'network-interface-id': 'eni',
    'public-ip': 'publicIp',
  },
  byId: (id, context) => resourceOf('address', id, context),
});

export const describeAddresses: Operation<DescribeAddressesRequest, DescribeAddressesResult> = (
  input,
  context,
) => {
  const named = (input.PublicIps ?? []).map(
    (ip) =>
      addressOfIp(ip, context)?.id ??
      refuse('notFound', { code: 'InvalidAddress.NotFound', noun: 'address', id: ip }),
  );
  const ids = [...(input.AllocationIds ?? []), ...named];
  const { items } = list(addresses, { ...input, ids }, context);
  return { Addresses: items.map((address) => output(address, context)) };
};
