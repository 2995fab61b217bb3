/**
 * What a launch says of the machine below the instance: processors, placement, reserved capacity, hibernation, enclaves.
 * It is checked as AWS does, kept and shown.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 */
import type { Placement, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { InstanceOptions } from '#vpc/instance.ts';
import { inRange, oneOf, required } from '../../input.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { factsOf, hasEnclaves } from '../instance-types/catalogue.ts';
import { refuseStrangers } from '../strangers.ts';

type HostOptions = Pick<
  InstanceOptions,
  'cpu' | 'hibernation' | 'enclave' | 'capacityPreference' | 'autoRecovery'
>;

/** The options of a launch of the type; `isRootEncrypted` is what hibernation asks of its volume. */
export function hostOptions(
  input: RunInstancesRequest,
  instanceType: string,
  isRootEncrypted: boolean,
): HostOptions {
  const cpu = cpuIn(input.CpuOptions, instanceType);
  const hibernation = input.HibernationOptions?.Configured === true;
  const enclave = input.EnclaveOptions?.Enabled === true;
  if (hibernation && enclave) {
    refuse('invalidCombination', { reason: 'An instance cannot have both hibernation and enclaves.' });
  }
  if (hibernation && !isRootEncrypted) {
    refuse('hibernation', { reason: 'Hibernation needs an encrypted root volume.' });
  }
  if (enclave) refuseNoEnclaves(instanceType);
  const capacityPreference = capacityIn(input.CapacityReservationSpecification);
  const autoRecovery = oneOf(
    input.MaintenanceOptions?.AutoRecovery ?? 'default',
    ['default', 'disabled'],
    'MaintenanceOptions.AutoRecovery',
  );
  return {
    ...(cpu ? { cpu } : {}),
    ...(hibernation ? { hibernation } : {}),
    ...(enclave ? { enclave } : {}),
    ...(capacityPreference === 'open' ? {} : { capacityPreference }),
    ...(autoRecovery === 'default' ? {} : { autoRecovery }),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-optimize-cpu.html */
function cpuIn(asked: RunInstancesRequest['CpuOptions'], instanceType: string): HostOptions['cpu'] {
  if (!asked) return undefined;
  const { AmdSevSnp: sevSnp, NestedVirtualization: nested } = asked;
  // Of the types of the catalogue none has either.
  for (const [name, value] of Object.entries({ AmdSevSnp: sevSnp, NestedVirtualization: nested })) {
    if (oneOf(value ?? 'disabled', ['enabled', 'disabled'], `CpuOptions.${name}`) === 'enabled') {
      refuse('unsupported', { reason: `The instance type '${instanceType}' has no ${name}.` });
    }
  }
  if (asked.CoreCount === undefined && asked.ThreadsPerCore === undefined) return undefined;
  const cores = required(asked.CoreCount, 'CpuOptions.CoreCount');
  const threads = required(asked.ThreadsPerCore, 'CpuOptions.ThreadsPerCore');
  const facts = factsOf(instanceType);
  if (facts && !facts.validCores.includes(cores)) {
    const expected = `instances of type ${instanceType} have ${facts.validCores.join(', ') || 'no choice of'} cores`;
    refuse('invalidValue', { parameter: 'CpuOptions.CoreCount', value: cores, expected });
  }
  return {
    coreCount: inRange(cores, { min: 1, max: 1024, parameter: 'CpuOptions.CoreCount' }),
    threadsPerCore: inRange(threads, {
      min: 1,
      max: facts?.threadsPerCore ?? 2,
      parameter: 'CpuOptions.ThreadsPerCore',
    }),
  };
}

/** Refuses enclaves on a type of the catalogue that has none. */
export function refuseNoEnclaves(instanceType: string): void {
  const facts = factsOf(instanceType);
  if (facts && !hasEnclaves(facts))
    refuse('unsupported', { reason: `The instance type '${instanceType}' has no enclaves.` });
}

/** What is asked of reserved capacity, of which there is none. */
export function capacityIn(asked: RunInstancesRequest['CapacityReservationSpecification']): 'open' | 'none' {
  const { CapacityReservationTarget: target } = asked ?? {};
  if (target) {
    refuseStrangers(target, {
      CapacityReservationId: 'capacityReservation',
      CapacityReservationResourceGroupArn: 'resourceGroup',
    });
  }
  const preference = oneOf(
    asked?.CapacityReservationPreference ?? 'open',
    ['open', 'none', 'capacity-reservations-only'],
    'CapacityReservationSpecification.CapacityReservationPreference',
  );
  if (preference === 'capacity-reservations-only') {
    return refuse('noCapacity', {
      code: 'ReservationCapacityExceeded',
      reason: 'The account has no Capacity Reservation with room for the instances.',
    });
  }
  return preference;
}

/** Refuses placements on what the account does not have: groups, Dedicated Hosts. */
export function checkPlacement(placement: Placement): void {
  if (placement.GroupName && placement.GroupId) {
    refuse('invalidCombination', {
      reason: 'Give Placement.GroupName or Placement.GroupId, not both.',
    });
  }
  if (placement.AvailabilityZone && placement.AvailabilityZoneId) {
    refuse('invalidCombination', {
      reason: 'Give Placement.AvailabilityZone or Placement.AvailabilityZoneId, not both.',
    });
  }
  refuseUnsupported(placement, ['SpreadDomain']);
  refuseStrangers(placement, {
    GroupName: 'placementGroup',
    GroupId: 'placementGroup',
    HostId: 'host',
    HostResourceGroupArn: 'resourceGroup',
  });
  if (placement.PartitionNumber !== undefined) {
    refuse('invalidCombination', {
      reason: 'Placement.PartitionNumber needs a placement group of partitions.',
    });
  }
  const tenancy = oneOf(
    placement.Tenancy ?? 'default',
    ['default', 'dedicated', 'host'],
    'Placement.Tenancy',
  );
  const affinity = oneOf(placement.Affinity ?? 'default', ['default', 'host'], 'Placement.Affinity');
  if (tenancy === 'host') {
    refuse('noCapacity', {
      code: 'InsufficientHostCapacity',
      reason: 'The account has no Dedicated Host with room for the instances.',
    });
  }
  if (affinity === 'host') {
    refuse('invalidCombination', { reason: 'Placement.Affinity host needs the tenancy host.' });
  }
}

/** Refuses what none of the images and types here can have. */
export function checkImpossible(input: RunInstancesRequest): void {
  if (input.KernelId || input.RamdiskId) {
    refuse('invalidCombination', {
      reason: 'Only paravirtual images take a kernel and a RAM disk; the images here are HVM.',
    });
  }
  for (const license of input.LicenseSpecifications ?? []) {
    refuseStrangers(license, { LicenseConfigurationArn: 'license' });
  }
  const weighting = input.NetworkPerformanceOptions?.BandwidthWeighting ?? 'default';
  const known = oneOf(
    weighting,
    ['default', 'vpc-1', 'ebs-1'],
    'NetworkPerformanceOptions.BandwidthWeighting',
  );
  if (known !== 'default') {
    refuse('unsupported', { reason: `The instance's type has no bandwidth weighting ${known}.` });
  }
}
