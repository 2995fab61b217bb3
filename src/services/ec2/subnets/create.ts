/** CreateSubnet and CreateDefaultSubnet. */
import type {
  CreateDefaultSubnetRequest,
  CreateDefaultSubnetResult,
  CreateSubnetRequest,
  CreateSubnetResult,
} from '@aws-sdk/client-ec2';
import { overlaps } from '#net/cidr.ts';
import { noTags } from '#vpc/tags.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { defaultSubnetCidr } from '../defaults.ts';
import { type Region, regionNamed, type Zone } from '../regions.ts';
import { idIn, resourceIn } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { makeSubnet } from './make-subnet.ts';
import { subnetOutput } from './output.ts';
import { checkPlace, subnetBlockIn, subnetIpv6BlockIn } from './subnet-blocks.ts';

/** Pools and places that Rampart does not have. */
const foreign = [
  'Ipv4IpamPoolId',
  'Ipv4NetmaskLength',
  'Ipv6IpamPoolId',
  'Ipv6NetmaskLength',
  'OutpostArn',
] as const;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export const createSubnet: Operation<CreateSubnetRequest, CreateSubnetResult> = (input, context) => {
  idIn('vpc', input.VpcId, 'vpcId');
  refuseUnsupported(input, foreign);
  if (input.Ipv6Native) refuse('unsupported', { reason: 'Rampart has no IPv6-only subnets (Ipv6Native).' });
  const cidrText = required(input.CidrBlock, 'cidrBlock');
  const cidr = subnetBlockIn(cidrText);
  const ipv6Cidr = input.Ipv6CidrBlock ? subnetIpv6BlockIn(input.Ipv6CidrBlock) : undefined;
  const zone = zoneIn(input, context);
  const tags = tagsOnCreate('subnet', input.TagSpecifications, context);
  const vpc = resourceIn('vpc', { id: input.VpcId, parameter: 'vpcId' }, context);
  checkPlace(cidr, vpc, context);
  if (ipv6Cidr) checkPlace(ipv6Cidr, vpc, context);
  checkSubnetQuota(vpc, context);
  const ipv6 = ipv6Cidr ? { ipv6Cidr } : {};
  const spec = { vpcId: vpc.id, zone, cidr, ...ipv6, isDefaultForZone: false, tags };
  return { Subnet: subnetOutput(makeSubnet(spec, context), context) };
};

/**
 * A default subnet where a zone lost its own.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html
 */
export const createDefaultSubnet: Operation<CreateDefaultSubnetRequest, CreateDefaultSubnetResult> = (
  input,
  context,
) => {
  const { transaction, caller } = context;
  if (input.Ipv6Native) refuse('unsupported', { reason: 'Rampart has no IPv6-only subnets (Ipv6Native).' });
  if (!input.AvailabilityZone && !input.AvailabilityZoneId) required(undefined, 'availabilityZone');
  const zone = zoneIn(input, context);
  const [vpc] = transaction.network.vpc.by('default', 'default');
  if (!vpc) return refuse('defaultVpcMissing', { region: caller.scope.region });
  const subnets = [...transaction.network.subnet.by('vpc', vpc.id)];
  const existing = subnets.find((subnet) => subnet.isDefaultForZone && subnet.zone === zone.name);
  if (existing) refuse('defaultSubnetExists', { subnetId: existing.id, zone: zone.name });
  checkSubnetQuota(vpc, context);
  const candidates = Array.from({ length: 16 }, (_, index) => defaultSubnetCidr(index));
  const cidr = candidates.find((block) => !subnets.some(({ cidr }) => cidr && overlaps(cidr, block)));
  if (!cidr)
    return refuse('subnetConflict', { cidr: vpc.cidrBlocks[0]?.cidr ?? vpc.id, other: 'its subnets' });
  const spec = { vpcId: vpc.id, zone, cidr, isDefaultForZone: true, tags: noTags };
  return { Subnet: subnetOutput(makeSubnet(spec, context), context) };
};

type ZoneChoice = {
  readonly AvailabilityZone?: string | undefined;
  readonly AvailabilityZoneId?: string | undefined;
};

/** The zone named by name or id; the region's first where none is named. */
function zoneIn(input: ZoneChoice, { caller }: Context): Zone {
  const region = regionNamed(caller.scope.region) ?? refuse('invalidRegion', { region: caller.scope.region });
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input;
  if (name && id) {
    refuse('invalidCombination', { reason: 'Give availabilityZone or availabilityZoneId, not both.' });
  }
  const [first] = region.zones;
  const zone = name || id ? region.zones.find((each) => each.name === name || each.id === id) : first;
  return zone ?? refuseZone(region, input);
}

function refuseZone(
  { zones }: Region,
  { AvailabilityZone: name, AvailabilityZoneId: id }: ZoneChoice,
): never {
  const choices = zones.map((zone) => (name ? zone.name : zone.id)).join(', ');
  return refuse('invalidValue', {
    parameter: name ? 'availabilityZone' : 'availabilityZoneId',
    value: name ?? id ?? '',
    expected: `subnets can be made in ${choices}`,
  });
}

function checkSubnetQuota({ id }: Vpc, context: Context): void {
  const count = context.transaction.network.subnet.countBy('vpc', id);
  checkQuota('subnetsPerVpc', { count, code: 'SubnetLimitExceeded', what: `subnets of VPC ${id}` }, context);
}
