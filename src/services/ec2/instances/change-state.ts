/** Moving instances from state to state, with what hangs on them. The states stand in src/vpc/instance-state.ts. */
import type { InstanceStateChange } from '@aws-sdk/client-ec2';
import type { Instance, InstanceState, SettledState } from '#vpc/instance.ts';
import { isForgotten, stateAt } from '#vpc/instance-state.ts';
import type { Context } from '../../operation.ts';
import { releaseLaunchIp, restorePublicIp } from '../addresses/associate.ts';
import { removeInterface } from '../interfaces/make-interface.ts';
import { interfacesOf } from './interfaces-of.ts';
import { stateOutput } from './output.ts';

/** Puts the instance into a state; answers what a caller sees before and after. */
export function moveTo(state: SettledState, instance: Instance, context: Context): InstanceStateChange {
  const { transaction, nowMs } = context;
  const before = stateAt(instance, nowMs);
  if (instance.state === state) return change(instance, before, before);
  const launchedAtMs = state === 'running' ? nowMs : instance.launchedAtMs;
  const moved: Instance = { ...instance, state, stateChangedAtMs: nowMs, launchedAtMs };
  transaction.put('instance', moved);
  const [primary] = interfacesOf(instance, transaction.network);
  if (primary && state === 'running') restorePublicIp(primary, context);
  if (primary && state !== 'running') releaseLaunchIp(primary, context);
  if (state === 'terminated') takeApart(instance, context);
  return change(instance, before, stateAt(moved, nowMs));
}

const change = ({ id }: Instance, before: InstanceState, after: InstanceState): InstanceStateChange => ({
  InstanceId: id,
  PreviousState: stateOutput(before),
  CurrentState: stateOutput(after),
});

/** What is deleted with an instance is deleted; the rest is detached. */
function takeApart(instance: Instance, context: Context): void {
  const { transaction } = context;
  for (const eni of interfacesOf(instance, transaction.network)) {
    const { attachment, ...rest } = eni;
    if (attachment?.deleteOnTermination) removeInterface(eni, context);
    else transaction.put('eni', rest);
  }
  for (const { attachment, ...volume } of transaction.network.volume.by('instance', instance.id)) {
    if (attachment?.deleteOnTermination) transaction.remove('volume', volume.id);
    else transaction.put('volume', volume);
  }
}

/** Removes the instances that terminated so long ago that nobody sees them. */
export function forgetTerminated({ transaction, nowMs }: Context): void {
  for (const instance of transaction.network.instance.by('terminated', 'terminated')) {
    if (isForgotten(instance, nowMs)) transaction.remove('instance', instance.id);
  }
}
