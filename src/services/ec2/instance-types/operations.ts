/** All actions on instance types; every type of the catalogue is offered everywhere. */
import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  _InstanceType as InstanceType,
} from '@aws-sdk/client-ec2';
import { oneOf } from '../../input.ts';
import { type Listing, list } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { regionNamed } from '../regions.ts';
import { catalogue } from './catalogue.ts';
import { describeInstanceTypes } from './types.ts';

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
  const page = list(offerings(type, locationsOf(type, context)), input, context);
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
