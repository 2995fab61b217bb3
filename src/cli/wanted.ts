/** The service of a question, as people write it: `tcp/443`, `udp/53`, `icmp`, `icmp/8/0`, `icmpv6/128`, `47`. */
import { portMax, protocolNumbers } from '#net/protocol.ts';
import type { Wanted } from '#policy/can.ts';
import { usageFailure } from './failure.ts';

const expected = 'expected tcp/PORT, udp/PORT, icmp[/TYPE[/CODE]], icmpv6[/TYPE[/CODE]] or a protocol number';

/** The echo request of each ICMP, which a bare `icmp` or `icmpv6` asks for (RFC 792, RFC 4443). */
const echoRequest = { icmp: 8, icmpv6: 128 } as const;

/** What the text asks for; throws a usage failure for anything else. */
export function parseWanted(text: string): Wanted {
  const [name = '', ...numbers] = text.toLowerCase().split('/');
  const wrong = () => usageFailure(`${text}: ${expected}`);
  const read = (digits: string | undefined, max: number, otherwise: number): number => {
    if (digits === undefined) return otherwise;
    const number = /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
    if (!(number <= max)) throw wrong();
    return number;
  };
  if (name === 'tcp' || name === 'udp') {
    if (numbers.length !== 1) throw wrong();
    return { kind: name, port: read(numbers[0], portMax, 0) };
  }
  if (name === 'icmp' || name === 'icmpv6') {
    if (numbers.length > 2) throw wrong();
    const type = read(numbers[0], 255, echoRequest[name]);
    return { kind: 'icmp', protocol: protocolNumbers[name], type, code: read(numbers[1], 255, 0) };
  }
  if (numbers.length > 0 || name === '') throw wrong();
  const protocol = read(name, 255, 0);
  const named = Object.entries(protocolNumbers).find(([, number]) => number === protocol);
  if (named) throw usageFailure(`${text}: write ${named[0]} for protocol ${protocol}`);
  return { kind: 'other', protocol };
}

/** The same, written back. */
export function wantedText(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'tcp':
    case 'udp':
      return `${wanted.kind}/${wanted.port}`;
    case 'icmp':
      return `${wanted.protocol === protocolNumbers.icmp ? 'icmp' : 'icmpv6'}/${wanted.type}/${wanted.code}`;
    case 'other':
      return `protocol ${wanted.protocol}`;
    default:
      return wanted satisfies never;
  }
}
