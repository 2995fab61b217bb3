/** Ports of a VPC's router: what interfaces, gateways and peerings contribute to the table. */
import { families, familyOf, type Ip } from '#net/address.ts';
import { rangeOf } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { prefixesOf, singleAddresses } from '#vpc/eni-addresses.ts';
import type { Network } from '#vpc/network.ts';
import type { NatGateway } from '#vpc/routing.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { Element, KeyPart } from '../nft/statement.ts';
import { portName, regionalNatPortName } from './names.ts';
import { type Contribution, contribution, type Piece } from './piece.ts';
import { profileSet, type TimeoutProfile } from './timeout-piece.ts';
import { noClass, outsideSubnet, portNumber, vpcSets } from './vpc-sets.ts';

const s = vpcSets;

/** Types of interfaces that instances have and that carry packets. */
export const carriedTypes: ReadonlySet<string> = new Set(['interface', 'efa', 'trunk']);

/** Whether an interface has a port with groups: an instance that is not stopped carries it. */
export function isCarried(network: Network, eni: Eni): boolean {
  if (!eni.attachment || !carriedTypes.has(eni.interfaceType)) return false;
  const state = network.instance.get(eni.attachment.instanceId)?.state;
  return state === 'running';
}

/** The NAT gateway whose interface this is, while it works. */
export function natGatewayOf(network: Network, eni: Eni): NatGateway | undefined {
  const [gateway] = network.natGateway.by('eni', eni.id);
  return gateway?.state === 'available' || gateway?.state === 'pending' ? gateway : undefined;
}

/** Whether an interface has a port of either kind. */
export function hasPort(network: Network, eni: Eni): boolean {
  return isCarried(network, eni) || natGatewayOf(network, eni) !== undefined;
}

/** The mark of what a port sends: its route table and its identity. */
export function markOf(tableNumber: number, identity: number): number {
  return ((tableNumber << 20) | identity) >>> 0;
}

const valued = (key: readonly KeyPart[], value: number): Element => ({ key, data: { kind: 'value', value } });

/** Addresses of an interface that a port sends from, under a mark; most have some of one kind alone. */
function identities(port: string, eni: Eni, mark: number): readonly Contribution[] {
  const addresses = singleAddresses(eni);
  const found: Contribution[] = [];
  for (const family of families) {
    const own = addresses.filter((each) => familyOf(each) === family);
    const set = family === 'ipv4' ? s.id4 : s.id6;
    if (own.length > 0) {
      found.push(
        contribution(
          set,
          true,
          own.map((address) => valued([port, address], mark)),
        ),
      );
    }
    if (!eni.prefixes?.length) continue;
    const blocks = prefixesOf(eni, family).map((prefix) => {
      const { first, last } = rangeOf(prefix);
      return valued([port, { first, last }], mark);
    });
    found.push(contribution(family === 'ipv4' ? s.prefix4 : s.prefix6, true, blocks));
  }
  return found;
}

/** A port that may send from any address, with the mark of what it sends. */
function anySource(port: string, mark: number): readonly Contribution[] {
  return [
    contribution(s.anySource, true, [{ key: [port] }]),
    contribution(s.tableOfPort, true, [valued([port], mark)]),
  ];
}

/** The numbers of an interface's class, its subnet, and its subnet's route table (0 where it has none). */
export type PortNumbers = { readonly classNumber: number; readonly subnet: number; readonly table: number };

/** What an attached interface contributes; without the source/destination check it sends also what others sent. */
export function interfacePort(
  eni: Eni,
  { classNumber, subnet, table }: PortNumbers,
  profile: TimeoutProfile | undefined,
): Piece {
  const port = portName(eni.id);
  return {
    concern: { kind: 'port', port, classNumber, subnetId: eni.subnetId },
    sets: [],
    chains: [],
    contributions: [
      ...identities(port, eni, markOf(table, classNumber)),
      contribution(s.ports, true, [valued([port], portNumber(subnet, classNumber))]),
      ...(eni.sourceDestCheck ? [] : anySource(port, markOf(table, 0))),
      ...(profile ? [contribution(profileSet(profile), false, [{ key: [port] }])] : []),
    ],
  };
}

/**
 * What a NAT gateway's interface contributes: a port in its subnet without groups. What it brings back under the
 * addresses of others is judged each time: the same may come by the internet gateway too (`vpc-skeleton.ts`).
 */
export function natPort(eni: Eni, { subnet, table }: Omit<PortNumbers, 'classNumber'>): Piece {
  const port = portName(eni.id);
  return {
    concern: { kind: 'port', port, classNumber: 0, subnetId: eni.subnetId },
    sets: [],
    chains: [],
    contributions: [
      ...identities(port, eni, markOf(table, 0)),
      contribution(s.ports, true, [valued([port], portNumber(subnet, 0))]),
      ...anySource(port, markOf(table, noClass)),
      contribution(s.autotrack, true, [{ key: [port] }]),
      contribution(s.nats, false, [{ key: [port] }]),
    ],
  };
}

/** What a regional NAT gateway contributes for one of its addresses: as another one, at the VPC's edge. */
export function regionalNatPort(publicIp: Ip, { subnet, table }: Omit<PortNumbers, 'classNumber'>): Piece {
  const port = regionalNatPortName(publicIp);
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [
      contribution(s.id4, true, [valued([port, publicIp], markOf(table, 0))]),
      contribution(s.ports, true, [valued([port], portNumber(subnet, 0))]),
      ...anySource(port, markOf(table, noClass)),
      contribution(s.autotrack, true, [{ key: [port] }]),
      contribution(s.nats, false, [{ key: [port] }]),
    ],
  };
}

const outsidePort = (port: string): Contribution =>
  contribution(s.ports, true, [valued([port], portNumber(outsideSubnet, 0))]);

/**
 * What an attached internet or egress-only gateway contributes: no groups, no ACL, open to any outside source. What it
 * brings in is routed by a table of its own, or, without one (0), goes to whom it is addressed.
 */
export function gatewayPort(
  port: string,
  options: { readonly alwaysTracked: boolean; readonly table: number },
): Piece {
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [
      contribution(s.outside, true, [{ key: [port] }]),
      contribution(s.tableOfPort, true, [
        valued([port], markOf(options.table, options.alwaysTracked ? noClass : 0)),
      ]),
      outsidePort(port),
      ...(options.alwaysTracked ? [contribution(s.autotrack, true, [{ key: [port] }])] : []),
    ],
  };
}

/** What a peering contributes: a port without groups and ACL, open to sources in the other VPC's blocks. */
export function peeringPort(port: string, other: Vpc): Piece {
  const blocks = (set: typeof s.peer4 | typeof s.peer6, of: Vpc['cidrBlocks']) =>
    contribution(
      set,
      true,
      of.map(({ cidr }) => {
        const { first, last } = rangeOf(cidr);
        return { key: [port, { first, last }] };
      }),
    );
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [blocks(s.peer4, other.cidrBlocks), blocks(s.peer6, other.ipv6Blocks), outsidePort(port)],
  };
}

/** The identity of a peered VPC's interface, as it comes through the peering; it has no route table here. */
export function peerIdentity(port: string, eni: Eni, classNumber: number): Piece {
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: identities(port, eni, markOf(0, classNumber)),
  };
}

/** The conntrack zone of two ports, one of them a middlebox; without a zone nothing passes between them. */
export function zonePair([a, b]: readonly [string, string], zone: number | undefined): Piece {
  const keys = [
    [a, b],
    [b, a],
  ];
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [
      zone === undefined
        ? contribution(
            s.unzoned,
            true,
            keys.map((key) => ({ key })),
          )
        : contribution(
            s.zones,
            true,
            keys.map((key) => valued(key, zone)),
          ),
    ],
  };
}

/** Middleboxes, by port. */
export function boxPiece(port: string): Piece {
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: [],
    contributions: [contribution(s.boxes, true, [{ key: [port] }])],
  };
}
