/** The internet as a set of addresses: what is routed there, less what the networks themselves hold. */
import { type Family, ipNumber } from '#net/address.ts';
import { type Cidr, contains } from '#net/cidr.ts';
import { carrierNat, privateUse } from '#net/special-blocks.ts';
import type { DropReason } from '#policy/verdict.ts';
import type { VpcId } from '#vpc/ids.ts';
import { routedIpv6, unroutedIpv4 } from '#vpc/internet-space.ts';
import type { Network, World } from '#vpc/network.ts';
import { comparePoints, lowerBound, type Point, pointOf, stretchOf } from './address-line.ts';
import { everywhere, type Region, regionOf, subtract } from './region.ts';
import { remembered } from './remembered.ts';
import { allSpans } from './spans.ts';

/**
 * AWS's code for an address that is not routed on the internet, by the block it is of.
 * https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
 */
export function unroutedCode({ address, end }: Extract<DropReason, { kind: 'notRouted' }>) {
  const ip = ipNumber(address);
  const way = end === 'source' ? 'INGRESS' : 'EGRESS';
  const word = end === 'source' ? 'SOURCE' : 'DESTINATION';
  if (privateUse.some((block) => contains(block, ip)))
    return `IGW_${word}_ADDRESS_NOT_IN_RFC1918_${way}` as const;
  if (contains(carrierNat, ip)) return `IGW_${word}_ADDRESS_NOT_IN_RFC6598_${way}` as const;
  return 'UNKNOWN_DESTINATION' as const;
}

const blocks = (family: Family, cidrs: readonly Cidr[]): Region =>
  regionOf(
    family,
    cidrs.map((cidr) => ({ ...stretchOf(cidr), value: allSpans })),
  );

/** Every service at every address that is routed on the internet. */
export const routedSpace: Readonly<Record<Family, Region>> = {
  ipv4: subtract(everywhere('ipv4'), blocks('ipv4', unroutedIpv4)),
  ipv6: blocks('ipv6', [routedIpv6]),
};

/**
 * The internet as seen from a VPC: without the VPC's own blocks, from which an internet gateway takes nothing. IPv6 blocks
 * of other VPCs are part of it: their addresses are reached there by whoever holds them.
 */
export function internetOf(network: Network, vpcId: VpcId, family: Family): Region {
  const vpc = network.vpc.get(vpcId);
  const own = (family === 'ipv4' ? vpc?.cidrBlocks : vpc?.ipv6Blocks) ?? [];
  return subtract(
    routedSpace[family],
    blocks(
      family,
      own.map(({ cidr }) => cidr),
    ),
  );
}

/** Addresses that interfaces hold, ascending: public ones of IPv4, and all of IPv6. */
export const heldOnInternet = (world: World, family: Family): readonly Point[] => heldIn[family](world);

const heldIn: Readonly<Record<Family, (world: World) => readonly Point[]>> = {
  ipv4: remembered((world) => heldAddresses(world, 'ipv4')),
  ipv6: remembered((world) => heldAddresses(world, 'ipv6')),
};

function heldAddresses(world: World, family: Family): readonly Point[] {
  const points = new Set<Point>();
  for (const { address, eni, natGateway } of world.values()) {
    if (family === 'ipv6') {
      for (const { ipv6Addresses } of eni.values()) for (const ip of ipv6Addresses) points.add(pointOf(ip));
      continue;
    }
    for (const { publicIp, association } of address.values()) if (association) points.add(pointOf(publicIp));
    for (const gateway of natGateway.values()) {
      const own = gateway.availability === 'regional' ? gateway.addresses : [];
      for (const { publicIp } of own) points.add(pointOf(publicIp));
    }
    for (const { privateIps } of eni.values()) {
      for (const { launchPublicIp } of privateIps) if (launchPublicIp) points.add(pointOf(launchPublicIp));
    }
  }
  return [...points].sort(comparePoints);
}

/**
 * The region without what is held: stretches that hold nothing else go. Held addresses inside a wider stretch stay, so
 * that a region reads as its rules do; `countHeld` tells how many of its addresses are not part of it.
 */
export function withoutHeld({ family, boxes }: Region, held: readonly Point[]): Region {
  return {
    family,
    boxes: boxes.filter((box) => BigInt(box.last) - BigInt(box.first) + 1n > BigInt(countHeld(box, held))),
  };
}

export function countHeld(
  stretch: { readonly first: Point; readonly last: Point },
  held: readonly Point[],
): number {
  let end = lowerBound(held, stretch.last);
  if (held[end] === stretch.last) end++;
  return end - lowerBound(held, stretch.first);
}
