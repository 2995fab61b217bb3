/**
 * A small part of AWS's catalogue of instance types: enough for scripts that look sizes up, and for the limits of
 * interfaces and addresses. RunInstances takes any well-formed type; one that is not here has the widest limits.
 */
import { type Family, families, type Size } from './families.ts';

export type InstanceTypeFacts = Family &
  Omit<Size, 'size' | 'addresses' | 'own'> & {
    readonly name: string;
    /** IPv4 addresses on each interface, and as many IPv6 addresses where the type has them. */
    readonly addressesPerInterface: number;
    readonly burstable: boolean;
    readonly freeTier: boolean;
    /** Numbers of cores that a launch may choose; none where it may not. */
    readonly validCores: readonly number[];
    /** Elastic Fabric Adapters that an instance can have. */
    readonly efaInterfaces: number;
  };

function factsIn(name: string, family: Family, { size, addresses, own, ...facts }: Size): InstanceTypeFacts {
  const { freeTier = false, fewestCores, efaInterfaces = 0, ...differs } = own ?? {};
  return {
    ...family,
    ...differs,
    ...facts,
    name: `${name}.${size}`,
    addressesPerInterface: addresses,
    burstable: name.startsWith('t'),
    freeTier,
    validCores: validCores(family, facts.vcpus / family.threadsPerCore, fewestCores),
    efaInterfaces,
  };
}

/**
 * Arm processors take any number of cores, others even ones, and a single one where there is no other.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/cpu-options-supported-instances-values.html
 */
function validCores({ architecture, hypervisor }: Family, cores: number, fewest = 2): readonly number[] {
  if (hypervisor === 'xen') return [];
  const all = Array.from({ length: cores }, (_, index) => index + 1);
  if (architecture === 'arm64' || cores === 1) return all;
  return all.filter((count) => count >= fewest && (count % 2 === 0 || count === fewest));
}

/** The types of the catalogue. */
export const catalogue: readonly InstanceTypeFacts[] = families.flatMap(([name, family, sizes]) =>
  sizes.map((size) => factsIn(name, family, size)),
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

/** How many Elastic Fabric Adapters an instance of the type can have. */
export function fabricLimitOf(instanceType: string): number {
  return factsOf(instanceType)?.efaInterfaces ?? widest.interfaces;
}

/**
 * How many trunk interfaces an instance of the type can have: types of the Nitro System but the burstable ones take one.
 * https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html
 */
export function trunkLimitOf(instanceType: string): number {
  const facts = factsOf(instanceType);
  return facts && (facts.hypervisor !== 'nitro' || facts.burstable) ? 0 : 1;
}

/** Whether instances of the type can have enclaves. https://docs.aws.amazon.com/enclaves/latest/user/nitro-enclave.html */
export function hasEnclaves({ architecture, hypervisor, burstable, vcpus }: InstanceTypeFacts): boolean {
  return hypervisor === 'nitro' && !burstable && vcpus >= (architecture === 'arm64' ? 2 : 4);
}
