/** Moving instances from state to state, with what hangs on them. The states stand in src/vpc/instance-state.ts. */
import type { InstanceStateChange } from '@aws-sdk/client-ec2';
import type { Instance, InstanceState, SettledState } from '#vpc/instance.ts';
import { isForgotten, stateAt } from '#vpc/instance-state.ts';
import { withAttachments } from '#vpc/volume.ts';
import type { Context } from '../../operation.ts';
import { releaseLaunchIp, restorePublicIp } from '../addresses/associate.ts';
import { removeInterface } from '../interfaces/make-interface.ts';
import { endSpotRequest } from '../spot/requests.ts';
import { ownFirst } from '../volumes/multi-attach.ts';
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
  endSpotRequest(instance, context);
  for (const eni of interfacesOf(instance, transaction.network)) {
    const { attachment, ...rest } = eni;
    if (attachment?.deleteOnTermination) removeInterface(eni, context);
    else transaction.put('eni', rest);
  }
  for (const volume of transaction.network.volume.by('instance', instance.id)) {
    const [own, ...others] = ownFirst(volume, instance.id);
    // One that other instances have stays: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes-multi.html
    if (own?.deleteOnTermination && others.length === 0) transaction.remove('volume', volume.id);
    else transaction.put('volume', withAttachments(volume, others));
  }
}

/** Removes the instances that terminated so long ago that nobody sees them. */
export function forgetTerminated({ transaction, nowMs }: Context): void {
  for (const instance of transaction.network.instance.by('terminated', 'terminated')) {
    if (isForgotten(instance, nowMs)) transaction.remove('instance', instance.id);
  }
}
