/** What the router of a VPC does with packets for its own services, which no group, ACL or route judges. */
import { type Ip, readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { linkLocal } from '#net/special-blocks.ts';
import { holdsAddress } from '#vpc/eni-addresses.ts';
import { dhcp, dhcp6, isLinkAddress, type LinkService, serviceAt } from '#vpc/link-services.ts';
import { routerAddress } from '#vpc/subnet-space.ts';
import { destinationEnd, type Packet, protocolOf, sourceEnd } from './packet.ts';
import { isUp, type Port, portName } from './port.ts';
import type { DropReason } from './verdict.ts';

type Taken =
  | { readonly kind: 'service'; readonly service: LinkService }
  | { readonly kind: 'drop'; readonly because: DropReason };

/**
 * What becomes of a packet for the router itself; undefined for any other. Only ports in a subnet are served, and only
 * under their own addresses: answers go where an address belongs. Nothing else answers there, and nothing leaves.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
export function linkService(from: Port, packet: Packet): Taken | undefined {
  const drop = (because: DropReason): Taken => ({ kind: 'drop', because });
  const vpc = from.network.vpc.get(from.vpcId);
  const isInside = from.kind === 'eni' || from.kind === 'natGateway';
  if (!vpc || !isInside) return undefined;
  const own = holdsAddress(from.eni, packet.source);
  // Who has an address renews it at the router's own (RFC 2131, 4.3.2); who has none asks everybody.
  const isForRouter = isRouterAddress(from, packet.destination);
  const isRenewal = isForRouter && own;
  const isAsking = packet.destination === dhcp.everybody && (own || packet.source === dhcp.nobody);
  if ((isDhcp(packet) && (isRenewal || isAsking)) || isDhcp6(packet)) {
    return isUp(from)
      ? { kind: 'service', service: 'dhcp' }
      : drop({ kind: 'notAttached', what: portName(from) });
  }
  if (!isForRouter && !isLinkAddress(vpc, packet.destination)) return undefined;
  if (!own) return drop({ kind: 'spoofed', source: packet.source });
  if (!isUp(from)) return drop({ kind: 'notAttached', what: portName(from) });
  const service = serviceAt(vpc, toService(packet));
  return service ? { kind: 'service', service } : drop({ kind: 'noInterface', what: packet.destination });
}

function isDhcp(packet: Packet): boolean {
  return (
    packet.transport.kind === 'udp' &&
    sourceEnd(packet).port === dhcp.client &&
    destinationEnd(packet).port === dhcp.server
  );
}

/** Whether an address is the router's in one of the VPC's subnets. */
function isRouterAddress({ network, vpcId }: Port, address: Ip): boolean {
  for (const subnet of network.subnet.by('vpc', vpcId)) if (routerAddress(subnet) === address) return true;
  return false;
}

/** Every device has an address of its link by itself, which no interface of the API holds. */
function isDhcp6(packet: Packet): boolean {
  const source = readIp(packet.source);
  return (
    packet.transport.kind === 'udp' &&
    packet.destination === dhcp6.everybody &&
    sourceEnd(packet).port === dhcp6.client &&
    destinationEnd(packet).port === dhcp6.server &&
    source !== undefined &&
    contains(linkLocal.ipv6, source)
  );
}

function toService(packet: Packet): { address: Ip; protocol: number; port: number } {
  return {
    address: packet.destination,
    protocol: protocolOf(packet),
    port: destinationEnd(packet).port,
  };
}
