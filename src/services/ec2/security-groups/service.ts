/** Protocol and ports as IpPermission and SecurityGroupRule spell them. */
import { portMax, protocolNumbers } from '#net/protocol.ts';
import type { Service } from '#vpc/security-group.ts';
import { refuse } from '../../refusal.ts';

/** The members that carry a rule's protocol and ports. */
export type ServiceInput = {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
};

const allProtocols = '-1';
const protocolMax = 255;
const icmpMax = 255;

const protocolNames = new Map<number, string>(
  Object.entries(protocolNumbers).map(([name, number]) => [number, name]),
);

/**
 * What a permission admits. Ports are read for TCP, UDP and ICMP alone: any other protocol is admitted whole.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function readService({ IpProtocol, FromPort: from, ToPort: to }: ServiceInput): Service {
  const protocol = readProtocol(IpProtocol);
  switch (protocol) {
    case 'all':
      return { kind: 'all' };
    case protocolNumbers.tcp:
    case protocolNumbers.udp:
      return readPorts(protocol, from, to);
    case protocolNumbers.icmp:
      return readIcmp(protocol, required(from), required(to));
    case protocolNumbers.icmpv6:
      return from === undefined && to === undefined
        ? { kind: 'icmp', protocol, type: -1, code: -1 }
        : readIcmp(protocol, required(from), required(to));
    default:
      return { kind: 'protocol', protocol };
  }
}

function readProtocol(text: string | undefined): number | 'all' {
  if (text === allProtocols) return 'all';
  const name = text?.toLowerCase() ?? '';
  if (Object.hasOwn(protocolNumbers, name)) return protocolNumbers[name as keyof typeof protocolNumbers];
  if (/^\d{1,3}$/.test(name) && Number(name) <= protocolMax) return Number(name);
  const expected = 'use tcp, udp, icmp, icmpv6, a protocol number, or -1 for all';
  return refuse('invalidValue', { parameter: 'IpProtocol', value: text ?? 'null', expected });
}

function required(port: number | undefined): number {
  if (port !== undefined) return port;
  const expected = 'ICMP rules need both a type in FromPort and a code in ToPort';
  return refuse('invalidValue', { parameter: 'portRange', value: 'null', expected });
}

function readPorts(protocol: 6 | 17, from: number | undefined, to: number | undefined): Service {
  if (from === undefined || to === undefined) {
    const expected = 'TCP and UDP rules need both FromPort and ToPort';
    return refuse('invalidValue', { parameter: 'portRange', value: 'null', expected });
  }
  for (const value of [from, to]) {
    if (value < 0 || value > portMax) {
      refuse('invalidValue', { parameter: 'portRange', value, expected: `ports are 0 to ${portMax}` });
    }
  }
  if (from > to) {
    const expected = 'the first port is above the last';
    refuse('invalidValue', { parameter: 'portRange', value: `${from}-${to}`, expected });
  }
  return { kind: 'ports', protocol, from, to };
}

function readIcmp(protocol: 1 | 58, type: number, code: number): Service {
  const bad = [type, code].find((value) => value < -1 || value > icmpMax);
  if (bad !== undefined) {
    const expected = `ICMP types and codes are 0 to ${icmpMax}, or -1 for all`;
    refuse('invalidValue', { parameter: 'portRange', value: bad, expected });
  }
  if (type === -1 && code !== -1) {
    refuse('invalidValue', {
      parameter: 'ToPort',
      value: code,
      expected: 'with all types the code must be -1',
    });
  }
  return { kind: 'icmp', protocol, type, code };
}

/** The protocol by its name where it has one in the API, by its number elsewhere. */
export function protocolText(service: Service): string {
  return service.kind === 'all'
    ? allProtocols
    : (protocolNames.get(service.protocol) ?? `${service.protocol}`);
}

/** First and last port, or ICMP type and code; undefined where the service has neither. */
export function portsOf(service: Service): { readonly from: number; readonly to: number } | undefined {
  switch (service.kind) {
    case 'ports':
      return { from: service.from, to: service.to };
    case 'icmp':
      return { from: service.type, to: service.code };
    case 'all':
    case 'protocol':
      return undefined;
    default:
      return service satisfies never;
  }
}
