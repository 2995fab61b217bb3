/** CreateNatGateway. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
import type { CreateNatGatewayRequest, CreateNatGatewayResult } from '@aws-sdk/client-ec2';
import type { Ip } from '#net/address.ts';
import type { Address } from '#vpc/eni.ts';
import { type NatGatewayId, newId } from '#vpc/ids.ts';
import { isForgottenNat } from '#vpc/nat-state.ts';
import type { NatGateway, ZonalNatGateway } from '#vpc/routing.ts';
import { freeIpv4Count } from '#vpc/subnet-space.ts';
import { noTags } from '#vpc/tags.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { once } from '../../client-token.ts';
import { oneOf, required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { associate } from '../addresses/associate.ts';
import { takeAddresses } from '../interfaces/addresses.ts';
import { makeInterface } from '../interfaces/make-interface.ts';
import { resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { checkElasticQuota, checkPrivateQuota } from './address-quotas.ts';
import { natGatewayOutput } from './output.ts';
import { makeRegional, refuseBesides } from './regional.ts';

export const createNatGateway: Operation<CreateNatGatewayRequest, CreateNatGatewayResult> = (
  input,
  context,
) => {
  const [id = ''] = once({ action: 'CreateNatGateway', input }, context, () => [make(input, context).id]);
  const shown = natGatewayOutput(resourceOf('natGateway', id, context), context);
  return { NatGateway: shown, ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
};

function make(input: CreateNatGatewayRequest, context: Context): NatGateway {
  const { transaction, hex17, nowMs } = context;
  const mode = oneOf(input.AvailabilityMode ?? 'zonal', ['zonal', 'regional'], 'AvailabilityMode');
  if (mode === 'regional') {
    forgetOld(context);
    return makeRegional(input, context);
  }
  refuseBesides(input, ['VpcId', 'AvailabilityZoneAddresses'], 'regional NAT gateways');
  const connectivity = oneOf(input.ConnectivityType ?? 'public', ['public', 'private'], 'connectivityType');
  const tags = tagsOnCreate('natGateway', input.TagSpecifications, context);
  const allocations = allocationsIn(input, connectivity, context);
  const subnet = resourceOf('subnet', required(input.SubnetId, 'SubnetId'), context);
  forgetOld(context);
  checkZoneQuota(subnet, context);
  if (connectivity === 'public') checkElasticQuota(allocations.length, context);
  checkPrivateQuota(1 + secondaryCount(input), context);
  const base = {
    id: newId('natGateway', hex17),
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    connectivity,
    ...(allocations[0] ? { allocationId: allocations[0].id } : {}),
    createdAtMs: nowMs,
    tags,
  } as const;
  const failure = failureOf(input, subnet, allocations, context);
  const gateway: ZonalNatGateway = failure
    ? { ...base, eniId: newId('eni', hex17), state: 'failed', failure }
    : { ...base, eniId: ownInterface(base.id, input, subnet, allocations, context), state: 'available' };
  transaction.put('natGateway', gateway);
  return gateway;
}

/** The elastic addresses of a public gateway, the primary one first. */
function allocationsIn(
  input: CreateNatGatewayRequest,
  connectivity: NatGateway['connectivity'],
  context: Context,
): readonly Address[] {
  const secondary = input.SecondaryAllocationIds ?? [];
  if (connectivity === 'private') {
    if (input.AllocationId || secondary.length > 0) {
      refuse('invalidCombination', {
        reason: 'A private NAT gateway takes no elastic address (AllocationId).',
      });
    }
    return [];
  }
  if ((input.SecondaryPrivateIpAddressCount ?? 0) > 0) {
    refuse('invalidCombination', {
      reason: 'SecondaryPrivateIpAddressCount is for private gateways; name the addresses.',
    });
  }
  const ids = [required(input.AllocationId, 'AllocationId'), ...secondary];
  return [...new Set(ids)].map((id) => resourceOf('address', id, context));
}

/**
 * What AWS finds out after it has answered: the gateway is made, and fails.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
 */
function failureOf(
  input: CreateNatGatewayRequest,
  subnet: Subnet,
  allocations: readonly Address[],
  { transaction: { network } }: Context,
): NatGateway['failure'] {
  if (allocations.length > 0 && network.internetGateway.countBy('vpc', subnet.vpcId) === 0) {
    const message = `Network ${subnet.vpcId} has no internet gateway attached.`;
    return { code: 'Gateway.NotAttached', message };
  }
  const used = allocations.find(({ association }) => association !== undefined);
  if (used) {
    const message = `Elastic address ${used.id} is already associated.`;
    return { code: 'Resource.AlreadyAssociated', message };
  }
  if (freeIpv4Count(network, subnet) < 1 + secondaryCount(input)) {
    const message = `Subnet ${subnet.id} has too few free addresses for this NAT gateway.`;
    return { code: 'InsufficientFreeAddressesInSubnet', message };
  }
  return undefined;
}

const secondaryCount = (input: CreateNatGatewayRequest): number =>
  (input.SecondaryPrivateIpAddresses?.length ?? 0) +
  (input.SecondaryPrivateIpAddressCount ?? input.SecondaryAllocationIds?.length ?? 0);

/** The interface through which the gateway stands in its subnet, with its addresses and no groups. */
function ownInterface(
  id: NatGatewayId,
  input: CreateNatGatewayRequest,
  subnet: Subnet,
  allocations: readonly Address[],
  context: Context,
) {
  const secondary = input.SecondaryPrivateIpAddresses ?? [];
  if (secondary.length > 0 && (input.SecondaryPrivateIpAddressCount ?? 0) > 0) {
    refuse('invalidCombination', {
      reason: 'Secondary private addresses may be named or counted, not both.',
    });
  }
  const primary = input.PrivateIpAddress ? [input.PrivateIpAddress] : [];
  const first = takeAddresses({ named: primary, count: 1 - primary.length }, 'ipv4', subnet, context);
  const more = secondaryCount(input) - secondary.length;
  const rest = takeAddresses({ named: secondary, count: Math.max(0, more) }, 'ipv4', subnet, context, {
    ips: first,
  });
  const privateIps: readonly Ip[] = [...first, ...rest];
  const eni = makeInterface(
    {
      subnet,
      addresses: { privateIps, ipv6Addresses: [] },
      groupIds: [],
      description: `Interface for NAT Gateway ${id}`,
      service: { interfaceType: 'nat_gateway' },
      tags: noTags,
    },
    context,
  );
  for (const [index, address] of allocations.entries()) {
    const privateIp = privateIps[index];
    const current = context.transaction.network.eni.get(eni.id) ?? eni;
    if (privateIp) associate(address, { eni: current, privateIp }, context);
  }
  return eni.id;
}

/** Pending, available and deleting gateways count, by zone; regional ones stand in none of the user's choice. */
function checkZoneQuota({ zone }: Subnet, context: Context): void {
  const { network } = context.transaction;
  const there = [...network.natGateway.values()].filter(
    (each) =>
      each.state === 'available' &&
      each.availability !== 'regional' &&
      network.subnet.get(each.subnetId)?.zone === zone,
  );
  const what = `NAT gateways in zone ${zone}`;
  checkQuota('natGatewaysPerZone', { count: there.length, code: 'NatGatewayLimitExceeded', what }, context);
}

/** Clears away gateways that nobody sees any more. */
function forgetOld({ transaction, nowMs }: Context): void {
  for (const gateway of transaction.network.natGateway.values()) {
    if (isForgottenNat(gateway, nowMs)) transaction.remove('natGateway', gateway.id);
  }
}
