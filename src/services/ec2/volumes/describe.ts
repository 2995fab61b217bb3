/** DescribeVolumes. */
import type { DescribeVolumesRequest, DescribeVolumesResult } from '@aws-sdk/client-ec2';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { zoneIdOf } from '../regions.ts';
import { resourceOf } from '../resources.ts';
import { volumeOutput, volumeState } from './output.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html */
const volumes = listingOf({
  action: 'DescribeVolumes',
  kind: 'volume',
  idsExclusive: 'VolumeIds',
  fields: {
    'attachment.attach-time': ({ attachment }) =>
      attachment && new Date(attachment.attachedAtMs).toISOString(),
    'attachment.delete-on-termination': ({ attachment }) => attachment?.deleteOnTermination,
    'attachment.device': ({ attachment }) => attachment?.device,
    'attachment.instance-id': ({ attachment }) => attachment?.instanceId,
    'attachment.status': ({ attachment }) => (attachment ? 'attached' : undefined),
    'availability-zone': ({ zone }) => zone,
    'availability-zone-id': ({ zone }, { caller }) => zoneIdOf(caller.scope.region, zone),
    'create-time': ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    encrypted: ({ settings }) => settings.encrypted,
    'fast-restored': () => false,
    'multi-attach-enabled': () => false,
    'operator.managed': () => false,
    'operator.principal': () => undefined,
    size: ({ settings }) => settings.sizeGib,
    'snapshot-id': ({ settings }) => settings.snapshotId,
    status: volumeState,
    'volume-id': ({ id }) => id,
    'volume-type': ({ settings }) => settings.type,
  },
  indexes: { 'attachment.instance-id': 'instance', 'volume-id': 'id' },
  byId: (id, context) => resourceOf('volume', id, context),
});

export const describeVolumes: Operation<DescribeVolumesRequest, DescribeVolumesResult> = (input, context) => {
  const page = list(
    volumes,
    {
      ids: input.VolumeIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    context,
  );
  return {
    Volumes: page.items.map((volume) => volumeOutput(volume, context)),
    NextToken: page.nextToken,
  };
};
