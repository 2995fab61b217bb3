/** GetConsoleOutput and DescribeInstanceCreditSpecifications. */
import type {
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
  GetConsoleOutputRequest,
  GetConsoleOutputResult,
} from '@aws-sdk/client-ec2';
import type { Instance } from '#vpc/instance.ts';
import { isForgotten } from '#vpc/instance-state.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { instanceOf } from './find-instance.ts';

/** An instance here has no console that could write anything: the output is there and empty. */
export const getConsoleOutput: Operation<GetConsoleOutputRequest, GetConsoleOutputResult> = (
  input,
  context,
) => {
  const instance = instanceOf(input.InstanceId, context);
  return { InstanceId: instance.id, Timestamp: new Date(instance.stateChangedAtMs), Output: '' };
};

const isBurstable = ({ options }: Instance): boolean => options.cpuCredits !== undefined;

const credits = listingOf({
  action: 'DescribeInstanceCreditSpecifications',
  kind: 'instance',
  idsExclusive: 'InstanceIds',
  fields: { 'instance-id': ({ id }) => id },
  indexes: { 'instance-id': 'id' },
  byId: (id, context) => {
    const instance = instanceOf(id, context);
    if (isBurstable(instance)) return instance;
    return refuse('unsupported', { reason: `The instance '${id}' has no CPU credits.` });
  },
});

/** Without ids AWS lists the unlimited ones alone. */
export const describeInstanceCreditSpecifications: Operation<
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult
> = (input, context) => {
  const { transaction, nowMs } = context;
  const unlimited = [...transaction.network.instance.values()].filter(
    (instance) => instance.options.cpuCredits === 'unlimited' && !isForgotten(instance, nowMs),
  );
  const page = list(
    { ...credits, all: () => unlimited, lookups: {} },
    { ...input, ids: input.InstanceIds },
    context,
  );
  return {
    InstanceCreditSpecifications: page.items.map(({ id, options }) => ({
      InstanceId: id,
      CpuCredits: options.cpuCredits,
    })),
    NextToken: page.nextToken,
  };
};
