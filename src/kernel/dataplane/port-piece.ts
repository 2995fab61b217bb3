/** Ports of a VPC's router: what an interface, and what the internet gateway, contributes to the table. */
import type { Eni } from '#vpc/eni.ts';
import type { Network } from '#vpc/network.ts';
import type { InternetGateway } from '#vpc/routing.ts';
import type { Element, KeyPart } from '../nft/statement.ts';
import { gatewayPortName, portName } from './names.ts';
import { contribution, type Piece } from './piece.ts';
import { outsideSubnet, portNumber, vpcSets } from './vpc-sets.ts';

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
  return state === 'running';
}

/** The mark of what a port sends: its route table and its identity. */
export function markOf(tableNumber: number, identity: number): number {
  return ((tableNumber << 20) | identity) >>> 0;
}

const valued = (key: readonly KeyPart[], value: number): Element => ({ key, data: { kind: 'value', value } });

/** The numbers of an interface's class, its subnet, and its subnet's route table (0 where it has none). */
export type PortNumbers = { readonly classNumber: number; readonly subnet: number; readonly table: number };

/** What an attached interface contributes. */
export function interfacePort(eni: Eni, { classNumber, subnet, table }: PortNumbers): Piece {
  const port = portName(eni.id);
  const mark = markOf(table, classNumber);
  const s = vpcSets;
  return {
    concern: { kind: 'port', port, classNumber, subnetId: eni.subnetId },
    sets: [],
    chains: [],
    contributions: [
      contribution(
        s.id4,
        true,
        eni.privateIps.map(({ address }) => valued([port, address], mark)),
      ),
      contribution(
        s.id6,
        true,
        eni.ipv6Addresses.map((address) => valued([port, address], mark)),
      ),
      contribution(s.ports, true, [valued([port], portNumber(subnet, classNumber))]),
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
      contribution(s.tableOfPort, true, [valued([port], 0)]),
      contribution(s.ports, true, [valued([port], portNumber(outsideSubnet, 0))]),
    ],
  };
}
