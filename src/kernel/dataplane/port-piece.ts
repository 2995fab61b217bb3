/** Ports of a VPC's router: what an interface, and what the internet gateway, contributes to the table. */
import type { Eni } from '#vpc/eni.ts';
import type { Network } from '#vpc/network.ts';
import type { InternetGateway } from '#vpc/routing.ts';
import type { Element } from '../nft/statement.ts';
import { classChain, gatewayPortName, portName, subnetNames } from './names.ts';
import { contribution, type Piece } from './piece.ts';
import { vpcSets } from './vpc-sets.ts';

/**
 * Whether an interface has a port: attached to an instance that is not stopped, and checking sources. One without
 * the source/destination check may send as anybody, which needs a conntrack zone for each far end; until that is
 * there it stays isolated and is listed as not enforced.
 */
export function hasPort(network: Network, eni: Eni): boolean {
  return eni.sourceDestCheck && isCarried(network, eni);
}

/** Whether an instance that is not stopped carries the interface. */
export function isCarried(network: Network, eni: Eni): boolean {
  if (!eni.attachment || eni.interfaceType !== 'interface') return false;
  const state = network.instance.get(eni.attachment.instanceId)?.state;
  return state === 'running' || state === 'pending';
}

/** The mark of what a port sends: its route table and its identity. */
export function markOf(tableNumber: number, identity: number): number {
  return ((tableNumber << 20) | identity) >>> 0;
}

const goto = (port: string, chain: string): Element => ({ key: [port], data: { kind: 'goto', chain } });

/** What an attached interface contributes. Its route table's number is 0 where it has none. */
export function interfacePort(eni: Eni, classNumber: number, tableNumber: number): Piece {
  const port = portName(eni.id);
  const data = { kind: 'value', value: markOf(tableNumber, classNumber) } as const;
  const subnetPorts = { name: subnetNames.ports(eni.subnetId), key: ['ifname'], interval: false } as const;
  const s = vpcSets;
  return {
    concern: { kind: 'port', port, classNumber, subnetId: eni.subnetId },
    sets: [],
    chains: [],
    contributions: [
      contribution(
        s.id4,
        true,
        eni.privateIps.map(({ address }) => ({ key: [port, address], data })),
      ),
      contribution(
        s.id6,
        true,
        eni.ipv6Addresses.map((address) => ({ key: [port, address], data })),
      ),
      contribution(subnetPorts, true, [{ key: [port] }]),
      contribution(s.aclOut, true, [goto(port, subnetNames.chain('egress', eni.subnetId))]),
      contribution(s.aclIn, true, [goto(port, subnetNames.chain('ingress', eni.subnetId))]),
      contribution(s.sgOut, true, [goto(port, classChain.entry('egress', classNumber))]),
      contribution(s.sgIn, true, [goto(port, classChain.entry('ingress', classNumber))]),
    ],
  };
}

/** What an attached internet gateway contributes: a port without groups and ACL, open to any outside source. */
export function gatewayPort(gateway: InternetGateway): Piece {
  const port = gatewayPortName(gateway.id);
  const s = vpcSets;
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [
      contribution(s.outside, true, [{ key: [port] }]),
      contribution(s.tableOfPort, true, [{ key: [port], data: { kind: 'value', value: 0 } }]),
      contribution(s.aclOut, true, [goto(port, 'acl_none')]),
      contribution(s.aclIn, true, [goto(port, 'acl_none')]),
      contribution(s.sgOut, true, [goto(port, classChain.entry('egress', 0))]),
      contribution(s.sgIn, true, [goto(port, classChain.entry('ingress', 0))]),
    ],
  };
}
