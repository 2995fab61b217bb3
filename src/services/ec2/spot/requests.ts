/** Spot Instance requests as instances come and go. */
import { newId } from '#vpc/ids.ts';
import type { Instance } from '#vpc/instance.ts';
import { isForgottenSpot, type SpotLaunch, type SpotRequest, type SpotTerms } from '#vpc/spot-request.ts';
import type { Tags } from '#vpc/tags.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';

/** A request that AWS still shows; refuses others. */
export function visibleSpot(id: string, context: Context): SpotRequest {
  const request = resourceOf('spotRequest', id, context);
  return isForgottenSpot(request, context.nowMs) ? refuseNotFound('spotRequest', id) : request;
}

/** The request that an instance, which stands with its interfaces and volumes, fulfils from the start. */
export function makeSpotRequest(
  instance: Instance,
  terms: SpotTerms,
  tags: Tags,
  { transaction, hex17, nowMs }: Context,
): void {
  const request: SpotRequest = {
    id: newId('spotRequest', hex17),
    instanceId: instance.id,
    terms,
    launch: launchOf(instance, transaction.network),
    createdAtMs: nowMs,
    tags,
  };
  transaction.put('spotRequest', request);
  transaction.put('instance', { ...instance, spotRequestId: request.id });
}

function launchOf(
  { id, imageId, instanceType, keyName, zone, subnetId, options }: Instance,
  network: Context['transaction']['network'],
): SpotLaunch {
  const interfaces = [...network.eni.by('instance', id)].flatMap((eni) => {
    const privateIp = eni.privateIps[0]?.address;
    return (eni.attachment ? [eni.attachment] : []).map(({ deviceIndex, deleteOnTermination }) => ({
      eniId: eni.id,
      deviceIndex,
      subnetId: eni.subnetId,
      groupIds: eni.groupIds,
      description: eni.description,
      deleteOnTermination,
      ...(privateIp && { privateIp }),
    }));
  });
  const volumes = [...network.volume.by('instance', id)].flatMap(({ attachment, settings }) =>
    (attachment ? [attachment] : []).map(({ device, deleteOnTermination }) => ({
      device,
      ...(settings.snapshotId && { snapshotId: settings.snapshotId }),
      sizeGib: settings.sizeGib,
      type: settings.type,
      deleteOnTermination,
    })),
  );
  return {
    ...{ imageId, instanceType, zone, subnetId, options, interfaces, volumes },
    ...(keyName !== undefined && { keyName }),
  };
}

/** "You can only stop Spot Instances that are associated with persistent Spot Instance requests." */
export function checkMayStop({ id, spotRequestId }: Instance, { transaction }: Context): void {
  const request = spotRequestId && transaction.network.spotRequest.get(spotRequestId);
  if (request?.terms.type !== 'one-time') return;
  refuse('unsupported', {
    reason: `The instance '${id}' belongs to the one-time Spot Instance request '${request.id}' and cannot be stopped.`,
  });
}

/** Notes that the instance of a request is gone for good. */
export function endSpotRequest({ spotRequestId }: Instance, { transaction, nowMs }: Context): void {
  const request = spotRequestId && transaction.network.spotRequest.get(spotRequestId);
  if (request) transaction.put('spotRequest', { ...request, endedAtMs: nowMs });
}

/** Clears away requests that nobody sees any more. */
export function forgetSpotRequests({ transaction, nowMs }: Context): void {
  for (const request of transaction.network.spotRequest.values()) {
    if (isForgottenSpot(request, nowMs)) transaction.remove('spotRequest', request.id);
  }
}
