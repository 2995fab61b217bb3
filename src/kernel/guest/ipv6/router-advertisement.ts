/**
 * Router advertisements (RFC 4861): that there is a router, by whose link-local address instances leave, and that addresses
 * come by DHCPv6. None announces a prefix: every instance is alone on its link, and makes up no addresses.
 */
import { type Asker, isIpv6Alone } from './lease.ts';

/** ICMPv6 types (RFC 4861, 4.1 and 4.2). */
export const routerSolicitation = 133;
const routerAdvertisement = 134;
const sourceLinkLayerAddress = 1;
const hopLimit = 64;
/** Flags: addresses, and other things, are to be had by DHCPv6. */
const flag = { managed: 0x80, other: 0x40 } as const;
const lifetimeSeconds = 1800;

/** The ICMPv6 message for an interface from a router with this MAC address; the kernel adds the checksum. */
export function advertisement(asker: Asker, mac: string): Buffer {
  const message = Buffer.alloc(24);
  message.writeUInt8(routerAdvertisement, 0);
  message.writeUInt8(hopLimit, 4);
  message.writeUInt8(flag.managed | (isIpv6Alone(asker) ? flag.other : 0), 5);
  message.writeUInt16BE(lifetimeSeconds, 6);
  message.set([sourceLinkLayerAddress, 1], 16);
  message.set(Buffer.from(mac.replaceAll(':', ''), 'hex'), 18);
  return message;
}
