/** Services as people write them in questions and contracts. */
import { families } from '#net/address.ts';
import { noSpans, type Spans, spansOf, unionSpans } from '#proof/spans.ts';
import type { Service } from '#vpc/security-group.ts';
import { usageFailure } from '../failure.ts';

const expected =
  'expected all, tcp[/PORT[-PORT]], udp[/PORT[-PORT]], icmp[/TYPE[/CODE]], icmpv6[/…] or a protocol number';

/** Reads each text as a service; fails in one line for what is none. */
export function parseServices(texts: readonly string[]): readonly Service[] {
  return texts.map((text) => {
    const service = serviceOf(text.toLowerCase());
    if (!service) throw usageFailure(`${text}: ${expected}`);
    return service;
  });
}

function serviceOf(text: string): Service | undefined {
  const [name = '', first, second, ...more] = text.split('/');
  if (more.length > 0) return undefined;
  if (name === 'all') return first === undefined ? { kind: 'all' } : undefined;
  if (name === 'tcp' || name === 'udp') {
    const [from = '0', to = first === undefined ? '65535' : from] = (first ?? '').split('-').filter(Boolean);
    const range = { from: number(from, 65535), to: number(to, 65535) };
    const isRange = range.from <= range.to && second === undefined;
    return isRange ? { kind: 'ports', protocol: name === 'tcp' ? 6 : 17, ...range } : undefined;
  }
  if (name === 'icmp' || name === 'icmpv6') {
    const [type, code] = [number(first ?? '-1', 255), number(second ?? '-1', 255)];
    const isRead = !Number.isNaN(type) && !Number.isNaN(code);
    return isRead ? { kind: 'icmp', protocol: name === 'icmp' ? 1 : 58, type, code } : undefined;
  }
  const protocol = number(name, 255);
  return Number.isNaN(protocol) || protocol < 0 || first !== undefined
    ? undefined
    : { kind: 'protocol', protocol };
}

/** A number up to a limit, -1 where it says so; otherwise not a number. */
function number(text: string, max: number): number {
  if (text === '-1') return -1;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return value <= max ? value : Number.NaN;
}

/** The services of both families together. */
export function spansOfServices(services: readonly Service[]): Spans {
  return services.reduce(
    (spans, service) => families.reduce((all, family) => unionSpans(all, spansOf(service, family)), spans),
    noSpans,
  );
}
