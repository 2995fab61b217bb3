/** The internet as a set of addresses: what is routed there, less what the networks themselves hold. */
import type { Family } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import type { VpcId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import { comparePoints, lowerBound, type Point, pointOf, stretchOf } from './address-line.ts';
import { everywhere, type Region, regionOf, subtract } from './region.ts';
import { allSpans } from './spans.ts';

/**
 * Blocks that are not routed on the internet (RFC 6890): this network, private use, carrier NAT, loopback, link-local,
 * multicast and reserved. The documentation and benchmark blocks stay in, since labs use them as their internet.
 */
const notRouted = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
] as unknown as readonly Cidr[];

/** IPv6 gives out addresses of one block alone (RFC 4291, IANA ipv6-unicast-address-assignments). */
const globalUnicast = '2000::/3' as Cidr;

const blocks = (family: Family, cidrs: readonly Cidr[]): Region =>
  regionOf(
    family,
    cidrs.map((cidr) => ({ ...stretchOf(cidr), value: allSpans })),
  );

/** Every service at every address that is routed on the internet. */
export const routedSpace: Readonly<Record<Family, Region>> = {
  ipv4: subtract(everywhere('ipv4'), blocks('ipv4', notRouted)),
  ipv6: blocks('ipv6', [globalUnicast]),
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
export function heldOnInternet(world: World, family: Family): readonly Point[] {
  const points = new Set<Point>();
  for (const { address, eni } of world.values()) {
    if (family === 'ipv6') {
      for (const { ipv6Addresses } of eni.values()) for (const ip of ipv6Addresses) points.add(pointOf(ip));
      continue;
    }
    for (const { publicIp, association } of address.values()) if (association) points.add(pointOf(publicIp));
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
