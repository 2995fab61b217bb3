/** GetConsoleOutput, DescribeInstanceCreditSpecifications and ModifyInstanceCreditSpecification. */
import type {
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
  GetConsoleOutputRequest,
  GetConsoleOutputResult,
  ModifyInstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationResult,
  UnsuccessfulInstanceCreditSpecificationErrorCode,
  UnsuccessfulInstanceCreditSpecificationItem,
} from '@aws-sdk/client-ec2';
import { parseId } from '#vpc/ids.ts';
import type { Instance } from '#vpc/instance.ts';
import { isForgotten } from '#vpc/instance-state.ts';
import { once } from '../../client-token.ts';
import { oneOf, required } from '../../input.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { instanceOf } from './find-instance.ts';
import { withOption } from './modify.ts';

/** An instance here has no console that could write anything: the output is there and empty. */
export const getConsoleOutput: Operation<GetConsoleOutputRequest, GetConsoleOutputResult> = (
  input,
  context,
) => {
  const instance = instanceOf(input.InstanceId, context);
  return { InstanceId: instance.id, Timestamp: new Date(instance.stateChangedAtMs), Output: '' };
};

const hasCredits = ({ options }: Instance): boolean => options.cpuCredits !== undefined;

const credits = listingOf({
  action: 'DescribeInstanceCreditSpecifications',
  kind: 'instance',
  idsExclusive: 'InstanceIds',
  fields: { 'instance-id': ({ id }) => id },
  indexes: { 'instance-id': 'id' },
  byId: (id, context) => {
    const instance = instanceOf(id, context);
    if (hasCredits(instance)) return instance;
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

/**
 * Each instance by itself: those that cannot have it are told, the others have it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCreditSpecification.html
 */
export const modifyInstanceCreditSpecification: Operation<
  ModifyInstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationResult
> = (input, context) => {
  const asked = input.InstanceCreditSpecifications.map(({ InstanceId: id, CpuCredits: credits }) => ({
    id: required(id, 'InstanceCreditSpecification.InstanceId'),
    cpuCredits: oneOf(
      required(credits, 'InstanceCreditSpecification.CpuCredits'),
      ['standard', 'unlimited'],
      'InstanceCreditSpecification.CpuCredits',
    ),
  }));
  const problems = asked.flatMap(({ id }) => problemOf(id, context) ?? []);
  const refused = new Set(problems.map(({ InstanceId }) => InstanceId));
  const done = once({ action: 'ModifyInstanceCreditSpecification', input }, context, () =>
    asked.flatMap(({ id, cpuCredits }) => {
      if (refused.has(id)) return [];
      context.transaction.put('instance', withOption(instanceOf(id, context), { cpuCredits }));
      return id;
    }),
  );
  return {
    SuccessfulInstanceCreditSpecifications: done.map((InstanceId) => ({ InstanceId })),
    UnsuccessfulInstanceCreditSpecifications: problems,
  };
};

function problemOf(id: string, context: Context): UnsuccessfulInstanceCreditSpecificationItem | undefined {
  const problem = (Code: UnsuccessfulInstanceCreditSpecificationErrorCode, Message: string) => ({
    InstanceId: id,
    Error: { Code, Message },
  });
  if (!parseId('instance', id)) return problem('InvalidInstanceID.Malformed', `'${id}' is no instance id.`);
  const instance = context.transaction.network.instance.get(id);
  if (!instance || isForgotten(instance, context.nowMs)) {
    return problem('InvalidInstanceID.NotFound', `The instance '${id}' does not exist.`);
  }
  if (instance.state === 'terminated') {
    return problem('IncorrectInstanceState', `The instance '${id}' is terminated.`);
  }
  if (hasCredits(instance)) return undefined;
  return problem('InstanceCreditSpecification.NotSupported', `The instance '${id}' has no CPU credits.`);
}
