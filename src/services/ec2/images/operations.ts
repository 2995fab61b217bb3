/** DescribeImages: the catalogue. */
import type { DescribeImagesRequest, DescribeImagesResult, Image as ImageOutput } from '@aws-sdk/client-ec2';
import { type Listing, list } from '../../listing.ts';
import type { Operation, OperationTable } from '../../operation.ts';
import { genericImage, type Image, imageOf, images } from './catalogue.ts';

function output(image: Image): ImageOutput {
  return {
    ImageId: image.id,
    Name: image.name,
    Description: image.description,
    Architecture: image.architecture,
    OwnerId: image.ownerId,
    ImageOwnerAlias: image.ownerAlias,
    ImageLocation: `${image.ownerAlias ?? image.ownerId}/${image.name}`,
    CreationDate: image.createdAt,
    ImageType: 'machine',
    State: 'available',
    Public: true,
    RootDeviceName: image.rootDeviceName,
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    SriovNetSupport: 'simple',
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    ProductCodes: [],
    BlockDeviceMappings: [
      {
        DeviceName: image.rootDeviceName,
        Ebs: {
          DeleteOnTermination: true,
          Encrypted: false,
          SnapshotId: image.snapshotId,
          VolumeSize: 8,
          VolumeType: 'gp3',
        },
      },
    ],
    Tags: [],
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
const listing: Listing<Image> = {
  action: 'DescribeImages',
  bounds: { min: 1, max: 1000 },
  idsExclusive: 'ImageIds',
  fields: {
    architecture: ({ architecture }) => architecture,
    'block-device-mapping.delete-on-termination': () => true,
    'block-device-mapping.device-name': ({ rootDeviceName }) => rootDeviceName,
    'block-device-mapping.encrypted': () => false,
    'block-device-mapping.snapshot-id': ({ snapshotId }) => snapshotId,
    'block-device-mapping.volume-size': () => 8,
    'block-device-mapping.volume-type': () => 'gp3',
    'creation-date': ({ createdAt }) => createdAt,
    description: ({ description }) => description,
    'ena-support': () => true,
    'free-tier-eligible': () => undefined,
    hypervisor: () => 'xen',
    // Known where the account names allowed images.
    'image-allowed': () => undefined,
    'image-id': ({ id }) => id,
    'image-type': () => 'machine',
    'is-public': () => true,
    'kernel-id': () => undefined,
    'manifest-location': () => undefined,
    name: ({ name }) => name,
    'owner-alias': ({ ownerAlias }) => ownerAlias,
    'owner-id': ({ ownerId }) => ownerId,
    platform: () => undefined,
    'product-code': () => undefined,
    'product-code.type': () => undefined,
    'ramdisk-id': () => undefined,
    'root-device-name': ({ rootDeviceName }) => rootDeviceName,
    'root-device-type': () => 'ebs',
    // Nothing is copied here, and no image made of an instance.
    'source-image-id': () => undefined,
    'source-image-region': () => undefined,
    'source-instance-id': () => undefined,
    state: () => 'available',
    'state-reason-code': () => undefined,
    'state-reason-message': () => undefined,
    'sriov-net-support': () => 'simple',
    'virtualization-type': () => 'hvm',
  },
  tagsOf: () => ({}),
  idOf: ({ id }) => id,
  all: () => images,
  byId: (id) => imageOf(id) ?? genericImage(id),
  lookups: {},
};

const describeImages: Operation<DescribeImagesRequest, DescribeImagesResult> = (input, context) => {
  const owners = new Set(input.Owners ?? []);
  // Every image is public; nobody was given one by name.
  const users = input.ExecutableUsers ?? [];
  const isWanted = ({ ownerId, ownerAlias = '' }: Image) =>
    (owners.size === 0 || owners.has(ownerId) || owners.has(ownerAlias)) &&
    (users.length === 0 || users.includes('all'));
  const page = list({ ...listing, isShown: isWanted }, { ...input, ids: input.ImageIds }, context);
  return { Images: page.items.map(output), NextToken: page.nextToken };
};

export const imageOperations = {
  DescribeImages: { changes: false, run: describeImages },
} satisfies OperationTable;
