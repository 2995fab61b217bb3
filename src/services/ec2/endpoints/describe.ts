/** DescribeVpcEndpoints and DescribeVpcEndpointServices. */
import type {
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  ServiceDetail,
} from '@aws-sdk/client-ec2';
import { endpointStateAt, endpointTypes } from '#vpc/endpoint.ts';
import { type Listing, list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { regionNamed } from '../regions.ts';
import { resourceOf } from '../resources.ts';
import { endpointOutput } from './output.ts';
import { type EndpointService, serviceDomain, servicesOf } from './services.ts';

const bounds = { min: 1, max: 1000 };

const endpoints = listingOf({
  action: 'DescribeVpcEndpoints',
  kind: 'endpoint',
  bounds,
  fields: {
    'ip-address-type': ({ detail }) => (detail.kind === 'interface' ? detail.ipAddressType : undefined),
    'service-name': ({ serviceName }) => serviceName,
    'service-region': (_, { caller }) => caller.scope.region,
    'vpc-id': ({ vpcId }) => vpcId,
    'vpc-endpoint-id': ({ id }) => id,
    'vpc-endpoint-state': (endpoint, { nowMs }) => endpointStateAt(endpoint, nowMs),
    'vpc-endpoint-type': ({ detail }) => endpointTypes[detail.kind],
  },
  byId: (id, context) => resourceOf('endpoint', id, context),
  indexes: { 'vpc-endpoint-id': 'id', 'vpc-id': 'vpc' },
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html */
export const describeVpcEndpoints: Operation<DescribeVpcEndpointsRequest, DescribeVpcEndpointsResult> = (
  input,
  context,
) => {
  const page = list(endpoints, { ...input, ids: input.VpcEndpointIds }, context);
  const shown = page.items.map((endpoint) => endpointOutput(endpoint, context));
  return { VpcEndpoints: shown, NextToken: page.nextToken };
};

/** A service with one of its kinds of endpoints: AWS lists S3 twice. */
type Offer = { readonly service: EndpointService; readonly kind: 'gateway' | 'interface' };

const offersOf = ({ caller }: Context): readonly Offer[] =>
  servicesOf(caller.scope.region).flatMap((service) => service.kinds.map((kind) => ({ service, kind })));

const typeOf = ({ kind }: Offer) => (kind === 'gateway' ? 'Gateway' : 'Interface');

const offers: Listing<Offer> = {
  action: 'DescribeVpcEndpointServices',
  bounds,
  fields: {
    owner: () => 'amazon',
    'service-name': ({ service }) => service.name,
    'service-region': (_, { caller }) => caller.scope.region,
    'service-type': typeOf,
    'supported-ip-address-types': ({ kind }) => (kind === 'gateway' ? ['ipv4'] : ['ipv4', 'ipv6']),
  },
  tagsOf: () => ({}),
  idOf: ({ service, kind }) => `${service.name} ${kind}`,
  all: offersOf,
  byId: (id) => {
    throw new Error(`services of endpoints are looked up by name: ${id}`);
  },
  lookups: {},
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html */
export const describeVpcEndpointServices: Operation<
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult
> = (input, context) => {
  const names = input.ServiceNames ?? [];
  const known = offersOf(context);
  const unknown = names.find((name) => !known.some(({ service }) => service.name === name));
  if (unknown !== undefined) refuse('unknownService', { name: unknown });
  const elsewhere = (input.ServiceRegions ?? []).some((region) => region !== context.caller.scope.region);
  if (elsewhere) refuse('unsupported', { reason: 'Rampart has no endpoints to services of other regions.' });
  const wanted = known.filter(({ service }) => names.length === 0 || names.includes(service.name));
  const page = list({ ...offers, all: () => wanted }, input, context);
  return {
    ServiceNames: [...new Set(page.items.map(({ service }) => service.name))],
    ServiceDetails: page.items.map((offer) => detailOf(offer, context)),
    NextToken: page.nextToken,
  };
};

function detailOf(offer: Offer, { caller }: Context): ServiceDetail {
  const { service, kind } = offer;
  const { region } = caller.scope;
  const zones = regionNamed(region)?.zones ?? [];
  const short = service.name.slice(`com.amazonaws.${region}.`.length).split('.').reverse().join('.');
  const isGateway = kind === 'gateway';
  return {
    ServiceName: service.name,
    ServiceRegion: region,
    ServiceType: [{ ServiceType: typeOf(offer) }],
    AvailabilityZones: zones.map(({ name }) => name),
    AvailabilityZoneIds: zones.map(({ id }) => id),
    Owner: 'amazon',
    BaseEndpointDnsNames: [
      isGateway
        ? `${short}.${region}.${serviceDomain(region)}`
        : `${short}.${region}.vpce.${serviceDomain(region)}`,
    ],
    ...(isGateway
      ? {}
      : {
          PrivateDnsName: service.privateDnsName,
          PrivateDnsNames: [{ PrivateDnsName: service.privateDnsName }],
          PrivateDnsNameVerificationState: 'verified' as const,
        }),
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: isGateway ? ['ipv4'] : ['ipv4', 'ipv6'],
    Tags: [],
  };
}
