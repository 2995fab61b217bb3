/** The client ports from which a conversation works: stateless ACLs may let answers back to some and not to others. */
import { can, type Wanted } from '#policy/can.ts';
import { clientPorts, portStretches } from '#policy/client-ports.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import type { World } from '#vpc/network.ts';

export type PortRange = { readonly first: number; readonly last: number };

/**
 * The ports of 1024–65535 from which it works, ascending; undefined for kinds of packets without ports. Between two
 * edges of any ACL entry all ports are treated alike, so that one of each stretch is asked.
 */
export function workingClientPorts(
  world: World,
  from: Endpoint,
  to: Endpoint,
  wanted: Wanted,
): readonly PortRange[] | undefined {
  if (wanted.kind !== 'tcp' && wanted.kind !== 'udp') return undefined;
  const ranges: { first: number; last: number }[] = [];
  const cuts = portStretches(world);
  for (const [at, first] of cuts.entries()) {
    const last = (cuts[at + 1] ?? clientPorts.last + 1) - 1;
    if (!can(world, from, to, wanted, first).allowed) continue;
    const top = ranges.at(-1);
    if (top?.last === first - 1) top.last = last;
    else ranges.push({ first, last });
  }
  return ranges;
}
