/**
 * A small part of AWS's catalogue of instance types: enough for scripts that look sizes up, and for the limits of
 * interfaces and addresses. RunInstances takes any well-formed type; one that is not here has the widest limits.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
 */

export type InstanceTypeFacts = {
  readonly name: string;
  readonly vcpus: number;
  readonly threadsPerCore: 1 | 2;
  readonly memoryMib: number;
  readonly interfaces: number;
  /** IPv4 addresses on each, and as many IPv6 addresses. */
  readonly addressesPerInterface: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly hypervisor: 'nitro' | 'xen';
  readonly currentGeneration: boolean;
  readonly burstable: boolean;
};

type Family = Pick<InstanceTypeFacts, 'threadsPerCore' | 'architecture' | 'hypervisor' | 'currentGeneration'>;
/** Size, vCPUs, memory in MiB, interfaces, addresses on each. */
type Size = readonly [size: string, vcpus: number, memoryMib: number, interfaces: number, addresses: number];

const x86: Family = {
  threadsPerCore: 2,
  architecture: 'x86_64',
  hypervisor: 'nitro',
  currentGeneration: true,
};
const arm: Family = {
  threadsPerCore: 1,
  architecture: 'arm64',
  hypervisor: 'nitro',
  currentGeneration: true,
};
const xen: Family = {
  threadsPerCore: 1,
  architecture: 'x86_64',
  hypervisor: 'xen',
  currentGeneration: true,
};

const generalSizes: readonly Size[] = [
  ['large', 2, 8192, 3, 10],
  ['xlarge', 4, 16_384, 4, 15],
  ['2xlarge', 8, 32_768, 4, 15],
  ['4xlarge', 16, 65_536, 8, 30],
];
const computeSizes: readonly Size[] = [
  ['large', 2, 4096, 3, 10],
  ['xlarge', 4, 8192, 4, 15],
  ['2xlarge', 8, 16_384, 4, 15],
  ['4xlarge', 16, 32_768, 8, 30],
];
const memorySizes: readonly Size[] = [
  ['large', 2, 16_384, 3, 10],
  ['xlarge', 4, 32_768, 4, 15],
  ['2xlarge', 8, 65_536, 4, 15],
  ['4xlarge', 16, 131_072, 8, 30],
];

const families: readonly (readonly [name: string, family: Family, sizes: readonly Size[]])[] = [
  ['m1', { ...xen, currentGeneration: false }, [['small', 1, 1740, 2, 4]]],
  [
    't2',
    xen,
    [
      ['nano', 1, 512, 2, 2],
      ['micro', 1, 1024, 2, 2],
      ['small', 1, 2048, 3, 4],
      ['medium', 2, 4096, 3, 6],
      ['large', 2, 8192, 3, 12],
    ],
  ],
  [
    't3',
    x86,
    [
      ['nano', 2, 512, 2, 2],
      ['micro', 2, 1024, 2, 2],
      ['small', 2, 2048, 3, 4],
      ['medium', 2, 4096, 3, 6],
      ['large', 2, 8192, 3, 12],
      ['xlarge', 4, 16_384, 4, 15],
      ['2xlarge', 8, 32_768, 4, 15],
    ],
  ],
  [
    't4g',
    arm,
    [
      ['nano', 2, 512, 2, 2],
      ['micro', 2, 1024, 2, 2],
      ['small', 2, 2048, 3, 4],
      ['medium', 2, 4096, 3, 6],
      ['large', 2, 8192, 3, 12],
    ],
  ],
  ['m5', x86, generalSizes],
  ['m6i', x86, generalSizes],
  ['m6g', arm, generalSizes],
  ['m7g', arm, generalSizes],
  ['c5', x86, computeSizes],
  ['c6i', x86, computeSizes],
  ['c6g', arm, computeSizes],
  ['r5', x86, memorySizes],
  ['r6g', arm, memorySizes],
];

/** The types of the catalogue. */
export const catalogue: readonly InstanceTypeFacts[] = families.flatMap(([name, family, sizes]) =>
  sizes.map(([size, vcpus, memoryMib, interfaces, addressesPerInterface]) => ({
    ...family,
    name: `${name}.${size}`,
    vcpus,
    memoryMib,
    interfaces,
    addressesPerInterface,
    burstable: name.startsWith('t'),
  })),
);

const byName = new Map(catalogue.map((facts) => [facts.name, facts]));

/** The facts of a type, undefined where it is not in the catalogue. */
export function factsOf(instanceType: string): InstanceTypeFacts | undefined {
  return byName.get(instanceType);
}

/** What the largest types have (AvailableIpPerENI). */
const widest = { interfaces: 15, addressesPerInterface: 50 };

/** How many interfaces an instance of the type can have, and addresses of each family on each. */
export function interfaceLimitsOf(instanceType: string): typeof widest {
  return factsOf(instanceType) ?? widest;
}
