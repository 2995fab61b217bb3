/**
 * What internet gateways refuse by the address alone.
 * https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
 */
import { type Ip, readIp } from '#net/address.ts';
import { type Cidr, contains } from '#net/cidr.ts';
import type { PathExplanation } from '#vpc/insights.ts';
import { whyNotOnTheInternet } from '#vpc/internet-space.ts';
import type { Journey } from './path-hops.ts';

const privateUse = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as unknown as readonly Cidr[];
const carrierNat = '100.64.0.0/10' as Cidr;

/** Why a packet that comes from the internet or gets there cannot; undefined where its far address is fine. */
export function gatewayRefusal({ origin, packet, verdict }: Journey): PathExplanation | undefined {
  if (origin.kind === 'internet') return refusalOf(packet.source, 'SOURCE', 'INGRESS');
  if (origin.kind !== 'eni' || verdict.kind === 'drop' || verdict.delivery.kind !== 'internet')
    return undefined;
  return refusalOf(verdict.delivery.packet.destination, 'DESTINATION', 'EGRESS');
}

function refusalOf(
  address: Ip,
  end: 'SOURCE' | 'DESTINATION',
  way: 'INGRESS' | 'EGRESS',
): PathExplanation | undefined {
  const ip = readIp(address);
  const isIn = (cidr: Cidr) => ip !== undefined && contains(cidr, ip);
  if (privateUse.some(isIn)) return { code: `IGW_${end}_ADDRESS_NOT_IN_RFC1918_${way}`, address };
  if (isIn(carrierNat)) return { code: `IGW_${end}_ADDRESS_NOT_IN_RFC6598_${way}`, address };
  return whyNotOnTheInternet(address) === undefined ? undefined : { code: 'UNKNOWN_DESTINATION', address };
}
