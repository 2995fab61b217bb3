/** DescribeInstanceTypes and DescribeInstanceTypeOfferings: the catalogue, offered everywhere. */
import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  _InstanceType as InstanceType,
  InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { oneOf } from '../../input.ts';
import { type Listing, list } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { regionNamed } from '../regions.ts';
import { catalogue, factsOf, type InstanceTypeFacts } from './catalogue.ts';

function output(facts: InstanceTypeFacts): InstanceTypeInfo {
  return {
    InstanceType: facts.name as InstanceType,
    CurrentGeneration: facts.currentGeneration,
    BareMetal: false,
    Hypervisor: facts.hypervisor,
    BurstablePerformanceSupported: facts.burstable,
    SupportedRootDeviceTypes: ['ebs'],
    SupportedUsageClasses: ['on-demand'],
    SupportedVirtualizationTypes: ['hvm'],
    ProcessorInfo: { SupportedArchitectures: [facts.architecture] },
    VCpuInfo: {
      DefaultVCpus: facts.vcpus,
      DefaultCores: facts.vcpus / facts.threadsPerCore,
      DefaultThreadsPerCore: facts.threadsPerCore,
    },
    MemoryInfo: { SizeInMiB: facts.memoryMib },
    InstanceStorageSupported: false,
    NetworkInfo: {
      MaximumNetworkInterfaces: facts.interfaces,
      MaximumNetworkCards: 1,
      DefaultNetworkCardIndex: 0,
      Ipv4AddressesPerInterface: facts.addressesPerInterface,
      Ipv6AddressesPerInterface: facts.addressesPerInterface,
      Ipv6Supported: true,
    },
    HibernationSupported: false,
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html */
const types: Listing<InstanceTypeFacts> = {
  action: 'DescribeInstanceTypes',
  bounds: { min: 5, max: 100 },
  fields: {
    'bare-metal': () => false,
    'burstable-performance-supported': ({ burstable }) => burstable,
    'current-generation': ({ currentGeneration }) => currentGeneration,
    'hibernation-supported': () => false,
    hypervisor: ({ hypervisor }) => hypervisor,
    'instance-storage-supported': () => false,
    'instance-type': ({ name }) => name,
    'memory-info.size-in-mib': ({ memoryMib }) => memoryMib,
    'network-info.ipv4-addresses-per-interface': ({ addressesPerInterface }) => addressesPerInterface,
    'network-info.ipv6-addresses-per-interface': ({ addressesPerInterface }) => addressesPerInterface,
    'network-info.ipv6-supported': () => true,
    'network-info.maximum-network-interfaces': ({ interfaces }) => interfaces,
    'processor-info.supported-architecture': ({ architecture }) => architecture,
    'supported-root-device-type': () => 'ebs',
    'supported-usage-class': () => 'on-demand',
    'supported-virtualization-type': () => 'hvm',
    'vcpu-info.default-cores': ({ vcpus, threadsPerCore }) => vcpus / threadsPerCore,
    'vcpu-info.default-threads-per-core': ({ threadsPerCore }) => threadsPerCore,
    'vcpu-info.default-vcpus': ({ vcpus }) => vcpus,
  },
  idOf: ({ name }) => name,
  all: () => catalogue,
  byId: (name) => {
    const expected = 'the catalogue of this lab does not have the type';
    return factsOf(name) ?? refuse('unknownInstanceType', { name, expected });
  },
  lookups: {},
};

const describeInstanceTypes: Operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = (
  input,
  context,
) => {
  const page = list(
    types,
    {
      ids: input.InstanceTypes,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    context,
  );
  return { InstanceTypes: page.items.map(output), NextToken: page.nextToken };
};

type Offering = { readonly name: string; readonly location: string };

function offerings(locationType: string, locations: readonly string[]): Listing<Offering> {
  return {
    action: `DescribeInstanceTypeOfferings ${locationType}`,
    bounds: { min: 5, max: 1000 },
    fields: { 'instance-type': ({ name }) => name, location: ({ location }) => location },
    idOf: ({ name, location }) => `${name} ${location}`,
    all: () => catalogue.flatMap(({ name }) => locations.map((location) => ({ name, location }))),
    byId: (id) => {
      throw new Error(`offerings have no ids: ${id}`);
    },
    lookups: {},
  };
}

/** The places of a kind in the caller's region. */
function locationsOf(
  type: 'region' | 'availability-zone' | 'availability-zone-id',
  { caller: { scope } }: Context,
): readonly string[] {
  const zones = regionNamed(scope.region)?.zones ?? [];
  switch (type) {
    case 'region':
      return [scope.region];
    case 'availability-zone':
      return zones.map(({ name }) => name);
    case 'availability-zone-id':
      return zones.map(({ id }) => id);
    default:
      return type satisfies never;
  }
}

const describeInstanceTypeOfferings: Operation<
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult
> = (input, context) => {
  const kinds = ['region', 'availability-zone', 'availability-zone-id'] as const;
  const type = oneOf(input.LocationType ?? 'region', kinds, 'LocationType');
  const page = list(
    offerings(type, locationsOf(type, context)),
    { filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
    context,
  );
  return {
    InstanceTypeOfferings: page.items.map(({ name, location }) => ({
      InstanceType: name as InstanceType,
      LocationType: type,
      Location: location,
    })),
    NextToken: page.nextToken,
  };
};

export const instanceTypeOperations = {
  DescribeInstanceTypeOfferings: { changes: false, run: describeInstanceTypeOfferings },
  DescribeInstanceTypes: { changes: false, run: describeInstanceTypes },
} satisfies OperationTable;
