/** What of a launched instance may be asked for anew: monitoring, maintenance, names, reserved capacity. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const unknown = 'i-0123456789abcdef0';
const shown = 'Reservations.0.Instances.0';
const described = (path: string, shows: unknown): Row =>
  step('DescribeInstances', { InstanceIds: ['$changing'] }, { shows: { [`${shown}.${path}`]: shows } });

const monitored: readonly Row[] = [
  step(
    'MonitorInstances',
    { InstanceIds: ['$changing'] },
    {
      required: ['InstanceIds'],
      ids: { InstanceIds: 'instance' },
      refuses: [
        [{ InstanceIds: ['$changing', unknown] }, 'InvalidInstanceID.NotFound'],
        [{ MetricCategoryIds: ['x'] }, 'UnsupportedOperation'],
      ],
      shows: { InstanceMonitorings: [{ InstanceId: '$changing', Monitoring: { State: 'pending' } }] },
    },
  ),
  described('Monitoring.State', 'enabled'),
  step(
    'MonitorInstances',
    { InstanceIds: ['$changing', '$changing'] },
    { shows: { 'InstanceMonitorings.0.Monitoring.State': 'enabled', 'InstanceMonitorings.length': 1 } },
  ),
  step(
    'UnmonitorInstances',
    { InstanceIds: ['$changing'] },
    {
      required: ['InstanceIds'],
      ids: { InstanceIds: 'instance' },
      shows: { 'InstanceMonitorings.0.Monitoring.State': 'disabling' },
    },
  ),
  described('Monitoring.State', 'disabled'),
];

const kept: readonly Row[] = [
  step(
    'ModifyInstanceMaintenanceOptions',
    { InstanceId: '$changing', AutoRecovery: 'disabled' },
    {
      required: ['InstanceId'],
      ids: { InstanceId: 'instance' },
      refuses: [
        [{ AutoRecovery: 'x' }, value],
        [{ RebootMigration: 'x' }, value],
      ],
      shows: { InstanceId: '$changing', AutoRecovery: 'disabled', RebootMigration: 'default' },
    },
  ),
  step('ModifyInstanceMaintenanceOptions', { InstanceId: '$changing', RebootMigration: 'disabled' }),
  described('MaintenanceOptions', { AutoRecovery: 'disabled', RebootMigration: 'disabled' }),
  step(
    'ModifyPrivateDnsNameOptions',
    { InstanceId: '$changing', PrivateDnsHostnameType: 'resource-name' },
    {
      required: ['InstanceId'],
      ids: { InstanceId: 'instance' },
      refuses: [[{ PrivateDnsHostnameType: 'x' }, value]],
      shows: { Return: true },
    },
  ),
  step('ModifyPrivateDnsNameOptions', {
    InstanceId: '$changing',
    EnableResourceNameDnsARecord: true,
    EnableResourceNameDnsAAAARecord: false,
  }),
  described('PrivateDnsNameOptions', {
    HostnameType: 'resource-name',
    EnableResourceNameDnsARecord: true,
    EnableResourceNameDnsAAAARecord: false,
  }),
  described('PrivateDnsName', /^i-[0-9a-f]{17}\.ec2\.internal$/),
];

const credits = (InstanceId: string, CpuCredits = 'standard') => ({ InstanceId, CpuCredits });
const creditsShown = (shows: unknown): Row =>
  step(
    'DescribeInstanceCreditSpecifications',
    { InstanceIds: ['$changing'] },
    { shows: { InstanceCreditSpecifications: shows } },
  );
const failed = 'UnsuccessfulInstanceCreditSpecifications';

const credited: readonly Row[] = [
  creditsShown([{ InstanceId: '$changing', CpuCredits: 'unlimited' }]),
  step(
    'ModifyInstanceCreditSpecification',
    { InstanceCreditSpecifications: [credits('$changing'), credits('i-1'), credits(unknown)] },
    {
      required: ['InstanceCreditSpecifications'],
      token: 'SuccessfulInstanceCreditSpecifications.0.InstanceId',
      refuses: [[{ InstanceCreditSpecifications: [credits('$changing', 'x')] }, value]],
      shows: {
        SuccessfulInstanceCreditSpecifications: [{ InstanceId: '$changing' }],
        [`${failed}.0.Error.Code`]: 'InvalidInstanceID.Malformed',
        [`${failed}.1.Error.Code`]: 'InvalidInstanceID.NotFound',
      },
    },
  ),
  creditsShown([credits('$changing')]),
  // A type without credits has none, and one that has some begins as AWS's do.
  step('ModifyInstanceAttribute', { InstanceId: '$changing', InstanceType: { Value: 'm5.large' } }),
  step(
    'ModifyInstanceCreditSpecification',
    { InstanceCreditSpecifications: [credits('$changing')] },
    {
      shows: {
        SuccessfulInstanceCreditSpecifications: [],
        [`${failed}.0.Error.Code`]: 'InstanceCreditSpecification.NotSupported',
      },
    },
  ),
  step(
    'DescribeInstanceCreditSpecifications',
    { InstanceIds: ['$changing'] },
    { code: 'UnsupportedOperation' },
  ),
  step('ModifyInstanceAttribute', { InstanceId: '$changing', InstanceType: { Value: 't3.small' } }),
  creditsShown([{ InstanceId: '$changing', CpuCredits: 'unlimited' }]),
];

const none = { CapacityReservationPreference: 'none' };

const reserved: readonly Row[] = [
  step(
    'ModifyInstanceCapacityReservationAttributes',
    { InstanceId: '$changing', CapacityReservationSpecification: none },
    { code: 'IncorrectInstanceState' },
  ),
  step(
    'ResetInstanceAttribute',
    { InstanceId: '$changing', Attribute: 'sourceDestCheck' },
    {
      required: ['InstanceId', 'Attribute'],
      ids: { InstanceId: 'instance' },
      refuses: [
        [{ Attribute: 'userData' }, value],
        [{ Attribute: 'kernel' }, value],
        [{ Attribute: 'ramdisk' }, value],
      ],
    },
  ),
  described('SourceDestCheck', true),
  step('StopInstances', { InstanceIds: ['$changing'] }),
  step('DescribeInstances', { InstanceIds: ['$changing'] }, { until: [`${shown}.State.Name`, 'stopped'] }),
  step(
    'ModifyInstanceCapacityReservationAttributes',
    { InstanceId: '$changing', CapacityReservationSpecification: none },
    {
      required: ['InstanceId', 'CapacityReservationSpecification'],
      ids: { InstanceId: 'instance' },
      refuses: [[{ CapacityReservationSpecification: { CapacityReservationPreference: 'x' } }, value]],
      shows: { Return: true },
    },
  ),
  described('CapacityReservationSpecification.CapacityReservationPreference', 'none'),
  ...credited,
  step('TerminateInstances', { InstanceIds: ['$changing'] }),
  step('DescribeInstances', { InstanceIds: ['$changing'] }, { until: [`${shown}.State.Name`, 'terminated'] }),
];

export const changedOptions: readonly Row[] = [
  step(
    'RunInstances',
    {
      ImageId: 'ami-0123456789abcdef0',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: '$subnet',
    },
    { remembers: { changing: 'Instances.0.InstanceId' } },
  ),
  step('DescribeInstances', { InstanceIds: ['$changing'] }, { until: [`${shown}.State.Name`, 'running'] }),
  step('ModifyInstanceAttribute', { InstanceId: '$changing', SourceDestCheck: { Value: false } }),
  described('SourceDestCheck', false),
  ...monitored,
  ...kept,
  ...reserved,
];
