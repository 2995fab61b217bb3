/**
 * vCPUs, by which AWS limits running instances: of each type, in each bucket of types.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
 */
import type { Network } from '#vpc/network.ts';
import type { QuotaName } from '#vpc/quotas.ts';
import { limitOf } from '../../limits.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { factsOf } from './catalogue.ts';

type Bucket = Extract<QuotaName, `${string}VcpusPerRegion`>;

/** First letters of a family → its bucket; the longest that fits. */
const buckets: readonly (readonly [families: RegExp, bucket: Bucket])[] = [
  [/^(dl|hpc|trn|u)/, 'specialVcpusPerRegion'],
  [/^inf/, 'infVcpusPerRegion'],
  [/^f/, 'fVcpusPerRegion'],
  [/^(g|vt)/, 'gVcpusPerRegion'],
  [/^p/, 'pVcpusPerRegion'],
  [/^x/, 'xVcpusPerRegion'],
];

/** The quota that counts a type. */
export function bucketOf(instanceType: string): Bucket {
  const found = buckets.find(([families]) => families.test(instanceType));
  return found ? found[1] : 'standardVcpusPerRegion';
}

/** Of `metal` where it names no size; the largest host of most families. */
const metalVcpus = 96;
const vcpusOfXlarge = 4;

/** The vCPUs of a type. One that the catalogue lacks has what its size has in most families. */
export function vcpusOf(instanceType: string): number {
  const known = factsOf(instanceType);
  if (known) return known.vcpus;
  const [, times, large] = /(?:^|[.-])(\d*)(xlarge|xl)$/.exec(instanceType) ?? [];
  if (large !== undefined) return Number(times || 1) * vcpusOfXlarge;
  return instanceType.includes('.metal') ? metalVcpus : 2;
}

/** How many more instances of a type the account may run. */
export function roomFor(instanceType: string, context: Context): number {
  const bucket = bucketOf(instanceType);
  const left = limitOf(bucket, context) - runningVcpus(bucket, context.transaction.network);
  return Math.max(0, Math.floor(left / vcpusOf(instanceType)));
}

/** Refuses where so many of a type are more than the account may run besides those that do. */
export function refuseBeyondRoom(instanceType: string, count: number, context: Context): void {
  if (count <= roomFor(instanceType, context)) return;
  const quota = bucketOf(instanceType);
  refuse('vcpuLimit', { count, instanceType, quota, limit: limitOf(quota, context) });
}

function runningVcpus(bucket: Bucket, { instance }: Network): number {
  let vcpus = 0;
  for (const { state, instanceType } of instance.values()) {
    if (state === 'running' && bucketOf(instanceType) === bucket) vcpus += vcpusOf(instanceType);
  }
  return vcpus;
}
