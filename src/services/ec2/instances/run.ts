/** RunInstances: all instances with all their interfaces and volumes, or none. */
import type { Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { type Id, type InstanceId, newId } from '#vpc/ids.ts';
import type { Instance, InstanceOptions } from '#vpc/instance.ts';
import type { SpotTerms } from '#vpc/spot-request.ts';
import { freeIpv4Count } from '#vpc/subnet-space.ts';
import { noTags, type Tags } from '#vpc/tags.ts';
import { once } from '../../client-token.ts';
import { required } from '../../input.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { checkRequest } from '../../request-check.ts';
import { newPublicIp, restorePublicIp } from '../addresses/associate.ts';
import { refuseBeyondRoom, roomFor } from '../instance-types/vcpus.ts';
import { addressesOfType } from '../interfaces/fabric.ts';
import { makeInterface } from '../interfaces/make-interface.ts';
import { wantsPublicIp } from '../interfaces/modify.ts';
import { keyPairNamed } from '../key-pairs/operations.ts';
import { withTemplate } from '../launch-templates/data.ts';
import { resourceOf } from '../resources.ts';
import { forgetSpotRequests, makeSpotRequest } from '../spot/requests.ts';
import { spotTermsIn } from '../spot/terms.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { type LaunchVolumes, launchVolumes, makeLaunchVolumes } from '../volumes/launch-volumes.ts';
import { forgetTerminated } from './change-state.ts';
import { addressCount, type LaunchInterface, launchInterfaces, prefixCount } from './launch-interfaces.ts';
import { checkLaunch, instanceTypeIn, launchOptions, userDataIn } from './launch-options.ts';
import { reservationOutput } from './output.ts';
import { checkShownTags } from './shown-tags.ts';

type Request = Checked<RunInstancesRequest>;

type Launch = {
  readonly input: RunInstancesRequest;
  readonly imageId: string;
  readonly instanceType: string;
  readonly userData: string | undefined;
  readonly interfaces: readonly LaunchInterface[];
  readonly volumes: LaunchVolumes;
  readonly options: InstanceOptions;
  readonly spot: SpotTerms | undefined;
  readonly tags: {
    readonly instance: Tags;
    readonly eni: Tags;
    readonly volume: Tags;
    readonly spotRequest: Tags;
  };
  readonly count: number;
};

export const runInstances: Operation<RunInstancesRequest, Reservation> = (input, context) => {
  const ids = once({ action: 'RunInstances', input }, context, () => {
    forgetTerminated(context);
    forgetSpotRequests(context);
    const launch = planLaunch(input, context);
    const reservationId = newId('reservation', context.hex17);
    return Array.from({ length: launch.count }, (_, index) => start(launch, reservationId, index, context));
  });
  return reservationOutput(
    ids.map((id) => resourceOf('instance', id, context)),
    context,
  );
};

/** The launch that a request and its LaunchTemplate ask for; nothing is made yet. */
function planLaunch(request: Request, context: Context): Launch {
  const { input, templateTags } = withTemplate(request, context);
  if (request.LaunchTemplate) checkRequest('ec2', 'RunInstances', input);
  const { min, max } = countsIn(input);
  const imageId = required(input.ImageId, 'ImageId');
  checkLaunch(input);
  const { InstanceMarketOptions: market } = input;
  const spot = market && spotTermsIn(market, input, context);
  const instanceType = instanceTypeIn(input.InstanceType);
  const userData = input.UserData ? userDataIn(input.UserData) : undefined;
  if (input.KeyName) keyPairNamed(input.KeyName, context);
  const volumes = launchVolumes(imageId, input.BlockDeviceMappings);
  const interfaces = launchInterfaces(input, instanceType, context);
  const [primary] = interfaces;
  if (!primary) throw new Error('a launch without interfaces');
  if (max > 1) refuseUniqueParts(interfaces);
  const made = ['instance', 'eni', 'volume', ...(spot ? (['spotRequest'] as const) : [])] as const;
  const tagsOf = (kind: (typeof made)[number]) => tagsOnCreate(kind, input.TagSpecifications, context, made);
  const { subnet } = primary;
  const vpc = resourceOf('vpc', subnet.vpcId, context);
  const autoPublicIp = primary.kind === 'new' ? primary.publicIp : wantsPublicIp(primary.eni);
  const { rootDeviceName } = volumes;
  const isRootEncrypted = volumes.volumes[0]?.settings.encrypted === true;
  return {
    input,
    imageId,
    instanceType,
    userData,
    interfaces,
    volumes,
    spot,
    options: launchOptions(
      input,
      { vpc, subnet, instanceType, rootDeviceName, isRootEncrypted, autoPublicIp },
      context,
    ),
    tags: {
      instance: { ...tagsOf('instance'), ...templateTags },
      eni: tagsOf('eni'),
      volume: tagsOf('volume'),
      spotRequest: spot ? tagsOf('spotRequest') : noTags,
    },
    count: affordableCount({ instanceType, interfaces, min, max }, context),
  };
}

function countsIn({ MinCount: least, MaxCount: most }: Request): { min: number; max: number } {
  if (least < 1) refuse('invalidValue', { parameter: 'MinCount', value: least, expected: 'use 1 or more' });
  if (most < least) {
    const expected = `use MinCount, which is ${least}, or more`;
    refuse('invalidValue', { parameter: 'MaxCount', value: most, expected });
  }
  return { min: least, max: most };
}

/** Refuses parts that only one instance can have. */
function refuseUniqueParts(interfaces: readonly LaunchInterface[]): void {
  for (const each of interfaces) {
    const isUnique =
      each.kind === 'existing' ||
      Boolean(each.request.PrivateIpAddress) ||
      Boolean(each.request.PrivateIpAddresses?.length) ||
      Boolean(each.request.Ipv6Addresses?.length) ||
      Boolean(each.request.Ipv4Prefixes?.length) ||
      Boolean(each.request.Ipv6Prefixes?.length);
    if (isUnique) {
      refuse('invalidCombination', {
        reason: 'An interface or address that exists once cannot be given to several instances.',
      });
    }
  }
}

/** Addresses of a delegated IPv4 prefix, a /28. */
const addressesPerPrefix = 16;

type Wanted = Pick<Launch, 'instanceType' | 'interfaces'> & { readonly min: number; readonly max: number };

/**
 * As many instances as the account may run and the subnets have addresses for, up to the most asked for; refuses fewer
 * than the least.
 */
function affordableCount({ instanceType, interfaces, min, max }: Wanted, context: Context): number {
  const { transaction } = context;
  refuseBeyondRoom(instanceType, min, context);
  // One instance either finds its addresses or does not: counting a large subnet is for those who ask for more.
  if (max === 1) return 1;
  const needs = new Map<string, number>();
  let count = Math.min(max, roomFor(instanceType, context));
  for (const each of interfaces) {
    if (each.kind === 'existing') continue;
    const { subnet } = each;
    if (subnet.cidr === undefined || each.interfaceType === 'efa-only') continue;
    const prefixed = addressesPerPrefix * prefixCount(each.request, 'Ipv4');
    const need = (needs.get(subnet.id) ?? 0) + addressCount(each.request) + prefixed;
    needs.set(subnet.id, need);
    count = Math.min(count, Math.floor(freeIpv4Count(transaction.network, subnet) / need));
    if (count < min) refuse('noFreeAddress', { subnetId: subnet.id });
  }
  return count;
}

function start(
  launch: Launch,
  reservationId: Id<'reservation'>,
  launchIndex: number,
  context: Context,
): InstanceId {
  const { input, interfaces, options, tags } = launch;
  const [primary] = interfaces;
  if (!primary) throw new Error('a launch without interfaces');
  const { nowMs } = context;
  const instance: Instance = {
    id: newId('instance', context.hex17),
    reservationId,
    imageId: launch.imageId,
    instanceType: launch.instanceType,
    state: 'running',
    stateChangedAtMs: nowMs,
    vpcId: primary.subnet.vpcId,
    subnetId: primary.subnet.id,
    zone: primary.subnet.zone,
    launchedAtMs: nowMs,
    launchIndex,
    ...(input.KeyName ? { keyName: input.KeyName } : {}),
    ...(launch.userData === undefined ? {} : { userData: launch.userData }),
    disableApiTermination: input.DisableApiTermination ?? false,
    ...(input.ClientToken ? { clientToken: input.ClientToken } : {}),
    options,
    tags: tags.instance,
  };
  checkShownTags(instance);
  context.transaction.put('instance', instance);
  for (const each of interfaces) plug(each, instance, tags.eni, context);
  makeLaunchVolumes(instance, launch.volumes, tags.volume, context);
  if (launch.spot) makeSpotRequest(instance, launch.spot, tags.spotRequest, context);
  return instance.id;
}

function plug(each: LaunchInterface, instance: Instance, tags: Tags, context: Context): void {
  const attachment = {
    id: newId('eniAttachment', context.hex17),
    instanceId: instance.id,
    deviceIndex: each.deviceIndex,
    deleteOnTermination: each.deleteOnTermination,
    attachedAtMs: context.nowMs,
  };
  if (each.kind === 'existing') {
    const attached = { ...each.eni, attachment };
    context.transaction.put('eni', attached);
    if (attachment.deviceIndex === 0) restorePublicIp(attached, context);
    return;
  }
  const { subnet, groupIds, description, timeouts, interfaceType, enaSrd } = each;
  makeInterface(
    {
      subnet,
      groupIds,
      description,
      timeouts,
      interfaceType,
      addresses: addressesOfType(interfaceType, each.request, subnet, context),
      attachment,
      ...(enaSrd ? { enaSrd } : {}),
      ...(each.publicIp ? { launchPublicIp: newPublicIp(context) } : {}),
      tags,
    },
    context,
  );
}
