/** Rules in one line, as a person reads them. */
import { peerText } from '#vpc/group-rules.ts';
import type { Direction, Peer, Service } from '#vpc/security-group.ts';

const protocolNames: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

/** `tcp/80`, `udp/8000-8100`, `icmp/8`, `all`, `protocol 47`. */
export function serviceText(service: Service): string {
  switch (service.kind) {
    case 'all':
      return 'all';
    case 'ports': {
      const name = protocolNames[service.protocol];
      return service.from === service.to
        ? `${name}/${service.from}`
        : `${name}/${service.from}-${service.to}`;
    }
    case 'icmp': {
      const name = protocolNames[service.protocol];
      if (service.type === -1) return `${name}`;
      return service.code === -1 ? `${name}/${service.type}` : `${name}/${service.type}/${service.code}`;
    }
    case 'protocol':
      return `protocol ${service.protocol}`;
    default:
      return service satisfies never;
  }
}

/** `tcp/80 from 0.0.0.0/0` for an ingress rule, `… to …` for an egress rule. */
export function ruleText(rule: {
  readonly direction: Direction;
  readonly service: Service;
  readonly peer: Peer;
}): string {
  const word = rule.direction === 'ingress' ? 'from' : 'to';
  return `${serviceText(rule.service)} ${word} ${peerText(rule.peer)}`;
}
