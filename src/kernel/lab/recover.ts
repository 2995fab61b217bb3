/** Gives classes, subnets and route tables the numbers that a running kernel already knows them by. */
import { tableOfSubnet } from '#policy/route.ts';
import type { Place } from '#policy/rules.ts';
import { portName, subnetNames, vpcTable } from '../dataplane/names.ts';
import type { VpcCompiler } from '../dataplane/vpc-compiler.ts';
import { classKey } from '../dataplane/vpc-compiler.ts';
import { identityMask, vpcSets } from '../dataplane/vpc-sets.ts';
import type { NftSocket } from '../nft/socket.ts';
import type { Element, SetSpec } from '../nft/statement.ts';

/**
 * Reads identity and route table of every port, and the numbers of subnets, from the router's table. What does not fit the network any more is
 * left out: then the program's fingerprint will differ and the table is replaced.
 */
export function recoverNumbers(socket: NftSocket, compiler: VpcCompiler, { network }: Place): void {
  if (!socket.tables().includes(vpcTable)) return;
  const marks = numbersIn(socket, [vpcSets.id4, vpcSets.id6]);
  const ports = numbersIn(socket, [vpcSets.ports]);
  const subnets = chainNumbers(socket, vpcSets.aclOut);
  for (const { id } of network.subnet.by('vpc', compiler.vpcId)) {
    const number = subnets.get(subnetNames.chain('egress', id));
    if (number !== undefined) compiler.subnets.fix(id, number >>> 20);
  }
  for (const eni of network.eni.by('vpc', compiler.vpcId)) {
    const number = ports.get(portName(eni.id));
    if (number !== undefined) {
      compiler.identities.fix(classKey(eni.groupIds), number & identityMask);
    }
    const mark = marks.get(portName(eni.id));
    const table = tableOfSubnet(network, compiler.vpcId, eni.subnetId);
    if (table && mark !== undefined) compiler.routeTables.fix(table.id, mark >>> 20);
  }
}

/** Chain → the number that leads to it. */
function chainNumbers(socket: NftSocket, map: SetSpec): ReadonlyMap<string, number> {
  return new Map(
    elementsOf(socket, [map]).flatMap(({ key: [number], data }): [string, number][] =>
      data?.kind === 'goto' ? [[data.chain, Number(number)]] : [],
    ),
  );
}

function elementsOf(socket: NftSocket, sets: readonly SetSpec[]): readonly Element[] {
  const present = new Set(socket.sets(vpcTable));
  return sets.filter(({ name }) => present.has(name)).flatMap((set) => socket.elements(vpcTable, set));
}

/** Port → what the maps hold for it. */
function numbersIn(socket: NftSocket, maps: readonly SetSpec[]): ReadonlyMap<string, number> {
  return new Map(
    elementsOf(socket, maps).flatMap(({ key: [port], data }): [string, number][] =>
      typeof port === 'string' && data?.kind === 'value' ? [[port, Number(data.value)]] : [],
    ),
  );
}
