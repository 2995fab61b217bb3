/**
 * How instances pass from state to state. A request stores the state that it leads to, at once: the data plane stops a
 * stopped instance's packets when the request is committed. Callers see the state in between for `transitionMs` after
 * the request; it follows from the clock and is not stored.
 *
 *   RunInstances, StartInstances  running      seen as pending first
 *   StopInstances                 stopped      seen as stopping first
 *   TerminateInstances            terminated   seen as shutting-down first, and gone `terminatedVisibleMs` later
 *
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
 */
import type { Instance, InstanceState, SettledState } from './instance.ts';
import { isUnderWay } from './under-way.ts';

/** AWS takes seconds to minutes; here nothing has to boot. */
export const transitionMs = 1000;

/** AWS: a terminated instance stays visible "for a short while (usually about an hour)". */
export const terminatedVisibleMs = 3_600_000;

type Transition = Pick<Instance, 'state' | 'stateChangedAtMs'>;

const passing: Readonly<Record<SettledState, InstanceState>> = {
  running: 'pending',
  stopped: 'stopping',
  terminated: 'shutting-down',
};

/** The state that a caller sees. */
export function stateAt({ state, stateChangedAtMs }: Transition, nowMs: number): InstanceState {
  return isUnderWay(stateChangedAtMs, transitionMs, nowMs) ? passing[state] : state;
}

/** Whether a terminated instance is no longer shown. */
export function isForgotten({ state, stateChangedAtMs }: Transition, nowMs: number): boolean {
  return state === 'terminated' && nowMs - stateChangedAtMs >= terminatedVisibleMs;
}

/** Low byte of AWS's InstanceState.Code. */
export const stateCodes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};
