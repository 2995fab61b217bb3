export type Image = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly ownerId: string;
  readonly ownerAlias?: string;
  readonly rootDeviceName: string;
  readonly createdAt: string;
  readonly snapshotId: string;
};

/** The publishers' account numbers, as their documentation gives them: Amazon, Canonical, Debian. */
const amazon = { ownerId: '137112412989', ownerAlias: 'amazon' };
const canonical = { ownerId: '099720109477' };
const debian = { ownerId: '136693071363' };

export const images: readonly Image[] = [
  {
    id: 'ami-00000000000a12023',
    name: 'al2023-ami-2023.6.20250101.0-kernel-6.1-x86_64',
    description: 'Amazon Linux 2023 (catalogue entry; the lab runs no images)',
    architecture: 'x86_64',
    ...amazon,
    rootDeviceName: '/dev/xvda',
    createdAt: '2025-01-01T00:00:00.000Z',
    snapshotId: 'snap-00000000000a12023',
  },
  {
    id: 'ami-0000000000a12023a',
    name: 'al2023-ami-2023.6.20250101.0-kernel-6.1-arm64',
    description: 'Amazon Linux 2023, ARM (catalogue entry; the lab runs no images)',
    architecture: 'arm64',
    ...amazon,
    rootDeviceName: '/dev/xvda',
    createdAt: '2025-01-01T00:00:00.000Z',
    snapshotId: 'snap-0000000000a12023a',
  },
  {
    id: 'ami-0000000000000a2b2',
    name: 'amzn2-ami-hvm-2.0.20250101.0-x86_64-gp2',
    description: 'Amazon Linux 2 (catalogue entry; the lab runs no images)',
    architecture: 'x86_64',
    ...amazon,
    rootDeviceName: '/dev/xvda',
    createdAt: '2025-01-01T00:00:00.000Z',
    snapshotId: 'snap-0000000000000a2b2',
  },
  {
    id: 'ami-00000000000b12404',
    name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250101',
    description: 'Ubuntu 24.04 (catalogue entry; the lab runs no images)',
    architecture: 'x86_64',
    ...canonical,
    rootDeviceName: '/dev/sda1',
    createdAt: '2025-01-01T00:00:00.000Z',
    snapshotId: 'snap-00000000000b12404',
  },
  {
    id: 'ami-00000000000deb012',
    name: 'debian-12-amd64-20250101-1981',
    description: 'Debian 12 (catalogue entry; the lab runs no images)',
    architecture: 'x86_64',
    ...debian,
    rootDeviceName: '/dev/xvda',
    createdAt: '2025-01-01T00:00:00.000Z',
    snapshotId: 'snap-00000000000deb012',
  },
];

/**
 * What describes an image that the catalogue does not have. Instances launch from any well-formed id, so tools that
 * look up the image they launch from must find something.
 */
export function genericImage(id: string): Image {
  return {
    id,
    name: `unknown/${id}`,
    description: 'An image that the catalogue does not have; the lab runs no images',
    architecture: 'x86_64',
    ...amazon,
    rootDeviceName: '/dev/xvda',
    createdAt: '2025-01-01T00:00:00.000Z',
    snapshotId: id.replace(/^ami-/, 'snap-'),
  };
}

const byId = new Map(images.map((image) => [image.id, image]));

/** The image of an id, undefined where the catalogue does not have it. */
export function imageOf(id: string): Image | undefined {
  return byId.get(id);
}
