/** AllocateAddress and ReleaseAddress. */
import type {
  AllocateAddressRequest,
  AllocateAddressResult,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { type Ip, parseIp } from '#net/address.ts';
import type { Address } from '#vpc/eni.ts';
import { newId } from '#vpc/ids.ts';
import { isPoolAddress, isPublicIpTaken, publicPool } from '#vpc/public-addresses.ts';
import { oneOf, required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { refuseStrangers } from '../strangers.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { disassociate, newPublicIp } from './associate.ts';

/** AWS's name for its own pool. */
export const amazonPool = 'amazon';

export const allocateAddress: Operation<AllocateAddressRequest, AllocateAddressResult> = (input, context) => {
  const { region } = context.caller.scope;
  if (input.Domain) oneOf(input.Domain, ['vpc', 'standard'], 'Domain');
  const { PublicIpv4Pool: pool } = input;
  if (pool !== amazonPool) refuseStrangers(input, { PublicIpv4Pool: 'publicIpv4Pool' });
  if (input.NetworkBorderGroup) oneOf(input.NetworkBorderGroup, [region], 'NetworkBorderGroup');
  refuseStrangers(input, { CustomerOwnedIpv4Pool: 'pool', IpamPoolId: 'ipamPool' });
  const tags = tagsOnCreate('address', input.TagSpecifications, context);
  checkQuota(
    'elasticIpsPerRegion',
    {
      count: userAddresses(context),
      code: 'AddressLimitExceeded',
      what: 'elastic addresses in a region',
    },
    context,
  );
  const publicIp = input.Address ? wantedIp(input.Address, context) : newPublicIp(context);
  const address: Address = { id: newId('address', context.hex17), publicIp, tags };
  context.transaction.put('address', address);
  return {
    AllocationId: address.id,
    PublicIp: publicIp,
    PublicIpv4Pool: amazonPool,
    NetworkBorderGroup: region,
    Domain: 'vpc',
  };
};

/** Addresses that users allocated; AWS does not say that those of services count, whose number nobody chooses. */
function userAddresses({ transaction }: Context): number {
  const { address } = transaction.network;
  return address.size - address.countBy('serviceManaged', 'rnat');
}

/** The address that a request wants back, if it is in the lab's pool and free. */
function wantedIp(text: string, { transaction }: Context): Ip {
  const ip = parseIp(text);
  if (!ip || !isPoolAddress(ip)) {
    const expected = `the addresses of this lab are those of ${publicPool}`;
    return refuse('invalidValue', { parameter: 'Address', value: text, expected });
  }
  if (isPublicIpTaken(transaction.world, ip)) {
    refuse('notFound', { code: 'InvalidAddress.NotFound', noun: 'free address', id: ip });
  }
  return ip;
}

export const releaseAddress: Operation<ReleaseAddressRequest, Record<string, never>> = (input, context) => {
  if (!input.AllocationId && input.PublicIp) {
    refuse('invalidCombination', {
      reason: 'An address of a VPC is released by its AllocationId, not by PublicIp.',
    });
  }
  const address = resourceOf('address', required(input.AllocationId, 'AllocationId'), context);
  if (address.ptrRecord !== undefined) refuse('addressLocked', { id: address.id, name: address.ptrRecord });
  if (address.association) leave(address, context);
  context.transaction.remove('address', address.id);
  return {};
};

/**
 * Only in a default VPC does releasing disassociate.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
 */
function leave(address: Address, context: Context): void {
  const { network } = context.transaction;
  const { eniId = '', natGatewayId } = address.association ?? {};
  const eni = network.eni.get(eniId);
  const isInDefaultVpc = eni !== undefined && network.vpc.get(eni.vpcId)?.isDefault === true;
  if (!isInDefaultVpc || eni.requesterManaged) {
    refuse('publicIpInUse', { ip: address.publicIp, usedBy: natGatewayId ?? eni?.id ?? 'an interface' });
  }
  disassociate(address, context);
}
