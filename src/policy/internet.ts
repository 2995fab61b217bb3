/** The internet gateway: one-to-one translation of IPv4, none of IPv6, and what it refuses on either side. */
import { familyOf, type Ip, readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { addressBlocks, enisAt } from '#vpc/eni-addresses.ts';
import type { VpcId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import type { Packet } from './packet.ts';
import { type InternetPort, regionalPortAt } from './port.ts';
import type { DropReason, Step } from './verdict.ts';

type Refused = { readonly kind: 'drop'; readonly because: DropReason };
type Translated = { readonly kind: 'pass'; readonly packet: Packet; readonly steps: readonly Step[] };

/**
 * A packet handed to the gateway by the router. The sender needs a public address: its elastic one, or the one it got
 * at launch. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export function leaveToInternet(
  { gateway, vpcId, network }: InternetPort,
  packet: Packet,
): Translated | Refused {
  if (familyOf(packet.source) === 'ipv6') return { kind: 'pass', packet, steps: [] };
  // What a regional NAT gateway has translated has a public source already.
  if (regionalPortAt({ network, vpcId }, packet.source)) return { kind: 'pass', packet, steps: [] };
  const eni = [...enisAt(network, packet.source)].find((each) => each.vpcId === vpcId);
  const publicIp = eni && publicIpOf(network, eni, packet.source);
  if (!publicIp) return { kind: 'drop', because: { kind: 'noPublicAddress', source: packet.source } };
  return {
    kind: 'pass',
    packet: translate(packet, 'source', publicIp),
    steps: [{ kind: 'translated', gatewayId: gateway.id, from: packet.source, to: publicIp }],
  };
}

type Entered =
  | { readonly kind: 'outside' }
  | Refused
  | {
      readonly kind: 'pass';
      readonly port: InternetPort;
      readonly packet: Packet;
      readonly steps: readonly Step[];
    };

/**
 * A packet on the internet whose destination may be ours. `ownTranslation` tells a packet that a gateway has just
 * sent out from one that claims an inside or own public address as its source.
 */
export function enterFromInternet(world: World, packet: Packet, ownTranslation: boolean): Entered {
  const home = homeOf(world, packet.destination);
  if (!home) return { kind: 'outside' };
  const { network, vpcId, privateIp } = home;
  const [gateway] = network.internetGateway.by('vpc', vpcId);
  if (!gateway) return { kind: 'drop', because: { kind: 'notAttached', what: packet.destination } };
  if (!ownTranslation && claimsInside(network, vpcId, packet.source)) {
    return { kind: 'drop', because: { kind: 'spoofed', source: packet.source } };
  }
  const port: InternetPort = { kind: 'internetGateway', gateway, vpcId, network };
  if (privateIp === packet.destination) return { kind: 'pass', port, packet, steps: [] };
  const step: Step = { kind: 'translated', gatewayId: gateway.id, from: packet.destination, to: privateIp };
  return { kind: 'pass', port, packet: translate(packet, 'destination', privateIp), steps: [step] };
}

/**
 * The VPC that a public address leads to, and the address inside. An IPv6 address leads to the VPC that has its block,
 * whether or not an interface holds it: a gateway's route table may send whole subnets to an interface.
 * https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
 */
export function homeOf(
  world: World,
  publicIp: Ip,
): { readonly network: Network; readonly vpcId: VpcId; readonly privateIp: Ip } | undefined {
  const owner = ownerOfPublicIp(world.values(), publicIp);
  if (owner) return { network: owner.network, vpcId: owner.eni.vpcId, privateIp: owner.privateIp };
  for (const network of world.values()) {
    // A regional NAT gateway has it inside as outside.
    const [gateway] = network.natGateway.by('publicIp', publicIp);
    if (gateway) return { network, vpcId: gateway.vpcId, privateIp: publicIp };
  }
  const ip = readIp(publicIp);
  if (ip?.family !== 'ipv6') return undefined;
  for (const network of world.values()) {
    for (const { id, ipv6Blocks } of network.vpc.values()) {
      if (ipv6Blocks.some(({ cidr }) => contains(cidr, ip)))
        return { network, vpcId: id, privateIp: publicIp };
    }
  }
  return undefined;
}

/** The interface that a public address leads to, and the address it has inside. */
export function ownerOfPublicIp(
  networks: Iterable<Network>,
  publicIp: Ip,
): { network: Network; eni: Eni; privateIp: Ip } | undefined {
  for (const network of networks) {
    for (const { association } of network.address.by('publicIp', publicIp)) {
      const eni = association?.eniId && network.eni.get(association.eniId);
      if (association?.eniId && eni) return { network, eni, privateIp: association.privateIp };
    }
    for (const eni of network.eni.by('publicIp', publicIp)) {
      const held = eni.privateIps.find(({ launchPublicIp }) => launchPublicIp === publicIp);
      if (held && publicIpOf(network, eni, held.address) === publicIp) {
        return { network, eni, privateIp: held.address };
      }
    }
    if (familyOf(publicIp) === 'ipv6') {
      for (const eni of enisAt(network, publicIp)) return { network, eni, privateIp: publicIp };
    }
  }
  return undefined;
}

/** The public address of a private one: an elastic address takes the place of the one given at launch. */
export function publicIpOf(network: Network, eni: Eni, privateIp: Ip): Ip | undefined {
  for (const { publicIp, association } of network.address.by('eni', eni.id)) {
    if (association?.privateIp === privateIp) return publicIp;
  }
  return eni.privateIps.find(({ address }) => address === privateIp)?.launchPublicIp;
}

/** Whether an interface has a public address of either family. */
export function isPublic(network: Network, eni: Eni): boolean {
  return (
    addressBlocks(eni).some((block) => familyOf(block) === 'ipv6') ||
    eni.privateIps.some(({ address }) => publicIpOf(network, eni, address) !== undefined)
  );
}

/** Whether an address belongs to a VPC: to its blocks, or as a public address of one of its interfaces. */
function claimsInside(network: Network, vpcId: VpcId, source: Ip): boolean {
  const vpc = network.vpc.get(vpcId);
  const ip = readIp(source);
  const blocks = [...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6Blocks ?? [])];
  if (!ip || blocks.some(({ cidr }) => contains(cidr, ip))) return true;
  const [gateway] = network.natGateway.by('publicIp', source);
  return (ownerOfPublicIp([network], source)?.eni ?? gateway)?.vpcId === vpcId;
}

/** The packet with one address replaced; an ICMP error's quotation is translated with it, the other way round. */
function translate(packet: Packet, field: 'source' | 'destination', to: Ip): Packet {
  const { transport } = packet;
  const quoted = transport.kind === 'icmp' ? transport.quoted : undefined;
  const mirror = field === 'source' ? 'destination' : 'source';
  if (transport.kind !== 'icmp' || !quoted) return { ...packet, [field]: to };
  return { ...packet, [field]: to, transport: { ...transport, quoted: { ...quoted, [mirror]: to } } };
}
