/** VPC endpoints as AWS shows them. */
import type { DnsEntry, VpcEndpoint as EndpointOutput, State } from '@aws-sdk/client-ec2';
import { type Endpoint, endpointStateAt, endpointTypes } from '#vpc/endpoint.ts';
import type { EndpointId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import type { RouteTable } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';
import { serviceDomain, servicesOf } from './services.ts';

/** The route tables that lead to a gateway endpoint. */
export function tablesOf(id: EndpointId, { endpoint, routeTable }: Network): readonly RouteTable[] {
  const vpcId = endpoint.get(id)?.vpcId ?? '';
  return [...routeTable.by('vpc', vpcId)].filter(({ routes }) =>
    routes.some(({ target }) => target.kind === 'endpoint' && target.id === id),
  );
}

export function endpointOutput(endpoint: Endpoint, context: Context): EndpointOutput {
  const { caller, transaction, nowMs } = context;
  const { detail } = endpoint;
  const base: EndpointOutput = {
    VpcEndpointId: endpoint.id,
    VpcEndpointType: endpointTypes[detail.kind],
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.serviceName,
    ServiceRegion: caller.scope.region,
    // The model writes the states with capitals; AWS's answers and its filter do not.
    State: endpointStateAt(endpoint, nowMs) as State,
    PolicyDocument: endpoint.policy,
    RequesterManaged: false,
    CreationTimestamp: new Date(endpoint.createdAtMs),
    OwnerId: caller.scope.account,
    Tags: tagList(endpoint.tags),
  };
  const none = { RouteTableIds: [], SubnetIds: [], Groups: [], NetworkInterfaceIds: [], DnsEntries: [] };
  if (detail.kind === 'gateway') {
    const tables = tablesOf(endpoint.id, transaction.network).map(({ id }) => id);
    return { ...base, ...none, PrivateDnsEnabled: false, RouteTableIds: tables.sort() };
  }
  const places = {
    SubnetIds: detail.places.map(({ subnetId }) => subnetId),
    NetworkInterfaceIds: detail.places.map(({ eniId }) => eniId),
  };
  if (detail.kind === 'gatewayLoadBalancer') {
    return { ...base, ...none, ...places, PrivateDnsEnabled: false };
  }
  return {
    ...base,
    ...none,
    ...places,
    PrivateDnsEnabled: detail.privateDns,
    IpAddressType: detail.ipAddressType,
    DnsOptions: { DnsRecordIpType: detail.ipAddressType },
    Groups: detail.groupIds.map((GroupId) => ({
      GroupId,
      GroupName: transaction.network.securityGroup.get(GroupId)?.name,
    })),
    DnsEntries: dnsEntries(endpoint, context),
  };
}

/** The regional name, one for each zone, and the service's own where private DNS is on. */
function dnsEntries({ id, serviceName, detail }: Endpoint, { caller, transaction }: Context): DnsEntry[] {
  if (detail.kind !== 'interface') return [];
  const { region } = caller.scope;
  const service = servicesOf(region).find(({ name }) => name === serviceName);
  const short = serviceName.slice(`com.amazonaws.${region}.`.length).split('.').reverse().join('.');
  const tail = `${short}.${region}.vpce.${serviceDomain(region)}`;
  // AWS adds eight characters that tell a remade endpoint from its predecessor; ids differ here anyway.
  const head = `${id}-${id.slice(-8)}`;
  const zones = detail.places.flatMap(({ subnetId }) => transaction.network.subnet.get(subnetId)?.zone ?? []);
  const names = [`${head}.${tail}`, ...zones.map((zone) => `${head}-${zone}.${tail}`)];
  const own = detail.privateDns && service ? [service.privateDnsName] : [];
  return [...names, ...own].map((DnsName) => ({ DnsName }));
}
