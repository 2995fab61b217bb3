/** Protocol and ports of rules and ACL entries, as describe operations and Terraform write them. */
import { portMax, protocolNumbers } from '#net/protocol.ts';
import type { Service } from '#vpc/security-group.ts';
import { Unfit } from '../json/fields.ts';

export type ServiceText = {
  readonly protocol: string;
  /** First port, or ICMP type. */
  readonly from?: number | undefined;
  /** Last port, or ICMP code. */
  readonly to?: number | undefined;
};

const numbers = new Map<string, number>(Object.entries(protocolNumbers));

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
export function serviceOf({ protocol, from, to }: ServiceText): Service {
  const name = protocol.toLowerCase();
  if (name === '-1' || name === 'all') return { kind: 'all' };
  const number = numbers.get(name) ?? (/^\d{1,3}$/.test(name) ? Number(name) : Number.NaN);
  if (!(number <= 255)) throw new Unfit(`${protocol} is no protocol`);
  switch (number) {
    case protocolNumbers.tcp:
    case protocolNumbers.udp:
      return portsOf(number, from, to);
    case protocolNumbers.icmp:
    case protocolNumbers.icmpv6:
      return { kind: 'icmp', protocol: number, type: from ?? -1, code: from === -1 ? -1 : (to ?? -1) };
    default:
      return { kind: 'protocol', protocol: number };
  }
}

/** Without ports, and with -1, all of them. */
function portsOf(protocol: 6 | 17, from: number | undefined, to: number | undefined): Service {
  const first = from === undefined || from === -1 ? 0 : from;
  const last = to === undefined || to === -1 ? portMax : to;
  if (first < 0 || first > last || last > portMax) throw new Unfit(`${first}-${last} are no ports`);
  return { kind: 'ports', protocol, from: first, to: last };
}
