/** Putting interfaces into the network, for users and for services that have interfaces of their own. */
import type { Ip } from '#net/address.ts';
import type { EnaSrd, Eni, EniAttachment, TrackingTimeouts } from '#vpc/eni.ts';
import { newId, type SecurityGroupId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { noTags, type Tags } from '#vpc/tags.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { checkQuota } from '../../limits.ts';
import type { Context } from '../../operation.ts';
import { coverVpc } from '../nat-gateways/workload.ts';
import type { Chosen } from './addresses.ts';

export type NewInterface = {
  readonly subnet: Subnet;
  /** Checked and free; the primary address first. */
  readonly addresses: Chosen;
  readonly groupIds: readonly SecurityGroupId[];
  readonly description: string;
  readonly timeouts?: TrackingTimeouts;
  /** Absent: the usual one. */
  readonly interfaceType?: string;
  readonly attachment?: EniAttachment;
  readonly enaSrd?: EnaSrd;
  /** Public address of the primary one. */
  readonly launchPublicIp?: Ip;
  /** Absent: an interface of a user. */
  readonly service?: { readonly interfaceType: string };
  readonly tags?: Tags;
};

/** Puts a new interface; refuses where the region has as many as it may. */
export function makeInterface(spec: NewInterface, context: Context): Eni {
  const { transaction, hex17, nowMs } = context;
  checkQuota(
    'interfacesPerRegion',
    {
      count: transaction.network.eni.size,
      code: 'NetworkInterfaceLimitExceeded',
      what: 'network interfaces in a region',
    },
    context,
  );
  const eni: Eni = {
    id: newId('eni', hex17),
    vpcId: spec.subnet.vpcId,
    subnetId: spec.subnet.id,
    description: spec.description,
    macAddress: freeMac(transaction.network, hex17),
    privateIps: spec.addresses.privateIps.map((address, index) => ({
      address,
      isPrimary: index === 0,
      ...(index === 0 && spec.launchPublicIp ? { launchPublicIp: spec.launchPublicIp } : {}),
    })),
    ipv6Addresses: spec.addresses.ipv6Addresses,
    ...(spec.addresses.hasPrimaryIpv6 ? { hasPrimaryIpv6: true } : {}),
    ...(spec.addresses.prefixes ? { prefixes: spec.addresses.prefixes } : {}),
    groupIds: spec.groupIds,
    sourceDestCheck: spec.service === undefined,
    ...(spec.attachment ? { attachment: spec.attachment } : {}),
    timeouts: spec.timeouts ?? {},
    ...(spec.enaSrd ? { enaSrd: spec.enaSrd } : {}),
    interfaceType: spec.service?.interfaceType ?? spec.interfaceType ?? 'interface',
    requesterManaged: spec.service !== undefined,
    createdAtMs: nowMs,
    tags: spec.tags ?? noTags,
  };
  transaction.put('eni', eni);
  coverVpc(eni.vpcId, context);
  return eni;
}

/** Locally administered and unicast (IEEE 802): the first byte ends in 2. No other interface of the region has it. */
function freeMac({ eni }: Network, hex17: () => string): string {
  for (;;) {
    const digits = hex17().slice(-11);
    const bytes = [`${digits.slice(0, 1)}2`, ...(digits.slice(1).match(/../g) ?? [])];
    const mac = bytes.join(':');
    if (eni.countBy('mac', mac) === 0) return mac;
  }
}

/** Removes an interface. Elastic addresses that led to it are associated with nothing from then on. */
export function removeInterface(eni: Eni, context: Context): void {
  const { transaction } = context;
  for (const { association: _, ...address } of transaction.network.address.by('eni', eni.id)) {
    transaction.put('address', address);
  }
  transaction.remove('eni', eni.id);
  coverVpc(eni.vpcId, context);
}
