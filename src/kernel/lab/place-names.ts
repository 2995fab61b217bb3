/** Names of the lab's namespaces. All start with the lab's own prefix, so that several labs live on one machine. */
import { formatIp, type Ip, parseIp } from '#net/address.ts';
import { addressHex, hexOf } from '../dataplane/names.ts';

export class PlaceNames {
  /** `rp-<tag>`: what every name of the lab starts with, followed by a hyphen. */
  readonly prefix: string;

  constructor(prefix: string) {
    if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(prefix))
      throw new Error(`"${prefix}" is no prefix of a namespace name`);
    this.prefix = prefix;
  }

  router(vpcId: string): string {
    return `${this.prefix}-r-${hexOf(vpcId)}`;
  }

  gateway(gatewayId: string): string {
    return `${this.prefix}-g-${hexOf(gatewayId)}`;
  }

  /** Of an egress-only gateway where the VPC has no internet gateway. */
  egressOnly(gatewayId: string): string {
    return `${this.prefix}-x-${hexOf(gatewayId)}`;
  }

  natGateway(gatewayId: string): string {
    return `${this.prefix}-n-${hexOf(gatewayId)}`;
  }

  /** Of a regional NAT gateway, under one of its addresses. */
  regionalNat(gatewayId: string, publicIp: Ip): string {
    return `${this.natGateway(gatewayId)}-${addressHex(publicIp)}`;
  }

  instance(instanceId: string): string {
    return `${this.prefix}-i-${hexOf(instanceId)}`;
  }

  /** The middle of the internet. */
  get core(): string {
    return `${this.prefix}-core`;
  }

  host(address: Ip): string {
    return `${this.prefix}-h-${addressHex(address)}`;
  }

  /** The address of a host's namespace, or undefined where the name is another's. */
  addressOfHost(name: string): Ip | undefined {
    const head = `${this.prefix}-h-`;
    const digits = name.startsWith(head) ? name.slice(head.length) : '';
    if (!/^([0-9a-f]{8}|[0-9a-f]{32})$/.test(digits)) return undefined;
    const value = BigInt(`0x${digits}`);
    return parseIp(formatIp({ family: digits.length === 8 ? 'ipv4' : 'ipv6', value }));
  }
}
