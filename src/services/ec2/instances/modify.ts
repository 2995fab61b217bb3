/** ModifyInstanceAttribute, ResetInstanceAttribute and ModifyInstanceMetadataOptions. */
import type {
  InstanceBlockDeviceMappingSpecification,
  ModifyInstanceAttributeRequest,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
  ResetInstanceAttributeRequest,
} from '@aws-sdk/client-ec2';
import type { Eni } from '#vpc/eni.ts';
import type { Instance } from '#vpc/instance.ts';
import { stateAt } from '#vpc/instance-state.ts';
import { attachmentsOf, withAttachments } from '#vpc/volume.ts';
import { oneOf, required } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { interfaceLimitsOf } from '../instance-types/catalogue.ts';
import { checkTypes } from '../interfaces/fabric.ts';
import { checkedGroups } from '../interfaces/groups.ts';
import { refuseSpotProtection, type SpotProtection } from '../spot/terms.ts';
import { ownFirst } from '../volumes/multi-attach.ts';
import { liveInstanceOf } from './find-instance.ts';
import { refuseNoEnclaves } from './host-options.ts';
import { interfacesOf } from './interfaces-of.ts';
import { cpuCreditsIn, instanceTypeIn, isBurstable, metadataWith, userDataIn } from './launch-options.ts';
import { metadataOutput } from './output.ts';
import { checkShownTags } from './shown-tags.ts';

/** A change of one attribute: the text of its value. */
type TextChange = (instance: Instance, value: string, context: Context) => void;

const put = (instance: Instance, { transaction }: Context): void => transaction.put('instance', instance);

const flag = (text: string, attribute: string): boolean =>
  oneOf(text.toLowerCase(), ['true', 'false'], attribute) === 'true';

/** Whether an instance is to be protected; Spot Instances cannot be. */
function protection({ spotRequestId }: Instance, text: string, attribute: SpotProtection): boolean {
  const isWanted = flag(text, attribute);
  if (isWanted && spotRequestId) refuseSpotProtection(attribute);
  return isWanted;
}

/** Attribute as DescribeInstanceAttribute names it → its change. */
const changes = {
  disableApiTermination: (instance, value, context) =>
    put(
      { ...instance, disableApiTermination: protection(instance, value, 'DisableApiTermination') },
      context,
    ),
  disableApiStop: (instance, value, context) =>
    put(withOption(instance, { disableApiStop: protection(instance, value, 'DisableApiStop') }), context),
  ebsOptimized: (instance, value, context) => {
    checkStopped(instance, 'EbsOptimized', context);
    put(withOption(instance, { ebsOptimized: flag(value, 'EbsOptimized') }), context);
  },
  enaSupport: (instance, value, context) => {
    // AWS: it cannot be taken away again.
    oneOf(value.toLowerCase(), ['true'], 'EnaSupport');
    checkStopped(instance, 'EnaSupport', context);
  },
  enclaveOptions: (instance, value, context) => {
    const enclave = flag(value, 'EnclaveOptions.Enabled');
    checkStopped(instance, 'EnclaveOptions', context);
    if (enclave) refuseNoEnclaves(instance.instanceType);
    put(withOption(instance, { enclave }), context);
  },
  kernel: (_instance, value) => refuseParavirtual('Kernel', value),
  ramdisk: (_instance, value) => refuseParavirtual('Ramdisk', value),
  sriovNetSupport: (instance, value, context) => {
    const sriovNetSupport = oneOf(value, ['simple'], 'SriovNetSupport');
    checkStopped(instance, 'SriovNetSupport', context);
    put(withOption(instance, { sriovNetSupport }), context);
  },
  instanceInitiatedShutdownBehavior: (instance, value, context) => {
    const shutdownBehavior = oneOf(value, ['stop', 'terminate'], 'InstanceInitiatedShutdownBehavior');
    put(withOption(instance, { shutdownBehavior }), context);
  },
  instanceType: (instance, value, context) => {
    const instanceType = instanceTypeIn(value);
    checkStopped(instance, 'InstanceType', context);
    const { interfaces: limit } = interfaceLimitsOf(instanceType);
    const interfaces = interfacesOf(instance, context.transaction.network);
    if (interfaces.length > limit) {
      refuse('tooManyAttachments', { instanceId: instance.id, instanceType, limit, what: 'interfaces' });
    }
    const placed = interfaces.map(({ interfaceType, attachment }) => ({
      interfaceType,
      deviceIndex: attachment?.deviceIndex ?? 0,
    }));
    checkTypes(placed, { instanceId: instance.id, instanceType });
    put(withCredits({ ...instance, instanceType }), context);
  },
  sourceDestCheck: (instance, value, context) => {
    const eni = onlyInterface(instance, context);
    context.transaction.put('eni', { ...eni, sourceDestCheck: flag(value, 'SourceDestCheck') });
  },
  userData: (instance, value, context) => {
    const { userData: _, ...rest } = instance;
    const userData = userDataIn(value);
    checkStopped(instance, 'UserData', context);
    put(userData === '' ? rest : { ...rest, userData }, context);
  },
} as const satisfies Record<string, TextChange>;

/** The images here are HVM, and only paravirtual ones take a kernel and a RAM disk. */
function refuseParavirtual(attribute: string, value: string): never {
  const expected = 'only paravirtual images take one';
  return refuse('invalidValue', { parameter: attribute, value, expected });
}

/** The instance with other options. */
export function withOption(instance: Instance, options: Partial<Instance['options']>): Instance {
  return { ...instance, options: { ...instance.options, ...options } };
}

/** The instance with the CPU credits of its type: its own where it had some, none where the type has none. */
function withCredits({ options, ...instance }: Instance): Instance {
  const { cpuCredits: before, ...rest } = options;
  const { instanceType: type } = instance;
  const cpuCredits = cpuCreditsIn(type, isBurstable(type) ? before : undefined, 'InstanceType');
  return { ...instance, options: { ...rest, ...(cpuCredits && { cpuCredits }) } };
}

/**
 * Refuses a change of what an instance is started with.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html
 */
export function checkStopped(instance: Instance, attribute: string, { nowMs }: Context): void {
  const state = stateAt(instance, nowMs);
  if (state !== 'stopped') {
    refuse('instanceState', {
      reason: `The instance '${instance.id}' is ${state}; ${attribute} can change only while it is stopped.`,
    });
  }
}

/** The interface whose attributes stand for the instance's; AWS refuses where there are several. */
function onlyInterface(instance: Instance, { transaction }: Context): Eni {
  const [only, ...more] = interfacesOf(instance, transaction.network);
  if (!only || more.length > 0) return refuse('severalInterfaces', { instanceId: instance.id });
  return only;
}

/** The change that a request asks for; each asks for one. */
function changeIn(input: ModifyInstanceAttributeRequest): (instance: Instance, context: Context) => void {
  const { Groups: groups, BlockDeviceMappings: mappings, UserData: userData } = input;
  const { EnclaveOptions: enclave } = input;
  const { DisableApiStop, DisableApiTermination, EbsOptimized, InstanceType, SourceDestCheck } = input;
  const texts: readonly (readonly [keyof typeof changes, string | undefined])[] = [
    ['disableApiStop', textOf(DisableApiStop)],
    ['disableApiTermination', textOf(DisableApiTermination)],
    ['ebsOptimized', textOf(EbsOptimized)],
    ['enaSupport', textOf(input.EnaSupport)],
    ['enclaveOptions', textOf(enclave && { Value: enclave.Enabled })],
    ['kernel', textOf(input.Kernel)],
    ['ramdisk', textOf(input.Ramdisk)],
    ['sriovNetSupport', textOf(input.SriovNetSupport)],
    ['instanceInitiatedShutdownBehavior', textOf(input.InstanceInitiatedShutdownBehavior)],
    ['instanceType', textOf(InstanceType)],
    ['sourceDestCheck', textOf(SourceDestCheck)],
    ['userData', userData && Buffer.from(userData.Value ?? []).toString('base64')],
  ];
  const asked = [
    ...texts.flatMap(([name, value]) => (value === undefined ? [] : [textChange(name, value)])),
    ...(input.Attribute ? [textChange(input.Attribute, input.Value ?? '')] : []),
    ...(groups && groups.length > 0 ? [groupChange(groups)] : []),
    ...(mappings && mappings.length > 0 ? [deviceChange(mappings)] : []),
  ];
  const [first, ...more] = asked;
  if (more.length > 0)
    refuse('invalidCombination', { reason: 'Only one attribute can be changed at a time.' });
  return first ?? refuse('missingParameter', { parameter: 'an attribute to change' });
}

function textOf(attribute: { Value?: string | boolean | undefined } | undefined): string | undefined {
  return attribute && String(attribute.Value ?? '');
}

function textChange(name: string, value: string) {
  const known = oneOf(name, Object.keys(changes) as (keyof typeof changes)[], 'Attribute');
  return (instance: Instance, context: Context) => changes[known](instance, value, context);
}

const groupChange = (groups: readonly string[]) => (instance: Instance, context: Context) => {
  const eni = onlyInterface(instance, context);
  context.transaction.put('eni', { ...eni, groupIds: checkedGroups(groups, eni.vpcId, context) });
};

const deviceChange =
  (mappings: readonly InstanceBlockDeviceMappingSpecification[]) =>
  (instance: Instance, { transaction }: Context) => {
    for (const { DeviceName: device, Ebs: ebs } of mappings) {
      const name = required(device, 'BlockDeviceMapping.DeviceName');
      const volumes = [...transaction.network.volume.by('instance', instance.id)];
      const volume = volumes.find((each) => ownFirst(each, instance.id)[0]?.device === name);
      if (!volume) {
        const expected = `the instance '${instance.id}' has no such device`;
        return refuse('invalidValue', { parameter: 'BlockDeviceMapping.DeviceName', value: name, expected });
      }
      const attachments = attachmentsOf(volume).map((each) =>
        each.instanceId === instance.id
          ? { ...each, deleteOnTermination: ebs?.DeleteOnTermination ?? each.deleteOnTermination }
          : each,
      );
      transaction.put('volume', withAttachments(volume, attachments));
    }
  };

export const modifyInstanceAttribute: Operation<ModifyInstanceAttributeRequest, Record<string, never>> = (
  input,
  context,
) => {
  const change = changeIn(input);
  change(liveInstanceOf(input.InstanceId, context), context);
  return {};
};

export const resetInstanceAttribute: Operation<ResetInstanceAttributeRequest, Record<string, never>> = (
  { Attribute: attribute, InstanceId: id },
  context,
) => {
  const name = oneOf(attribute, ['kernel', 'ramdisk', 'sourceDestCheck'], 'Attribute');
  changes[name](liveInstanceOf(id, context), name === 'sourceDestCheck' ? 'true' : 'default', context);
  return {};
};

export const modifyInstanceMetadataOptions: Operation<
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult
> = ({ InstanceId, DryRun: _, ...request }, context) => {
  const instance = liveInstanceOf(InstanceId, context);
  const metadata = metadataWith(instance.options.metadata, request);
  const changed = withOption(instance, { metadata });
  checkShownTags(changed);
  put(changed, context);
  return { InstanceId: instance.id, InstanceMetadataOptions: metadataOutput(metadata) };
};
