/** CreateSubnet and CreateDefaultSubnet. */
import type {
  CreateDefaultSubnetRequest,
  CreateDefaultSubnetResult,
  CreateSubnetRequest,
  CreateSubnetResult,
} from '@aws-sdk/client-ec2';
import { type Cidr, cidrOf, overlaps, rangeOf } from '#net/cidr.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import { noTags } from '#vpc/tags.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { defaultSubnetCidr } from '../defaults.ts';
import { resourceOf } from '../resources.ts';
import { refuseStrangers } from '../strangers.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { refusePools } from '../vpcs/vpc-blocks.ts';
import { zoneIn } from '../zone-choice.ts';
import { makeSubnet } from './make-subnet.ts';
import { subnetOutput } from './output.ts';
import { checkPlace, subnetBlockIn, subnetIpv6BlockIn } from './subnet-blocks.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export const createSubnet: Operation<CreateSubnetRequest, CreateSubnetResult> = (input, context) => {
  const { Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength } = input;
  refusePools({ Ipv4IpamPoolId, Ipv4NetmaskLength, Ipv6IpamPoolId, Ipv6NetmaskLength });
  refuseStrangers(input, { OutpostArn: 'outpost' });
  const { cidr, ipv6Cidr } = blocksIn(input);
  const zone = zoneIn(input, context);
  const tags = tagsOnCreate('subnet', input.TagSpecifications, context);
  const vpc = resourceOf('vpc', input.VpcId, context);
  for (const block of [cidr, ipv6Cidr]) if (block) checkPlace(block, vpc, context);
  checkSubnetQuota(vpc, context);
  const blocks = { ...(cidr ? { cidr } : {}), ...(ipv6Cidr ? { ipv6Cidr } : {}) };
  const spec = { vpcId: vpc.id, zone, ...blocks, isDefaultForZone: false, tags };
  return { Subnet: subnetOutput(makeSubnet(spec, context), context) };
};

/** A subnet has an IPv4 block and perhaps an IPv6 one; one of IPv6 alone has only the latter. */
function blocksIn(input: CreateSubnetRequest): { readonly cidr?: Cidr; readonly ipv6Cidr?: Cidr } {
  const { CidrBlock: text, Ipv6CidrBlock: ipv6Text, Ipv6Native: isIpv6Only } = input;
  if (isIpv6Only && text) {
    refuse('invalidCombination', { reason: 'A subnet of IPv6 alone (Ipv6Native) has no CidrBlock.' });
  }
  const ipv6 = isIpv6Only ? required(ipv6Text, 'ipv6CidrBlock') : ipv6Text;
  return {
    ...(isIpv6Only ? {} : { cidr: subnetBlockIn(required(text, 'cidrBlock')) }),
    ...(ipv6 ? { ipv6Cidr: subnetIpv6BlockIn(ipv6) } : {}),
  };
}

/**
 * A default subnet where a zone lost its own.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html
 */
export const createDefaultSubnet: Operation<CreateDefaultSubnetRequest, CreateDefaultSubnetResult> = (
  input,
  context,
) => {
  const { transaction, caller } = context;
  if (!input.AvailabilityZone && !input.AvailabilityZoneId) required(undefined, 'availabilityZone');
  const zone = zoneIn(input, context);
  const [vpc] = transaction.network.vpc.by('default', 'default');
  if (!vpc) return refuse('defaultVpcMissing', { region: caller.scope.region });
  const subnets = [...transaction.network.subnet.by('vpc', vpc.id)];
  const existing = subnets.find((subnet) => subnet.isDefaultForZone && subnet.zone === zone.name);
  if (existing) refuse('defaultSubnetExists', { subnetId: existing.id, zone: zone.name });
  checkSubnetQuota(vpc, context);
  const taken = subnets.flatMap(allBlocksOfSubnet);
  const block = input.Ipv6Native ? { ipv6Cidr: freeIpv6Block(vpc, taken) } : { cidr: freeBlock(vpc, taken) };
  const spec = { vpcId: vpc.id, zone, ...block, isDefaultForZone: true, tags: noTags };
  return { Subnet: subnetOutput(makeSubnet(spec, context), context) };
};

function freeBlock(vpc: Vpc, taken: readonly Cidr[]): Cidr {
  const candidates = Array.from({ length: 16 }, (_, index) => defaultSubnetCidr(index));
  const free = candidates.find((block) => !taken.some((other) => overlaps(other, block)));
  return free ?? refuse('subnetConflict', { cidr: vpc.cidrBlocks[0]?.cidr ?? vpc.id, other: 'its subnets' });
}

/** The first free /64 of the default VPC, which must have an IPv6 block. */
function freeIpv6Block(vpc: Vpc, taken: readonly Cidr[]): Cidr {
  const [first] = vpc.ipv6Blocks;
  if (!first) {
    return refuse('invalidCombination', {
      reason: `The default VPC '${vpc.id}' has no IPv6 CIDR block, which a subnet of IPv6 alone needs.`,
    });
  }
  for (const { cidr } of vpc.ipv6Blocks) {
    const { family, first: start, last } = rangeOf(cidr);
    for (let value = start; value <= last; value += 1n << 64n) {
      const block = cidrOf({ family, value }, 64);
      if (!taken.some((other) => overlaps(other, block))) return block;
    }
  }
  return refuse('subnetConflict', { cidr: first.cidr, other: 'its subnets' });
}

function checkSubnetQuota({ id }: Vpc, context: Context): void {
  const count = context.transaction.network.subnet.countBy('vpc', id);
  checkQuota('subnetsPerVpc', { count, code: 'SubnetLimitExceeded', what: `subnets of VPC ${id}` }, context);
}
