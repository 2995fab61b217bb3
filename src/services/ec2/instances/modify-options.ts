/** Monitoring, maintenance, names and reserved capacity of instances that were launched with other ones. */
import type {
  ModifyInstanceCapacityReservationAttributesRequest,
  ModifyInstanceCapacityReservationAttributesResult,
  ModifyInstanceMaintenanceOptionsRequest,
  ModifyInstanceMaintenanceOptionsResult,
  ModifyPrivateDnsNameOptionsRequest,
  ModifyPrivateDnsNameOptionsResult,
  MonitorInstancesRequest,
  MonitorInstancesResult,
  UnmonitorInstancesRequest,
  UnmonitorInstancesResult,
} from '@aws-sdk/client-ec2';
import type { Instance } from '#vpc/instance.ts';
import { defaultSubnetDns } from '#vpc/vpc.ts';
import { oneOf } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { liveInstanceOf } from './find-instance.ts';
import { capacityIn } from './host-options.ts';
import { hostnameTypeIn } from './launch-options.ts';
import { checkStopped, withOption } from './modify.ts';
import { maintenanceOutput } from './output.ts';

function change(instance: Instance, options: Partial<Instance['options']>, context: Context): Instance {
  const changed = withOption(instance, options);
  context.transaction.put('instance', changed);
  return changed;
}

/** What the answer shows is what AWS begins with; the next description shows what it came to. */
function monitoring(detailedMonitoring: boolean, input: MonitorInstancesRequest, context: Context) {
  refuseUnsupported(input, ['MetricCategoryIds']);
  const instances = [...new Set(input.InstanceIds)].map((id) => liveInstanceOf(id, context));
  const [done, begun] = detailedMonitoring
    ? (['enabled', 'pending'] as const)
    : (['disabled', 'disabling'] as const);
  return {
    InstanceMonitorings: instances.map((instance) => {
      const State = instance.options.detailedMonitoring === detailedMonitoring ? done : begun;
      change(instance, { detailedMonitoring }, context);
      return { InstanceId: instance.id, Monitoring: { State } };
    }),
  };
}

export const monitorInstances: Operation<MonitorInstancesRequest, MonitorInstancesResult> = (
  input,
  context,
) => monitoring(true, input, context);

export const unmonitorInstances: Operation<UnmonitorInstancesRequest, UnmonitorInstancesResult> = (
  input,
  context,
) => monitoring(false, input, context);

const maintenance = ['default', 'disabled'] as const;

export const modifyInstanceMaintenanceOptions: Operation<
  ModifyInstanceMaintenanceOptionsRequest,
  ModifyInstanceMaintenanceOptionsResult
> = ({ InstanceId: id, AutoRecovery: recovery, RebootMigration: migration }, context) => {
  const options = {
    ...(recovery && { autoRecovery: oneOf(recovery, maintenance, 'AutoRecovery') }),
    ...(migration && { rebootMigration: oneOf(migration, maintenance, 'RebootMigration') }),
  };
  const changed = change(liveInstanceOf(id, context), options, context);
  return { InstanceId: changed.id, ...maintenanceOutput(changed.options) };
};

export const modifyPrivateDnsNameOptions: Operation<
  ModifyPrivateDnsNameOptionsRequest,
  ModifyPrivateDnsNameOptionsResult
> = (input, context) => {
  const { PrivateDnsHostnameType: type } = input;
  const hostnameType = type ? hostnameTypeIn(type, 'PrivateDnsHostnameType') : undefined;
  const instance = liveInstanceOf(input.InstanceId, context);
  const before = instance.options.dns ?? defaultSubnetDns;
  const dns = {
    hostnameType: hostnameType ?? before.hostnameType,
    aRecord: input.EnableResourceNameDnsARecord ?? before.aRecord,
    aaaaRecord: input.EnableResourceNameDnsAAAARecord ?? before.aaaaRecord,
  };
  change(instance, { dns }, context);
  return { Return: true };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCapacityReservationAttributes.html */
export const modifyInstanceCapacityReservationAttributes: Operation<
  ModifyInstanceCapacityReservationAttributesRequest,
  ModifyInstanceCapacityReservationAttributesResult
> = ({ InstanceId: id, CapacityReservationSpecification: asked }, context) => {
  const capacityPreference = capacityIn(asked);
  const instance = liveInstanceOf(id, context);
  checkStopped(instance, 'CapacityReservationSpecification', context);
  change(instance, { capacityPreference }, context);
  return { Return: true };
};
