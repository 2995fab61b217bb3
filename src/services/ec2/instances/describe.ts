/** DescribeInstances and DescribeInstanceStatus. */
import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  InstanceStatus,
} from '@aws-sdk/client-ec2';
import type { Instance } from '#vpc/instance.ts';
import { isForgotten, stateAt, stateCodes } from '#vpc/instance-state.ts';
import type { Fields } from '../../filters.ts';
import { type Listing, list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { zoneIdOf } from '../regions.ts';
import { instanceFields } from './fields.ts';
import { instanceOf } from './find-instance.ts';
import { reservationsOutput, stateOutput } from './output.ts';

const instances = listingOf({
  action: 'DescribeInstances',
  kind: 'instance',
  idsExclusive: 'InstanceIds',
  fields: instanceFields,
  indexes: {
    'instance-id': 'id',
    'reservation-id': 'reservation',
    'vpc-id': 'vpc',
    'network-interface.vpc-id': 'vpc',
    'tag:*': 'tag',
  },
  isShown: (instance, { nowMs }) => !isForgotten(instance, nowMs),
  byId: instanceOf,
});

/** Instances that carry an interface found by an index. */
const byInterface = (index: 'group' | 'subnet' | 'ip' | 'publicIp' | 'mac') =>
  function* (value: string, { transaction: { network } }: Context): Iterable<Instance> {
    for (const { attachment } of network.eni.by(index, value)) {
      const instance = attachment && network.instance.get(attachment.instanceId);
      if (instance) yield instance;
    }
  };

const lookups = {
  ...instances.lookups,
  'instance.group-id': byInterface('group'),
  'network-interface.group-id': byInterface('group'),
  'subnet-id': byInterface('subnet'),
  'network-interface.subnet-id': byInterface('subnet'),
  'private-ip-address': byInterface('ip'),
  'network-interface.addresses.private-ip-address': byInterface('ip'),
  'network-interface.mac-address': byInterface('mac'),
};

export const describeInstances: Operation<DescribeInstancesRequest, DescribeInstancesResult> = (
  input,
  context,
) => {
  const page = list({ ...instances, lookups }, { ...input, ids: input.InstanceIds }, context);
  return { Reservations: reservationsOutput(page.items, context), NextToken: page.nextToken };
};

/** What AWS's checks say: nothing runs inside that could fail them. */
const checkOf = (instance: Instance, { nowMs }: Context) => {
  const state = stateAt(instance, nowMs);
  if (state === 'running') return { status: 'ok', reachability: 'passed' } as const;
  if (state === 'pending') return { status: 'initializing', reachability: 'initializing' } as const;
  return { status: 'not-applicable', reachability: undefined } as const;
};

const statusOf = (instance: Instance, context: Context) => checkOf(instance, context).status;
const reachabilityOf = (instance: Instance, context: Context) => checkOf(instance, context).reachability;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html */
const statusFields: Fields<Instance> = {
  'attached-ebs-status.status': statusOf,
  'availability-zone': ({ zone }) => zone,
  'availability-zone-id': ({ zone }, { caller }) => zoneIdOf(caller.scope.region, zone),
  // No instance has scheduled events.
  'event.code': () => undefined,
  'event.description': () => undefined,
  'event.instance-event-id': () => undefined,
  'event.not-after': () => undefined,
  'event.not-before': () => undefined,
  'event.not-before-deadline': () => undefined,
  'instance-state-code': (instance, { nowMs }) => stateCodes[stateAt(instance, nowMs)],
  'instance-state-name': (instance, { nowMs }) => stateAt(instance, nowMs),
  'instance-status.reachability': reachabilityOf,
  'instance-status.status': statusOf,
  'operator.managed': () => false,
  'operator.principal': () => undefined,
  'system-status.reachability': reachabilityOf,
  'system-status.status': statusOf,
};

const statuses: Listing<Instance> = {
  ...instances,
  action: 'DescribeInstanceStatus',
  fields: statusFields,
  lookups: {},
};
const statusesOfRunning: Listing<Instance> = {
  ...statuses,
  isShown: (instance, { nowMs }) => stateAt(instance, nowMs) === 'running',
};

export const describeInstanceStatus: Operation<
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult
> = (input, context) => {
  const listing = input.IncludeAllInstances ? statuses : statusesOfRunning;
  const page = list(listing, { ...input, ids: input.InstanceIds }, context);
  return {
    InstanceStatuses: page.items.map((instance) => statusOutput(instance, context)),
    NextToken: page.nextToken,
  };
};

function statusOutput(instance: Instance, context: Context): InstanceStatus {
  const { status, reachability } = checkOf(instance, context);
  const summary = {
    Status: status,
    Details: reachability ? [{ Name: 'reachability' as const, Status: reachability }] : [],
  };
  return {
    InstanceId: instance.id,
    AvailabilityZone: instance.zone,
    AvailabilityZoneId: zoneIdOf(context.caller.scope.region, instance.zone),
    InstanceState: stateOutput(stateAt(instance, context.nowMs)),
    InstanceStatus: summary,
    SystemStatus: summary,
    AttachedEbsStatus: summary,
    Events: [],
    Operator: { Managed: false },
  };
}
