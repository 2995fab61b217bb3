/** Whether the header of a packet is what a question asks for at the two ends of a path. */
import { destinationEnd, type Packet, sourceEnd } from '#policy/packet.ts';
import type { HeaderFilter, PathExplanation, PortSpan } from '#vpc/insights.ts';
import type { Journey } from './path-hops.ts';

type Filters = { readonly atSource: HeaderFilter; readonly atDestination: HeaderFilter };

/** AWS's code for the first field that differs; undefined where the header is as asked. */
export function filterRefusal(
  { atSource, atDestination }: Filters,
  { packet, verdict }: Journey,
): PathExplanation | undefined {
  const field = mismatch(atSource, packet);
  if (field) return { code: `FILTER_AT_SOURCE_${field}` };
  if (verdict.kind === 'drop') return undefined;
  const other = mismatch(atDestination, verdict.delivery.packet);
  return other ? { code: `FILTER_AT_DESTINATION_${other}` } : undefined;
}

function mismatch(filter: HeaderFilter, packet: Packet): string | undefined {
  const [source, destination] = [sourceEnd(packet), destinationEnd(packet)];
  const holds = (span: PortSpan | undefined, port: number) => !span || (span.from <= port && port <= span.to);
  if ((filter.sourceAddress ?? source.ip) !== source.ip) return 'SOURCE_ADDRESS';
  if ((filter.destinationAddress ?? destination.ip) !== destination.ip) return 'DESTINATION_ADDRESS';
  if (!holds(filter.sourcePorts, source.port)) return 'SOURCE_PORT_RANGE';
  if (!holds(filter.destinationPorts, destination.port)) return 'DESTINATION_PORT_RANGE';
  return undefined;
}
