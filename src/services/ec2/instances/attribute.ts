/** DescribeInstanceAttribute. */
import type { DescribeInstanceAttributeRequest, InstanceAttribute } from '@aws-sdk/client-ec2';
import type { Instance } from '#vpc/instance.ts';
import { oneOf } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { groupIdentifiers } from '../interfaces/output.ts';
import { instanceOf } from './find-instance.ts';
import { interfacesOf } from './interfaces-of.ts';
import { blockDevices } from './output.ts';

type Read = (instance: Instance, context: Context) => Omit<InstanceAttribute, 'InstanceId'>;

const primary = (instance: Instance, { transaction }: Context) =>
  interfacesOf(instance, transaction.network)[0];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html */
const attributes = {
  blockDeviceMapping: (instance, context) => ({ BlockDeviceMappings: blockDevices(instance, context) }),
  disableApiStop: ({ options }) => ({ DisableApiStop: { Value: options.disableApiStop } }),
  disableApiTermination: ({ disableApiTermination }) => ({
    DisableApiTermination: { Value: disableApiTermination },
  }),
  ebsOptimized: ({ options }) => ({ EbsOptimized: { Value: options.ebsOptimized } }),
  enaSupport: () => ({ EnaSupport: { Value: true } }),
  enclaveOptions: ({ options }) => ({ EnclaveOptions: { Enabled: options.enclave ?? false } }),
  groupSet: (instance, context) => {
    const eni = primary(instance, context);
    return { Groups: eni ? groupIdentifiers(eni, context) : [] };
  },
  instanceInitiatedShutdownBehavior: ({ options }) => ({
    InstanceInitiatedShutdownBehavior: { Value: options.shutdownBehavior },
  }),
  instanceType: ({ instanceType }) => ({ InstanceType: { Value: instanceType } }),
  kernel: () => ({ KernelId: {} }),
  productCodes: () => ({ ProductCodes: [] }),
  ramdisk: () => ({ RamdiskId: {} }),
  rootDeviceName: ({ options }) => ({ RootDeviceName: { Value: options.rootDeviceName } }),
  sourceDestCheck: (instance, context) => ({
    SourceDestCheck: { Value: primary(instance, context)?.sourceDestCheck },
  }),
  sriovNetSupport: ({ options }) => ({ SriovNetSupport: { Value: options.sriovNetSupport } }),
  userData: ({ userData }) => ({ UserData: { Value: userData } }),
} as const satisfies Record<string, Read>;

export const describeInstanceAttribute: Operation<DescribeInstanceAttributeRequest, InstanceAttribute> = (
  input,
  context,
) => {
  const names = Object.keys(attributes) as (keyof typeof attributes)[];
  const attribute = oneOf(input.Attribute, names, 'Attribute');
  const instance = instanceOf(input.InstanceId, context);
  return { InstanceId: instance.id, ...attributes[attribute](instance, context) };
};
