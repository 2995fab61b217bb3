/**
 * AWS's regions and their availability zones. Which zone ids there are is from AWS's table. Which
 * letter goes with which is published nowhere: in the oldest regions AWS has dealt letters to accounts one by one (until
 * November 2025), and here one dealing stands for all accounts.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */

export type Zone = { readonly name: string; readonly id: string };
export type Region = {
  readonly name: string;
  /** As AWS's console names it. */
  readonly longName: string;
  readonly zones: readonly Zone[];
  /** Whether an account must ask for the region before it can be used. */
  readonly optIn: boolean;
};

/** Region, prefix of its zone ids, zones as letter and number, AWS's name for people. */
type Row = readonly [name: string, prefix: string, zones: string, longName: string];

const alwaysOn: readonly Row[] = [
  ['us-east-1', 'use1', 'a1 b2 c3 d4 e5 f6', 'US East (N. Virginia)'],
  ['us-east-2', 'use2', 'a1 b2 c3', 'US East (Ohio)'],
  ['us-west-1', 'usw1', 'a1 c3', 'US West (N. California)'],
  ['us-west-2', 'usw2', 'a1 b2 c3 d4', 'US West (Oregon)'],
  ['ap-northeast-1', 'apne1', 'a4 c1 d2', 'Asia Pacific (Tokyo)'],
  ['ap-northeast-2', 'apne2', 'a1 b2 c3 d4', 'Asia Pacific (Seoul)'],
  ['ap-northeast-3', 'apne3', 'a3 b1 c2', 'Asia Pacific (Osaka)'],
  ['ap-south-1', 'aps1', 'a1 b3 c2', 'Asia Pacific (Mumbai)'],
  ['ap-southeast-1', 'apse1', 'a1 b2 c3', 'Asia Pacific (Singapore)'],
  ['ap-southeast-2', 'apse2', 'a1 b3 c2', 'Asia Pacific (Sydney)'],
  ['ca-central-1', 'cac1', 'a1 b2 d4', 'Canada (Central)'],
  ['eu-central-1', 'euc1', 'a2 b3 c1', 'Europe (Frankfurt)'],
  ['eu-north-1', 'eun1', 'a1 b2 c3', 'Europe (Stockholm)'],
  ['eu-west-1', 'euw1', 'a1 b2 c3', 'Europe (Ireland)'],
  ['eu-west-2', 'euw2', 'a2 b3 c1', 'Europe (London)'],
  ['eu-west-3', 'euw3', 'a1 b2 c3', 'Europe (Paris)'],
  ['sa-east-1', 'sae1', 'a1 b2 c3', 'South America (São Paulo)'],
  ['cn-north-1', 'cnn1', 'a1 b2 d4', 'China (Beijing)'],
  ['cn-northwest-1', 'cnnw1', 'a1 b2 c3', 'China (Ningxia)'],
  ['us-gov-east-1', 'usge1', 'a1 b2 c3', 'AWS GovCloud (US-East)'],
  ['us-gov-west-1', 'usgw1', 'a1 b2 c3', 'AWS GovCloud (US-West)'],
];

const optIn: readonly Row[] = [
  ['af-south-1', 'afs1', 'a1 b2 c3', 'Africa (Cape Town)'],
  ['ap-east-1', 'ape1', 'a1 b2 c3', 'Asia Pacific (Hong Kong)'],
  ['ap-east-2', 'ape2', 'a1 b2 c3', 'Asia Pacific (Taipei)'],
  ['ap-south-2', 'aps2', 'a1 b2 c3', 'Asia Pacific (Hyderabad)'],
  ['ap-southeast-3', 'apse3', 'a1 b2 c3', 'Asia Pacific (Jakarta)'],
  ['ap-southeast-4', 'apse4', 'a1 b2 c3', 'Asia Pacific (Melbourne)'],
  ['ap-southeast-5', 'apse5', 'a1 b2 c3', 'Asia Pacific (Malaysia)'],
  ['ap-southeast-6', 'apse6', 'a1 b2 c3', 'Asia Pacific (New Zealand)'],
  ['ap-southeast-7', 'apse7', 'a1 b2 c3', 'Asia Pacific (Thailand)'],
  ['ca-west-1', 'caw1', 'a1 b2 c3', 'Canada West (Calgary)'],
  ['eu-central-2', 'euc2', 'a1 b2 c3', 'Europe (Zurich)'],
  ['eu-south-1', 'eus1', 'a1 b2 c3', 'Europe (Milan)'],
  ['eu-south-2', 'eus2', 'a1 b2 c3', 'Europe (Spain)'],
  ['il-central-1', 'ilc1', 'a1 b2 c3', 'Israel (Tel Aviv)'],
  ['me-central-1', 'mec1', 'a1 b2 c3', 'Middle East (UAE)'],
  ['me-south-1', 'mes1', 'a1 b2 c3', 'Middle East (Bahrain)'],
  ['mx-central-1', 'mxc1', 'a1 b2 c3', 'Mexico (Central)'],
];

function regionOfRow([name, prefix, zones, longName]: Row, isOptIn: boolean): Region {
  return {
    name,
    longName,
    optIn: isOptIn,
    zones: zones
      .split(' ')
      .map((zone) => ({ name: `${name}${zone.charAt(0)}`, id: `${prefix}-az${zone.slice(1)}` })),
  };
}

/** All regions of all partitions. */
export const regions: readonly Region[] = [
  ...alwaysOn.map((row) => regionOfRow(row, false)),
  ...optIn.map((row) => regionOfRow(row, true)),
];

/** The region of a name, undefined where AWS has none. */
export function regionNamed(name: string): Region | undefined {
  return regions.find((region) => region.name === name);
}

/** The zone of a name in a region, undefined where the region has none. */
function zoneNamed(region: string, name: string): Zone | undefined {
  return regionNamed(region)?.zones.find((zone) => zone.name === name);
}

/** The account-independent id of a zone. */
export function zoneIdOf(region: string, name: string): string | undefined {
  return zoneNamed(region, name)?.id;
}
