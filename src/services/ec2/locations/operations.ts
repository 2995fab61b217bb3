/** DescribeRegions and DescribeAvailabilityZones, from the catalogue of regions. */
import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from '@aws-sdk/client-ec2';
import { networkOf } from '#vpc/network.ts';
import { partitionOf } from '#vpc/scope.ts';
import { type Fields, readFilters } from '../../filters.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { hasDefaults } from '../defaults.ts';
import { type Region, regionNamed, regions, type Zone } from '../regions.ts';

/** A region that an account must ask for counts as asked for once the account used it. */
function optInStatus({ name, optIn }: Region, { caller, transaction }: Context): string {
  if (!optIn) return 'opt-in-not-required';
  const used = hasDefaults(networkOf(transaction.world, { account: caller.scope.account, region: name }));
  return used ? 'opted-in' : 'not-opted-in';
}

const endpointOf = ({ name }: Region): string =>
  `ec2.${name}.${partitionOf(name) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`;

const regionFields: Fields<Region> = {
  endpoint: endpointOf,
  'opt-in-status': optInStatus,
  'region-name': ({ name }) => name,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
const describeRegions: Operation<DescribeRegionsRequest, DescribeRegionsResult> = (input, context) => {
  const filters = readFilters(input.Filters, regionFields);
  const partition = partitionOf(context.caller.scope.region);
  const known = regions.filter(({ name }) => partitionOf(name) === partition);
  const names = input.RegionNames ?? [];
  const unknown = names.find((name) => !known.some((region) => region.name === name));
  if (unknown !== undefined) {
    refuse('invalidValue', { parameter: 'region', value: unknown, expected: 'this is not a region' });
  }
  const shown = known
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .filter((region) => input.AllRegions || names.length > 0 || isEnabled(region, context))
    .filter((region) => filters.every(({ matches }) => matches(region, context)));
  return {
    Regions: shown.map((region) => ({
      RegionName: region.name,
      Endpoint: endpointOf(region),
      OptInStatus: optInStatus(region, context),
    })),
  };
};

const isEnabled = (region: Region, context: Context) => optInStatus(region, context) !== 'not-opted-in';

/** https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html */
const groupOf = (region: string) => `${region}-zg-1`;

const longGroupOf = (region: string) => {
  const longName = regionNamed(region)?.longName;
  return longName && `${longName} 1`;
};

const zoneFields: Fields<Zone> = {
  'group-long-name': (_, { caller }) => longGroupOf(caller.scope.region),
  'group-name': (_, { caller }) => groupOf(caller.scope.region),
  // No zone has a message, and none hangs on another.
  message: () => undefined,
  'opt-in-status': () => 'opt-in-not-required',
  'parent-zone-id': () => undefined,
  'parent-zone-name': () => undefined,
  'region-name': (_, { caller }) => caller.scope.region,
  state: () => 'available',
  'zone-id': ({ id }) => id,
  'zone-name': ({ name }) => name,
  'zone-type': () => 'availability-zone',
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
const describeAvailabilityZones: Operation<
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult
> = (input, context) => {
  const filters = readFilters(input.Filters, zoneFields);
  const zones = regionNamed(context.caller.scope.region)?.zones ?? [];
  const { ZoneNames: names = [], ZoneIds: ids = [] } = input;
  if (names.length > 0 && ids.length > 0) {
    refuse('invalidCombination', { reason: 'Give zoneNames or zoneIds, not both.' });
  }
  checkKnown(
    names,
    zones.map(({ name }) => name),
    'zoneName',
  );
  checkKnown(
    ids,
    zones.map(({ id }) => id),
    'zoneId',
  );
  const shown = zones
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .filter((zone) => filters.every(({ matches }) => matches(zone, context)));
  return { AvailabilityZones: shown.map((zone) => zoneOutput(zone, context)) };
};

function checkKnown(given: readonly string[], known: readonly string[], parameter: string): void {
  const unknown = given.find((value) => !known.includes(value));
  if (unknown !== undefined) {
    refuse('invalidValue', { parameter, value: unknown, expected: `the zones are ${known.join(', ')}` });
  }
}

function zoneOutput({ name, id }: Zone, { caller }: Context): AvailabilityZone {
  return {
    ZoneName: name,
    ZoneId: id,
    ZoneType: 'availability-zone',
    RegionName: caller.scope.region,
    GroupName: groupOf(caller.scope.region),
    GroupLongName: longGroupOf(caller.scope.region),
    NetworkBorderGroup: caller.scope.region,
    State: 'available',
    OptInStatus: 'opt-in-not-required',
    Messages: [],
  };
}

export const locationOperations = {
  DescribeAvailabilityZones: { changes: false, run: describeAvailabilityZones },
  DescribeRegions: { changes: false, run: describeRegions },
} satisfies OperationTable;
