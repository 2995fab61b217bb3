/** The network ACL of a subnet: per direction and family the set of *allowed* boxes; what is not in it is denied. */
import { type Family, families } from '#net/address.ts';
import { rangeOf } from '#net/cidr.ts';
import { icmpProtocol } from '#net/protocol.ts';
import { firstMatchOf, paintAddresses, spanOf } from '#policy/boxes.ts';
import type { SubnetId } from '#vpc/ids.ts';
import type { NetworkAcl } from '#vpc/network-acl.ts';
import { type Direction, directions } from '#vpc/security-group.ts';
import type { NftRule, SetSpec } from '../nft/statement.ts';
import { serviceElements } from './class-piece.ts';
import { subnetNames } from './names.ts';
import { type Chain, type Contribution, contribution, type Piece } from './piece.ts';
import { back, goto, inSet, is, isMasked, isNot, markFromMap, setMark } from './statements.ts';
import { identityMask, outsideSubnet, portNumber, subnetMask, vpcSets } from './vpc-sets.ts';

/** A subnet, its number in the VPC, and its ACL; without one everything that crosses the subnet's border is denied. */
export function subnetPiece(subnetId: SubnetId, number: number, acl: NetworkAcl | undefined): Piece {
  return {
    concern: { kind: 'subnet', subnetId },
    sets: [
      ...directions.flatMap((direction) => families.map((family) => allowedSet(subnetId, direction, family))),
    ],
    chains: directions.map((direction) => aclChain(subnetId, number, direction)),
    contributions: directions.flatMap((direction) => [
      contribution(direction === 'egress' ? vpcSets.aclOut : vpcSets.aclIn, true, [
        {
          key: [portNumber(number, 0)],
          data: { kind: 'goto', chain: subnetNames.chain(direction, subnetId) },
        },
      ]),
      ...families.map((family) => allowed(subnetId, acl, direction, family)),
    ]),
  };
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
function aclChain(subnetId: SubnetId, number: number, direction: Direction): Chain {
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
    rules: [
      ...(direction === 'egress' ? findReceiver : []),
      ...families.flatMap(ofFamily),
      [goto('rej_acl')],
    ],
  };
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
