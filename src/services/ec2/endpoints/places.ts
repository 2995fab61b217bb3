/** The subnets of an interface endpoint and the interfaces it has in them. */
import type { Endpoint, EndpointDetail } from '#vpc/endpoint.ts';
import type { EndpointId, SecurityGroupId, VpcId } from '#vpc/ids.ts';
import type { Subnet } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { takeAddresses } from '../interfaces/addresses.ts';
import { makeInterface, removeInterface } from '../interfaces/make-interface.ts';
import { resourceOf } from '../resources.ts';

export type InterfaceDetail = Extract<EndpointDetail, { readonly kind: 'interface' }>;
type Place = InterfaceDetail['places'][number];

/** The subnets of the request: of the endpoint's VPC, each in another zone, and in none that the endpoint is in. */
export function subnetsIn(
  ids: readonly string[] | undefined,
  vpcId: VpcId,
  context: Context,
  places: readonly Place[] = [],
): readonly Subnet[] {
  const zones = new Set(
    places.flatMap(({ subnetId }) => context.transaction.network.subnet.get(subnetId)?.zone ?? []),
  );
  return [...new Set(ids)].map((id) => {
    const subnet = context.transaction.network.subnet.get(id);
    if (!subnet) return refuse('notFound', { code: 'InvalidSubnetId.NotFound', noun: 'subnet', id });
    if (subnet.vpcId !== vpcId) {
      const reason = `Subnet '${id}' belongs to '${subnet.vpcId}', the endpoint to '${vpcId}'.`;
      refuse('wrongParameter', { reason });
    }
    if (zones.has(subnet.zone)) refuse('subnetsInOneZone', { subnetId: id, zone: subnet.zone });
    zones.add(subnet.zone);
    return subnet;
  });
}

type Traits = Pick<InterfaceDetail, 'ipAddressType'> & { readonly groupIds: readonly SecurityGroupId[] };

/** Puts the endpoint's own interface into each subnet. */
export function occupy(
  id: EndpointId,
  subnets: readonly Subnet[],
  { groupIds, ipAddressType }: Traits,
  context: Context,
): readonly Place[] {
  const ipv6Count = ipAddressType === 'dualstack' ? 1 : 0;
  return subnets.map((subnet) => {
    const addresses = {
      privateIps: takeAddresses({ named: [], count: 1 }, 'ipv4', subnet, context),
      ipv6Addresses: takeAddresses({ named: [], count: ipv6Count }, 'ipv6', subnet, context),
    };
    const description = `VPC Endpoint Interface ${id}`;
    const service = { interfaceType: 'vpc_endpoint' };
    const eni = makeInterface({ subnet, addresses, groupIds, description, service }, context);
    return { subnetId: subnet.id, eniId: eni.id };
  });
}

/** Removes the interfaces of the places. */
export function vacate(places: readonly Place[], context: Context): void {
  for (const { eniId } of places) {
    const eni = context.transaction.network.eni.get(eniId);
    if (eni) removeInterface(eni, context);
  }
}

/** Puts all interfaces of the places under the groups. */
export function regroup(
  places: readonly Place[],
  groupIds: readonly SecurityGroupId[],
  { transaction }: Context,
): void {
  for (const { eniId } of places) {
    const eni = transaction.network.eni.get(eniId);
    if (eni) transaction.put('eni', { ...eni, groupIds });
  }
}

/** Refuses private DNS where the VPC cannot have it, or another endpoint has the name already. */
export function checkPrivateDns(
  vpcId: VpcId,
  serviceName: string,
  own: Endpoint | undefined,
  context: Context,
): void {
  const vpc = resourceOf('vpc', vpcId, context);
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    const reason = `Private DNS needs both enableDnsSupport and enableDnsHostnames of VPC '${vpcId}'.`;
    refuse('wrongParameter', { reason });
  }
  for (const other of context.transaction.network.endpoint.by('vpc', vpcId)) {
    const { detail } = other;
    if (other.id === own?.id || other.serviceName !== serviceName) continue;
    if (detail.kind === 'interface' && detail.privateDns) {
      refuse('wrongParameter', {
        reason: `Endpoint '${other.id}' has the private DNS name of ${serviceName}.`,
      });
    }
  }
}
