/**
 * Facts of some families of instance types, as AWS publishes them and as its DescribeInstanceTypes answers.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html
 */

/** Bandwidth of volumes in Mbps, and operations a second. */
export type EbsRate = { readonly mbps: number; readonly iops: number };

export type Family = {
  readonly threadsPerCore: 1 | 2;
  readonly architecture: 'x86_64' | 'arm64';
  readonly hypervisor: 'nitro' | 'xen';
  readonly currentGeneration: boolean;
  readonly clockGhz?: number;
  readonly networkPerformance: string;
  readonly encryptsTransit: boolean;
  readonly dedicatedHosts: boolean;
  /** What every size reaches for a while; none where volumes have no bandwidth of their own. */
  readonly ebsMaximum?: EbsRate;
};

export type Size = {
  readonly size: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly interfaces: number;
  /** IPv4 addresses on each. */
  readonly addresses: number;
  /** What it keeps up. */
  readonly ebs?: EbsRate;
  /** Where a size differs from its family. */
  readonly own?: Partial<Pick<Family, 'clockGhz' | 'networkPerformance' | 'ebsMaximum'>> & {
    readonly freeTier?: true;
    readonly fewestCores?: number;
    readonly efaInterfaces?: number;
  };
};

const rate = (mbps: number, iops: number): EbsRate => ({ mbps, iops });

type SizeRow = readonly [
  size: string,
  vcpus: number,
  memoryMib: number,
  interfaces: number,
  addresses: number,
  ebs?: EbsRate | undefined,
  own?: Size['own'],
];

const sizesOf = (rows: readonly SizeRow[]): readonly Size[] =>
  rows.map(([size, vcpus, memoryMib, interfaces, addresses, ebs, own]) => ({
    ...{ size, vcpus, memoryMib, interfaces, addresses },
    ...(ebs ? { ebs } : {}),
    ...(own ? { own } : {}),
  }));

/** The sizes from large to 4xlarge of a family with so much memory for each vCPU. */
function usualSizes(
  gibPerVcpu: number,
  [large, xlarge, double, quadruple]: readonly [EbsRate, EbsRate, EbsRate, EbsRate],
  own: Readonly<Record<string, Size['own']>> = {},
): readonly Size[] {
  const memory = (vcpus: number) => vcpus * gibPerVcpu * 1024;
  return sizesOf([
    ['large', 2, memory(2), 3, 10, large, own['large']],
    ['xlarge', 4, memory(4), 4, 15, xlarge, own['xlarge']],
    ['2xlarge', 8, memory(8), 4, 15, double, own['2xlarge']],
    ['4xlarge', 16, memory(16), 8, 30, quadruple, own['4xlarge']],
  ]);
}

const xen: Family = {
  threadsPerCore: 1,
  architecture: 'x86_64',
  hypervisor: 'xen',
  currentGeneration: true,
  networkPerformance: 'Low to Moderate',
  encryptsTransit: false,
  dedicatedHosts: false,
};
const x86: Family = {
  threadsPerCore: 2,
  architecture: 'x86_64',
  hypervisor: 'nitro',
  currentGeneration: true,
  clockGhz: 3.1,
  networkPerformance: 'Up to 10 Gigabit',
  encryptsTransit: false,
  dedicatedHosts: true,
  ebsMaximum: rate(4750, 18_750),
};
const arm: Family = {
  ...x86,
  threadsPerCore: 1,
  architecture: 'arm64',
  clockGhz: 2.5,
  ebsMaximum: rate(4750, 20_000),
};
const iceLake: Family = {
  ...x86,
  clockGhz: 3.5,
  networkPerformance: 'Up to 12.5 Gigabit',
  encryptsTransit: true,
  ebsMaximum: rate(10_000, 40_000),
};
const burst = { clockGhz: 2.5, networkPerformance: 'Up to 5 Gigabit', ebsMaximum: rate(2085, 11_800) };
const large = { ebsMaximum: rate(2780, 15_700) };
const free = { freeTier: true } as const;

const skyLake = [rate(650, 3600), rate(1150, 6000), rate(2300, 12_000), rate(4750, 18_750)] as const;
const skyLakeCompute = [rate(650, 4000), rate(1150, 6000), rate(2300, 10_000), rate(4750, 20_000)] as const;
const sixth = [rate(650, 3600), rate(1250, 6000), rate(2500, 12_000), rate(5000, 20_000)] as const;
const graviton2 = [rate(630, 3600), rate(1188, 6000), rate(2375, 12_000), rate(4750, 20_000)] as const;
const graviton3 = [rate(630, 3600), rate(1250, 6000), rate(2500, 12_000), rate(5000, 20_000)] as const;

const burstableSizes: readonly SizeRow[] = [
  ['nano', 2, 512, 2, 2, rate(43, 250)],
  ['micro', 2, 1024, 2, 2, rate(87, 500), free],
  ['small', 2, 2048, 3, 4, rate(174, 1000), free],
  ['medium', 2, 4096, 3, 6, rate(347, 2000)],
  ['large', 2, 8192, 3, 12, rate(695, 4000), large],
];

const singleCores = { xlarge: { fewestCores: 1 } };
const fasterNetwork = { networkPerformance: 'Up to 15 Gigabit' };

export const families: readonly (readonly [name: string, family: Family, sizes: readonly Size[]])[] = [
  [
    'm1',
    { ...xen, currentGeneration: false, networkPerformance: 'Low' },
    sizesOf([['small', 1, 1740, 2, 4]]),
  ],
  [
    't2',
    xen,
    sizesOf([
      ['nano', 1, 512, 2, 2, undefined, { clockGhz: 2.4 }],
      ['micro', 1, 1024, 2, 2, undefined, { clockGhz: 2.5 }],
      ['small', 1, 2048, 3, 4, undefined, { clockGhz: 2.5 }],
      ['medium', 2, 4096, 3, 6, undefined, { clockGhz: 2.3 }],
      ['large', 2, 8192, 3, 12, undefined, { clockGhz: 2.3 }],
    ]),
  ],
  [
    't3',
    { ...x86, ...burst },
    sizesOf([
      ...burstableSizes,
      ['xlarge', 4, 16_384, 4, 15, rate(695, 4000), large],
      ['2xlarge', 8, 32_768, 4, 15, rate(695, 4000), large],
    ]),
  ],
  ['t4g', { ...arm, ...burst, dedicatedHosts: false }, sizesOf(burstableSizes)],
  ['m5', x86, usualSizes(4, skyLake)],
  ['m6i', iceLake, usualSizes(4, sixth, singleCores)],
  ['m6g', arm, usualSizes(4, graviton2)],
  [
    'm7g',
    { ...iceLake, threadsPerCore: 1, architecture: 'arm64', clockGhz: 2.6 },
    usualSizes(4, graviton3, { '2xlarge': fasterNetwork, '4xlarge': fasterNetwork }),
  ],
  ['c5', { ...x86, clockGhz: 3.4, ebsMaximum: rate(4750, 20_000) }, usualSizes(2, skyLakeCompute)],
  [
    'c5n',
    {
      ...x86,
      clockGhz: 3.4,
      networkPerformance: '100 Gigabit',
      encryptsTransit: true,
      ebsMaximum: rate(19_000, 80_000),
    },
    sizesOf([['18xlarge', 72, 196_608, 15, 50, rate(19_000, 80_000), { fewestCores: 4, efaInterfaces: 1 }]]),
  ],
  ['c6i', iceLake, usualSizes(2, sixth, singleCores)],
  ['c6g', arm, usualSizes(2, graviton2)],
  ['r5', x86, usualSizes(8, skyLake)],
  ['r6g', arm, usualSizes(8, graviton2)],
];
