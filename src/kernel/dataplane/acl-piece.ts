/**
 * What stands at a subnet's border: the block of public access, and the network ACL as per direction and family the set
 * of *allowed* boxes; what is not in it is denied.
 */
import { type Family, families, type Ip } from '#net/address.ts';
import { rangeOf } from '#net/cidr.ts';
import { icmpProtocol } from '#net/protocol.ts';
import { firstMatchOf, paintAddresses, spanOf } from '#policy/boxes.ts';
import type { SubnetId } from '#vpc/ids.ts';
import type { NetworkAcl } from '#vpc/network-acl.ts';
import { type Direction, directions } from '#vpc/security-group.ts';
import type { Field, NftRule, SetSpec } from '../nft/statement.ts';
import { serviceElements } from './class-piece.ts';
import { subnetNames } from './names.ts';
import { type Chain, type Contribution, contribution, type Piece } from './piece.ts';
import { back, goto, inSet, is, isMasked, isNot, markFromMap, notInSet, setMark } from './statements.ts';
import { identityMask, outsideSubnet, portNumber, subnetMask, vpcSets } from './vpc-sets.ts';

/** What stands at a subnet's border, and the router's address there; without an ACL everything that crosses it is denied. */
export type Border = {
  readonly acl: NetworkAcl | undefined;
  /** Gateways that the account's block of public access closes to the subnet, by the router's device. */
  readonly closed: readonly ClosedGateway[];
  readonly router: Ip | undefined;
};

/** Whether the gateway is closed to NAT gateways too. */
export type ClosedGateway = { readonly port: string; readonly evenToNat: boolean };

/** A subnet, its number in the VPC, and its border. */
export function subnetPiece(subnetId: SubnetId, number: number, { acl, closed, router }: Border): Piece {
  return {
    concern: { kind: 'subnet', subnetId },
    sets: [
      ...directions.flatMap((direction) => families.map((family) => allowedSet(subnetId, direction, family))),
    ],
    chains: directions.map((direction) => aclChain(subnetId, number, direction, closed)),
    contributions: [
      ...(router === undefined ? [] : [contribution(vpcSets.routers, false, [{ key: [router] }])]),
      ...directions.flatMap((direction) => [
        leadingTo(direction, subnetId, number),
        ...families.map((family) => allowed(subnetId, acl, direction, family)),
      ]),
    ],
  };
}

/** The border of a regional NAT gateway, which stands in no subnet: no ACL, and what its VPC is closed to. */
export function edgePiece(gatewayId: string, number: number, closed: readonly ClosedGateway[]): Piece {
  return {
    concern: { kind: 'everybody' },
    sets: [],
    chains: directions.map((direction) => ({
      spec: { name: subnetNames.chain(direction, gatewayId) },
      remembered: true,
      rules: [
        ...(direction === 'egress' ? [[setMark(0)], [markFromMap(['oifname'], vpcSets.ports.name)]] : []),
        ...closed.map((gateway) => closingRule(gateway, direction)),
        [back],
      ],
    })),
    contributions: directions.map((direction) => leadingTo(direction, gatewayId, number)),
  };
}

function leadingTo(direction: Direction, id: string, number: number): Contribution {
  return contribution(direction === 'egress' ? vpcSets.aclOut : vpcSets.aclIn, true, [
    { key: [portNumber(number, 0)], data: { kind: 'goto', chain: subnetNames.chain(direction, id) } },
  ]);
}

function allowedSet(subnetId: SubnetId, direction: Direction, family: Family): SetSpec {
  return {
    name: subnetNames.allowed(direction, subnetId, family),
    key: [family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr', 'inet_proto', 'inet_service'],
    interval: true,
  };
}

/**
 * "Same subnet" is decided by ports, not by addresses: inside a subnet no ACL applies. The sender's chain finds the
 * receiving port's number and leaves it in the mark; where the subnet is its own it says "outside", which has no ACL.
 */
function aclChain(
  subnetId: SubnetId,
  number: number,
  direction: Direction,
  closed: readonly ClosedGateway[],
): Chain {
  const end = direction === 'egress' ? 'daddr' : 'saddr';
  const findReceiver: readonly NftRule[] = [
    [setMark(0)],
    [markFromMap(['oifname'], vpcSets.ports.name)],
    [
      isMasked('mark', subnetMask, portNumber(number, 0)),
      { kind: 'setMark', and: identityMask, or: portNumber(outsideSubnet, 0) },
      back,
    ],
  ];
  const ofFamily = (family: Family): readonly NftRule[] => {
    const address = family === 'ipv4' ? (`ip ${end}` as const) : (`ip6 ${end}` as const);
    const set = subnetNames.allowed(direction, subnetId, family);
    const protocol = icmpProtocol[family];
    return [
      [isNot('l4proto', protocol), inSet([address, 'l4proto', 'th dport'], set), back],
      [is('l4proto', protocol), inSet([address, 'l4proto', 'th sport'], set), back],
    ];
  };
  return {
    spec: { name: subnetNames.chain(direction, subnetId) },
    remembered: true,
    rules: [
      ...(direction === 'egress' ? findReceiver : []),
      ...closed.map((gateway) => closingRule(gateway, direction)),
      ...families.flatMap(ofFamily),
      [goto('rej_acl')],
    ],
  };
}

/** What leaves by the gateway, or comes by it, is refused; like ACLs, and unlike groups, for known flows too. */
function closingRule({ port, evenToNat }: ClosedGateway, direction: Direction): NftRule {
  const [gateway, own] = direction === 'egress' ? ['oifname', 'iifname'] : ['iifname', 'oifname'];
  const besides = evenToNat ? [] : [notInSet([own as Field], vpcSets.nats.name)];
  return [is(gateway as Field, port), ...besides, goto('rej_bpa')];
}

function allowed(
  subnetId: SubnetId,
  acl: NetworkAcl | undefined,
  direction: Direction,
  family: Family,
): Contribution {
  const items = (acl?.entries ?? [])
    .filter((entry) => entry.direction === direction)
    .sort((a, b) => a.number - b.number)
    .map((entry) => ({
      range: rangeOf(entry.cidr),
      value: { allow: entry.action === 'allow', span: spanOf(entry.service) },
    }))
    .filter(({ range }) => range.family === family);
  const boxes = paintAddresses(items, firstMatchOf);
  return contribution(
    allowedSet(subnetId, direction, family),
    true,
    boxes.flatMap(({ range, spans }) => serviceElements([{ first: range.first, last: range.last }], spans)),
  );
}
