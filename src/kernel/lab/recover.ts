/** Gives classes, subnets and route tables the numbers that a running kernel already knows them by. */
import type { Place } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import { leadingAddresses } from '#vpc/regional-nat.ts';
import { classKey } from '../dataplane/class-index.ts';
import {
  gatewayPortName,
  peeringPortName,
  portName,
  regionalNatPortName,
  subnetNames,
  vpcTable,
} from '../dataplane/names.ts';
import { activePeerings, networkAt } from '../dataplane/peerings.ts';
import { regionalNatsOf } from '../dataplane/regional-nats.ts';
import { viewKey, viewOfGateway, viewOfRegional, viewOfSubnet } from '../dataplane/route-views.ts';
import type { VpcCompiler } from '../dataplane/vpc-compiler.ts';
import { identityMask, vpcSets } from '../dataplane/vpc-sets.ts';
import { pairKey } from '../dataplane/zone-pairs.ts';
import { ForeignElement } from '../nft/error.ts';
import { kindOf } from '../nft/set-kind.ts';
import type { NftSocket } from '../nft/socket.ts';
import type { Element, SetSpec } from '../nft/statement.ts';

/**
 * Reads identity and route table of every port, the identities of peered VPCs' interfaces, and the numbers of subnets and
 * zones, from the router's table. What does not fit the network any more is left out: then the program's fingerprint
 * will differ and the table is replaced.
 */
export function recoverNumbers(socket: NftSocket, compiler: VpcCompiler, place: Place): void {
  const { world, network } = place;
  if (!socket.tables().includes(vpcTable)) return;
  const marks = numbersIn(socket, [vpcSets.id4, vpcSets.id6]);
  const ports = numbersIn(socket, [vpcSets.ports]);
  const subnets = chainNumbers(socket, vpcSets.aclOut);
  for (const { id } of network.subnet.by('vpc', compiler.vpcId)) {
    const number = subnets.get(subnetNames.chain('egress', id));
    if (number !== undefined) compiler.subnets.fix(id, number >>> 20);
  }
  const marksOfPorts = numbersIn(socket, [vpcSets.tableOfPort]);
  for (const gateway of regionalNatsOf(network, compiler.vpcId)) {
    const number = subnets.get(subnetNames.chain('egress', gateway.id));
    if (number !== undefined) compiler.subnets.fix(gateway.id, number >>> 20);
    const view = viewOfRegional(place, gateway.id);
    const [first] = leadingAddresses(gateway);
    const mark = first && marksOfPorts.get(regionalNatPortName(first.publicIp));
    if (view && mark !== undefined) compiler.routeTables.fix(viewKey(view), mark >>> 20);
  }
  for (const eni of network.eni.by('vpc', compiler.vpcId)) {
    const port = portName(eni.id);
    const number = ports.get(port);
    const mark = markOfEni(marks, port, eni);
    const identity = (number ?? 0) & identityMask;
    if (identity > 0) compiler.identities.fix(classKey(eni.groupIds), identity);
    const view = viewOfSubnet(place, compiler.vpcId, eni.subnetId);
    if (view && mark !== undefined) compiler.routeTables.fix(viewKey(view), mark >>> 20);
  }
  for (const { id } of network.internetGateway.by('vpc', compiler.vpcId)) {
    const view = viewOfGateway(place, id);
    const mark = marksOfPorts.get(gatewayPortName(id));
    if (view && mark !== undefined) compiler.routeTables.fix(viewKey(view), mark >>> 20);
  }
  for (const { peering, other } of activePeerings(world, compiler.vpcId)) {
    for (const eni of networkAt(world, other).eni.by('vpc', other.vpcId)) {
      const mark = markOfEni(marks, peeringPortName(peering.id), eni);
      if (mark !== undefined) compiler.identities.fix(classKey(eni.groupIds), mark & identityMask);
    }
  }
  for (const [key, zone] of numbersIn(socket, [vpcSets.zones])) {
    const [a = '', b = ''] = key.split(' ');
    compiler.zones.numbers.fix(pairKey(a, b), zone);
  }
}

function markOfEni(marks: ReadonlyMap<string, number>, port: string, eni: Eni): number | undefined {
  const addresses = [...eni.privateIps.map(({ address }) => address), ...eni.ipv6Addresses];
  const [mark] = addresses.flatMap((address) => marks.get(`${port} ${address}`) ?? []);
  return mark;
}

/** Chain → the number that leads to it. */
function chainNumbers(socket: NftSocket, map: SetSpec): ReadonlyMap<string, number> {
  return new Map(
    elementsOf(socket, [map]).flatMap(({ key: [number], data }): [string, number][] =>
      data?.kind === 'goto' ? [[data.chain, Number(number)]] : [],
    ),
  );
}

/** What sets of ours hold; nothing of what somebody has made into something else: then the table is replaced anyway. */
function elementsOf(socket: NftSocket, sets: readonly SetSpec[]): readonly Element[] {
  const kinds = socket.setKinds(vpcTable);
  return sets.filter((set) => kinds.get(set.name) === kindOf(set)).flatMap((set) => ownElements(socket, set));
}

function ownElements(socket: NftSocket, set: SetSpec): readonly Element[] {
  try {
    return socket.elements(vpcTable, set);
  } catch (error) {
    if (error instanceof ForeignElement) return [];
    throw error;
  }
}

/** Key, its parts one behind the other → what the maps hold for it. */
function numbersIn(socket: NftSocket, maps: readonly SetSpec[]): ReadonlyMap<string, number> {
  return new Map(
    elementsOf(socket, maps).flatMap(({ key, data }): [string, number][] =>
      data?.kind === 'value' ? [[key.join(' '), Number(data.value)]] : [],
    ),
  );
}
