/** StartInstances, StopInstances, RebootInstances, TerminateInstances. */
import type {
  RebootInstancesRequest,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import type { Instance, InstanceState } from '#vpc/instance.ts';
import { stateAt } from '#vpc/instance-state.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseBeyondRoom } from '../instance-types/vcpus.ts';
import { checkMayStop } from '../spot/requests.ts';
import { forgetTerminated, moveTo } from './change-state.ts';
import { instancesOf } from './find-instance.ts';

/** Refuses instances in other states than these. */
function checkState(
  instances: readonly Instance[],
  states: readonly InstanceState[],
  done: string,
  { nowMs }: Context,
): void {
  for (const instance of instances) {
    const state = stateAt(instance, nowMs);
    if (!states.includes(state)) {
      refuse('instanceState', {
        reason: `The instance '${instance.id}' is ${state}, a state from which it cannot be ${done}.`,
      });
    }
  }
}

export const startInstances: Operation<StartInstancesRequest, StartInstancesResult> = (input, context) => {
  const instances = instancesOf(input.InstanceIds, context);
  checkState(instances, ['stopped', 'pending', 'running'], 'started', context);
  const start = (instance: Instance) => {
    if (instance.state !== 'running') refuseBeyondRoom(instance.instanceType, 1, context);
    return moveTo('running', instance, context);
  };
  return { StartingInstances: instances.map(start) };
};

export const stopInstances: Operation<StopInstancesRequest, StopInstancesResult> = (input, context) => {
  const instances = instancesOf(input.InstanceIds, context);
  checkState(instances, ['pending', 'running', 'stopping', 'stopped'], 'stopped', context);
  for (const instance of instances) {
    checkMayStop(instance, context);
    const { id, options } = instance;
    if (input.Hibernate && !options.hibernation) {
      refuse('hibernation', { reason: `The instance '${id}' was not launched with hibernation.` });
    }
    if (options.disableApiStop) {
      refuse('notPermitted', {
        reason: `The instance '${id}' may not be stopped: its attribute disableApiStop is set.`,
      });
    }
  }
  return { StoppingInstances: instances.map((instance) => moveTo('stopped', instance, context)) };
};

/** Nothing runs inside that could start again; tracked flows and addresses stay, as AWS keeps them. */
export const rebootInstances: Operation<RebootInstancesRequest, Record<string, never>> = (input, context) => {
  const instances = instancesOf(input.InstanceIds, context);
  checkState(instances, ['pending', 'running'], 'rebooted', context);
  return {};
};

export const terminateInstances: Operation<TerminateInstancesRequest, TerminateInstancesResult> = (
  input,
  context,
) => {
  const instances = instancesOf(input.InstanceIds, context);
  for (const { id, disableApiTermination, state } of instances) {
    if (disableApiTermination && state !== 'terminated') {
      refuse('notPermitted', {
        reason: `The instance '${id}' may not be terminated: its attribute disableApiTermination is set.`,
      });
    }
  }
  forgetTerminated(context);
  return { TerminatingInstances: instances.map((instance) => moveTo('terminated', instance, context)) };
};
