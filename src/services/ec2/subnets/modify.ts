/** ModifySubnetAttribute. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html */
import type { ModifySubnetAttributeRequest } from '@aws-sdk/client-ec2';
import { defaultSubnetDns, type Subnet, type SubnetDns } from '#vpc/vpc.ts';
import { oneOf, required } from '../../input.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { refuseStrangers } from '../strangers.ts';

type Change = (subnet: Subnet) => Subnet;
type Flag = { readonly Value?: boolean | undefined } | undefined;

const withDns = (change: Partial<SubnetDns>): Change => {
  return (subnet) => ({ ...subnet, dns: { ...(subnet.dns ?? defaultSubnetDns), ...change } });
};

/** Refuses what hosts without IPv4 addresses cannot have. */
function refuseIpv6Only({ id, cidr }: Subnet, parameter: string, value: string | boolean): void {
  if (cidr !== undefined) return;
  refuse('invalidValue', { parameter, value, expected: `subnet ${id} has IPv6 alone` });
}

/** The change that each given parameter asks for, by parameter. */
function changesOf(input: ModifySubnetAttributeRequest): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  const flag = (name: string, value: Flag, change: (on: boolean) => Change) => {
    if (value?.Value !== undefined) changes.set(name, change(value.Value));
  };
  flag('mapPublicIpOnLaunch', input.MapPublicIpOnLaunch, (on) => (subnet) => {
    if (on) refuseIpv6Only(subnet, 'mapPublicIpOnLaunch', on);
    return { ...subnet, mapPublicIpOnLaunch: on };
  });
  flag('assignIpv6AddressOnCreation', input.AssignIpv6AddressOnCreation, (on) => (subnet) => {
    if (on && subnet.ipv6Blocks.length === 0) {
      const expected = `subnet ${subnet.id} has no IPv6 block`;
      refuse('invalidValue', { parameter: 'assignIpv6AddressOnCreation', value: on, expected });
    }
    if (!on) refuseIpv6Only(subnet, 'assignIpv6AddressOnCreation', on);
    return { ...subnet, assignIpv6OnCreation: on };
  });
  flag('enableDns64', input.EnableDns64, (on) => withDns({ dns64: on }));
  flag(
    'enableResourceNameDnsARecordOnLaunch',
    input.EnableResourceNameDnsARecordOnLaunch,
    (on) => (subnet) => {
      if (on) refuseIpv6Only(subnet, 'enableResourceNameDnsARecordOnLaunch', on);
      return withDns({ aRecord: on })(subnet);
    },
  );
  flag('enableResourceNameDnsAAAARecordOnLaunch', input.EnableResourceNameDnsAAAARecordOnLaunch, (on) =>
    withDns({ aaaaRecord: on }),
  );
  const hostname = input.PrivateDnsHostnameTypeOnLaunch;
  if (hostname) {
    const parameter = 'privateDnsHostnameTypeOnLaunch';
    const hostnameType = oneOf(hostname, ['ip-name', 'resource-name'], parameter);
    changes.set(parameter, (subnet) => {
      if (hostnameType === 'ip-name') refuseIpv6Only(subnet, parameter, hostnameType);
      return withDns({ hostnameType })(subnet);
    });
  }
  return changes;
}

/** One attribute a call, as AWS has it. */
export const modifySubnetAttribute: Operation<ModifySubnetAttributeRequest, Record<string, never>> = (
  input,
  context,
) => {
  refuseStrangers(input, { CustomerOwnedIpv4Pool: 'pool' });
  if (input.MapCustomerOwnedIpOnLaunch?.Value) required(undefined, 'customerOwnedIpv4Pool');
  if (input.EnableLniAtDeviceIndex !== undefined || input.DisableLniAtDeviceIndex) {
    refuse('invalidCombination', { reason: 'Only subnets of Outposts have local network interfaces.' });
  }
  const [first, second] = changesOf(input);
  if (!first) return refuse('missingParameter', { parameter: 'mapPublicIpOnLaunch, or another attribute' });
  if (second) {
    refuse('invalidCombination', {
      reason: `Give one attribute at a time, not ${first[0]} and ${second[0]}.`,
    });
  }
  const subnet = resourceOf('subnet', input.SubnetId, context);
  context.transaction.put('subnet', first[1](subnet));
  return {};
};
