/** Who asks for metadata: told by the VPC whose router was asked and the address, which nobody else can send from. */
import { parseIp } from '#net/address.ts';
import type { Eni } from '#vpc/eni.ts';
import { enisAt } from '#vpc/eni-addresses.ts';
import type { Instance } from '#vpc/instance.ts';
import { type Network, networkOf } from '#vpc/network.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { View } from '../dns/names.ts';

export type Guest = {
  readonly account: string;
  readonly region: string;
  readonly network: Network;
  readonly vpc: Vpc;
  readonly instance: Instance;
  /** The instance's interfaces, by device index. */
  readonly enis: readonly Eni[];
};

/** The running instance that has the address in the VPC. */
export function guestAt({ world, scope, vpc }: View, address: string): Guest | undefined {
  const ip = parseIp(address);
  const network = networkOf(world, scope);
  const eni = ip && [...enisAt(network, ip)].find(({ vpcId }) => vpcId === vpc.id);
  const instance = eni?.attachment && network.instance.get(eni.attachment.instanceId);
  if (instance?.state !== 'running') return undefined;
  const index = ({ attachment }: Eni) => attachment?.deviceIndex ?? 0;
  const enis = [...network.eni.by('instance', instance.id)].sort((a, b) => index(a) - index(b));
  return { ...scope, network, vpc, instance, enis };
}
