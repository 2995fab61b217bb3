/** Gives classes and route tables the numbers that a running kernel already knows them by. */
import { tableOfSubnet } from '#policy/route.ts';
import type { Place } from '#policy/rules.ts';
import { portName, vpcTable } from '../dataplane/names.ts';
import type { VpcCompiler } from '../dataplane/vpc-compiler.ts';
import { classKey } from '../dataplane/vpc-compiler.ts';
import { vpcSets } from '../dataplane/vpc-sets.ts';
import { identityMask } from '../dataplane/vpc-skeleton.ts';
import type { NftSocket } from '../nft/socket.ts';

/**
 * Reads the identity and route table of every port from the router's table. What does not fit the network any more is
 * left out: then the program's fingerprint will differ and the table is replaced.
 */
export function recoverNumbers(socket: NftSocket, compiler: VpcCompiler, { network }: Place): void {
  if (!socket.tables().includes(vpcTable)) return;
  const marks = new Map<string, number>();
  for (const set of [vpcSets.id4, vpcSets.id6]) {
    if (!socket.sets(vpcTable).includes(set.name)) continue;
    for (const { key, data } of socket.elements(vpcTable, set)) {
      const [port] = key;
      if (typeof port === 'string' && data?.kind === 'value') marks.set(port, Number(data.value));
    }
  }
  for (const eni of network.eni.by('vpc', compiler.vpcId)) {
    const mark = marks.get(portName(eni.id));
    if (mark === undefined) continue;
    compiler.identities.fix(classKey(eni.groupIds), mark & identityMask);
    const table = tableOfSubnet(network, compiler.vpcId, eni.subnetId);
    if (table && mark >>> 20 > 0) compiler.routeTables.fix(table.id, mark >>> 20);
  }
}
