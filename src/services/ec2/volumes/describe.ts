/** DescribeVolumes. */
import type { DescribeVolumesRequest, DescribeVolumesResult } from '@aws-sdk/client-ec2';
import { attachmentsOf, type Volume, type VolumeAttachment } from '#vpc/volume.ts';
import type { Field } from '../../filters.ts';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { zoneIdOf } from '../regions.ts';
import { resourceOf } from '../resources.ts';
import { volumeOutput, volumeState } from './output.ts';

const ofAttachments =
  (value: (attachment: VolumeAttachment) => string | boolean): Field<Volume> =>
  (volume) =>
    attachmentsOf(volume).map(value);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html */
const volumes = listingOf({
  action: 'DescribeVolumes',
  kind: 'volume',
  idsExclusive: 'VolumeIds',
  fields: {
    'attachment.attach-time': ofAttachments(({ attachedAtMs }) => new Date(attachedAtMs).toISOString()),
    'attachment.delete-on-termination': ofAttachments(({ deleteOnTermination }) => deleteOnTermination),
    'attachment.device': ofAttachments(({ device }) => device),
    'attachment.instance-id': ofAttachments(({ instanceId }) => instanceId),
    'attachment.status': ofAttachments(() => 'attached'),
    'availability-zone': ({ zone }) => zone,
    'availability-zone-id': ({ zone }, { caller }) => zoneIdOf(caller.scope.region, zone),
    'create-time': ({ createdAtMs }) => new Date(createdAtMs).toISOString(),
    encrypted: ({ settings }) => settings.encrypted,
    'fast-restored': () => false,
    'multi-attach-enabled': ({ settings }) => settings.multiAttach ?? false,
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
  const page = list(volumes, { ...input, ids: input.VolumeIds }, context);
  return {
    Volumes: page.items.map((volume) => volumeOutput(volume, context)),
    NextToken: page.nextToken,
  };
};
