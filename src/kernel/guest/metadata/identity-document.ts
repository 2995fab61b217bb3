/**
 * The instance identity document. AWS also signs it; nobody but AWS can.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
 */
import type { Guest } from './guest.ts';

/** The document as AWS lays it out. */
export function identityDocument({ account, region, instance, enis }: Guest): string {
  const document = {
    accountId: account,
    architecture: architectureOf(instance.instanceType),
    availabilityZone: instance.zone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId: instance.imageId,
    instanceId: instance.id,
    instanceType: instance.instanceType,
    kernelId: null,
    pendingTime: new Date(instance.launchedAtMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    privateIp: enis[0]?.privateIps[0]?.address ?? null,
    ramdiskId: null,
    region,
    version: '2017-09-30',
  };
  return JSON.stringify(document, null, 2);
}

/**
 * A `g` after a family's generation stands for AWS's own ARM processors, which the first generation, a1, has too.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
function architectureOf(instanceType: string): 'arm64' | 'x86_64' {
  return /^(a1\.|[a-z]+\d+g)/.test(instanceType) ? 'arm64' : 'x86_64';
}
