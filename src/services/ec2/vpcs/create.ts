/** CreateVpc and CreateDefaultVpc. */
import type {
  CreateDefaultVpcRequest,
  CreateDefaultVpcResult,
  CreateVpcRequest,
  CreateVpcResult,
} from '@aws-sdk/client-ec2';
import { noTags } from '#vpc/tags.ts';
import { oneOf, required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { makeDefaultVpc } from '../defaults.ts';
import { checkMode, exclusionsAfter, makeControl } from '../encryption-controls/control.ts';
import { regionNamed } from '../regions.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { makeVpc } from './make-vpc.ts';
import { newVpcOutput } from './output.ts';
import { amazonBlock, refusePools, vpcBlockIn } from './vpc-blocks.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export const createVpc: Operation<CreateVpcRequest, CreateVpcResult> = (input, context) => {
  const cidrText = required(input.CidrBlock, 'cidrBlock');
  const { VpcEncryptionControl: encryption } = input;
  if (encryption) checkMode(required(encryption.Mode, 'VpcEncryptionControl.Mode'));
  refusePools(input);
  if (input.Ipv6CidrBlock) refuse('missingParameter', { parameter: 'ipv6Pool' });
  const tenancy = oneOf(input.InstanceTenancy ?? 'default', ['default', 'dedicated'], 'instanceTenancy');
  const cidr = vpcBlockIn(cidrText);
  const tags = tagsOnCreate('vpc', input.TagSpecifications, context);
  checkVpcQuota(context);
  const ipv6 = input.AmazonProvidedIpv6CidrBlock ? { ipv6Cidr: amazonBlock(context) } : {};
  const vpc = makeVpc({ cidr, ...ipv6, isDefault: false, tenancy, tags }, context);
  if (encryption) makeControl(vpc.id, { exclusions: exclusionsAfter([], encryption), tags: noTags }, context);
  return { Vpc: newVpcOutput(vpc, context) };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html */
export const createDefaultVpc: Operation<CreateDefaultVpcRequest, CreateDefaultVpcResult> = (_, context) => {
  const { transaction, caller } = context;
  const [existing] = transaction.network.vpc.by('default', 'default');
  if (existing) refuse('defaultVpcExists', { vpcId: existing.id });
  checkVpcQuota(context);
  const region = regionNamed(caller.scope.region) ?? refuse('invalidRegion', { region: caller.scope.region });
  return { Vpc: newVpcOutput(makeDefaultVpc(region, context), context) };
};

function checkVpcQuota(context: Context): void {
  const count = context.transaction.network.vpc.size;
  checkQuota('vpcsPerRegion', { count, code: 'VpcLimitExceeded', what: 'VPCs in the region' }, context);
}
