/** Names of tables, chains, sets and router ports. A device name has at most 15 characters. */
import { type Family, type Ip, ipNumber } from '#net/address.ts';
import type { Direction } from '#vpc/security-group.ts';

/** The table in a VPC's router. */
export const vpcTable = 'vpc';
/** The table in a NAT gateway's namespace. */
export const natTable = 'nat';
/** The table in the namespace of a VPC's internet and egress-only gateways. */
export const gatewayTable = 'gw';

/** The hex digits of a resource id. */
export function hexOf(id: string): string {
  return id.slice(id.lastIndexOf('-') + 1);
}

/** The router's device for an interface. */
export function portName(eniId: string): string {
  return `e${hexOf(eniId).slice(-14)}`;
}

/** The router's device for its internet gateway, and the core's device for the same gateway. */
export function gatewayPortName(gatewayId: string): string {
  return `g${hexOf(gatewayId).slice(-14)}`;
}

/** The router's device for its egress-only gateway, and the core's device for the same gateway. */
export function egressOnlyPortName(gatewayId: string): string {
  return `x${hexOf(gatewayId).slice(-14)}`;
}

/** The router's device for a regional NAT gateway's public IPv4 address, which no other has. */
export function regionalNatPortName(publicIp: Ip): string {
  return `n${addressHex(publicIp)}`;
}

/** 8 hex digits for IPv4, 32 for IPv6. */
export function addressHex(address: Ip): string {
  const { family, value } = ipNumber(address);
  return value.toString(16).padStart(family === 'ipv4' ? 8 : 32, '0');
}

/** Both routers' devices for a peering. */
export function peeringPortName(peeringId: string): string {
  return `p${hexOf(peeringId).slice(-14)}`;
}

/** `o` for what leaves an interface, `i` for what enters it. */
const directionLetter: Readonly<Record<Direction, string>> = { egress: 'o', ingress: 'i' };

const familyDigit: Readonly<Record<Family, string>> = { ipv4: '4', ipv6: '6' };

/** Which end's port an untracked set speaks of: `L` the interface's own, `R` the far one. */
export type PortSide = 'L' | 'R';

/** The chains of a class: `entry` splits by family, `ports` judges what has ports, `icmp` the rest of a family. */
export const classChain = {
  entry: (direction: Direction, number: number) => `${directionLetter[direction]}${number}`,
  ports: (direction: Direction, number: number, family: Family) =>
    `${directionLetter[direction]}${number}v${familyDigit[family]}`,
  icmp: (direction: Direction, number: number, family: Family) =>
    `${directionLetter[direction]}${number}c${familyDigit[family]}`,
};

/** The sets of a class. */
export const classSet = {
  /** Peer everybody. */
  everybody: (direction: Direction, number: number, family: Family) =>
    `${directionLetter[direction]}${number}z${familyDigit[family]}`,
  /** Peer everybody and blocks in one set, the service first: where each service has few blocks. */
  mixed: (direction: Direction, number: number, family: Family) =>
    `${directionLetter[direction]}${number}m${familyDigit[family]}`,
  /** Blocks, the address first. */
  addresses: (direction: Direction, number: number, family: Family) =>
    `${directionLetter[direction]}${number}a${familyDigit[family]}`,
  /** Peer groups, by identity. */
  identities: (direction: Direction, number: number) => `${directionLetter[direction]}${number}g`,
  untracked: (side: PortSide, number: number, family: Family) => `u${number}${side}${familyDigit[family]}`,
};

/**
 * What belongs to a subnet, or to a regional NAT gateway, which stands in none: per direction a chain, and a
 * set of allowed boxes a family.
 */
export const subnetNames = {
  chain: (direction: Direction, subnetId: string) => `a${directionLetter[direction]}_${hexOf(subnetId)}`,
  allowed: (direction: Direction, subnetId: string, family: Family) =>
    `a${directionLetter[direction]}_${hexOf(subnetId)}_${familyDigit[family]}`,
};
