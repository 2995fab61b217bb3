/** DescribeSpotInstanceRequests and CancelSpotInstanceRequests, for the requests that launches make. */
import type {
  CancelSpotInstanceRequestsRequest,
  CancelSpotInstanceRequestsResult,
  DescribeSpotInstanceRequestsRequest,
  DescribeSpotInstanceRequestsResult,
} from '@aws-sdk/client-ec2';
import { isForgottenSpot, type SpotLaunch, type SpotRequest } from '#vpc/spot-request.ts';
import type { Field, Fields } from '../../filters.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation, OperationTable } from '../../operation.ts';
import { zoneIdOf } from '../regions.ts';
import { spotRequestOutput, spotStatus } from './output.ts';
import { visibleSpot } from './requests.ts';

const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

const volume =
  <T>(read: (each: SpotLaunch['volumes'][number]) => T) =>
  ({ launch }: SpotRequest) =>
    launch.volumes.map(read);
const eni =
  <T>(read: (each: SpotLaunch['interfaces'][number]) => T) =>
  ({ launch }: SpotRequest) =>
    launch.interfaces.map(read);

const groupIds: Field<SpotRequest> = ({ launch }) => launch.interfaces.flatMap(({ groupIds: ids }) => ids);
const groupNames: Field<SpotRequest> = ({ launch }, { transaction }) =>
  launch.interfaces
    .flatMap(({ groupIds: ids }) => ids)
    .map((id) => transaction.network.securityGroup.get(id)?.name);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotInstanceRequests.html */
const fields: Fields<SpotRequest> = {
  // Launches name neither of the two groups, and none fails.
  'availability-zone-group': () => undefined,
  'launch-group': () => undefined,
  'fault-code': () => undefined,
  'fault-message': () => undefined,
  'create-time': ({ createdAtMs }) => time(createdAtMs),
  'instance-id': (request, context) => spotRequestOutput(request, context).InstanceId,
  'launch.block-device-mapping.delete-on-termination': volume((each) => each.deleteOnTermination),
  'launch.block-device-mapping.device-name': volume((each) => each.device),
  'launch.block-device-mapping.snapshot-id': volume((each) => each.snapshotId),
  'launch.block-device-mapping.volume-size': volume((each) => each.sizeGib),
  'launch.block-device-mapping.volume-type': volume((each) => each.type),
  'launch.group-id': groupIds,
  'launch.group-name': groupNames,
  'launch.image-id': ({ launch }) => launch.imageId,
  'launch.instance-type': ({ launch }) => launch.instanceType,
  'launch.kernel-id': () => undefined,
  'launch.key-name': ({ launch }) => launch.keyName,
  'launch.monitoring-enabled': ({ launch }) => launch.options.detailedMonitoring,
  'launch.ramdisk-id': () => undefined,
  'launched-availability-zone': ({ launch }) => launch.zone,
  'launched-availability-zone-id': ({ launch }, { caller }) => zoneIdOf(caller.scope.region, launch.zone),
  'network-interface.addresses.primary': eni(({ privateIp }) => (privateIp ? true : undefined)),
  'network-interface.delete-on-termination': eni((each) => each.deleteOnTermination),
  'network-interface.description': eni((each) => each.description),
  'network-interface.device-index': eni((each) => each.deviceIndex),
  'network-interface.group-id': groupIds,
  'network-interface.network-interface-id': eni((each) => each.eniId),
  'network-interface.private-ip-address': eni((each) => each.privateIp),
  'network-interface.subnet-id': eni((each) => each.subnetId),
  'product-description': () => 'Linux/UNIX',
  'spot-instance-request-id': ({ id }) => id,
  'spot-price': ({ terms }) => terms.maxPrice,
  state: (request, context) => spotStatus(request, context).state,
  'status-code': (request, context) => spotStatus(request, context).code,
  'status-message': (request, context) => spotRequestOutput(request, context).Status?.Message,
  type: ({ terms }) => terms.type,
  'valid-from': ({ createdAtMs }) => time(createdAtMs),
  'valid-until': ({ terms }) => time(terms.validUntilMs),
};

const spotRequests = listingOf({
  action: 'DescribeSpotInstanceRequests',
  kind: 'spotRequest',
  fields,
  isShown: (request, { nowMs }) => !isForgottenSpot(request, nowMs),
  byId: visibleSpot,
  indexes: { 'spot-instance-request-id': 'id' },
});

const describe: Operation<DescribeSpotInstanceRequestsRequest, DescribeSpotInstanceRequestsResult> = (
  input,
  context,
) => {
  const page = list(spotRequests, { ...input, ids: input.SpotInstanceRequestIds }, context);
  return {
    SpotInstanceRequests: page.items.map((request) => spotRequestOutput(request, context)),
    NextToken: page.nextToken,
  };
};

/** "Canceling a Spot Instance request does not terminate running Spot Instances": what is over stays as it is. */
const cancel: Operation<CancelSpotInstanceRequestsRequest, CancelSpotInstanceRequestsResult> = (
  input,
  context,
) => {
  const requests = input.SpotInstanceRequestIds.map((id) => visibleSpot(id, context));
  for (const request of requests) {
    const { state } = spotStatus(request, context);
    if (state === 'closed' || state === 'cancelled') continue;
    context.transaction.put('spotRequest', { ...request, cancelledAtMs: context.nowMs });
  }
  return {
    CancelledSpotInstanceRequests: requests.map(({ id }) => ({
      SpotInstanceRequestId: id,
      State: spotStatus(visibleSpot(id, context), context).state === 'closed' ? 'closed' : 'cancelled',
    })),
  };
};

export const spotOperations = {
  CancelSpotInstanceRequests: { changes: true, run: cancel },
  DescribeSpotInstanceRequests: { changes: false, run: describe },
} satisfies OperationTable;
